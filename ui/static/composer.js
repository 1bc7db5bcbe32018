// The field in which one writes: grows, keeps its draft, counts near the limit, and leaves Korean composition alone.
import { fill, finePointer, h, icon } from "./dom.js";
import { t } from "./i18n.js";

export const LIMIT = 4000;
const WARN_AT = 3600;
const TYPING_EVERY = 3_000;

export class Composer {
  /**
   * @param {object} options
   * @param {(text: string) => boolean} options.onSend true where the text was taken over
   * @param {(text: string) => void} options.onDraft
   * @param {() => void} [options.onTyping]
   * @param {{input: string, send: string}} options.testids
   * @param {() => {placeholder: string, label: string, send: string}} options.words
   */
  constructor(options) {
    this.options = options;
    this.lastTyping = 0;
    this.input = h("textarea", { class: "bp-input", rows: 1, dir: "auto", autocomplete: "off", enterkeyhint: "send", dataset: { testid: options.testids.input } });
    this.count = h("span", { class: "bp-count", "aria-live": "polite" });
    this.button = h("button", { type: "submit", class: "bp-send", dataset: { testid: options.testids.send } });
    this.node = h("form", { class: "bp-composer" }, h("div", { class: "bp-field" }, this.input, this.count), this.button);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.relabel();
    this.changed(false);
  }

  get text() {
    return this.input.value;
  }

  /** Replace the text (another conversation's draft). */
  setText(text) {
    this.input.value = text ?? "";
    this.changed(false);
  }

  /** Add text behind what is there already. */
  insert(text) {
    const before = this.input.value.trimEnd();
    this.input.value = before ? `${before}\n\n${text}` : text;
    this.changed();
    this.input.scrollTop = this.input.scrollHeight;
    this.focus(true);
  }

  focus(always = false) {
    if (always || finePointer()) this.input.focus({ preventScroll: true });
  }

  setEnabled(enabled) {
    this.input.disabled = !enabled;
    this.node.classList.toggle("bp-locked", !enabled);
    this.changed(false);
  }

  relabel() {
    const words = this.options.words();
    this.input.placeholder = words.placeholder;
    this.input.setAttribute("aria-label", words.label);
    this.button.setAttribute("aria-label", words.send);
    this.button.title = words.send;
    if (!this.button.hasChildNodes()) fill(this.button, icon("send", 20));
    this.counted();
  }

  key(event) {
    // While a Korean syllable is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    const text = this.input.value.trim();
    if (this.input.disabled || !text || text.length > LIMIT) return;
    if (!this.options.onSend(text)) return;
    this.setText("");
    this.options.onDraft("");
    this.lastTyping = 0;
    this.focus();
  }

  changed(byUser = true) {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
    const length = this.input.value.trim().length;
    this.button.disabled = this.input.disabled || !length || length > LIMIT;
    this.counted();
    if (!byUser) return;
    this.options.onDraft(this.input.value);
    const now = Date.now();
    if (length && this.options.onTyping && now - this.lastTyping > TYPING_EVERY) {
      this.lastTyping = now;
      this.options.onTyping();
    }
  }

  counted() {
    const left = LIMIT - this.input.value.trim().length;
    this.count.hidden = left > LIMIT - WARN_AT;
    this.count.classList.toggle("bp-over", left < 0);
    this.input.setAttribute("aria-invalid", String(left < 0));
    this.count.textContent = this.count.hidden ? "" : left < 0 ? t("count.over", { n: -left }) : t("count.left", { n: left });
  }
}
