// What was decided in this session, the newest last, and the bar that offers to take it back.
import { fill, h, icon } from "./dom.js";
import { recall, remember } from "./storage.js";
import { tr } from "./supervisor-i18n.js";

const KEPT = 50;

export class Undos {
  /** @param {{onUndo: () => void}} handlers */
  constructor({ onUndo }) {
    this.list = [];
    this.key = null;
    this.text = h("span", { class: "sv-undo-text", role: "status", dataset: { testid: "done" } });
    this.button = h("button", { type: "button", class: "bp-button sv-undo-button", dataset: { testid: "undo" }, onclick: onUndo });
    this.node = h("div", { class: "sv-undo", hidden: true }, this.text, this.button);
    this.relabel();
  }

  /** Another person's decisions are not shown. */
  setMe(me) {
    const key = `bp.supervisor.undo.${me.id}`;
    if (key === this.key) return;
    this.key = key;
    this.list = recall(key, [], { session: true });
    this.draw();
  }

  push(entry) {
    this.list.push(entry);
    this.list.splice(0, this.list.length - KEPT);
    this.keep();
    this.draw();
  }

  pop() {
    const last = this.list.pop();
    this.keep();
    return last;
  }

  keep() {
    remember(this.key, this.list, { session: true });
  }

  /** Show what was done last, or what was said instead. */
  draw(said = "") {
    const last = this.list.at(-1);
    this.node.hidden = !last && !said;
    this.button.hidden = !last;
    this.text.textContent = said || (last ? tr(`done.${last.action}`, last) : "");
    this.text.title = this.text.textContent;
  }

  relabel() {
    fill(this.button, icon("back_to_bot", 16), h("span", {}, tr("undo")));
    this.draw();
  }
}
