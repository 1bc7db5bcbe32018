// The evaluators' page: suites and runs on the left, one run's figures, failures and thresholds beside them.
import { fill, h, icon } from "./dom.js";
import { complain, get } from "./evals-api.js";
import { Compare } from "./evals-compare.js";
import { Curve } from "./evals-curve.js";
import { tr, when } from "./evals-i18n.js";
import { ItemPanel } from "./evals-item.js";
import { Items } from "./evals-items.js";
import { Metrics } from "./evals-metrics.js";
import { SaveDialog } from "./evals-save.js";
import { Side } from "./evals-side.js";
import { lang, otherLang, setLang, t } from "./i18n.js";
import { fitViewport } from "./viewport.js";

const TABS = ["items", "curve", "compare"];

class Evals {
  constructor(root) {
    this.run = null;
    this.baseline = null;
    this.tab = "items";
    this.side = new Side({ onOpen: (id) => this.go({ run: id, base: this.usual(id), item: null, view: "main" }), onRuns: () => this.drawBaselines(), onSave: () => this.save.open(), moved: () => this.curve.moved() });
    this.metrics = new Metrics();
    this.items = new Items({ onOpen: (key) => this.go({ item: key }) });
    this.curve = new Curve({ onRun: (thresholds) => this.rerun(thresholds), fallback: () => this.side.thresholds });
    this.compare = new Compare({ onOpen: (key) => this.go({ item: key }) });
    this.save = new SaveDialog({ onSaved: () => this.side.reload().catch(complain) });
    this.panel = new ItemPanel({
      onClose: () => this.go({ item: null }),
      onStep: (by) => this.step(by),
      hasStep: (by) => Boolean(this.neighbour(by)),
      onMarked: (key, marked) => this.marked(key, marked),
    });
    this.frame();
    fill(root, this.node);
    fitViewport(this.node);
    addEventListener("hashchange", () => this.route());
    document.addEventListener("keydown", (event) => event.key === "Escape" && !this.panel.node.hidden && !event.defaultPrevented && !document.querySelector("dialog[open]") && this.go({ item: null }));
    this.load();
  }

  async load() {
    try {
      await this.side.load();
      fill(this.person, h("strong", {}, this.side.me.name), h("span", {}, t("desk.role_admin")));
      this.show(this.side.runs.length ? "main" : "side");
      const { run } = this.state();
      if (!run && this.side.runs.length) {
        const newest = this.side.runs[0].id;
        history.replaceState(null, "", hash({ ...this.state(), run: newest, base: this.usual(newest) }));
      }
      await this.route();
    } catch (error) {
      complain(error);
    }
  }

