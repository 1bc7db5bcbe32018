// Two runs: what differs between them, and the items that changed sides, the broken ones first.
import { fill, h } from "./dom.js";
import { faultText, tr, words } from "./evals-i18n.js";
import { badge } from "./evals-items.js";

const PAGE = 30;

export class Compare {
  /** @param {{onOpen: (key: string) => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.shown = {};
    this.node = h("section", { class: "ev-compare", dataset: { testid: "compare" } });
  }

  /** @param {object|null|undefined} data null without a baseline, undefined while it is fetched */
  draw(data) {
    if (data !== this.data) this.shown = {};
    this.data = data;
    if (data === undefined) return void fill(this.node, h("p", { class: "ev-hint" }, tr("loading")));
    if (data === null) return void fill(this.node, h("p", { class: "ev-empty" }, tr("compare.none")));
    const only = data.only_now || data.only_before ? ` ${tr("compare.only", { now: data.only_now, before: data.only_before })}` : "";
    fill(
      this.node,
      h("p", { class: "ev-hint" }, tr("compare.shared", { n: data.shared }), only),
      data.differs.length > 0 && h("dl", { class: "ev-differs" }, h("div", {}, h("dt", {}, tr("compare.differs"))), data.differs.map((line) => h("div", {}, h("dt", {}, tr(`what.${line.what}`)), h("dd", {}, h("code", {}, line.before || "–"), " → ", h("code", {}, line.now || "–"))))),
      ["broke", "fixed", "moved"].map((name) => this.group(name)),
    );
  }

  group(name) {
    const pairs = this.data[name];
    const shown = this.shown[name] ?? (name === "moved" ? 10 : PAGE);
    const left = pairs.length - shown;
    return h(
      "section",
      { class: `ev-flips ev-flips-${name}`, dataset: { testid: name } },
      h("h2", {}, tr(`compare.${name}`), h("span", { class: "ev-count" }, pairs.length)),
      pairs.length ? h("ul", {}, pairs.slice(0, shown).map((pair) => this.flip(pair))) : h("p", { class: "ev-hint" }, tr(`compare.${name}_none`)),
      left > 0 && h("button", { type: "button", class: "bp-button ev-more", onclick: () => { this.shown[name] = shown + PAGE; this.draw(this.data); } }, tr("items.more", { n: Math.min(left, PAGE) })),
    );
  }

  flip({ now, before }) {
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "ev-flip", dataset: { testid: "flip", key: now.key }, onclick: () => this.handlers.onOpen(now.key) },
        h("span", { class: "ev-row-title", dir: "auto" }, now.title),
        h("span", { class: "ev-sides" }, side("compare.was", before), side("compare.is", now)),
        h("span", { class: "ev-row-foot" }, h("code", {}, now.id), h("span", {}, tr(`kind.${now.kind}`))),
      ),
    );
  }
}

function side(name, row) {
  const fault = row.faults[0];
  return h("span", { class: "ev-a-side" }, h("span", { class: "ev-side-head" }, h("span", { class: "ev-side-name" }, tr(name)), badge(row)), h("span", {}, words("decision", row.decisions, " › ")), fault && h("span", { class: "ev-fault" }, faultText(fault)));
}
