// The customer's chat: one page, one socket, one conversation.
import { ask, notice } from "./overlay.js";
import { ChatHeader } from "./chat-header.js";
import { emptyState, endCard, pendingNode, speaking } from "./chat-parts.js";
import { Composer } from "./composer.js";
import { fill, h, uuid } from "./dom.js";
import { otherLang, setLang, t } from "./i18n.js";
import { drawItem } from "./items.js";
import { Outbox } from "./outbox.js";
import { PassagePanel } from "./passage.js";
import { Receipt } from "./receipt.js";
import { openSession } from "./session.js";
import { Live } from "./socket.js";
import { recall, remember } from "./storage.js";
import { Timeline } from "./timeline.js";
import { syncClock } from "./time.js";
import { fitViewport } from "./viewport.js";

const DRAFT = "bp.chat.draft";
const EPOCH = "bp.chat.epoch";
const OUTBOX = "bp.chat.out.";
const TYPING_FOR = 4_000;
const PROGRESS_FOR = 90_000;

class Chat {
  constructor(root) {
    this.company = "";
    this.customer = null;
    this.starters = null;
    this.conversation = null;
    this.greeted = false;
    this.stage = null;
    this.typist = null;
    this.header = new ChatHeader({ onHuman: () => this.callPerson(), onNew: () => this.startNew(), onLang: () => this.switchLang(), onRetry: () => this.live.hurry() });
    this.passage = new PassagePanel("/api/chat/passages/");
    this.view = {
      desk: false,
      onCitation: (...opened) => this.passage.open(...opened),
      onChoice: (text) => this.send(text),
    };
    this.timeline = new Timeline({
      testid: "chat-log",
      draw: (item) => drawItem(item, this.view),
      drawPending: (entry) => pendingNode(entry, this.view, {
        onRetry: () => this.outbox.retry(entry.frame.id),
        onEdit: () => this.takeBack(entry),
        onRemove: () => this.forget(entry),
      }),
    });
    this.composer = new Composer({
      testids: { input: "chat-input", send: "chat-send" },
      onSend: (text) => this.send(text),
      onDraft: (text) => remember(DRAFT, text),
      onTyping: () => this.live.send({ type: "typing" }),
      words: () => ({
        placeholder: t(this.conversation?.status === "closed" ? "chat.placeholder_closed" : "chat.placeholder"),
        label: t("chat.input_label"),
        send: t("chat.send"),
      }),
    });
    this.receipt = new Receipt({ onChange: () => this.placeReceipt() });
    this.hint = h("p", { class: "bp-hint" });
    this.empty = h("div", { class: "bp-empty-slot", hidden: true });
    this.timeline.inner.prepend(this.empty);
    fill(
      root,
      h("div", { class: "bp-app bp-chat" },
        h("div", { class: "bp-card" }, this.header.node, h("main", { class: "bp-main" }, this.timeline.node), h("div", { class: "bp-dock" }, this.composer.node, this.hint)),
        this.passage.node,
      ),
    );
    this.outbox = new Outbox(OUTBOX, {
      send: (frame) => this.live.send(frame),
      onChange: (entry) => this.timeline.pending(entry),
      onStuck: () => this.live.restart(),
    });
    this.live = new Live({
      path: () => `/ws/chat?after=${this.timeline.last}`,
      prepare: () => this.session(),
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.connection(state),
      onDenied: () => notice(t("err.forbidden"), { important: true }),
    });
    for (const entry of this.outbox.list()) this.timeline.pending(entry);
    window.addEventListener("storage", (event) => event.key === EPOCH && this.reset());
    document.addEventListener("visibilitychange", () => this.title());
    fitViewport(root.querySelector(".bp-app"));
    this.relabel();
    this.composer.setText(recall(DRAFT, ""));
    this.composer.focus();
    this.live.connect();
  }

  async session(options) {
    const session = await openSession(options);
    this.company = session.company ?? "";
    this.customer = session.customer;
    this.starters = session.starters;
    this.header.update({ company: this.company });
    this.relabel();
  }

  connection(state) {
    if (state !== "online") {
      this.outbox.stop();
      this.setStage(null);
    }
    this.header.update({ connection: state, kept: this.outbox.busy() });
  }

  receive(frame) {
    if (frame.type === "hello") this.hello(frame);
    else if (frame.type === "items") this.take(frame);
    else if (frame.type === "progress") this.setStage(frame.stage);
    else if (frame.type === "typing") this.setTypist(frame.name);
    else if (frame.type === "ack") this.acknowledged(frame);
    else if (frame.type === "error") this.refused(frame);
  }

  hello(frame) {
    syncClock(frame.now);
    const another = frame.conversation.id && this.conversation?.id && frame.conversation.id !== this.conversation.id;
    if (another || frame.conversation.version < this.timeline.last) {
      this.reset();
      return;
    }
    this.greeted = true;
    this.take(frame);
    this.outbox.start();
  }

