// The supervisors' page around its sections: the top bar and the column that scrolls.
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { tr } from "./supervisor-i18n.js";

export class SupervisorFrame {
  /** @param {{content: Node[], below: Node, over: Node, onLang: () => void}} parts */
  constructor({ content, below, over, onLang }) {
    this.me = null;
    this.title = h("h1", {});
    this.keys = h("span", { class: "bp-keys" });
    this.person = h("span", { class: "bp-me", dataset: { testid: "me" } });
    this.desk = h("a", { class: "bp-head-button", href: "/desk/", dataset: { testid: "desk-link" } });
    this.lang = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "lang-toggle" }, onclick: onLang });
    this.logout = h("button", { type: "button", class: "bp-head-button", dataset: { testid: "logout" }, onclick: leave });
    this.main = h("main", { class: "sv-main", tabindex: "-1" }, h("div", { class: "sv-column" }, content));
    this.node = h(
      "div",
      { class: "bp-app bp-desk sv" },
      h("header", { class: "bp-top" }, h("img", { src: "/static/favicon.svg", alt: "", width: 26, height: 26 }), this.title, this.keys, this.person, this.desk, this.lang, this.logout),
      this.main,
      below,
      over,
    );
    this.relabel();
  }

  setMe(me) {
    this.me = me;
    this.relabel();
  }

  relabel() {
    document.title = `${tr("learned")} · ${tr("title")}`;
    this.title.textContent = tr("title");
    this.keys.textContent = tr("keys");
    fill(this.person, this.me && [h("strong", {}, this.me.name), h("span", {}, t(`desk.role_${this.me.role}`))]);
    const buttons = [
      [this.desk, "queue", tr("desk"), tr("desk")],
      [this.lang, "globe", t("lang.toggle"), t("lang.label")],
      [this.logout, "logout", tr("logout"), tr("logout")],
    ];
    for (const [button, picture, text, label] of buttons) {
      fill(button, icon(picture, 18), h("span", {}, text));
      button.setAttribute("aria-label", label);
    }
  }
}

async function leave() {
  try {
    await fetch("/api/logout", { method: "POST", credentials: "same-origin", redirect: "manual" });
  } catch {
    // The login page follows anyway; the session then ends on the server by itself.
  }
  location.assign("/login?next=/supervisor/");
}
