// The left column: who waits, who is mine, who is with somebody else.
import { fill, h, icon, stale } from "./dom.js";
import { label, lang, t } from "./i18n.js";
import { priorityBadge, routeChip, tierBadge, URGENT } from "./desk-badges.js";
import { notice } from "./overlay.js";
import { recall, remember } from "./storage.js";
import { dayKey, full, nowIso, recent, since, stopwatch } from "./time.js";

const SECTIONS = ["waiting", "mine", "others", "bot", "closed"];
const LONG = [60_000, 180_000, 300_000];
const CLOSED_SHOWN = 30;

/** How a customer is called. */
export function customerName(row) {
  return row?.customer?.name || `${t("desk.guest")} ${String(row?.id ?? "").slice(-4)}`;
}

/** A preview without marks: citation numbers and bold. */
function bare(text) {
  return String(text ?? "").replace(/\s*\[\d{1,2}\]/g, "").replaceAll("**", "");
}

export class Queue {
  /** @param {{onOpen: (id: string) => void, hasDraft: (id: string) => boolean}} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.rows = new Map();
    this.nodes = new Map();
    this.current = null;
    this.me = null;
    this.seen = {};
    this.calls = new Map();
    this.sections = new Map(SECTIONS.map((name) => [name, this.section(name)]));
    this.news = h("p", { class: "bp-sr", "aria-live": "polite", dataset: { testid: "queue-news" } });
    this.node = h("nav", { class: "bp-queue" }, this.news, [...this.sections.values()].map((section) => section.node));
    setInterval(() => this.tick(), 1_000);
  }

  section(name) {
    const count = h("span", { class: "bp-queue-count" });
    const title = h("span", { class: "bp-queue-title" });
    const list = h("ul", { class: "bp-queue-list" });
    const none = h("p", { class: "bp-queue-none" });
    const fixed = name === "waiting" || name === "mine";
    const head = h(fixed ? "h2" : "summary", { class: "bp-queue-head" }, title, count);
    const node = h(fixed ? "section" : "details", { class: `bp-queue-section bp-queue-${name}`, dataset: { testid: `queue-${name}` } }, head, none, list);
    if (!fixed) node.open = name !== "closed";
    return { node, title, count, list, none, order: "" };
  }

  /** Begin anew: after a hello. Who came while the connection was down is announced too. */
  reset(me, rows) {
    const before = this.me?.id === me.id ? this.rows : null;
    this.me = me;
    this.rows = new Map(rows.map((row) => [row.id, row]));
    const seen = recall(this.seenKey, {});
    this.seen = Object.fromEntries(Object.entries(seen).filter(([id]) => this.rows.has(id)));
    this.draw();
    const fresh = before ? rows.filter((row) => row.status === "waiting" && before.get(row.id)?.status !== "waiting") : [];
    if (fresh.length) this.alert(fresh);
  }

  /** Changed rows. Returns those that wait since now. */
  merge(rows) {
    const fresh = [];
    for (const row of rows) {
      const before = this.rows.get(row.id);
      if (before && before.version > row.version) continue;
      if (row.status === "waiting" && before?.status !== "waiting") fresh.push(row);
      this.rows.set(row.id, row);
      if (row.status !== "waiting") this.answered(row.id);
      if (row.id === this.current && !document.hidden) this.seen[row.id] = row.version;
    }
    this.saveSeen();
    this.draw();
    if (fresh.length) this.alert(fresh);
    return fresh;
  }

  /** Mark the open conversation. */
  select(id) {
    this.current = id;
    this.answered(id);
    this.read(id);
    this.draw();
    this.nodes.get(id)?.node.scrollIntoView({ block: "nearest" });
  }

  /** An urgent call needs no announcing any more: somebody is there. */
  answered(id) {
    this.calls.get(id)?.remove();
    this.calls.delete(id);
  }

  /** Everything in a conversation has been seen. */
  read(id) {
    const row = this.rows.get(id);
    if (!row) return;
    this.seen[id] = row.version;
    this.saveSeen();
  }

  get seenKey() {
    return `bp.desk.seen.${this.me?.id ?? ""}`;
  }

  saveSeen() {
    if (this.me) remember(this.seenKey, this.seen);
  }

  get waiting() {
    return [...this.rows.values()].filter((row) => row.status === "waiting").length;
  }

  get urgent() {
    return [...this.rows.values()].filter((row) => row.status === "waiting" && row.priority === URGENT).length;
  }

  place(row) {
    if (row.status === "human") return row.assignee === this.me?.id ? "mine" : "others";
    return this.sections.has(row.status) ? row.status : "bot";
  }

  sorted(name) {
    // A page that was opened and left without a word is nobody's work.
    const said = (row) => row.status !== "bot" || row.preview;
    const rows = [...this.rows.values()].filter((row) => this.place(row) === name && said(row));
    const newest = (one, other) => String(other.updated_at).localeCompare(String(one.updated_at));
    const longest = (one, other) => (other.priority ?? 1) - (one.priority ?? 1) || String(one.waiting_since).localeCompare(String(other.waiting_since));
    rows.sort(name === "waiting" ? longest : newest);
    return name === "closed" ? rows.slice(0, CLOSED_SHOWN) : rows;
  }

