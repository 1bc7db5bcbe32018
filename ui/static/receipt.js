// The handoff receipt: what was passed on to the agents, for the customer to see, put right and add to.
import { fill, h, icon, stale, uuid } from "./dom.js";
import { lang, t } from "./i18n.js";

const PATH = "/api/chat/receipt";
const LONGEST = 500;
const SENT_FOR = 6_000;
const OPEN = new Set(["waiting", "human"]);
/** Facts and the name: short enough to stand beside their label on a phone too. */
const SHORT = /^(?!question$|also:|tried:|added:)/;

export class Receipt {
  /** @param {{onChange: () => void}} hooks told when the card comes or goes */
  constructor(hooks) {
    this.hooks = hooks;
    this.receipt = null;
    this.editing = null;
    this.sent = null;
    this.key = "";
    this.title = h("span", { class: "bp-receipt-title" });
    this.count = h("span", { class: "bp-receipt-count" });
    this.lead = h("p", { class: "bp-receipt-lead" });
    this.rows = h("dl", { class: "bp-receipt-rows" });
    this.foot = h("div", { class: "bp-receipt-foot" });
    this.news = h("p", { class: "bp-receipt-news", role: "status", dataset: { testid: "receipt-sent" } });
    this.details = h("details", { class: "bp-receipt", open: true }, h("summary", { dataset: { testid: "receipt-summary" } }, icon("note", 17), this.title, this.count), this.lead, this.rows, this.foot, this.news);
    // The list around it is read out as it grows; this card speaks for itself through its status line.
    this.node = h("li", { class: "bp-receipt-item", "aria-live": "off", dataset: { testid: "receipt" } }, this.details);
  }

  get shown() {
    return Boolean(this.receipt);
  }

