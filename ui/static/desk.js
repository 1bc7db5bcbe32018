// The takeover desk: queue, conversation and packet over one socket.
import { ask, notice, radioField, textField } from "./overlay.js";
import { DeskFrame } from "./desk-frame.js";
import { Numbers } from "./desk-numbers.js";
import { changes, Packet } from "./desk-packet.js";
import { customerName, Queue } from "./desk-queue.js";
import { Thread } from "./desk-thread.js";
import { fill, uuid } from "./dom.js";
import { has, otherLang, setLang, t } from "./i18n.js";
import { Outbox } from "./outbox.js";
import { PassagePanel } from "./passage.js";
import { Live } from "./socket.js";
import { recall, remember } from "./storage.js";
import { syncClock } from "./time.js";
import { fitViewport } from "./viewport.js";

const CURRENT = "bp.desk.current";
const DISPOSITIONS = ["solved", "no_answer", "spam", "other"];

class Desk {
  constructor(root) {
    this.me = null;
    this.current = recall(CURRENT, null, { session: true });
    this.handoff = null;
    this.fresh = [];
    this.customer = null;
    this.outbox = null;
    this.requests = new Map();
    this.passage = new PassagePanel("/api/desk/passages/");
    const onCitation = (...opened) => this.passage.open(...opened);
    this.queue = new Queue({ onOpen: (id) => this.open(id), hasDraft: (id) => id !== this.current && Boolean(this.draft(id)) });
    this.numbers = new Numbers({
      onChange: (seq) => {
        this.thread.timeline.again(seq);
        this.refresh();
      },
    });
    this.thread = new Thread({
      onCitation,
      onSend: (text, internal) => this.say(text, internal),
      onDraft: (text) => this.keepDraft(text),
      onTyping: () => this.live.send({ type: "typing", conversation: this.current }),
      onAction: (name) => this[name](),
      onBack: () => this.frame.view("queue"),
      onRetry: (id) => this.outbox?.retry(id),
      onEdit: (entry) => this.takeBack(entry),
      onRemove: (id) => this.forget(id),
    }, this.numbers);
    this.packet = new Packet({
      onCitation,
      item: (seq) => this.thread.timeline.items.get(seq),
      onSeen: () => this.seen(),
      onGoto: (seq) => this.goto(seq),
      onInsert: (text) => {
        this.frame.view("thread");
        this.thread.composer.node.hidden = false;
        this.thread.composer.insert(text);
      },
    }, this.numbers);
    this.frame = new DeskFrame({ queue: this.queue.node, thread: this.thread.node, packet: this.packet.node, onLang: () => this.switchLang(), onLogout: () => this.logout(), onRetry: () => this.live.hurry() });
    this.frame.node.append(this.passage.node);
    fill(root, this.frame.node);
    this.live = new Live({
      path: () => "/ws/desk",
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.connection(state),
      onDenied: (code) => (code === 4401 ? this.toLogin() : notice(t("err.forbidden"), { important: true })),
    });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => !document.hidden && this.current && this.queue.select(this.current));
    fitViewport(this.frame.node);
    this.refresh();
    this.live.connect();
  }

  connection(state) {
    if (state !== "online") this.outbox?.stop();
    this.frame.connection(state, this.outbox?.busy() ?? false);
  }

  receive(frame) {
    const handlers = { hello: "hello", queue: "changed", conversation: "opened", items: "arrived", typing: "typing", result: "result" };
    if (frame.type in handlers) this[handlers[frame.type]](frame);
  }

  hello({ me, queue, now }) {
    syncClock(now);
    if (this.me?.id !== me.id) {
      this.me = me;
      this.outbox = new Outbox(`bp.desk.out.${me.id}.`, {
        send: (frame) => this.live.send(frame),
        onChange: (entry) => this.showPending(entry),
        onStuck: () => this.live.restart(),
      });
    }
    this.frame.setMe(me);
    this.numbers.setMe(me);
    this.queue.reset(me, queue);
    if (this.current && !this.queue.rows.has(this.current)) this.current = null;
    if (this.current) this.ask(this.thread.row?.id === this.current);
    for (const { frame } of this.requests.values()) this.live.send(frame);
    this.outbox.start();
    this.refresh();
  }

  changed({ rows }) {
    this.queue.merge(rows);
    this.refresh();
  }

  /** Open a conversation and keep the one before as it was. */
  open(id) {
    this.frame.view("thread");
    if (id === this.current && this.thread.row) return void this.thread.composer.focus();
    this.current = id;
    remember(CURRENT, id, { session: true });
    this.ask(false);
    this.refresh();
    this.thread.composer.focus();
  }

  /** Ask the server for the current conversation, whole or what follows. */
  ask(resume) {
    const row = this.queue.rows.get(this.current);
    if (!resume) {
      this.handoff = null;
      this.fresh = [];
      this.customer = null;
      this.numbers.open(this.current);
      this.thread.open(row, this.draft(this.current));
      for (const entry of this.outbox?.list() ?? []) this.showPending(entry);
    }
    this.queue.select(this.current);
    this.live.send({ type: "open", conversation: this.current, after: resume ? this.thread.timeline.last : 0 });
  }

  opened(frame) {
    if (frame.conversation.id !== this.current) return;
    const { handoff, ...rest } = frame;
    if (handoff) this.newer(handoff);
    else this.handoff = null;
    this.customer = frame.customer ?? null;
    this.arrived(rest);
  }

  arrived({ conversation, items, handoff }) {
    if (conversation.id !== this.current) return;
    for (const item of items ?? []) if (item.id) this.outbox?.settle(item.id);
    this.queue.merge([conversation]);
    const fresh = this.thread.timeline.merge(items);
    if (fresh.some((item) => item.author === "customer")) this.thread.setTyping(false);
    if (handoff) this.newer(handoff);
    this.refresh();
  }

  /** A packet came; what is new in it stays marked until the agent has looked, or opens another conversation. */
  newer(handoff) {
    this.fresh = [...new Set([...this.fresh, ...changes(this.handoff, handoff)])];
    this.handoff = handoff;
  }

  seen() {
    this.fresh = [];
    this.refresh();
  }

  typing({ conversation }) {
    if (conversation === this.current) this.thread.setTyping(true);
  }

  get row() {
    return this.queue.rows.get(this.current) ?? null;
  }

  get mine() {
    return this.row?.status === "human" && this.row.assignee === this.me?.id;
  }

  say(text, internal) {
    if (!this.outbox || !this.mine) return false;
    this.showPending(this.outbox.add({ type: internal ? "note" : "reply", id: uuid(), conversation: this.current, text }));
    this.refresh();
    return true;
  }

  showPending(entry) {
    if (entry.frame.conversation !== this.current || !this.outbox?.find(entry.frame.id)) return;
    entry.name = this.me?.name;
    this.thread.timeline.pending(entry);
  }

  takeBack(entry) {
    this.thread.composer.insert(entry.frame.text);
    this.forget(entry.frame.id);
  }

  forget(id) {
    this.outbox?.drop(id);
    this.thread.timeline.settle(id);
    this.refresh();
  }

  /** Send a request and wait for its result, across reconnects. */
  request(frame) {
    return new Promise((resolve) => {
      const id = uuid();
      this.requests.set(id, { frame: { ...frame, id }, resolve });
      this.live.send({ ...frame, id });
    });
  }

  result({ id, ok, code, holder }) {
    const request = this.requests.get(id);
    if (request) {
      this.requests.delete(id);
      // A request is made once: "trying again" would be untrue.
      if (!ok) this.explain(code === "unavailable" || code === "rate_limited" ? "other" : code, holder);
      request.resolve(ok);
      return;
    }
    if (ok) {
      const entry = this.outbox?.settle(id);
      if (entry && entry.frame.conversation === this.current && this.thread.timeline.waiting.has(id)) {
        entry.name = this.me?.name;
        this.thread.timeline.pending({ ...entry, state: "stored" });
      }
    } else {
      this.outbox?.refuse(id, code);
      this.explain(code, holder);
    }
    this.refresh();
  }

  explain(code, holder) {
    const name = holder ?? this.row?.assignee_name;
    if (code === "taken") notice(name ? t("err.taken", { name }) : t("err.taken_nobody"), { important: true });
    else notice(t(has(`err.${code}`) ? `err.${code}` : "err.other"), { important: true });
  }

  async claim() {
    const status = this.row?.status;
    if (this.thread.claiming || (status !== "waiting" && status !== "bot")) return;
    const id = this.current;
    this.thread.setClaiming(true);
    const won = await this.request({ type: "claim", conversation: id });
    if (this.current !== id) return;
    this.thread.setClaiming(false);
    this.refresh();
    if (won) this.thread.composer.focus(true);
  }

  async hand_back() {
    const conversation = this.current;
    const fields = [textField("text", t("desk.hand_back_note"))];
    const values = await ask({ title: t("desk.hand_back_title"), text: t("desk.hand_back_text"), fields, yes: t("desk.hand_back_yes"), testid: "hand-back-confirm" });
    if (values) this.request({ type: "hand_back", conversation, text: values.text.trim() });
  }

  async transfer() {
    const conversation = this.current;
    const fields = [textField("text", t("desk.transfer_note"))];
    const values = await ask({ title: t("desk.transfer_title"), text: t("desk.transfer_text"), fields, yes: t("desk.transfer_yes"), testid: "transfer-confirm" });
    if (values) this.request({ type: "transfer", conversation, text: values.text.trim() });
  }

  async close() {
    const conversation = this.current;
    const options = DISPOSITIONS.map((code) => [code, t(`desk.disposition.${code}`)]);
    const fields = [radioField("disposition", t("desk.disposition"), options), textField("text", t("desk.close_note"))];
    const values = await ask({ title: t("desk.close_title"), text: t("desk.close_text"), fields, yes: t("desk.close_yes"), testid: "close-confirm" });
    if (values) this.request({ type: "close", conversation, disposition: values.disposition, text: values.text.trim() });
  }

  goto(seq) {
    this.frame.view("thread");
    this.thread.timeline.flash(seq);
  }

  draftKey(id) {
    return `bp.desk.draft.${this.me?.id ?? ""}.${id}`;
  }

  draft(id) {
    return recall(this.draftKey(id), "");
  }

  keepDraft(text) {
    if (this.current) remember(this.draftKey(this.current), text);
  }

  refresh() {
    const { row } = this;
    const sending = (this.outbox?.list() ?? []).some((entry) => entry.frame.conversation === this.current && entry.state !== "failed");
    this.frame.bar.update({ kept: this.outbox?.busy() ?? false });
    this.thread.show(row, this.mine, { waiting: sending, admin: this.me?.role === "admin" });
    this.packet.draw({ row, handoff: this.handoff, customer: this.customer, fresh: this.fresh });
    this.frame.setNews(this.fresh.length > 0);
    this.frame.setOpen(row ? customerName(row) : "");
    this.frame.setWaiting(this.queue.waiting, this.queue.urgent);
  }

  key(event) {
    const field = event.target.closest?.("input, textarea, select, dialog");
    if (event.key === "Escape" && field === this.thread.composer.input) return void field.blur();
    if (field || !this.passage.node.hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // By the key's place too, so that j, k and c work while the keyboard is set to Korean.
    const key = { KeyJ: "j", KeyK: "k", KeyC: "c" }[event.code];
    if (key === "c") this.claim();
    else if (key) this.step(key === "j" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  step(by) {
    const ids = this.queue.order();
    if (!ids.length) return;
    const at = ids.indexOf(this.current);
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by));
    if (ids[next] === this.current) return;
    this.open(ids[next]);
    document.activeElement?.blur?.();
  }

  switchLang() {
    setLang(otherLang());
    this.frame.relabel();
    this.thread.timeline.redraw();
    for (const entry of this.outbox?.list() ?? []) this.showPending(entry);
    this.queue.draw();
    this.refresh();
  }

  toLogin() {
    if (this.leaving) return;
    this.leaving = true;
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  }

  async logout() {
    try {
      await fetch("/api/logout", { method: "POST", credentials: "same-origin", redirect: "manual" });
    } catch {
      // The login page follows anyway; the session then ends on the server by itself.
    } finally {
      this.toLogin();
    }
  }
}

/** Draw the desk into an element. */
export function mount(element) {
  return new Desk(element);
}
