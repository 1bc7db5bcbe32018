// Figures with their intervals, and arrows against the baseline.
import { fill, h } from "./dom.js";
import { figure, metricName, tr } from "./evals-i18n.js";

const HEADLINE = ["answer.right", "answer.refused_wrongly", "answer.leaks", "escalation.f1", "escalation.missed_rate", "escalation.false_rate", "handoff.slot_recall", "retrieval.ndcg@10"];
const COUNT = 8;

export class Metrics {
  constructor() {
    this.all = false;
    this.node = h("section", { class: "ev-metrics", dataset: { testid: "metrics" } });
  }

  /**
   * @param {object} run the run's head
   * @param {object|null} baseline the baseline's head
   * @param {object|null|"failed"} significance what the server made of the difference; null while it works
   */
  draw(run, baseline, significance) {
    this.last = [run, baseline, significance];
    const names = Object.keys(run.metrics);
    const headline = [...HEADLINE.filter((name) => names.includes(name)), ...names.filter((name) => !HEADLINE.includes(name))].slice(0, COUNT);
    const shown = this.all ? names : headline;
    const toggle = names.length > COUNT && h("button", { type: "button", class: "bp-link", "aria-expanded": String(this.all), dataset: { testid: "metrics-more" }, onclick: () => { this.all = !this.all; this.draw(...this.last); } }, tr(this.all ? "metrics.less" : "metrics.more"));
    fill(this.node, h("h2", { class: "bp-sr" }, tr("metrics")), h("dl", { class: "ev-cards" }, shown.map((name) => card(name, run, baseline, significance))), h("div", { class: "ev-metrics-foot" }, toggle, baseline && h("span", { class: "ev-hint", role: "status", dataset: { testid: "tested", done: String(Boolean(significance)) } }, tr(significance ? "metrics.hint" : "metrics.judging"))));
  }
}

function card(name, run, baseline, significance) {
  const { value, low, high, n, unit, better } = run.metrics[name];
  return h(
    "div",
    { class: "ev-card", dataset: { testid: "metric", metric: name } },
    h("dt", { title: name }, metricName(name)),
    h(
      "dd",
      {},
      h("div", { class: "ev-value" }, h("strong", {}, figure(value, unit)), baseline && change(name, run.metrics[name], baseline, significance)),
      band(low, value, high, unit, better),
      h("small", {}, tr("metric.interval", { low: figure(low, unit), high: figure(high, unit), n })),
    ),
  );
}

/** The arrow: where it went, whether that is good, and whether it is more than noise. */
function change(name, { value, unit, better }, baseline, significance) {
  const tested = significance?.changes?.[name];
  const before = tested ? tested.baseline : baseline.metrics[name]?.value;
  if (before == null) return null;
  const difference = tested ? tested.difference : value - before;
  const still = Math.abs(difference) < 1e-9;
  const good = difference > 0 === (better === "higher");
  const direction = still ? "same" : good ? "better" : "worse";
  const sure = tested && tested.verdict !== "same";
  const noise = still ? "" : !significance ? tr("metric.judging") : !tested || tested.q == null ? tr("metric.unknown") : sure ? tr("metric.sure", { q: tested.q < 0.001 ? "<0.001" : tested.q.toFixed(3) }) : tr("metric.noise");
  const arrow = still ? "=" : difference > 0 ? "▲" : "▼";
  const said = [tr(`metric.${direction}`), noise].filter(Boolean).join(", ");
  return h(
    "span",
    { class: `ev-change ev-${direction} ${sure ? "ev-sure" : ""}`.trim(), title: said, dataset: { testid: "change", direction, sure: String(Boolean(sure)) } },
    h("span", { "aria-hidden": "true" }, arrow),
    still ? "" : figure(difference, unit, { sign: true }),
    h("span", { class: "bp-sr" }, said),
  );
}

/** Value and interval on a line from 0 to 1 (only where that is the scale). */
function band(low, value, high, unit, better) {
  if (!["share", "score"].includes(unit) || high > 1.0001) return null;
  const bar = h("span", { class: "ev-band-range" });
  bar.style.insetInlineStart = `${low * 100}%`;
  bar.style.width = `${Math.max(0.5, (high - low) * 100)}%`;
  const dot = h("span", { class: "ev-band-dot" });
  dot.style.insetInlineStart = `${value * 100}%`;
  return h("div", { class: `ev-band ev-band-${better}`, "aria-hidden": "true" }, bar, dot);
}
