// The top of the customer's chat: who is talking, how the connection is, and the way to a person.
import { ConnectionBar } from "./connection-bar.js";
import { fill, h, icon, stale } from "./dom.js";
import { avatar } from "./items.js";
import { lang, t } from "./i18n.js";
import { since, span } from "./time.js";

export class ChatHeader {
  /** @param {{onHuman: () => void, onNew: () => void, onLang: () => void, onRetry: () => void}} actions */
  constructor(actions) {
    this.state = { company: "", conversation: null, connection: "connecting", asked: false };
    this.picture = h("div", { class: "bp-head-picture" });
    this.name = h("span", { class: "bp-head-name", dataset: { testid: "speaker" } });
    this.tag = h("span", { class: "bp-tag", dataset: { testid: "ai-label" } }, "AI");
    this.sub = h("p", { class: "bp-head-sub" });
    this.human = h("button", { type: "button", class: "bp-human", dataset: { testid: "talk-human" }, onclick: actions.onHuman });
    this.fresh = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "new-conversation" }, onclick: actions.onNew });
    this.lang = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "lang-toggle" }, onclick: actions.onLang });
    this.bar = new ConnectionBar(actions.onRetry);
    this.node = h(
      "header",
      { class: "bp-head" },
      h(
        "div",
        { class: "bp-head-row" },
        this.picture,
        h("div", { class: "bp-head-who" }, h("h1", {}, this.name, this.tag), this.sub),
        h("div", { class: "bp-head-actions" }, this.human, this.fresh, this.lang),
      ),
      this.bar.node,
    );
    setInterval(() => this.tick(), 1_000);
    this.draw();
  }

  /** Change what is shown. */
  update(change) {
    Object.assign(this.state, change);
    this.bar.update({ state: this.state.connection, kept: this.state.kept });
    this.draw();
  }

  get status() {
    return this.state.conversation?.status ?? "bot";
  }

  draw() {
    const agent = this.status === "human" ? this.state.conversation?.agent?.name || t("chat.person") : null;
    const waiting = this.status === "waiting";
    if (stale(this.picture, agent, this.state.connection, lang())) fill(this.picture, agent ? avatar("agent", agent) : avatar("bot"), h("span", { class: `bp-dot bp-dot-${this.state.connection}`, title: t(this.state.connection === "online" ? "conn.online" : "conn.connecting") }));
    this.name.textContent = agent ?? (waiting ? t("chat.waiting_title") : t("chat.assistant"));
    this.tag.hidden = Boolean(agent) || waiting;
    this.tag.textContent = t("chat.assistant_short");
    this.node.dataset.status = this.status;
    const words = { bot: "chat.talk_human", closed: "chat.talk_human", waiting: "chat.talk_human_waiting", human: "chat.talk_human_on" };
    const asked = this.state.asked && !agent;
    this.human.disabled = waiting || Boolean(agent) || asked;
    const word = t(asked ? "chat.talk_human_waiting" : words[this.status]);
    if (stale(this.human, word)) fill(this.human, icon("person", 18), h("span", {}, word));
    this.tick();
    if (!stale(this.fresh, lang())) return;
    fill(this.fresh, icon("plus", 18), h("span", {}, t("chat.new")));
    this.fresh.setAttribute("aria-label", t("chat.new"));
    this.fresh.title = t("chat.new");
    fill(this.lang, icon("globe", 18), h("span", {}, t("lang.toggle")));
    this.lang.setAttribute("aria-label", t("lang.label"));
    this.lang.title = t("lang.label");
  }

  tick() {
    const { company, conversation } = this.state;
    let sub = t("chat.assistant_hint");
    if (this.status === "human") sub = t("chat.person");
    if (this.status === "closed") sub = t("chat.closed_hint");
    if (this.status === "waiting") {
      sub = conversation?.waiting_since ? t("chat.waiting_for", { time: span(since(conversation.waiting_since)) }) : t("chat.waiting_hint");
    }
    const text = company ? `${company} · ${sub}` : sub;
    if (this.sub.textContent !== text) this.sub.textContent = text;
  }
}
