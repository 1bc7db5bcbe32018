// One learned question: what it says, where it comes from, and what can be done with it.
import { fill, h, icon } from "./dom.js";
import { tr } from "./supervisor-i18n.js";
import { full, recent } from "./time.js";

const LONGEST = 300;

export class Row {
  /** @param {{onDecide: (row: Row, action: string, text?: string) => void}} handlers */
  constructor(question, handlers) {
    this.handlers = handlers;
    this.editing = false;
    this.busy = false;
    this.node = h("li", { class: "sv-row", tabindex: "-1", dataset: { testid: "question", id: question.id } });
    this.update(question);
  }

  update(question) {
    this.question = question;
    if (!this.editing) this.draw();
  }

  draw() {
    const { question } = this;
    fill(this.node, h("div", { class: "sv-said" }, h("p", { class: "sv-text", dataset: { testid: "question-text" } }, question.text), this.about()), this.actions());
    this.setBusy(this.busy);
  }

  about() {
    const { origin, by, at, times, decision, decided_by: judge, decided_at: judged } = this.question;
    const approved = decision === "approved";
    const when = approved && judged ? judged : at;
    return h(
      "p",
      { class: "sv-about" },
      h("span", { class: "sv-origin", dataset: { origin } }, tr(`origin.${origin}`)),
      by && h("span", {}, by),
      times > 1 && h("span", { class: "sv-times" }, tr("asked", { n: times })),
      approved && judge && h("span", {}, tr("approved_by", { name: judge })),
      h("time", { datetime: when, title: full(when) }, recent(when, false)),
    );
  }

  actions() {
    if (this.question.decision === "approved") return h("div", { class: "sv-actions" }, this.button("remove", "close"));
    return h("div", { class: "sv-actions" }, this.button("reject", "close"), this.button("edit", "note"), this.button("approve", "check", "bp-primary"));
  }

  button(action, picture, style = "") {
    const act = () => (action === "edit" ? this.edit() : this.handlers.onDecide(this, action));
    return h("button", { type: "button", class: `bp-button sv-action ${style}`, title: tr(action), dataset: { testid: action }, onclick: act }, icon(picture, 16), h("span", {}, tr(action)));
  }

  /** Turn the text into a field; Enter approves, Escape leaves. */
  edit() {
    if (this.editing || this.busy || this.question.decision !== "pending") return;
    this.editing = true;
    this.field = h("textarea", { class: "sv-field", rows: 2, maxlength: String(LONGEST), "aria-label": tr("edit.label"), dataset: { testid: "edit-field" }, onkeydown: (event) => this.typed(event), oninput: () => this.told.replaceChildren() });
    this.field.value = this.question.text;
    this.told = h("p", { class: "sv-told", role: "alert" });
    const cancel = h("button", { type: "button", class: "bp-button sv-action", dataset: { testid: "edit-cancel" }, onclick: () => this.leave() }, tr("edit.cancel"));
    const save = h("button", { type: "button", class: "bp-button bp-primary sv-action", dataset: { testid: "edit-save" }, onclick: () => this.save() }, icon("check", 16), h("span", {}, tr("edit.save")));
    fill(this.node, h("div", { class: "sv-said" }, this.field, this.told), h("div", { class: "sv-actions" }, cancel, save));
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  typed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && !event.shiftKey) this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  save() {
    const text = this.field.value.trim();
    if (!/[\p{L}\p{N}]/u.test(text)) {
      fill(this.told, tr("edit.empty"));
      this.field.focus();
      return;
    }
    const same = text === this.question.text;
    this.handlers.onDecide(this, same ? "approve" : "edit", text);
  }

  leave() {
    this.editing = false;
    this.draw();
    this.node.focus();
  }

  /** While the server works on it: nothing can be pressed twice. */
  setBusy(busy) {
    this.busy = busy;
    this.node.setAttribute("aria-busy", String(busy));
    for (const control of this.node.querySelectorAll("button, textarea")) control.disabled = busy;
  }
}
