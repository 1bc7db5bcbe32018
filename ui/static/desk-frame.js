// The desk's frame: the top bar, the three columns, and one column at a time on narrow screens.
import { ConnectionBar } from "./connection-bar.js";
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

const VIEWS = ["queue", "thread", "packet"];
const WORDS = { queue: "desk.queue", thread: "desk.conversation", packet: "desk.packet" };

export class DeskFrame {
  constructor({ queue, thread, packet, onLang, onLogout, onRetry }) {
    this.waiting = 0;
    this.me = null;
    this.title = h("h1", {});
    this.keys = h("span", { class: "bp-keys" });
    this.person = h("span", { class: "bp-me", dataset: { testid: "me" } });
    this.lang = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "lang-toggle" }, onclick: onLang });
    this.logout = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "logout" }, onclick: onLogout });
    this.evals = h("a", { class: "bp-head-button", href: "/evals/", hidden: true, dataset: { testid: "evals-link" } });
    this.supervisor = h("a", { class: "bp-head-button", href: "/supervisor/", hidden: true, dataset: { testid: "supervisor-link" } });
    this.bar = new ConnectionBar(onRetry);
    this.tabs = new Map(VIEWS.map((name) => [name, h("button", { type: "button", class: "bp-view-tab", dataset: { testid: `tab-${name}` }, onclick: () => this.view(name) })]));
    this.dot = h("span", { class: "bp-desk-dot" });
    this.node = h(
      "div",
      { class: "bp-app bp-desk", dataset: { view: "queue" } },
      h("header", { class: "bp-top" }, h("img", { src: "/static/favicon.svg", alt: "", width: 26, height: 26 }), this.title, this.dot, this.keys, this.person, this.supervisor, this.evals, this.lang, this.logout),
      this.bar.node,
      h("div", { class: "bp-view-tabs", role: "group" }, [...this.tabs.values()]),
      h("div", { class: "bp-columns" }, queue, thread, packet),
    );
    this.relabel();
    this.view("queue");
  }

  /** Which column a narrow screen shows. */
  view(name) {
    this.node.dataset.view = name;
    for (const [other, tab] of this.tabs) tab.setAttribute("aria-pressed", String(other === name));
  }

  setMe(me) {
    this.me = me;
    this.evals.hidden = me.role !== "admin";
    this.supervisor.hidden = me.role !== "admin" && me.role !== "supervisor";
    this.relabel();
  }

  /** The open conversation's customer ("": none is open). */
  setOpen(name) {
    for (const view of ["thread", "packet"]) this.tabs.get(view).disabled = !name;
    if (!name && this.node.dataset.view !== "queue") this.view("queue");
  }

  /** How many wait, and how many of them are urgent: the tab's title says so too. */
  setWaiting(waiting, urgent = 0) {
    this.waiting = waiting;
    this.urgent = urgent;
    const title = urgent ? "desk.title_urgent" : waiting ? "desk.title_waiting" : "desk.title";
    document.title = t(title, { n: waiting, u: urgent });
    fill(this.tabs.get("queue"), t("desk.queue"), waiting > 0 && h("span", { class: "bp-view-count" }, waiting));
  }

  /** Whether the packet has news that nobody has looked at. */
  setNews(news) {
    fill(this.tabs.get("packet"), t(WORDS.packet), news && h("span", { class: "bp-unread", title: t("packet.updated") }));
  }

  connection(state, kept) {
    this.bar.update({ state, kept });
    this.dot.dataset.state = state;
    this.dot.title = t(state === "online" ? "conn.online" : "conn.connecting");
  }

  relabel() {
    this.title.textContent = t("desk.title");
    this.keys.textContent = t("desk.keys");
    fill(this.person, this.me && [h("strong", {}, this.me.name), h("span", {}, t(`desk.role_${this.me.role}`))]);
    fill(this.lang, icon("globe", 18), h("span", {}, t("lang.toggle")));
    this.lang.setAttribute("aria-label", t("lang.label"));
    fill(this.supervisor, icon("book", 18), h("span", {}, t("desk.supervisor")));
    this.supervisor.setAttribute("aria-label", t("desk.supervisor"));
    fill(this.evals, icon("check", 18), h("span", {}, t("desk.evals")));
    this.evals.setAttribute("aria-label", t("desk.evals"));
    fill(this.logout, icon("logout", 18), h("span", {}, t("desk.logout")));
    this.logout.setAttribute("aria-label", t("desk.logout"));
    for (const [name, tab] of this.tabs) fill(tab, t(WORDS[name]));
    this.setWaiting(this.waiting, this.urgent);
  }
}