  /** Ids in the order in which they are shown, for j and k. */
  order() {
    return SECTIONS.filter((name) => this.sections.get(name).node.open !== false).flatMap((name) => this.sorted(name).map((row) => row.id));
  }

  draw() {
    const focused = document.activeElement?.closest?.(".bp-row");
    for (const [name, section] of this.sections) {
      const rows = this.sorted(name);
      section.title.textContent = t(`desk.${name}`);
      section.count.textContent = rows.length ? String(rows.length) : "";
      section.none.textContent = name === "waiting" || name === "mine" ? t(`desk.none_${name}`) : "";
      section.none.hidden = rows.length > 0 || !section.none.textContent;
      section.node.hidden = !rows.length && !(name === "waiting" || name === "mine");
      for (const row of rows) this.drawRow(row, name);
      const order = rows.map((row) => row.id).join(" ");
      if (order !== section.order) {
        section.order = order;
        section.list.replaceChildren(...rows.map((row) => this.nodes.get(row.id).node));
      }
    }
    for (const id of this.nodes.keys()) if (!this.rows.has(id)) this.nodes.delete(id);
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.tick();
  }

  drawRow(row, place) {
    let entry = this.nodes.get(row.id);
    if (!entry) {
      const button = h("button", { type: "button", class: "bp-row", dataset: { testid: "queue-row", conversation: row.id }, onclick: () => this.hooks.onOpen(row.id) });
      entry = { node: h("li", {}, button), button, timer: h("span", { class: "bp-row-time" }) };
      this.nodes.set(row.id, entry);
    }
    entry.row = row;
    const { button } = entry;
    const unread = (place === "waiting" || place === "mine") && row.version > (this.seen[row.id] ?? 0) && row.id !== this.current;
    button.dataset.status = row.status;
    button.dataset.unread = String(unread);
    button.dataset.priority = String(row.priority ?? 1);
    if (row.id === this.current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const draft = this.hooks.hasDraft(row.id);
    if (!stale(button, row, place, unread, draft, lang())) return;
    const reasons = place === "bot" || place === "closed" ? [] : (row.reasons ?? []);
    fill(
      button,
      h(
        "span",
        { class: "bp-row-top" },
        unread && h("span", { class: "bp-unread", title: t("desk.unread") }, h("span", { class: "bp-sr" }, t("desk.unread"))),
        place !== "bot" && place !== "closed" && priorityBadge(row),
        h("span", { class: "bp-row-name" }, customerName(row)),
        tierBadge(row.customer),
        row.customer?.verified && h("span", { class: "bp-verified", title: t("packet.verified") }, icon("check", 13)),
        entry.timer,
      ),
      h("span", { class: "bp-row-preview", dir: "auto" }, draft && h("span", { class: "bp-row-draft" }, `${t("desk.draft_kept")} `), bare(row.preview) || "…"),
      h(
        "span",
        { class: "bp-row-chips" },
        place !== "bot" && place !== "closed" && routeChip(row),
        reasons.slice(0, 3).map((reason) => h("span", { class: `bp-chip bp-reason-${reason}` }, label("reason", reason))),
        reasons.length > 3 && h("span", { class: "bp-chip" }, `+${reasons.length - 3}`),
        h("span", { class: "bp-chip bp-chip-lang" }, String(row.lang ?? "").toUpperCase()),
        place === "others" && h("span", { class: "bp-chip bp-chip-agent" }, row.assignee_name),
      ),
    );
  }

  tick() {
    const today = dayKey(nowIso());
    for (const entry of this.nodes.values()) {
      const { row, button, timer } = entry;
      if (row.status !== "waiting" || !row.waiting_since) {
        const stamp = [row.updated_at, today, lang()].join(" ");
        if (entry.stamp === stamp) continue;
        entry.stamp = stamp;
        delete button.dataset.urgency;
        timer.textContent = row.updated_at ? recent(row.updated_at) : "";
        timer.title = row.updated_at ? full(row.updated_at) : "";
        continue;
      }
      entry.stamp = "";
      timer.removeAttribute("title");
      const waited = since(row.waiting_since);
      timer.textContent = stopwatch(waited);
      button.dataset.urgency = String(LONG.filter((limit) => waited >= limit).length);
    }
  }

  alert(rows) {
    const { node } = this.sections.get("waiting");
    // What cannot wait is said over whatever the agent is doing; the rest only flashes in its column.
    for (const row of rows.filter((each) => each.priority === URGENT && each.id !== this.current)) {
      const action = { text: t("desk.open_now"), run: () => this.hooks.onOpen(row.id) };
      this.calls.set(row.id, notice(t("desk.new_urgent", { name: customerName(row) }), { important: true, action }));
    }
    this.news.textContent = `${t("desk.new_waiting")}: ${rows.map(customerName).join(", ")}`;
    node.classList.remove("bp-alert");
    void node.offsetWidth;
    node.classList.add("bp-alert");
    for (const row of rows) this.nodes.get(row.id)?.button.classList.add("bp-row-new");
    setTimeout(() => {
      node.classList.remove("bp-alert");
      this.news.textContent = "";
      for (const row of rows) this.nodes.get(row.id)?.button.classList.remove("bp-row-new");
    }, 4_000);
  }
}