  frame() {
    this.title = h("h1", {});
    this.person = h("span", { class: "bp-me", dataset: { testid: "me" } });
    this.desk = h("a", { class: "ev-link", href: "/desk/" });
    this.lang = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "lang-toggle" }, onclick: () => this.switchLang() });
    this.logout = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "logout" }, onclick: () => leave() });
    this.views = new Map(["side", "main"].map((name) => [name, h("button", { type: "button", class: "bp-view-tab", dataset: { testid: `view-${name}` }, onclick: () => this.show(name) })]));
    this.tabs = new Map(TABS.map((name) => [name, h("button", { type: "button", role: "tab", class: "ev-tab", id: `ev-tab-${name}`, "aria-controls": "ev-tabpanel", dataset: { testid: `tab-${name}` }, onclick: () => this.go({ tab: name }) })]));
    this.head = h("div", { class: "ev-head" });
    this.tablist = h("div", { class: "ev-tabs", role: "tablist", onkeydown: (event) => this.arrows(event) }, [...this.tabs.values()]);
    this.tabpanel = h("div", { class: "ev-tabpanel", id: "ev-tabpanel", role: "tabpanel" }, this.items.node, this.curve.node, this.compare.node);
    this.empty = h("div", { class: "ev-welcome", dataset: { testid: "welcome" } });
    this.result = h("div", { class: "ev-result", hidden: true }, this.head, this.metrics.node, this.tablist, this.tabpanel);
    this.main = h("main", { class: "ev-main", tabindex: "-1" }, this.empty, this.result);
    this.node = h(
      "div",
      { class: "bp-app bp-desk ev", dataset: { view: "side" } },
      h("header", { class: "bp-top" }, h("img", { src: "/static/favicon.svg", alt: "", width: 26, height: 26 }), this.title, h("span", { class: "ev-grow" }), this.person, this.desk, this.lang, this.logout),
      h("div", { class: "bp-view-tabs ev-views", role: "group" }, [...this.views.values()]),
      h("div", { class: "ev-columns-main" }, this.side.node, this.main),
      this.panel.node,
      this.save.node,
    );
    this.relabel();
    this.show("side");
  }

  relabel() {
    document.title = tr("title");
    this.title.textContent = tr("title");
    fill(this.desk, tr("desk"));
    fill(this.lang, icon("globe", 18), h("span", {}, t("lang.toggle")));
    this.lang.setAttribute("aria-label", t("lang.label"));
    fill(this.logout, icon("logout", 18), h("span", {}, tr("logout")));
    this.logout.setAttribute("aria-label", tr("logout"));
    for (const [name, tab] of this.views) fill(tab, tr(`tab.${name}`));
    for (const [name, tab] of this.tabs) fill(tab, tr(`view.${name}`), name === "compare" && this.compared ? h("span", { class: "ev-count" }, this.compared.broke.length + this.compared.fixed.length) : null);
    fill(this.empty, icon("queue", 40), h("h2", {}, tr("run.none")), h("p", {}, tr("run.none_text")));
    if (this.side.me) fill(this.person, h("strong", {}, this.side.me.name), h("span", {}, t("desk.role_admin")));
  }

  /** Which half a narrow screen shows. */
  show(name) {
    this.node.dataset.view = name;
    for (const [other, tab] of this.views) tab.setAttribute("aria-pressed", String(other === name));
  }

  /** What the address names: run, base, tab, item. */
  state() {
    return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  }

  go({ view, ...change }) {
    if (view) this.show(view);
    const next = hash({ ...this.state(), ...change });
    if (next !== location.hash) location.hash = next;
  }

  /** The baseline that goes with a run: the chosen one, or the run of the same suite before it. */
  usual(id) {
    const { runs } = this.side;
    const run = runs.find((found) => found.id === id);
    const base = runs.find((found) => found.id === this.state().base);
    if (base && run && base.id !== id && base.suite === run.suite) return base.id;
    return runs.find((found) => run && found.suite === run.suite && found.started < run.started)?.id ?? null;
  }

  async route() {
    const { run, base = "", tab, item } = this.state();
    this.tab = TABS.includes(tab) ? tab : "items";
    try {
      if (run && (run !== this.run?.id || base !== (this.baseline?.id ?? ""))) await this.open(run, base);
    } catch (error) {
      complain(error);
      if (error.status === 404) this.go({ run: null, base: null, item: null });
      return;
    }
    this.draw();
    if (item && this.run) this.panel.open(this.run.id, this.baseline?.id ?? null, item);
    else this.panel.close();
  }

  async open(id, base) {
    const asked = `${id}|${base}`;
    this.asked = asked;
    const fetched = (name) => get(`/runs/${encodeURIComponent(name)}`);
    const [run, baseline] = await Promise.all([id === this.run?.id ? this.run : fetched(id), base ? fetched(base) : null]);
    if (this.asked !== asked) return;
    const changed = run !== this.run;
    Object.assign(this, { run, baseline, compared: base ? undefined : null, significance: null });
    this.side.show({ run: id, baseline: base });
    if (changed) {
      this.main.scrollTop = 0;
      this.items.show(run);
    }
    if (base) this.weigh(asked, id, base);
  }

  /** Compare in two steps: what flipped is there at once, what is more than noise takes seconds. */
  async weigh(asked, run, baseline) {
    try {
      const compared = await get("/compare", { run, baseline });
      if (this.asked !== asked) return;
      this.compared = compared;
      this.draw();
    } catch (error) {
      complain(error);
    }
    const significance = await get("/significance", { run, baseline }).catch(() => "failed");
    if (this.asked !== asked) return;
    this.significance = significance;
    this.drawMetrics();
  }

  draw() {
    this.empty.hidden = Boolean(this.run);
    this.result.hidden = !this.run;
    if (!this.run) return;
    this.drawHead();
    this.drawMetrics();
    const parts = { items: this.items, curve: this.curve, compare: this.compare };
    for (const [name, tab] of this.tabs) {
      tab.setAttribute("aria-selected", String(name === this.tab));
      tab.tabIndex = name === this.tab ? 0 : -1;
      parts[name].node.hidden = name !== this.tab;
    }
    this.tabpanel.setAttribute("aria-labelledby", `ev-tab-${this.tab}`);
    this.relabel();
    if (this.tab === "curve") this.curve.show(this.run.id);
    if (this.tab === "compare") this.compare.draw(this.compared);
  }

  drawMetrics() {
    this.metrics.draw(this.run, this.baseline, this.significance);
  }

  drawHead() {
    const { about, counts } = this.run;
    const kb = String(about.kb?.version ?? "").slice(0, 8) || "–";
    this.picker = h("select", { class: "ev-select", id: "ev-baseline", dataset: { testid: "baseline" }, onchange: (event) => this.go({ base: event.target.value || null }) });
    fill(
      this.head,
      h("div", { class: "ev-head-text" }, h("h2", {}, about.suite, " ", h("time", { datetime: about.started }, when(about.started))), h("p", { class: "ev-hint" }, tr("run.about", { model: about.model || "–", policy: String(about.policy ?? "–").slice(0, 8), kb, seconds: about.seconds == null ? "–" : Math.round(about.seconds) }))),
      h("label", { class: "ev-baseline" }, h("span", {}, tr("baseline")), this.picker),
      !this.run.suite_id && h("p", { class: "ev-note" }, tr("run.no_suite")),
      this.run.suite_id && counts.strange > 0 && h("p", { class: "ev-note" }, tr("run.strange", { n: counts.strange })),
    );
    this.drawBaselines();
  }

  drawBaselines() {
    if (!this.run || !this.picker) return;
    const same = this.side.runs.filter((run) => run.suite === this.run.about.suite && run.id !== this.run.id);
    fill(this.picker, h("option", { value: "", selected: !this.baseline }, tr("baseline.none")), same.map((run) => h("option", { value: run.id, selected: run.id === this.baseline?.id }, `${when(run.started)} · ${tr("run.items", { n: run.items })} · ${run.policy.slice(0, 6)}`)));
  }

  neighbour(by) {
    const key = this.state().item;
    if (this.tab !== "compare") return this.items.neighbour(key, by);
    const keys = this.compared ? [...this.compared.broke, ...this.compared.fixed, ...this.compared.moved].map((pair) => pair.now.key) : [];
    const at = keys.indexOf(key);
    return at < 0 ? null : (keys[at + by] ?? null);
  }

  step(by) {
    const key = this.neighbour(by);
    if (key) this.go({ item: key });
  }

  marked(key, marked) {
    this.run.counts.marked += marked ? 1 : -1;
    this.items.marked(key, marked);
    this.items.drawFilters();
    this.side.reload().catch(complain);
  }

  rerun(thresholds) {
    const suite = this.side.suites.find((found) => found.id === this.run.suite_id);
    if (suite) this.side.start(suite, thresholds);
  }

  arrows(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length];
    this.go({ tab: next });
    this.tabs.get(next).focus();
  }

  switchLang() {
    setLang(otherLang());
    this.relabel();
    this.side.draw();
    if (!this.run) return;
    this.items.drawFilters();
    this.items.drawList();
    this.curve.draw();
    this.compare.draw(this.compared);
    this.panel.draw();
    this.draw();
  }
}

function hash(state) {
  const given = Object.entries(state).filter(([, value]) => value);
  return `#${new URLSearchParams(given)}`;
}

async function leave() {
  try {
    await fetch("/api/logout", { method: "POST", credentials: "same-origin", redirect: "manual" });
  } catch {
    // The login page follows anyway; the session then ends on the server by itself.
  }
  location.assign("/login?next=/evals/");
}

/** The page's own stylesheets: customers and agents do not load them. */
function styled() {
  const links = ["evals", "evals-curve", "evals-item"].map((name) => new Promise((resolve) => document.head.append(h("link", { rel: "stylesheet", href: `/static/${name}.css`, onload: resolve, onerror: resolve }))));
  return Promise.all(links);
}

/** Draw the page into an element. */
export async function mount(element) {
  document.documentElement.lang = lang();
  await styled();
  return new Evals(element);
}
