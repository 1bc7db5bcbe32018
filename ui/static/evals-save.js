// A real conversation becomes a test: choose it, correct what should have happened, save.
import { fill, h, icon } from "./dom.js";
import { get, post } from "./evals-api.js";
import { tr, when, word } from "./evals-i18n.js";
import { notice } from "./overlay.js";

const DECISIONS = ["answer", "clarify", "offer", "hand_off", "silent"];

export class SaveDialog {
  /** @param {{onSaved: () => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.body = h("div", { class: "ev-save-body" });
    this.dialog = h("dialog", { class: "bp-dialog ev-save-dialog", dataset: { testid: "save-dialog" } }, this.body);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && !this.draft && this.dialog.close());
    this.node = this.dialog;
  }

  async open(id = "") {
    this.draft = null;
    fill(this.body, this.head(), h("p", { class: "ev-hint" }, tr("loading")));
    if (!this.dialog.open) this.dialog.showModal();
    if (id) return this.choose(id);
    try {
      const { conversations } = await get("/conversations");
      this.list(conversations);
    } catch (error) {
      this.complain(error);
    }
  }

  /** Said inside: a notice of the page would lie behind the dialog. */
  complain(error) {
    console.warn(error);
    this.say(tr(error?.status === 404 ? "err.gone" : "err.other"));
  }

  say(text) {
    this.body.querySelector("[role=alert]")?.remove();
    this.body.append(h("p", { class: "ev-bad", role: "alert" }, text));
  }

  head() {
    return h("div", { class: "ev-save-head" }, h("h2", {}, tr("save.title")), h("button", { type: "button", class: "bp-icon-button", "aria-label": tr("close"), dataset: { testid: "save-close" }, onclick: () => this.dialog.close() }, icon("close", 18)));
  }

  list(conversations) {
    const input = h("input", { class: "ev-search", maxlength: "100", "aria-label": tr("save.id"), placeholder: tr("save.id"), autocomplete: "off", dataset: { testid: "save-id" } });
    const form = h("form", { class: "ev-save-find", onsubmit: (event) => { event.preventDefault(); if (input.value.trim()) this.choose(input.value.trim()); } }, input, h("button", { type: "submit", class: "bp-button" }, tr("save.find")));
    const rows = conversations.map((found) =>
      h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "ev-row", dataset: { testid: "save-conversation", conversation: found.id }, onclick: () => this.choose(found.id) },
          h("span", { class: "ev-row-text" }, h("span", { class: "ev-row-title", dir: "auto" }, found.preview), h("span", { class: "ev-row-foot" }, h("time", {}, when(found.updated_at)), h("span", {}, tr("save.messages", { n: found.messages })), found.saved.length > 0 && h("span", { class: "ev-chip ev-chip-marked" }, tr("save.saved")))),
        ),
      ),
    );
    fill(this.body, this.head(), h("p", { class: "ev-hint" }, tr("save.text")), form, rows.length ? h("ul", { class: "ev-rows ev-save-list" }, rows) : h("p", { class: "ev-empty" }, tr("save.none")));
  }

  async choose(id) {
    try {
      this.draft = await get(`/conversations/${encodeURIComponent(id)}`);
      this.edit();
    } catch (error) {
      this.complain(error);
    }
  }

  edit() {
    const { draft } = this;
    this.turns = draft.turns.map((turn) => ({ ...turn, kept: true }));
    const yes = h("button", { type: "button", class: "bp-button bp-primary", dataset: { testid: "save-confirm" }, onclick: () => this.save(yes) }, tr("save.yes"));
    fill(
      this.body,
      this.head(),
      draft.saved.length > 0 && h("p", { class: "ev-warn" }, tr("save.again", { id: draft.saved.join(", ") })),
      h("p", { class: "ev-hint" }, tr("save.edit")),
      h("p", { class: "ev-note" }, icon("alert", 16), h("span", {}, tr("save.personal"))),
      h("ol", { class: "ev-save-turns" }, this.turns.map((turn, index) => this.turn(turn, index))),
      draft.cut && h("p", { class: "ev-hint" }, tr("save.cut")),
      h("div", { class: "bp-dialog-actions" }, h("button", { type: "button", class: "bp-button", onclick: () => this.open() }, tr("save.back")), yes),
    );
  }

  turn(turn, index) {
    const caption = tr("save.message", { n: index + 1 });
    const text = h("textarea", { rows: Math.min(4, Math.ceil(turn.text.length / 60) || 1), maxlength: "4000", "aria-label": caption, dataset: { testid: "save-text" }, oninput: (event) => (turn.text = event.target.value) });
    text.value = turn.text;
    const boxes = DECISIONS.map((decision) =>
      h("label", { class: "ev-check" }, h("input", { type: "checkbox", checked: turn.decision.includes(decision), dataset: { testid: `save-${decision}` }, onchange: (event) => this.toggle(turn, decision, event.target.checked) }), h("span", {}, word("decision", decision))),
    );
    const node = h("li", { class: "ev-save-turn" }, h("div", { class: "ev-save-head" }, h("span", { class: "ev-turn-number" }, caption), h("button", { type: "button", class: "bp-link", "aria-label": `${tr("save.remove")}: ${caption}`, onclick: () => { turn.kept = false; node.remove(); } }, tr("save.remove"))), text, h("fieldset", { class: "ev-checks" }, h("legend", {}, tr("save.expect")), boxes));
    return node;
  }

  toggle(turn, decision, on) {
    turn.decision = DECISIONS.filter((name) => (name === decision ? on : turn.decision.includes(name)));
    // Reasons belong to a call for a person; without one there are none to expect.
    if (!turn.decision.some((name) => ["offer", "hand_off"].includes(name))) turn.reasons = [];
  }

  async save(button) {
    const turns = this.turns.filter((turn) => turn.kept && turn.text.trim()).map(({ text, decision, reasons }) => ({ text, decision, reasons }));
    if (!turns.length) return this.say(tr("save.empty"));
    button.disabled = true;
    try {
      const { id } = await post("/scenarios", { conversation: this.draft.id, turns });
      this.dialog.close();
      notice(tr("save.done", { id }));
      this.handlers.onSaved();
    } catch (error) {
      button.disabled = false;
      this.complain(error);
    }
  }
}
