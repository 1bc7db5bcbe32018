// The left column: suites, the run under way, earlier runs.
import { fill, h, icon } from "./dom.js";
import { complain, get, post } from "./evals-api.js";
import { duration, figure, tr, when } from "./evals-i18n.js";
import { ask, notice, radioField } from "./overlay.js";

const QUICK = 30;
const POLL = 1000;
const SHORT = 12;

export class Side {
  /** @param {{onOpen: (id: string) => void, onRuns: () => void, onSave: () => void, moved: () => object|null}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.suites = [];
    this.runs = [];
    this.job = null;
    this.current = null;
    this.baseline = null;
    this.suite = "";
    this.all = false;
    this.suiteBox = h("section", { class: "ev-box", dataset: { testid: "suites" } });
    this.jobBox = h("section", { class: "ev-job", role: "status", hidden: true, dataset: { testid: "job" } });
    this.runBox = h("section", { class: "ev-box", dataset: { testid: "runs" } });
    this.node = h("aside", { class: "ev-side" }, this.suiteBox, this.jobBox, this.runBox);
  }

  async load() {
    const [suites, runs, { job }] = await Promise.all([get("/suites"), get("/runs"), get("/job")]);
    Object.assign(this, { suites: suites.suites, thresholds: suites.thresholds, me: suites.me, runs: runs.runs });
    this.job = job?.state === "running" ? job : null;
    this.draw();
    if (this.job) this.watch();
  }

  async reload() {
    const [suites, runs] = await Promise.all([get("/suites"), get("/runs")]);
    Object.assign(this, { suites: suites.suites, runs: runs.runs });
    this.draw();
    this.handlers.onRuns();
  }

  show({ run, baseline }) {
    this.current = run;
    this.baseline = baseline;
    this.drawRuns();
  }

  draw() {
    this.drawSuites();
    this.drawJob();
    this.drawRuns();
  }

  drawSuites() {
    const save = h("button", { type: "button", class: "bp-link ev-save", dataset: { testid: "save-open" }, onclick: () => this.handlers.onSave() }, icon("plus", 16), tr("save.open"));
    const rows = this.suites.map((suite) => this.suiteRow(suite));
    fill(this.suiteBox, h("div", { class: "ev-box-head" }, h("h2", {}, tr("suites"))), rows.length ? h("ul", { class: "ev-suites" }, rows) : h("p", { class: "ev-hint" }, tr("suites.none")), save);
  }

  suiteRow(suite) {
    const counts = ["questions", "scenarios", "simulations", "queries"].filter((kind) => suite[kind]).map((kind) => tr(`suite.${kind}`, { n: suite[kind] })).join(" · ");
    const start = h(
      "button",
      { type: "button", class: "bp-button ev-start", disabled: Boolean(this.job) || Boolean(suite.error), "aria-label": tr("start.title", { suite: suite.name }), dataset: { testid: "start", suite: suite.id }, onclick: () => this.start(suite) },
      tr("start"),
    );
    return h(
      "li",
      { class: "ev-suite", title: suite.description || null, dataset: { testid: "suite", suite: suite.id } },
      h(
        "div",
        { class: "ev-suite-text" },
        h("div", { class: "ev-suite-name" }, h("strong", {}, suite.name), suite.own && h("span", { class: "bp-tag" }, tr("suite.own"))),
        suite.error ? h("p", { class: "ev-bad" }, `${tr("suite.broken")}: ${suite.error}`) : h("p", { class: "ev-hint" }, counts),
        suite.marked > 0 && h("p", { class: "ev-warn", dataset: { testid: "suite-marked" } }, tr("suite.marked", { n: suite.marked })),
        suite.warnings > 0 && h("p", { class: "ev-warn" }, tr("suite.warnings", { n: suite.warnings })),
      ),
      start,
    );
  }

  /** Ask how, then start. */
  async start(suite, chosen = null) {
    const moved = chosen ?? this.handlers.moved();
    const shown = (values) => ({ answer: values.answer_from.toFixed(2), near: values.near_from.toFixed(2) });
    const many = [["all", tr("start.all")], ["quick", tr("start.quick", { n: QUICK })]];
    const values = [["current", tr("start.current", shown(this.thresholds))]];
    if (moved) values.push(["moved", tr("start.moved", shown(moved))]);
    if (chosen) values.reverse();
    const fields = [radioField("many", tr("start.how_many"), many), moved ? radioField("thresholds", tr("start.thresholds"), values) : null];
    const answer = await ask({ title: tr("start.title", { suite: suite.name }), text: [suite.description, tr("start.text")].filter(Boolean).join(" "), fields, yes: tr("start"), testid: "start-confirm" });
    if (!answer) return;
    const body = { suite: suite.id, limit: answer.many === "quick" ? QUICK : null, thresholds: answer.thresholds === "moved" ? moved : null };
    try {
      this.job = (await post("/job", body)).job;
      this.draw();
      this.watch();
    } catch (error) {
      complain(error);
    }
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), POLL);
  }

  async look() {
    let job = null;
    try {
      job = (await get("/job")).job;
    } catch (error) {
      console.warn(error);
      return this.watch(); // the connection may come back
    }
    if (job?.state === "running") {
      this.job = job;
      this.drawJob();
      return this.watch();
    }
    this.job = null;
    this.draw();
    if (!job) return;
    if (job.state === "done") notice(tr("job.done", job));
    else if (job.state === "cancelled") notice(tr("job.cancelled"), { important: true });
    else notice(tr("job.failed", job), { important: true });
    try {
      await this.reload();
    } catch (error) {
      complain(error);
    }
    if (job.state === "done") this.handlers.onOpen(job.id);
  }

  /** Seconds left by the pace since the first result; what it takes to prepare does not count. */
  left(job) {
    if (this.pace?.id !== job.id) this.pace = { id: job.id };
    if (job.done && this.pace.seconds === undefined) Object.assign(this.pace, { seconds: job.seconds, done: job.done });
    const done = job.done - (this.pace.done ?? job.done);
    return done > 2 ? ((job.seconds - this.pace.seconds) / done) * (job.total - job.done) : null;
  }

  drawJob() {
    const job = this.job;
    this.jobBox.hidden = !job;
    if (!job) return;
    const left = this.left(job);
    const text = job.done ? [tr("job.progress", job), left ? tr("job.left", { time: duration(left) }) : null].filter(Boolean).join(" · ") : tr("job.preparing");
    fill(
      this.jobBox,
      h("strong", {}, tr("job.running", job)),
      h("progress", { class: "ev-progress", max: String(job.total || 1), ...(job.done ? { value: String(job.done) } : {}), "aria-label": tr("job.running", job) }),
      h("div", { class: "ev-job-foot" }, h("span", { class: "ev-hint", dataset: { testid: "job-progress" } }, text), h("button", { type: "button", class: "bp-link", dataset: { testid: "job-cancel" }, onclick: () => post("/job/cancel").catch(complain) }, tr("job.cancel"))),
    );
  }

  drawRuns() {
    const names = [...new Set(this.runs.map((run) => run.suite))].sort();
    if (!names.includes(this.suite)) this.suite = "";
    const options = [["", tr("suites.all")], ...names.map((name) => [name, name])];
    const select = h("select", { class: "ev-select", "aria-label": tr("suites"), dataset: { testid: "runs-suite" }, onchange: (event) => { this.suite = event.target.value; this.drawRuns(); } }, options.map(([value, text]) => h("option", { value, selected: value === this.suite }, text)));
    const wanted = this.runs.filter((run) => !this.suite || run.suite === this.suite);
    const shown = this.all ? wanted : wanted.slice(0, SHORT);
    fill(
      this.runBox,
      h("div", { class: "ev-box-head" }, h("h2", {}, tr("runs")), names.length > 1 && select),
      wanted.length ? h("ul", { class: "ev-runs" }, shown.map((run) => this.runRow(run))) : h("p", { class: "ev-hint" }, tr("runs.none")),
      shown.length < wanted.length && h("button", { type: "button", class: "bp-link", onclick: () => { this.all = true; this.drawRuns(); } }, tr("runs.more", { n: wanted.length - shown.length })),
    );
  }

  runRow(run) {
    const figures = Object.entries(run.headline).slice(0, 2);
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "ev-run", "aria-current": run.id === this.current ? "true" : null, "aria-label": tr("run.open", { suite: run.suite, when: when(run.started) }), dataset: { testid: "run", run: run.id }, onclick: () => this.handlers.onOpen(run.id) },
        h("span", { class: "ev-run-top" }, h("strong", {}, run.suite), run.id === this.baseline && h("span", { class: "bp-tag" }, tr("run.baseline_tag")), h("time", { datetime: run.started }, when(run.started))),
        h("span", { class: "ev-run-figures" }, figures.map(([name, value]) => h("span", {}, `${tr(`short.${name}`)} `, h("b", {}, figure(value, name === "answer.right" ? "share" : "score")))), h("span", { class: "ev-run-items" }, tr("run.items", { n: run.items }))),
      ),
    );
  }
}
