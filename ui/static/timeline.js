// The list of items on the screen: in order of seq, each once, with day separators and a scroll that behaves.
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dayKey, dayName } from "./time.js";

const NEAR = 90;
const HOLD = 500;
const SAME_BREATH = 180_000;

export class Timeline {
  /**
   * @param {{draw: (item: object) => HTMLElement, testid: string, onPending: (entry: object) => HTMLElement}} options
   */
  constructor({ draw, testid, drawPending }) {
    this.draw = draw;
    this.drawPending = drawPending;
    this.items = new Map();
    this.nodes = new Map();
    this.waiting = new Map();
    this.list = h("ol", { class: "bp-list" });
    this.live = h("div", { role: "log", "aria-live": "polite", "aria-relevant": "additions" }, this.list);
    this.pendingList = h("ol", { class: "bp-list bp-list-pending" });
    this.tail = h("div", { class: "bp-tail" });
    this.inner = h("div", { class: "bp-log-inner", dataset: { testid } }, this.live, this.pendingList, this.tail);
    this.scroller = h("div", { class: "bp-log", tabindex: "0" }, this.inner);
    this.jump = h("button", { type: "button", class: "bp-jump", hidden: true, onclick: () => this.toBottom(true) });
    this.node = h("div", { class: "bp-timeline" }, this.scroller, this.jump);
    this.stuck = true;
    this.held = 0;
    this.unread = 0;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.stuck && this.toBottom()).observe(this.scroller);
    new ResizeObserver(() => this.stuck && this.toBottom()).observe(this.inner);
    this.relabel();
  }

  /** The highest seq shown. */
  get last() {
    return Math.max(0, ...this.items.keys());
  }

  /** Put items in; known ones are left alone. Returns those that were new. */
  merge(items) {
    const fresh = [];
    for (const item of items ?? []) {
      if (this.items.has(item.seq)) continue;
      this.items.set(item.seq, item);
      if (item.id) this.settle(item.id);
      this.place(item);
      fresh.push(item);
    }
    if (fresh.length) {
      this.decorate();
      if (this.stuck) this.toBottom();
      else if (fresh.some((item) => item.kind === "message")) this.showJump(true);
    }
    return fresh;
  }

  place(item) {
    const node = this.draw(item);
    this.nodes.set(item.seq, node);
    let before = this.list.lastElementChild;
    while (before && !(Number(before.dataset.seq) < item.seq && before.dataset.seq)) before = before.previousElementSibling;
    if (before) before.after(node);
    else this.list.prepend(node);
  }

  /** Show an entry that the server has not stored yet, or show its new state. */
  pending(entry) {
    const id = entry.frame.id;
    const node = this.drawPending(entry);
    const old = this.waiting.get(id);
    if (old) old.replaceWith(node);
    else this.pendingList.append(node);
    this.waiting.set(id, node);
    this.decorate();
    if (!old) this.toBottom();
  }

  /** Take a pending entry away (its item came, or it was dropped). */
  settle(id) {
    this.waiting.get(id)?.remove();
    this.waiting.delete(id);
  }

  /** Put a node of the page's own behind an item, or take it away (no such item). True where it is new there. */
  attach(node, seq) {
    const place = this.nodes.get(seq);
    if (!place) {
      node.remove();
      return false;
    }
    node.dataset.seq = `${seq}.5`;
    if (place.nextElementSibling === node) return false;
    place.after(node);
    if (this.stuck) this.toBottom();
    return true;
  }

  /** Begin reading at an item where what stands from there on is taller than the screen. */
  readFrom(seq) {
    const node = this.nodes.get(seq);
    const top = node ? node.offsetTop - 8 : 0;
    if (!node || this.scroller.scrollHeight - top <= this.scroller.clientHeight) return;
    this.stuck = false;
    this.held = performance.now() + HOLD;
    this.scroller.scrollTo({ top });
  }

  /** Draw an item anew: something about it is shown differently now. */
  again(seq) {
    const old = this.nodes.get(seq);
    if (!old) return;
    const node = this.draw(this.items.get(seq));
    this.nodes.set(seq, node);
    old.replaceWith(node);
    this.decorate();
  }

  /** What stands below the last item: typing dots and the like. */
  setTail(...nodes) {
    fill(this.tail, ...nodes);
    if (this.stuck) this.toBottom();
  }

  /** Forget everything. */
  clear() {
    this.items.clear();
    this.nodes.clear();
    this.waiting.clear();
    fill(this.list);
    fill(this.pendingList);
    fill(this.tail);
    this.stuck = true;
    this.showJump(false);
  }

  /** Draw all items anew (another language, a name became known). */
  redraw() {
    const items = [...this.items.values()];
    this.items.clear();
    this.nodes.clear();
    this.live.setAttribute("aria-live", "off");
    fill(this.list);
    this.merge(items);
    this.relabel();
    requestAnimationFrame(() => this.live.setAttribute("aria-live", "polite"));
  }

  relabel() {
    fill(this.jump, icon("down", 16), h("span", {}, t(this.unread ? "msg.new_below" : "msg.to_bottom")));
    this.live.setAttribute("aria-label", t("chat.log"));
  }

  /** Day separators, and messages of one breath under one name; choices only below the newest question. */
  decorate() {
    for (const old of this.list.querySelectorAll(".bp-day")) old.remove();
    let day = null;
    let before = null;
    for (const node of [...this.list.children, ...this.pendingList.children]) {
      const at = node.dataset.at;
      if (at && node.parentNode === this.list && dayKey(at) !== day) {
        day = dayKey(at);
        node.before(h("li", { class: "bp-day" }, h("span", {}, dayName(at))));
        before = null;
      }
      if (node.classList.contains("bp-verdict")) continue;
      node.classList.toggle("bp-follow", sameBreath(before, node));
      before = node;
    }
    const messages = [...this.list.querySelectorAll(".bp-msg:not(.bp-internal)")];
    const open = this.waiting.size ? null : messages.at(-1);
    for (const node of messages) node.classList.toggle("bp-open", node === open);
  }

  /** Scroll to an item and flash it; false where it is not here. */
  flash(seq) {
    const node = this.nodes.get(seq);
    if (!node) return false;
    this.stuck = false;
    node.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    node.classList.remove("bp-flash");
    void node.offsetWidth;
    node.classList.add("bp-flash");
    setTimeout(() => node.classList.remove("bp-flash"), 2_400);
    return true;
  }

  toBottom(smooth = false) {
    this.stuck = true;
    const top = this.items.size || this.waiting.size ? this.scroller.scrollHeight : 0;
    this.scroller.scrollTo({ top, behavior: smooth && !calm() ? "smooth" : "auto" });
    this.size = this.measure();
    this.showJump(false);
  }

  measure() {
    const { clientWidth, clientHeight, scrollHeight } = this.scroller;
    return [clientWidth, clientHeight, scrollHeight].join(" ");
  }

  scrolled() {
    // What readFrom moved is no reader who came back to the end.
    if (performance.now() < this.held) return;
    // A turned phone or another column moves the text too: that is no reader who scrolls up.
    if (this.stuck && this.size !== this.measure()) return void this.toBottom();
    const gap = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    this.stuck = gap < NEAR;
    if (this.stuck) this.showJump(false);
    else if (gap > 400 && this.jump.hidden) this.showJump(true, false);
  }

  showJump(visible, unread = true) {
    this.unread = visible && unread ? 1 : 0;
    this.jump.hidden = !visible;
    this.jump.classList.toggle("bp-jump-new", Boolean(this.unread));
    if (visible) this.relabel();
  }
}

function sameBreath(before, node) {
  if (!before || !node.classList.contains("bp-msg") || !before.classList.contains("bp-msg")) return false;
  const same = before.dataset.author === node.dataset.author && before.dataset.name === node.dataset.name;
  const inside = before.classList.contains("bp-internal") === node.classList.contains("bp-internal");
  const gap = Date.parse(node.dataset.at) - Date.parse(before.dataset.at);
  return same && inside && !(gap > SAME_BREATH);
}

/** Whether the visitor asked for less motion. */
export function calm() {
  return window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}
