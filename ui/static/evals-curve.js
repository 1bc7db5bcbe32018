// The thresholds: what would have happened had they stood elsewhere, counted as they are moved.
import { fill, h } from "./dom.js";
import { complain, get } from "./evals-api.js";
import { percent, tr } from "./evals-i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const BOX = { width: 720, height: 250, left: 56, right: 16, top: 14, bottom: 52 };
const OUTCOMES = ["answer", "clarify", "offer"];
const NAMES = { answer: "curve.answered", clarify: "curve.asked", offer: "curve.person" };

export class Curve {
  /** @param {{onRun: (thresholds: object) => void, fallback: () => object}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.node = h("section", { class: "ev-curve", dataset: { testid: "curve" } });
  }

  async show(run) {
    if (this.run === run) return;
    this.run = run;
    this.data = null;
    fill(this.node, h("p", { class: "ev-hint" }, tr("loading")));
    try {
      const data = await get(`/runs/${encodeURIComponent(run)}/curve`);
      if (this.run !== run) return;
      this.data = data;
      this.start = data.thresholds ?? this.handlers.fallback();
      this.now = { ...this.start };
      this.draw();
    } catch (error) {
      this.run = null;
      complain(error);
    }
  }

  /** The chosen thresholds where they differ from the run's. */
  moved() {
    if (!this.data || !this.now) return null;
    return this.now.answer_from !== this.start.answer_from || this.now.near_from !== this.start.near_from ? { ...this.now } : null;
  }

  draw() {
    if (!this.data) return;
    if (!this.data.items.length) return void fill(this.node, h("p", { class: "ev-empty" }, tr("curve.none")));
    this.sliders = {};
    this.counts = h("div", { class: "ev-counts", "aria-live": "polite" });
    this.reset = h("button", { type: "button", class: "bp-button", onclick: () => this.set(this.start) }, tr("curve.reset"));
    this.go = h("button", { type: "button", class: "bp-button bp-primary", dataset: { testid: "curve-run" }, onclick: () => this.handlers.onRun({ ...this.now }) }, tr("curve.run"));
    const fixed = this.data.items.filter((item) => !item.free).length;
    fill(
      this.node,
      h("div", { class: "ev-section-head" }, h("h2", {}, tr("curve.title")), h("p", { class: "ev-hint" }, tr("curve.text"), " ", fixed > 0 && tr("curve.fixed", { n: fixed }))),
      h("div", { class: "ev-curve-grid" }, h("figure", { class: "ev-chart" }, this.chart(), this.legend()), h("div", { class: "ev-controls" }, this.slider("answer_from"), this.slider("near_from"), h("div", { class: "ev-actions" }, this.reset, this.go), h("p", { class: "ev-hint" }, tr("curve.run_hint"))), this.counts),
    );
    this.update();
  }

  slider(name) {
    const output = h("output", { dataset: { testid: `${name}-value` } });
    const input = h("input", { type: "range", min: "0", max: "1", step: "0.01", value: String(this.now[name]), "aria-label": tr(`curve.${name}`), dataset: { testid: `slider-${name}` } });
    input.addEventListener("input", () => {
      const value = Number(input.value);
      // Asking back cannot start above answering: the other one is pushed along.
      const next = { ...this.now, [name]: value };
      if (name === "answer_from") next.near_from = Math.min(next.near_from, value);
      else next.answer_from = Math.max(next.answer_from, value);
      this.set(next);
    });
    this.sliders[name] = { input, output };
    return h("label", { class: `ev-slider ev-slider-${name}` }, h("span", {}, tr(`curve.${name}`), output), input);
  }

  set(values) {
    this.now = { ...values };
    this.update();
  }

  update() {
    for (const [name, { input, output }] of Object.entries(this.sliders)) {
      input.value = String(this.now[name]);
      input.style.setProperty("--ev-at", `${this.now[name] * 100}%`);
      output.textContent = this.now[name].toFixed(2);
    }
    const moved = Boolean(this.moved());
    this.reset.disabled = !moved;
    this.go.disabled = !moved;
    this.place(this.lines.answer_from, this.now.answer_from);
    this.place(this.lines.near_from, this.now.near_from);
    const groups = [true, false].map((answerable) => this.data.items.filter((item) => item.answerable === answerable));
    fill(this.counts, groups.map((items, index) => items.length > 0 && this.group(items, index === 0)));
    const [over, under] = [this.share(groups[0], (outcome) => outcome !== "answer"), this.share(groups[1], (outcome) => outcome === "answer")];
    this.svg.setAttribute("aria-label", tr("curve.chart", { threshold: this.now.answer_from.toFixed(2), over: percent(over), under: percent(under) }));
    this.dot(this.dots.over, this.now.answer_from, over);
    this.dot(this.dots.under, this.now.answer_from, under);
  }

