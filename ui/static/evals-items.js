// The items of a run: filters, and rows with what is wrong; failures first.
import { fill, h, icon } from "./dom.js";
import { complain, get } from "./evals-api.js";
import { faultText, tr, word } from "./evals-i18n.js";

const SHOWN = ["failed", "wrong", "gaps", "marked", "right", "all"];
const PAGE = 50;

export class Items {
  /** @param {{onOpen: (key: string) => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.rows = [];
    this.filter = { show: "failed" };
    this.filters = h("form", { class: "ev-filters", role: "search", onsubmit: (event) => event.preventDefault() });
    this.list = h("div", { class: "ev-list" });
    this.node = h("section", { class: "ev-items", dataset: { testid: "items" } }, this.filters, this.list);
  }

  show(run) {
    if (this.run?.id !== run.id) {
      const { show, kind, lang } = this.filter;
      this.filter = { show, kind, lang };
    }
    this.run = run;
    this.drawFilters();
    return this.load();
  }

  /** Fetch the rows of the filter, from the start or the next page. */
  async load(more = false) {
    const run = this.run.id;
    const asked = JSON.stringify([run, this.filter]);
    this.asked = asked;
    try {
      const offset = more ? this.rows.length : 0;
      const { total, items } = await get(`/runs/${encodeURIComponent(run)}/items`, { ...this.filter, offset, limit: PAGE });
      if (this.asked !== asked) return;
      this.rows = more ? [...this.rows, ...items] : items;
      this.total = total;
      this.drawList();
    } catch (error) {
      complain(error);
    }
  }

  drawFilters() {
    const { counts, faults, labels } = this.run;
    const known = { failed: counts.wrong + counts.gaps, wrong: counts.wrong, gaps: counts.gaps, marked: counts.marked, right: counts.all - counts.wrong - counts.gaps, all: counts.all };
    const kinds = ["question", "scenario", "simulation"].filter((kind) => counts[kind]);
    const search = h("input", { type: "search", class: "ev-search", value: this.filter.text ?? "", maxlength: "200", placeholder: tr("items.search"), "aria-label": tr("items.search"), dataset: { testid: "filter-text" } });
    search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change("text", search.value.trim()), 250);
    });
    fill(
      this.filters,
      this.select("show", tr("items.show"), SHOWN.map((name) => [name, `${tr(`show.${name}`)} (${known[name]})`])),
      kinds.length > 1 && this.select("kind", tr("items.kind"), [["", tr("kind.any")], ...kinds.map((kind) => [kind, tr(`kind.${kind}`)])]),
      this.select("lang", tr("items.lang"), [["", tr("lang.any")], ["ko", tr("lang.ko")], ["en", tr("lang.en")]]),
      faults.length > 0 && this.select("fault", tr("items.fault"), [["", tr("fault.any")], ...faults.map((code) => [code, word("cause", code)])]),
      labels.length > 0 && this.select("label", tr("items.label"), [["", tr("label.any")], ...labels.map((label) => [label, label])]),
      search,
    );
  }

  select(name, caption, options) {
    const current = this.filter[name] ?? "";
    return h("select", { class: "ev-select", "aria-label": caption, dataset: { testid: `filter-${name}` }, onchange: (event) => this.change(name, event.target.value) }, options.map(([value, text]) => h("option", { value, selected: value === current }, text)));
  }

  change(name, value) {
    this.filter = { ...this.filter, [name]: value || undefined };
    this.load();
  }

  drawList() {
    const left = this.total - this.rows.length;
    const none = this.filter.show === "failed" && !this.filter.text && !this.filter.fault ? "items.none_failed" : "items.none";
    fill(
      this.list,
      h("p", { class: "ev-hint ev-total", role: "status", dataset: { testid: "items-count" } }, tr("items.count", { n: this.total })),
      this.rows.length ? h("ul", { class: "ev-rows" }, this.rows.map((row) => itemRow(row, (key) => this.handlers.onOpen(key)))) : h("p", { class: "ev-empty" }, tr(none)),
      left > 0 && h("button", { type: "button", class: "bp-button ev-more", dataset: { testid: "items-more" }, onclick: () => this.load(true) }, tr("items.more", { n: Math.min(left, PAGE) })),
    );
  }

  /** The key before or after one, for going through the list. */
  neighbour(key, by) {
    const keys = this.rows.map((row) => row.key);
    const at = keys.indexOf(key);
    return at < 0 ? null : (keys[at + by] ?? null);
  }

  /** A mark was set or taken back. */
  marked(key, marked) {
    for (const row of this.rows) if (row.key === key) row.marked = marked;
    this.drawList();
  }
}

/** An item in a list. */
export function itemRow(row, onOpen, testid = "item") {
  const state = stateOf(row);
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: `ev-row ev-row-${state}`, dataset: { testid, key: row.key, state }, onclick: () => onOpen(row.key) },
      badge(row),
      h(
        "span",
        { class: "ev-row-text" },
        h("span", { class: "ev-row-title", dir: "auto" }, row.title),
        row.faults.slice(0, 3).map((fault) => h("span", { class: "ev-fault" }, faultText(fault))),
        row.faults.length > 3 && h("span", { class: "ev-fault" }, `+${row.faults.length - 3}`),
        h("span", { class: "ev-row-foot" }, h("code", {}, row.id), row.labels.slice(0, 4).map((label) => h("span", { class: "ev-chip" }, label)), row.passes[1] > 1 && tr("item.passes", { right: row.passes[0], total: row.passes[1] }), row.marked && h("span", { class: "ev-chip ev-chip-marked" }, icon("note", 13), tr("item.marked"))),
      ),
      h("span", { class: "ev-row-kind" }, tr(`kind.${row.kind}`)),
    ),
  );
}

export function stateOf(row) {
  return row.right ? (row.faults.length ? "gap" : "right") : "wrong";
}

/** Right, gap or wrong, in a word and a colour. */
export function badge(row) {
  const state = stateOf(row);
  return h("span", { class: `ev-badge ev-badge-${state}` }, tr(`item.${state}`));
}