  take(frame) {
    for (const item of frame.items ?? []) if (item.id) this.outbox.settle(item.id);
    const fresh = this.timeline.merge(frame.items);
    const before = this.conversation?.status;
    this.conversation = frame.conversation;
    if (fresh.some((item) => item.author === "bot" || item.author === "agent")) {
      this.setTypist(null);
      if (document.hidden) this.unseen = true;
    }
    if (before !== this.conversation.status || fresh.some((item) => item.author === "bot")) this.setStage(null);
    // Called just now, before their eyes: they read the receipt from its top, not from its end.
    if (before) this.called = fresh.find((item) => item.action === "hand_off")?.seq ?? this.called;
    this.receipt.follow(this.conversation, fresh);
    this.refresh();
  }

  send(text, intent) {
    const frame = { type: "send", id: uuid(), text };
    if (intent) frame.intent = intent;
    this.timeline.pending(this.outbox.add(frame));
    this.refresh();
    this.composer.focus();
    return true;
  }

  callPerson() {
    if (!this.asked()) this.send(t("chat.talk_human_text"), "human");
  }

  asked() {
    return this.outbox.list().some((entry) => entry.frame.intent === "human" && entry.state !== "failed");
  }

  acknowledged({ id, seq }) {
    const entry = this.outbox.settle(id);
    if (entry && !this.timeline.items.has(seq)) this.timeline.pending({ ...entry, state: "stored" });
    this.refresh();
  }

  refused({ id, code }) {
    if (id) this.outbox.refuse(id, code);
    else notice(t(`err.${code}`), { important: true });
    this.refresh();
  }

  takeBack(entry) {
    this.composer.insert(entry.frame.text);
    this.forget(entry);
  }

  forget(entry) {
    this.outbox.drop(entry.frame.id);
    this.timeline.settle(entry.frame.id);
    this.refresh();
  }

  async startNew() {
    if (this.outbox.busy()) return void notice(t("chat.new_busy"), { important: true });
    if (this.timeline.items.size) {
      const yes = await ask({ title: t("chat.new_ask"), text: t("chat.new_ask_text"), yes: t("chat.new_yes"), testid: "new-conversation-confirm" });
      if (!yes) return;
    }
    try {
      await this.session({ fresh: true });
    } catch {
      return void notice(t("chat.new_failed"), { important: true });
    }
    for (const entry of this.outbox.list()) this.outbox.drop(entry.frame.id);
    remember(EPOCH, uuid());
    this.reset();
    this.composer.focus();
  }

  /** The receipt stands where a person was called last. */
  placeReceipt() {
    const called = [...this.timeline.items.values()].filter((item) => item.action === "hand_off").at(-1);
    const fresh = this.timeline.attach(this.receipt.node, this.receipt.shown ? called?.seq : null);
    if (!fresh || this.called !== called.seq) return;
    this.called = null;
    this.timeline.readFrom(called.seq);
  }

  /** The cookie points to another conversation now: begin from nothing. */
  reset() {
    this.conversation = null;
    this.greeted = false;
    this.setStage(null);
    this.receipt.clear();
    this.timeline.clear();
    for (const entry of this.outbox.list()) this.timeline.pending(entry);
    this.live.restart();
    this.live.hurry();
    this.refresh();
  }

  setStage(stage) {
    clearTimeout(this.stageTimer);
    this.stage = stage ?? null;
    if (this.stage) this.stageTimer = setTimeout(() => this.setStage(null), PROGRESS_FOR);
    this.tail();
  }

  setTypist(name) {
    clearTimeout(this.typistTimer);
    this.typist = name;
    if (name) this.typistTimer = setTimeout(() => this.setTypist(null), TYPING_FOR);
    this.tail();
  }

  tail() {
    if (this.typist) this.timeline.setTail(speaking("agent", this.typist, t("chat.typing", { name: this.typist })));
    else if (this.stage) this.timeline.setTail(speaking("bot", "", t(this.stage === "writing" ? "chat.writing" : "chat.searching")));
    else if (this.conversation?.status === "closed" && !this.timeline.waiting.size) this.timeline.setTail(endCard(() => this.startNew()));
    else this.timeline.setTail();
  }

  refresh() {
    this.header.update({ conversation: this.conversation, asked: this.asked(), kept: this.outbox.busy() });
    const blank = this.greeted && !this.timeline.items.size && !this.timeline.waiting.size;
    if (blank && !this.empty.hasChildNodes()) {
      fill(this.empty, emptyState({ company: this.company, name: this.customer?.name, starters: this.starters, onPick: (text) => this.send(text) }));
    }
    if (!blank) fill(this.empty);
    this.empty.hidden = !blank;
    this.composer.relabel();
    this.placeReceipt();
    this.tail();
    this.title();
  }

  title() {
    if (!document.hidden) this.unseen = false;
    const title = t("chat.title", { company: this.company }).trim();
    document.title = this.unseen ? `● ${title}` : title;
  }

  switchLang() {
    setLang(otherLang());
    this.relabel();
    // The server words its own lines, the receipt's too, in the conversation's language.
    this.session().then(() => this.receipt.follow(this.conversation, [])).catch(() => {});
  }

  relabel() {
    fill(this.hint, t("chat.privacy"), " ", t("chat.private"));
    fill(this.empty);
    this.timeline.redraw();
    this.receipt.draw();
    this.placeReceipt();
    for (const entry of this.outbox.list()) this.timeline.pending(entry);
    this.header.draw();
    this.refresh();
  }
}

/** Draw the chat into an element. */
export function mount(element) {
  return new Chat(element);
}

