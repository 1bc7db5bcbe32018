// The line that tells that the connection is gone, and lets one try again at once.
import { fill, h, stale } from "./dom.js";
import { lang, t } from "./i18n.js";

const GRACE = 1_500;

export class ConnectionBar {
  /** @param {() => void} onRetry */
  constructor(onRetry) {
    this.onRetry = onRetry;
    this.state = "connecting";
    this.kept = false;
    this.lostAt = Date.now();
    this.node = h("div", { class: "bp-conn", role: "status", dataset: { testid: "connection" }, hidden: true });
    setInterval(() => this.draw(), 500);
  }

  /** @param {{state?: string, kept?: boolean}} change `kept`: something written waits to be sent */
  update({ state = this.state, kept = this.kept }) {
    this.kept = kept;
    if (state !== this.state) this.lostAt = state === "online" ? 0 : this.lostAt || Date.now();
    this.state = state;
    this.draw();
  }

  draw() {
    // A short break is nobody's concern; a refusal has its own notice.
    const lost = this.state !== "online" && this.state !== "stopped" && Date.now() - this.lostAt > GRACE;
    this.node.hidden = !lost;
    if (!lost) return;
    const busy = this.state === "busy";
    const text = t(busy ? "conn.too_many" : this.kept ? "conn.offline_kept" : "conn.offline");
    if (!stale(this.node, text, lang())) return;
    fill(this.node, h("span", {}, text), !busy && h("button", { type: "button", class: "bp-link", onclick: this.onRetry }, t("conn.retry")));
  }
}
