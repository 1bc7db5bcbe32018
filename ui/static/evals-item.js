// One item: the transcript beside the guard's trace, and beside the baseline's where one is chosen.
import { fill, h, icon } from "./dom.js";
import { complain, get, post } from "./evals-api.js";
import { faultText, tr, when, word, words } from "./evals-i18n.js";
import { badge } from "./evals-items.js";
import { ask, notice, textField } from "./overlay.js";

export class ItemPanel {
  /** @param {{onClose: () => void, onStep: (by: number) => void, hasStep: (by: number) => boolean, onMarked: (key: string, marked: object|null) => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.body = h("div", { class: "ev-panel-body", tabindex: "0", dataset: { testid: "detail-body" } });
    this.head = h("header", { class: "ev-panel-head" });
    this.panel = h("div", { class: "ev-panel", role: "dialog", "aria-modal": "true", tabindex: "-1", dataset: { testid: "detail" } }, this.head, this.body);
    this.node = h("div", { class: "ev-layer", hidden: true }, h("div", { class: "bp-shade", onclick: () => this.handlers.onClose() }), this.panel);
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  async open(run, baseline, key) {
    const asked = `${run}|${baseline}|${key}`;
    this.asked = asked;
    if (this.node.hidden) this.opener = document.activeElement;
    try {
      const path = (id) => `/runs/${encodeURIComponent(id)}/item`;
      const missing = (error) => (error.status === 404 ? null : Promise.reject(error));
      const [now, before] = await Promise.all([get(path(run), { key }), baseline ? get(path(baseline), { key }).catch(missing) : null]);
      if (this.asked !== asked) return;
      Object.assign(this, { run, baseline, now, before });
      this.draw();
      const fresh = this.node.hidden;
      this.node.hidden = false;
      this.body.scrollTop = 0;
      if (fresh) this.panel.focus();
    } catch (error) {
      complain(error);
      this.handlers.onClose();
    }
  }

  close() {
    this.asked = null;
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.opener?.isConnected && this.opener.focus();
  }

  draw() {
    if (!this.now) return;
    const { now, before, baseline } = this;
    this.panel.setAttribute("aria-label", now.title);
    fill(this.head, this.heading());
    const columns = baseline ? [[tr("detail.now"), now], [tr("detail.before"), before]] : [[null, now]];
    this.panel.classList.toggle("ev-panel-wide", columns.length > 1);
    fill(
      this.body,
      now.marked && h("p", { class: "ev-marked", dataset: { testid: "marked" } }, icon("note", 16), h("span", {}, h("strong", {}, tr("item.marked")), " ", tr("item.marked_by", { name: now.marked.by_name, when: when(now.marked.at), why: now.marked.why || tr("item.no_reason") }))),
      h("div", { class: `ev-columns ev-columns-${columns.length}` }, columns.map(([caption, item]) => column(caption, item))),
      gold(now),
    );
  }

  heading() {
    const { now } = this;
    const step = (by, name, label) => h("button", { type: "button", class: "bp-icon-button", "aria-label": tr(label), title: tr(label), disabled: !this.handlers.hasStep(by), dataset: { testid: name }, onclick: () => this.handlers.onStep(by) }, icon(by < 0 ? "back" : "down", 18));
    const forward = step(1, "detail-next", "detail.next");
    forward.classList.add("ev-forward");
    const wrong = now.marked
      ? h("button", { type: "button", class: "bp-button", dataset: { testid: "label-undo" }, onclick: () => this.mark(false) }, tr("label.undo"))
      : h("button", { type: "button", class: "bp-button", dataset: { testid: "label-wrong" }, onclick: () => this.mark(true) }, icon("note", 16), tr("label.wrong"));
    return [
      h("div", { class: "ev-panel-bar" }, badge(now), h("code", {}, now.id), h("span", { class: "ev-grow" }), step(-1, "detail-previous", "detail.previous"), forward, h("button", { type: "button", class: "bp-icon-button", "aria-label": tr("close"), dataset: { testid: "detail-close" }, onclick: () => this.handlers.onClose() }, icon("close", 20))),
      h("div", { class: "ev-panel-bar" }, h("span", { class: "ev-row-foot" }, h("span", { class: "ev-chip" }, tr(`kind.${now.kind}`)), now.labels.map((label) => h("span", { class: "ev-chip" }, label)), now.customer && h("span", { class: "ev-chip" }, `${tr("detail.customer")} ${now.customer}`)), h("span", { class: "ev-grow" }), wrong, h("button", { type: "button", class: "bp-button", dataset: { testid: "copy-link" }, onclick: () => copyLink() }, icon("copy", 16), tr("detail.link"))),
    ];
  }

  async mark(wrong) {
    const { run, now } = this;
    let why = "";
    if (wrong) {
      const answer = await ask({ title: tr("label.title"), text: tr("label.text"), fields: [textField("why", tr("label.why"))], yes: tr("label.yes"), testid: "label-confirm" });
      if (!answer) return;
      why = answer.why.slice(0, 1000);
    }
    try {
      const { marked } = await post("/labels", { run, key: now.key, wrong, why });
      now.marked = marked;
      if (this.now === now) {
        this.draw();
        this.body.scrollTop = 0; // where the mark is shown
        this.panel.focus();
      }
      notice(tr(wrong ? "label.done" : "label.undone"));
      this.handlers.onMarked(now.key, marked);
    } catch (error) {
      complain(error);
    }
  }

  key(event) {
    if (event.target.closest?.("dialog, input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") this.handlers.onClose();
    else if (event.code === "KeyJ" || event.key === "ArrowRight") this.handlers.onStep(1);
    else if (event.code === "KeyK" || event.key === "ArrowLeft") this.handlers.onStep(-1);
    else if (event.key === "Tab") return this.trap(event);
    else return;
    event.preventDefault();
  }

  trap(event) {
    const stops = [...this.panel.querySelectorAll("button:not(:disabled), [tabindex='0']")];
    const [first, last] = [stops[0], stops.at(-1)];
    const at = document.activeElement;
    if (event.shiftKey && (at === first || at === this.panel)) last.focus();
    else if (!event.shiftKey && at === last) first.focus();
    else return;
    event.preventDefault();
  }
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    notice(tr("detail.link_done"));
  } catch {
    notice(tr("detail.link_here", { url: location.href }), { important: true }); // no clipboard without HTTPS
  }
}

function column(caption, item) {
  if (!item) return h("div", { class: "ev-column" }, h("h3", {}, caption), h("p", { class: "ev-empty" }, tr("detail.not_before")));
  return h(
    "div",
    { class: "ev-column" },
    caption && h("h3", {}, caption, badge(item)),
    item.faults.length > 0 && h("ul", { class: "ev-faults", dataset: { testid: "faults" } }, item.faults.map((fault) => h("li", {}, faultText(fault)))),
    h("ol", { class: "ev-turns" }, item.turns.map((turn, index) => turnRow(turn, index + 1, item.turns.length))),
    packet(item.packet),
  );
}

function turnRow(turn, number, total) {
  const reply = turn.decision === "silent" ? h("p", { class: "ev-silent" }, tr("detail.silent")) : bubble("bot", tr("detail.assistant"), turn.reply);
  return h(
    "li",
    { class: "ev-turn", dataset: { testid: "turn" } },
    total > 1 && h("span", { class: "ev-turn-number" }, tr("detail.turn", { n: number })),
    h("div", { class: "ev-turn-grid" }, h("div", { class: "ev-talk" }, bubble("customer", tr("detail.customer"), turn.text), reply), trace(turn)),
  );
}

function bubble(author, name, text) {
  return h("div", { class: `ev-say ev-say-${author}` }, h("span", { class: "ev-name" }, name), h("p", { dir: "auto" }, text));
}

function trace(turn) {
  const tone = turn.ok === false ? "wrong" : turn.ok ? "right" : "open";
  const expected = turn.expected.length ? words("decision", turn.expected, tr("or")) : tr("detail.anything");
  const silent = turn.decision === "silent";
  const reasons = silent ? null : turn.expected_reasons.length ? `${words("reason", turn.reasons)} (${tr("detail.expected")}: ${words("reason", turn.expected_reasons, tr("or"))})` : turn.reasons.length ? words("reason", turn.reasons) : null;
  const mood = turn.frustration == null ? null : turn.expected_frustration == null ? turn.frustration : `${turn.frustration} (${tr("detail.expected")}: ${turn.expected_frustration})`;
  const rows = [
    [tr("detail.got"), h("span", { class: `ev-decision ev-decision-${tone}` }, word("decision", turn.decision))],
    [tr("detail.expected"), expected],
    [tr("detail.reasons"), reasons],
    [tr("detail.rule"), turn.rule && h("code", {}, turn.rule)],
    [tr("detail.confidence"), silent ? null : meter(turn.confidence)],
    [tr("detail.frustration"), mood],
    [tr("detail.sources"), turn.citations.length ? turn.citations.join(", ") : null],
    [tr("detail.signals"), turn.signals.length ? h("ul", { class: "ev-signals" }, turn.signals.map(([name, value]) => h("li", {}, h("span", {}, name), h("b", {}, value)))) : null],
  ].filter(([, value]) => value != null && value !== "");
  return h("dl", { class: `ev-trace ev-trace-${tone}`, "aria-label": tr("detail.trace"), dataset: { testid: "trace" } }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))), h("div", { class: "ev-ms" }, h("dt", { class: "bp-sr" }, "ms"), h("dd", {}, tr("detail.ms", { n: turn.ms.toFixed(0) }))));
}

function meter(value) {
  const bar = h("span", {});
  bar.style.width = `${Math.round(value * 100)}%`;
  return h("span", { class: "ev-meter" }, h("span", { class: "ev-meter-bar", "aria-hidden": "true" }, bar), value.toFixed(2));
}

function packet(found) {
  if (!found) return null;
  if (found.missing) return h("div", { class: "ev-packet" }, h("h4", {}, tr("detail.packet")), h("p", { class: "ev-bad" }, tr("detail.packet_missing")));
  const slots = found.slots.map((slot) => h("div", { class: slot.ok ? "" : "ev-slot-lost" }, h("dt", {}, word("slot", slot.name)), h("dd", {}, slot.found || tr("nothing"), slot.expected && slot.expected !== slot.found && ` (${tr("detail.expected")}: ${slot.expected})`)));
  const line = (name, value) => value && h("div", {}, h("dt", {}, tr(name)), h("dd", {}, value));
  return h("div", { class: "ev-packet", dataset: { testid: "packet" } }, h("h4", {}, tr("detail.packet")), h("dl", {}, line("detail.question", found.question), slots, line("detail.summary", found.summary)));
}

function gold(item) {
  const groups = item.contains.map((group) => group.join(tr("or")));
  const rows = [
    [tr("detail.gold"), item.articles.join(", ")],
    [tr("detail.ranking"), item.ranking.length ? h("ol", { class: "ev-ranking" }, item.ranking.map((id) => h("li", { class: item.articles.includes(id) ? "ev-hit" : "" }, id))) : ""],
    [tr("detail.must"), groups.join(" · ")],
    [tr("detail.goal"), item.goal.map((group) => group.join(tr("or"))).join(" · ")],
    [tr("detail.exact"), (item.exact ?? []).join(tr("or"))],
    [tr("detail.must_not"), item.not_contains.join(", ")],
  ].filter(([, value]) => value);
  if (item.answerable === false) rows.unshift([tr("detail.expected"), tr("detail.unanswerable")]);
  return rows.length ? h("dl", { class: "ev-gold" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))) : null;
}
