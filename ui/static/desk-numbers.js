// Masked numbers at the desk: a supervisor may have them shown for a minute, and every look is on record.
import { ask, notice, textField } from "./overlay.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

const SHOWN_FOR = 60_000;

export class Numbers {
  /** @param {{onChange: (seq: number) => void}} hooks told when a message's numbers are shown or hidden */
  constructor(hooks) {
    this.hooks = hooks;
    this.may = false;
    this.conversation = null;
    this.values = new Map();
    this.timers = new Map();
  }

  setMe(me) {
    this.may = me?.role === "supervisor" || me?.role === "admin";
  }

  /** Another conversation is open: what was shown is hidden. */
  open(conversation) {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.values.clear();
    this.conversation = conversation;
  }

  /** The values of a message while they are shown: [{slot, start, end, value}]. */
  of(seq) {
    return this.values.get(seq) ?? null;
  }

  /** Show a message's numbers, after asking; or hide them again. */
  async toggle(seq) {
    if (this.values.has(seq)) return this.hide(seq);
    const { conversation } = this;
    const answer = await ask({ title: t("masked.title"), text: t("masked.text"), fields: [textField("reason", t("masked.reason"))], yes: t("masked.yes"), testid: "unmask-confirm" });
    if (!answer) return;
    try {
      const reason = answer.reason.trim().slice(0, 300);
      const reply = await fetch(`/api/desk/conversations/${encodeURIComponent(conversation)}/unmask`, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ seq, reason }),
      });
      if (!reply.ok) return void notice(t(reply.status === 403 ? "masked.denied" : "masked.failed"), { important: true });
      const { values } = await reply.json();
      if (conversation !== this.conversation) return;
      this.values.set(seq, values);
      this.timers.set(seq, setTimeout(() => this.hide(seq), SHOWN_FOR));
      notice(t("masked.recorded"));
      this.hooks.onChange(seq);
    } catch {
      notice(t("masked.failed"), { important: true });
    }
  }

  hide(seq) {
    clearTimeout(this.timers.get(seq));
    this.timers.delete(seq);
    if (this.values.delete(seq)) this.hooks.onChange(seq);
  }

  /** The button beside a masked number; for others only a lock that says who may look. */
  button(seq) {
    if (!this.may) return h("span", { class: "bp-masked", title: t("masked.denied") }, icon("lock", 13), t("masked.hidden"));
    const shown = this.values.has(seq);
    return h("button", { type: "button", class: "bp-link bp-unmask", "aria-pressed": String(shown), dataset: { testid: "unmask", seq }, onclick: () => this.toggle(seq) }, icon(shown ? "lock" : "eye", 14), t(shown ? "masked.hide" : "masked.show"));
  }

  /** The true value of a fact, where its message's numbers are shown now; null otherwise. */
  fact(fact, item) {
    const found = (this.of(fact.seq) ?? []).filter((each) => each.slot === fact.slot);
    const chars = [...(item?.text ?? "")];
    const exact = found.find((each) => chars.slice(each.start, each.end).join("") === fact.value);
    const value = exact ?? (found.length === 1 ? found[0] : null);
    return value && (value.value ?? t("masked.lost"));
  }
}