  outcome(item) {
    if (!item.free) return item.decision === "hand_off" ? "offer" : item.decision;
    return item.confidence >= this.now.answer_from ? "answer" : item.confidence >= this.now.near_from ? "clarify" : "offer";
  }

  share(items, test) {
    return items.length ? items.filter((item) => test(this.outcome(item))).length / items.length : null;
  }

  group(items, answerable) {
    const wrong = answerable ? ["clarify", "offer"] : ["answer"];
    const rows = OUTCOMES.map((outcome) => {
      const now = items.filter((item) => this.outcome(item) === outcome).length;
      const was = items.filter((item) => (item.decision === "hand_off" ? "offer" : item.decision) === outcome).length;
      const bar = h("span", { class: wrong.includes(outcome) ? `ev-bar ev-bar-${answerable ? "over" : "under"}` : "ev-bar" });
      bar.style.width = `${(now / items.length) * 100}%`;
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, tr(NAMES[outcome])),
        h("td", { class: "ev-bar-cell", "aria-hidden": "true" }, bar),
        h("td", { class: "ev-number", dataset: { testid: `count-${answerable ? "answerable" : "unanswerable"}-${outcome}` } }, now),
        h("td", { class: "ev-was" }, now !== was ? tr("curve.was", { n: was }) : ""),
      );
    });
    return h("div", { class: "ev-table-box" }, h("table", { class: "ev-table" }, h("caption", {}, `${tr(answerable ? "curve.answerable" : "curve.unanswerable")} (${items.length})`), h("tbody", {}, rows)));
  }

  chart() {
    const { width, height, left, top, bottom } = BOX;
    this.svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "ev-svg" });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      this.svg.append(svg("line", { x1: left, x2: x(1), y1: y(share), y2: y(share), class: "ev-grid" }), text(left - 8, y(share) + 4, `${share * 100}%`, "end"));
      this.svg.append(text(x(share), height - bottom + 20, share.toFixed(2), "middle"));
    }
    this.svg.append(text(x(0.5), height - 4, tr("curve.axis"), "middle"));
    for (const name of ["over", "under"]) {
      const points = this.data.curve.filter((point) => point[name] != null).map((point) => `${x(point.threshold)},${y(point[name])}`);
      this.svg.append(svg("polyline", { points: points.join(" "), class: `ev-line ev-line-${name}` }));
    }
    this.lines = {};
    for (const name of ["near_from", "answer_from"]) {
      this.lines[name] = svg("line", { y1: top, y2: y(0), class: `ev-at ev-at-${name}` });
      this.svg.append(this.lines[name]);
    }
    this.dots = { over: svg("circle", { r: 5, class: "ev-dot-over" }), under: svg("circle", { r: 5, class: "ev-dot-under" }) };
    this.svg.append(this.dots.over, this.dots.under);
    return this.svg;
  }

  legend() {
    const entry = (name) => h("span", { class: `ev-key ev-key-${name}` }, tr(`curve.${name}`));
    return h("figcaption", { class: "ev-legend" }, ["over", "under", "answer_from", "near_from"].map(entry));
  }

  place(line, value) {
    line.setAttribute("x1", x(value));
    line.setAttribute("x2", x(value));
  }

  dot(node, threshold, share) {
    node.style.display = share == null ? "none" : "";
    if (share == null) return;
    node.setAttribute("cx", x(threshold));
    node.setAttribute("cy", y(share));
  }
}

function x(value) {
  return BOX.left + value * (BOX.width - BOX.left - BOX.right);
}

function y(share) {
  return BOX.top + (1 - share) * (BOX.height - BOX.top - BOX.bottom);
}

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function text(at, up, words, anchor) {
  const node = svg("text", { x: at, y: up, "text-anchor": anchor, class: "ev-axis" });
  node.textContent = words;
  return node;
}