  /** The conversation moved on: get the receipt again where it may say something else now. */
  follow(conversation, fresh) {
    if (!OPEN.has(conversation?.status)) return this.clear();
    // While a person answers, only the customer's own words and newer packets (which bring no item) change it.
    const theirs = !fresh.length || fresh.some((item) => item.author === "customer" || item.kind === "status");
    const key = [conversation.id, conversation.version, lang()].join(" ");
    if (this.status !== conversation.status && !this.editing) this.details.open = conversation.status === "waiting";
    this.status = conversation.status;
    if (key === this.key || (this.receipt && conversation.status === "human" && !theirs)) return;
    this.key = key;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), this.receipt ? 350 : 0);
  }

  clear() {
    clearTimeout(this.timer);
    this.key = "";
    this.status = null;
    this.editing = null;
    if (!this.receipt) return;
    this.receipt = null;
    this.hooks.onChange();
  }

  async load() {
    const { key } = this;
    try {
      const answer = await fetch(PATH, { credentials: "same-origin" });
      if (key !== this.key) return;
      if (answer.ok) this.take(await answer.json());
      else if (answer.status === 404) this.take(null);
      else this.again();
    } catch {
      this.again();
    }
  }

  /** Without it the conversation goes on just as well; the next look may succeed. */
  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.key && this.load(), 8_000);
  }

  take(receipt) {
    const before = this.shown;
    this.receipt = receipt;
    this.draw();
    if (before !== this.shown) this.hooks.onChange();
  }

  draw() {
    if (!this.receipt) return;
    this.title.textContent = t("receipt.title");
    const { lines } = this.receipt;
    this.count.textContent = lines.length ? String(lines.length) : "";
    this.lead.textContent = t(lines.length ? (this.status === "human" ? "receipt.lead_human" : "receipt.lead") : "receipt.none");
    this.news.textContent = this.sent ? t("receipt.sent") : "";
    if (this.sent) this.news.prepend(icon("check", 16));
    // Nothing is redrawn under somebody's hands; closing the field draws what has come meanwhile.
    if (this.editing) return;
    if (!stale(this.rows, lines, this.sent, lang())) return;
    fill(this.rows, grouped(lines).map((group) => this.group(group)));
    fill(this.foot, h("button", { type: "button", class: "bp-link bp-receipt-add", dataset: { testid: "receipt-add" }, onclick: () => this.edit(this.foot, null) }, icon("plus", 16), t("receipt.add")));
  }

  group(group) {
    return h(
      "div",
      { class: SHORT.test(group[0].id) ? "bp-receipt-row bp-receipt-short" : "bp-receipt-row" },
      h("dt", {}, group[0].label),
      group.map((line) => {
        const row = h("dd", { class: this.sent !== null && this.sent === line.seq ? "bp-receipt-fresh" : "", dataset: { testid: "receipt-line", line: line.id } }, h("span", { class: "bp-receipt-text", dir: "auto" }, line.text));
        if (line.editable) row.append(h("button", { type: "button", class: "bp-link bp-receipt-correct", "aria-label": t("receipt.correct_line", { label: line.label }), dataset: { testid: "receipt-correct" }, onclick: () => this.edit(row, line) }, t("receipt.correct")));
        return row;
      }),
    );
  }

  /** A field in the place of a line (null: for another line). */
  edit(place, line) {
    this.close();
    const id = uuid();
    const input = h("textarea", { class: "bp-input", rows: 1, dir: "auto", maxlength: String(LONGEST), enterkeyhint: "send", dataset: { testid: "receipt-input" } });
    input.setAttribute("aria-label", line ? t("receipt.correct_line", { label: line.label }) : t("receipt.add_label"));
    if (!line) input.placeholder = t("receipt.add_hint");
    input.value = line?.text ?? "";
    const problem = h("p", { class: "bp-receipt-problem", role: "alert" });
    const save = h("button", { type: "submit", class: "bp-button bp-primary", dataset: { testid: "receipt-save" } }, t("receipt.save"));
    const cancel = h("button", { type: "button", class: "bp-button", onclick: () => this.close(true) }, t("dialog.cancel"));
    const form = h("form", { class: "bp-receipt-form" }, input, problem, h("div", { class: "bp-receipt-actions" }, cancel, save));
    const grow = () => {
      input.style.height = "auto";
      input.style.height = `${input.scrollHeight + 2}px`;
      save.disabled = !input.value.trim() || input.value.trim() === line?.text;
    };
    const submit = async () => {
      if (save.disabled) return;
      save.disabled = cancel.disabled = input.readOnly = true;
      save.textContent = t("receipt.sending");
      const why = await this.save({ id, text: input.value.trim(), ...(line ? { line: line.id } : {}) }, form);
      if (!why) return;
      problem.textContent = t(`receipt.err_${why}`);
      save.disabled = cancel.disabled = input.readOnly = false;
      save.textContent = t("receipt.save");
    };
    input.addEventListener("input", grow);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return; // a Korean syllable is being put together
      if (event.key === "Escape") this.close(true);
      else if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        submit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    this.editing = { place, form, hidden: [...place.childNodes] };
    for (const node of this.editing.hidden) node.hidden = true;
    place.append(form);
    grow();
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }

  /** Send a change; returns what went wrong, or null. */
  async save(body, form) {
    try {
      const answer = await fetch(PATH, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      if (!answer.ok) return await this.refused(answer);
      const { seq, receipt } = await answer.json();
      if (this.editing?.form === form) this.close();
      this.confirm(seq);
      this.take(receipt);
      return null;
    } catch {
      return "other";
    }
  }

  async refused(answer) {
    const code = answer.status === 429 ? "busy" : (await answer.json().catch(() => ({}))).detail;
    if (code === "no_line") this.load();
    return ["no_receipt", "no_line", "empty", "too_long", "busy"].includes(code) ? code : "other";
  }

  confirm(seq) {
    clearTimeout(this.sentTimer);
    this.sent = seq;
    this.sentTimer = setTimeout(() => {
      this.sent = null;
      this.draw();
    }, SENT_FOR);
  }

  close(back = false) {
    if (!this.editing) return;
    const { place, form, hidden } = this.editing;
    this.editing = null;
    form.remove();
    for (const node of hidden) node.hidden = false;
    if (back) place.querySelector("button")?.focus();
    this.draw();
  }
}

/** Lines in a row under one label, such as the articles. */
function grouped(lines) {
  const groups = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last && last[0].label === line.label && !line.editable && !last[0].editable) last.push(line);
    else groups.push([line]);
  }
  return groups;
}
