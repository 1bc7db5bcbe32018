// The middle column: one conversation, and what the agent may do with it.
import { Composer } from "./composer.js";
import { fill, h, icon, stale } from "./dom.js";
import { priorityBadge, tierBadge } from "./desk-badges.js";
import { customerName } from "./desk-queue.js";
import { lang, t } from "./i18n.js";
import { drawItem } from "./items.js";
import { pendingNode, speaking } from "./chat-parts.js";
import { Timeline } from "./timeline.js";

const TYPING_FOR = 4_000;

export class Thread {
  /**
   * @param {object} hooks onSend(text, internal), onDraft(text), onTyping(), onAction(name), onBack(), onCitation,
   *   onRetry(id), onEdit(entry), onRemove(id)
   * @param {import("./desk-numbers.js").Numbers} numbers
   */
  constructor(hooks, numbers) {
    this.hooks = hooks;
    this.row = null;
    this.mine = false;
    this.claiming = false;
    this.noting = false;
    const view = { desk: true, numbers, onCitation: hooks.onCitation, customerName: () => customerName(this.row) };
    this.timeline = new Timeline({
      testid: "desk-log",
      draw: (item) => drawItem(item, view),
      drawPending: (entry) =>
        pendingNode(entry, view, {
          onRetry: () => hooks.onRetry(entry.frame.id),
          onEdit: () => hooks.onEdit(entry),
          onRemove: () => hooks.onRemove(entry.frame.id),
        }),
    });
    this.composer = new Composer({
      testids: { input: "desk-input", send: "desk-send" },
      onSend: (text) => hooks.onSend(text, this.noting),
      onDraft: hooks.onDraft,
      onTyping: () => !this.noting && hooks.onTyping(),
      words: () => ({
        placeholder: t(!this.mine ? "desk.placeholder_locked" : this.noting ? "desk.placeholder_note" : "desk.placeholder"),
        label: t(this.noting ? "desk.note_toggle" : "desk.input_label"),
        send: t(this.noting ? "desk.send_note" : "desk.send"),
      }),
    });
    this.head = h("header", { class: "bp-thread-head" });
    this.reply = h("button", { type: "button", class: "bp-tab", dataset: { testid: "reply-toggle" }, onclick: () => this.setNoting(false) });
    this.note = h("button", { type: "button", class: "bp-tab", dataset: { testid: "note-toggle" }, onclick: () => this.setNoting(true) });
    this.tabs = h("div", { class: "bp-tabs", role: "group" }, this.reply, this.note);
    this.claimText = h("p", {});
    this.claim = h("button", { type: "button", class: "bp-button bp-primary bp-claim", dataset: { testid: "claim" }, onclick: () => hooks.onAction("claim") });
    this.bar = h("div", { class: "bp-claim-bar" }, this.claimText, this.claim);
    this.dock = h("div", { class: "bp-thread-dock" }, this.bar, this.tabs, this.composer.node);
    this.none = h("div", { class: "bp-thread-none" });
    this.node = h("main", { class: "bp-thread" }, this.none, this.head, this.timeline.node, this.dock);
    this.show(null, false);
  }

  /** Switch to a conversation; its items follow. */
  open(row, draft, noting = false) {
    this.timeline.clear();
    this.setTyping(false);
    this.claiming = false;
    this.noting = noting;
    this.composer.setText(draft);
    this.row = row;
  }

  /** Draw the conversation's state. */
  show(row, mine, { waiting = false, admin = false } = {}) {
    this.row = row;
    this.mine = mine;
    this.may = mine || (admin && row?.status === "human");
    for (const part of [this.head, this.timeline.node, this.dock]) part.hidden = !row;
    this.none.hidden = Boolean(row);
    if (stale(this.none, lang())) fill(this.none, icon("queue", 40), h("strong", {}, t("desk.none_open")), h("p", {}, t("desk.none_open_text")));
    if (!row) return;
    this.drawHead(waiting);
    this.drawBar();
    if (!mine) this.noting = false;
    this.drawMode();
    this.composer.setEnabled(mine);
  }

  drawHead(waiting) {
    const { row } = this;
    if (!stale(this.head, row.id, row.status, row.customer, row.assignee_name, row.priority, this.mine, this.may, waiting, lang())) return;
    const action = (name, testid, symbol) =>
      h("button", { type: "button", class: "bp-button bp-action", disabled: waiting, dataset: { testid }, onclick: () => this.hooks.onAction(name) }, icon(symbol, 17), h("span", {}, t(`desk.${name}`)));
    fill(
      this.head,
      h("button", { type: "button", class: "bp-icon-button bp-thread-back", "aria-label": t("desk.back"), dataset: { testid: "desk-back" }, onclick: this.hooks.onBack }, icon("back")),
      h(
        "div",
        { class: "bp-thread-who" },
        h("h2", {}, h("span", { class: "bp-thread-name" }, customerName(row)), tierBadge(row.customer), priorityBadge(row)),
        h("p", { class: `bp-status bp-status-${row.status}` }, this.statusText()),
      ),
      this.may && h("div", { class: "bp-thread-actions" }, action("hand_back", "hand-back", "back_to_bot"), action("transfer", "transfer", "queue"), action("close", "close-conversation", "check")),
    );
  }

  statusText() {
    const { row } = this;
    if (row.status === "human") return this.mine ? t("desk.mine") : t("desk.held_by", { name: row.assignee_name ?? t("chat.person") });
    return t(`desk.${row.status}`);
  }

  drawBar() {
    const { status, assignee_name: holder } = this.row;
    const open = status === "waiting" || status === "bot";
    this.bar.hidden = this.mine;
    this.bar.dataset.status = status;
    this.claim.hidden = !open;
    this.claim.disabled = this.claiming;
    if (stale(this.claim, this.claiming, lang())) fill(this.claim, icon("person", 18), t(this.claiming ? "desk.claiming" : "desk.claim"));
    this.claimText.textContent = open
      ? t(`desk.claim_hint_${status}`)
      : t(status === "closed" ? "desk.closed_hint" : "desk.held_by", { name: holder ?? t("chat.person") });
  }

  setNoting(noting) {
    this.noting = noting;
    this.drawMode();
    this.composer.focus(true);
  }

  drawMode() {
    this.tabs.hidden = !this.mine;
    if (stale(this.tabs, lang())) {
      fill(this.reply, t("desk.reply_toggle"));
      fill(this.note, icon("note", 15), t("desk.note_toggle"));
    }
    this.reply.setAttribute("aria-pressed", String(!this.noting));
    this.note.setAttribute("aria-pressed", String(this.noting));
    this.dock.classList.toggle("bp-noting", this.noting);
    this.composer.node.hidden = !this.mine && !this.composer.text;
    this.composer.relabel();
  }

  setClaiming(claiming) {
    this.claiming = claiming;
    if (this.row) this.drawBar();
  }

  setTyping(typing) {
    clearTimeout(this.typingTimer);
    if (!typing) return void this.timeline.setTail();
    this.timeline.setTail(speaking("customer", customerName(this.row), t("desk.typing")));
    this.typingTimer = setTimeout(() => this.setTyping(false), TYPING_FOR);
  }
}
