// The supervisors' page. Its first section: questions learned at the desk, to be approved or rejected.
import { fill, h, icon } from "./dom.js";
import { lang, otherLang, setLang } from "./i18n.js";
import { notice } from "./overlay.js";
import { PassagePanel } from "./passage.js";
import { load, post } from "./supervisor-api.js";
import { Article } from "./supervisor-article.js";
import { SupervisorFrame } from "./supervisor-frame.js";
import { tr } from "./supervisor-i18n.js";
import { Undos } from "./supervisor-undo.js";
import { fitViewport } from "./viewport.js";

const TABS = ["pending", "approved"];
const PAGE = 30;
const REFRESH = 60_000;
const KEYS = { KeyJ: "j", KeyK: "k", KeyA: "a", KeyE: "e", KeyR: "r", KeyO: "o", KeyU: "u" };
const DECISIONS = { approve: ["approved", "pending"], reject: ["rejected", "pending"], remove: ["rejected", "approved"] };

class Supervisor {
  constructor(root) {
    this.me = null;
    this.tab = "pending";
    this.shown = PAGE;
    this.articles = new Map();
    this.cards = new Map();
    this.turn = 0;
    this.queue = Promise.resolve();
    this.passage = new PassagePanel("/api/supervisor/passages/");
    this.undos = new Undos({ onUndo: () => this.undo() });
    this.lead = h("div", { class: "sv-lead" });
    this.tabs = new Map(TABS.map((name) => [name, h("button", { type: "button", role: "tab", class: "sv-tab", id: `sv-tab-${name}`, "aria-controls": "sv-list", dataset: { testid: `tab-${name}` }, onclick: () => this.show(name) })]));
    this.list = h("div", { class: "sv-list", id: "sv-list", role: "tabpanel" });
    this.more = h("button", { type: "button", class: "bp-button sv-more", hidden: true, dataset: { testid: "more" }, onclick: () => this.showMore() });
    this.empty = h("div", { class: "sv-empty", dataset: { testid: "empty" } }, h("p", {}, tr("loading")));
    const tablist = h("div", { class: "sv-tabs", role: "tablist", onkeydown: (event) => this.arrows(event) }, [...this.tabs.values()]);
    this.frame = new SupervisorFrame({ content: [this.lead, tablist, this.empty, this.list, this.more], below: this.undos.node, over: this.passage.node, onLang: () => this.switchLang() });
    fill(root, this.frame.node);
    fitViewport(this.frame.node);
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => !document.hidden && this.refresh());
    setInterval(() => !document.hidden && this.me && this.refresh(), REFRESH);
    this.refresh();
  }

  /** Ask for everything anew; what is being edited stays as it is. */
  async refresh() {
    try {
      const { turn } = this;
      const { me, articles } = await load();
      if (turn !== this.turn) return await this.refresh(); // decided meanwhile: this is how it was before
      const fresh = new Map(articles.map((article) => [article.id, article]));
      const kept = [...this.articles.keys()].filter((id) => fresh.has(id)).map((id) => [id, fresh.get(id)]);
      this.articles = new Map([...kept, ...fresh]);
      this.me = me;
      this.undos.setMe(me);
      this.frame.setMe(me);
      this.draw();
    } catch (error) {
      console.warn(error);
      if (this.me) notice(tr("err.load"), { important: true });
      else fill(this.empty, icon("alert", 36), h("h3", {}, tr(error.status === 503 ? "err.file" : "err.load")), h("button", { type: "button", class: "bp-button", onclick: () => this.refresh() }, tr("retry")));
    }
  }

  show(name) {
    this.tab = name;
    this.shown = PAGE;
    this.cards.clear();
    fill(this.list);
    this.draw();
    this.frame.main.scrollTop = 0;
  }

  showMore() {
    const next = this.list.children.length;
    this.shown += PAGE;
    this.draw();
    this.list.children[next]?.querySelector(".sv-row")?.focus();
  }

  /** Articles with their questions of one kind. */
  groups(kind) {
    const all = [...this.articles.values()].map((article) => [article, article.questions.filter((question) => question.decision === kind)]);
    return all.filter(([, questions]) => questions.length);
  }

  draw() {
    const groups = this.groups(this.tab);
    const wanted = new Set(groups.slice(0, this.shown).map(([article]) => article.id));
    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      card.node.remove();
      this.cards.delete(id);
    }
    let after = null; // from the end: a new card goes before the one that follows it
    for (const [article, questions] of groups.slice(0, this.shown).reverse()) {
      let card = this.cards.get(article.id);
      if (!card) {
        card = new Article({ onDecide: (...made) => this.decide(...made), onAll: (whole) => this.approveAll(whole), onOpen: (...opened) => this.passage.open(...opened) });
        this.cards.set(article.id, card);
        this.list.insertBefore(card.node, after);
      }
      after = card.node;
      card.update(article, questions);
    }
    this.drawTabs(groups);
    const left = groups.length - wanted.size;
    this.more.hidden = !left;
    fill(this.more, tr("more", { n: Math.min(left, PAGE) }));
    this.empty.hidden = groups.length > 0;
    fill(this.empty, icon(this.tab === "pending" ? "check" : "book", 36), h("h3", {}, tr(`empty.${this.tab}`)), h("p", {}, tr(`empty.${this.tab}_text`)));
  }

  drawTabs(groups) {
    for (const [name, tab] of this.tabs) {
      const count = this.groups(name).reduce((sum, [, questions]) => sum + questions.length, 0);
      fill(tab, tr(`tab.${name}`), h("span", { class: "sv-count", dataset: { testid: `count-${name}` } }, count));
      tab.setAttribute("aria-selected", String(name === this.tab));
      tab.tabIndex = name === this.tab ? 0 : -1;
    }
    this.list.setAttribute("aria-labelledby", `sv-tab-${this.tab}`);
    const masked = this.tab === "pending" && groups.some(([, questions]) => questions.some((question) => question.text.includes("○○")));
    fill(this.lead, h("h2", {}, tr("learned")), h("p", {}, tr("learned.lead"), masked && ` ${tr("learned.masked")}`));
  }

  /** Approve, reject, reword or remove one question. */
  async decide(row, action, text = row.question.text) {
    if (row.busy) return;
    const { id } = row.question;
    const next = this.neighbour(row.node, 1) ?? this.neighbour(row.node, -1);
    row.setBusy(true);
    next?.focus();
    const [decision, expected] = DECISIONS[action] ?? [];
    const sent = this.send(() => (action === "edit" ? post("reword", { id, text }) : post("decide", { ids: [id], decision, expected })));
    const done = await this.settle(sent, { action, text, id }, [row]);
    if (done && !next) this.tabs.get(this.tab).focus();
  }

  async approveAll(card) {
    const rows = card.ordered().filter((row) => !row.busy && !row.editing);
    if (!rows.length) return;
    const next = this.neighbour(rows.at(-1).node, 1) ?? this.neighbour(rows[0].node, -1);
    for (const row of rows) row.setBusy(true);
    next?.focus();
    const [decision, expected] = DECISIONS.approve;
    const ids = rows.map((row) => row.question.id);
    const sent = this.send(() => post("decide", { ids, decision, expected }));
    const done = await this.settle(sent, { action: "all", n: rows.length, text: card.title, id: ids[0] }, rows);
    if (done && !next) this.tabs.get(this.tab).focus();
  }

  /** One request after the other: an answer shows the article as it was when it was given. */
  send(work) {
    const sent = this.queue.then(work);
    this.queue = sent.catch(() => {});
    return sent;
  }

  /** Wait for a decision to be stored, and show what has become of its articles. */
  async settle(sent, about, rows) {
    let answer;
    try {
      answer = await sent;
    } catch (error) {
      for (const row of rows) row.setBusy(false);
      await this.complain(error);
      return false;
    }
    for (const row of rows) row.editing = false;
    this.undos.push({ ...about, token: answer.undo });
    this.merge(answer);
    return true;
  }

  merge({ articles, counts }) {
    this.turn += 1;
    for (const article of articles) this.articles.set(article.id, article);
    this.draw();
    if (!counts) notice(tr("err.waits"), { important: true });
  }

  async undo() {
    const last = this.undoing ? null : this.undos.pop();
    if (!last) return;
    this.undoing = true;
    try {
      this.merge(await this.send(() => post("undo", { token: last.token })));
      this.undos.draw(tr("done.undo", last));
      [...this.list.querySelectorAll(".sv-row")].find((node) => node.dataset.id === last.id)?.focus();
    } catch (error) {
      if (error.status !== 404 && error.status !== 409) this.undos.push(last); // it can be tried again
      else this.undos.draw();
      await this.complain(error, { 404: "err.undo", 409: "err.undo" });
    } finally {
      this.undoing = false;
    }
  }

  async complain(error, words = {}) {
    console.warn(error);
    const known = { 403: "err.forbidden", 404: "err.gone", 409: "err.decided", 422: "edit.empty", 503: "err.file", ...words };
    notice(tr(known[error.status] ?? "err.other"), { important: true });
    if (error.status === 404 || error.status === 409) await this.refresh();
  }

  /** The row before or after one. */
  neighbour(node, by) {
    const rows = [...this.list.querySelectorAll('.sv-row[aria-busy="false"]')];
    if (!node) return rows[by > 0 ? 0 : rows.length - 1] ?? null;
    const all = [...this.list.querySelectorAll(".sv-row")];
    const ordered = by > 0 ? all.slice(all.indexOf(node) + 1) : all.slice(0, all.indexOf(node)).reverse();
    return ordered.find((row) => rows.includes(row)) ?? null;
  }

  /** Letters act on the row with the focus; by the key's place, so that they work while the keyboard is Korean. */
  key(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.passage.node.hidden || event.target.closest?.("input, textarea, select, dialog")) return;
    const name = KEYS[event.code];
    if (!name) return;
    event.preventDefault();
    const node = document.activeElement?.closest?.(".sv-row");
    if (name === "u") return void this.undo();
    if (name === "j" || name === "k") return void this.neighbour(node, name === "j" ? 1 : -1)?.focus();
    const card = node && [...this.cards.values()].find((found) => found.rows.has(node.dataset.id));
    const row = card?.rows.get(node.dataset.id);
    if (!row || row.busy) return;
    if (name === "o") return void card.open(row, node);
    if (this.tab === "approved") return void (name === "r" && this.decide(row, "remove"));
    if (name === "a" && event.shiftKey) this.approveAll(card);
    else if (name === "a") this.decide(row, "approve");
    else if (name === "e") row.edit();
    else this.decide(row, "reject");
  }

  arrows(event) {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const next = TABS[(TABS.indexOf(this.tab) + 1) % TABS.length];
    this.show(next);
    this.tabs.get(next).focus();
  }

  switchLang() {
    setLang(otherLang());
    this.frame.relabel();
    this.undos.relabel();
    if (this.me) this.show(this.tab);
  }
}

/** The page's own stylesheet: customers and agents do not load it. */
function styled() {
  return new Promise((resolve) => document.head.append(h("link", { rel: "stylesheet", href: "/static/supervisor.css", onload: resolve, onerror: resolve })));
}

/** Draw the page into an element. */
export async function mount(element) {
  document.documentElement.lang = lang();
  await styled();
  return new Supervisor(element);
}
