// The right column: everything the customer has said and been told already, so that nobody asks again.
import { fill, h, icon, stale } from "./dom.js";
import { label, lang, locale, t } from "./i18n.js";
import { customerName, tierBadge } from "./desk-queue.js";
import { markdown } from "./markdown.js";
import { recent } from "./time.js";

const KNOWN = new Set(["id", "name", "tier", "verified", "lang", "orders"]);
const MONEY = /amount|total|price|spent|fee|points/;

export class Packet {
  /** @param {{onGoto: (seq: number) => void, onInsert: (text: string) => void, onCitation: (citation: object, opener: Element) => void}} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.node = h("aside", { class: "bp-packet", dataset: { testid: "packet" }, tabindex: "0" });
  }

  /** Show a conversation's packet (null: nothing was handed over) and its customer. */
  draw({ row, handoff, customer }) {
    if (!stale(this.node, row && [row.id, row.lang, row.customer, row.status === "bot"], handoff, customer, lang())) return;
    this.node.setAttribute("aria-label", t("desk.packet"));
    if (!row) return void fill(this.node);
    if (this.shown !== row.id) this.node.scrollTop = 0;
    this.shown = row.id;
    const who = handoff?.customer ?? customer ?? row.customer;
    fill(
      this.node,
      this.customer(who, row),
      handoff && this.question(handoff.question),
      handoff && this.reasons(handoff),
      handoff && this.facts(handoff.facts),
      handoff?.suggested_reply && this.suggested(handoff.suggested_reply, handoff.suggested_source),
      handoff && this.tried(handoff.tried),
      handoff && this.summary(handoff.summary),
      this.record(who, handoff?.facts),
      !handoff && h("div", { class: "bp-packet-none" }, h("strong", {}, t("desk.none_packet")), h("p", {}, t(row.status === "bot" ? "desk.none_packet_text" : "desk.none_packet_human_text"))),
      handoff?.created_at && h("p", { class: "bp-packet-foot" }, t("packet.created", { time: recent(handoff.created_at, true) })),
    );
  }

  card(title, testid, ...content) {
    return h("section", { class: "bp-packet-card", dataset: testid ? { testid } : {} }, h("h3", {}, title), ...content);
  }

  /** A line that leads to its message. */
  line(text, seq, className = "") {
    if (seq == null) return h("span", { class: `bp-packet-line ${className}`, dir: "auto" }, text);
    return h("button", { type: "button", class: `bp-packet-line bp-packet-goto ${className}`, dir: "auto", title: t("packet.goto", { seq }), dataset: { seq }, onclick: () => this.hooks.onGoto(seq) }, text);
  }

  question(question) {
    if (!question?.text) return null;
    return this.card(t("packet.question"), "packet-question", this.line(question.text, question.seq, "bp-packet-quote"));
  }

  reasons({ reasons = [], frustration = 0, trend = [] }) {
    const rows = reasons.map(({ reason, text, seq }) =>
      h("li", {}, h("span", { class: `bp-chip bp-reason-${reason}` }, label("reason", reason)), text && this.line(text, seq, "bp-packet-evidence")),
    );
    return this.card(t("packet.reasons"), "packet-reasons", h("ul", { class: "bp-packet-list" }, rows), meter(frustration), curve(trend));
  }

  facts(facts) {
    if (!facts?.length) return null;
    const rows = facts.map(({ slot, value, seq }) =>
      h("li", { class: "bp-fact", dataset: { testid: "packet-fact", slot } }, h("span", { class: "bp-fact-slot" }, label("slot", slot)), this.line(value, seq, "bp-fact-value"), copyButton(value)),
    );
    return this.card(t("packet.facts"), "packet-facts", h("ul", { class: "bp-facts" }, rows));
  }

  suggested(text, source) {
    const insert = h("button", { type: "button", class: "bp-button bp-packet-insert", dataset: { testid: "packet-insert" }, onclick: () => this.hooks.onInsert(text) }, icon("back", 16), t("packet.insert"));
    return this.card(t("packet.suggested"), "packet-suggested", h("div", { class: "bp-packet-suggested bp-rich", dir: "auto" }, markdown(text)), source && this.source(source), insert);
  }

  tried(tried) {
    if (!tried?.length) return null;
    const rows = tried.map(({ text, seq, citations = [] }) =>
      h(
        "li",
        {},
        this.line(text, seq, "bp-clamp"),
        citations.map((citation) => this.source(citation)),
      ),
    );
    return this.card(t("packet.tried"), "packet-tried", h("ol", { class: "bp-packet-list bp-packet-tried" }, rows));
  }

  source(citation) {
    const open = (event) => this.hooks.onCitation(citation, event.currentTarget);
    return h("button", { type: "button", class: "bp-cite bp-packet-source", dataset: { testid: "packet-source" }, title: citation.title, onclick: open }, icon("book", 14), h("span", { class: "bp-cite-title" }, citation.title));
  }

  summary(lines) {
    if (!lines?.length) return null;
    const rows = lines.map((line) => (typeof line === "string" ? { text: line } : line));
    return this.card(t("packet.summary"), "packet-summary", h("ul", { class: "bp-packet-bullets" }, rows.map(({ text, seq }) => h("li", {}, this.line(text, seq)))));
  }

  customer(customer, row) {
    const badge = customer?.verified
      ? h("span", { class: "bp-verified bp-verified-wide" }, icon("check", 14), t("packet.verified"))
      : h("span", { class: "bp-unverified" }, t(customer ? "packet.unverified" : "packet.unknown"));
    const language = row.lang === "ko" || row.lang === "en" ? t(`packet.lang_${row.lang}`) : row.lang;
    return this.card(
      t("packet.customer"),
      "packet-customer",
      h("p", { class: "bp-packet-who" }, h("strong", {}, customer?.name || customerName(row)), tierBadge(customer)),
      h("p", { class: "bp-packet-marks" }, badge, h("span", {}, language), customer?.id && h("span", {}, customer.id)),
    );
  }

  /** The operator's own record of the customer: orders first, then what else there is. */
  record(customer, facts) {
    const more = Object.entries(customer ?? {}).filter(([key, value]) => !KNOWN.has(key) && printable(value));
    const list = orders(customer?.orders, new Set((facts ?? []).map((fact) => fact.value)));
    if (!list && !more.length) return null;
    return this.card(
      t("packet.record"),
      "packet-record",
      list,
      more.length > 0 && h("ul", { class: "bp-facts" }, more.map(([key, value]) => pair(key, value))),
    );
  }
}

function meter(level) {
  const value = Math.max(0, Math.min(3, Math.round(Number(level) || 0)));
  const word = t(`packet.mood${value}`);
  const bars = [0, 1, 2, 3].map((step) => h("span", { class: step <= value ? "bp-meter-on" : "" }));
  return h(
    "div",
    { class: `bp-meter bp-meter-${value}`, role: "meter", "aria-label": t("packet.frustration"), "aria-valuemin": "0", "aria-valuemax": "3", "aria-valuenow": String(value), "aria-valuetext": word, dataset: { testid: "packet-frustration" } },
    h("span", { class: "bp-meter-bars" }, bars),
    h("span", {}, t("packet.frustration"), " · ", h("strong", {}, word)),
  );
}

/** The mood of each message of the customer, as a row of bars. */
function curve(trend) {
  if (!Array.isArray(trend) || trend.length < 2 || !trend.some((level) => level > 0)) return null;
  const bars = trend.slice(-24).map((level) => h("span", { class: `bp-curve-${Math.max(0, Math.min(3, Math.round(Number(level) || 0)))}` }));
  return h("div", { class: "bp-curve", role: "img", "aria-label": `${t("packet.trend")}: ${trend.join(", ")}`, title: t("packet.trend") }, bars);
}

function printable(value) {
  return ["string", "number", "boolean"].includes(typeof value) && value !== "";
}

function shown(key, value) {
  if (key === "status") return label("order", value);
  if (key === "payment") return label("payment", value);
  if (typeof value === "number" && MONEY.test(key)) return value.toLocaleString(locale());
  return String(value);
}

function pair(key, value) {
  const text = shown(key, value);
  return h("li", { class: "bp-fact" }, h("span", { class: "bp-fact-slot" }, label("slot", key)), h("span", { class: "bp-fact-value" }, text), copyButton(text));
}

/** What says something: no empty fields, no fees of nothing. */
function telling([key, value]) {
  return printable(value) && !(value === 0 && key.includes("fee"));
}

/** An ordered thing by its name and number. */
function thing(value) {
  if (typeof value !== "object" || value === null) return value;
  const name = value.name ?? value.title ?? value.item ?? "";
  const count = value.qty ?? value.quantity;
  return count > 1 ? `${name} ×${count}` : name;
}

/** The orders as cards; those that the customer named are marked. */
function orders(list, named) {
  if (!Array.isArray(list) || !list.length) return null;
  const cards = list.slice(0, 8).map((order) => {
    if (typeof order !== "object" || order === null) return h("li", { class: "bp-order" }, String(order));
    const { id, number, status, ...rest } = order;
    const head = id ?? number;
    const lines = Object.entries(rest).map(([key, value]) => [key, Array.isArray(value) ? value.map(thing).filter(printable).join(", ") : value]);
    return h(
      "li",
      { class: named.has(String(head)) ? "bp-order bp-order-named" : "bp-order" },
      h("div", { class: "bp-order-top" }, head != null && h("strong", {}, String(head)), status && h("span", { class: "bp-chip" }, shown("status", status)), head != null && copyButton(String(head))),
      h("div", { class: "bp-order-lines" }, lines.filter(telling).sort(([one], [other]) => (other === "items") - (one === "items")).map(([key, value]) => h("span", {}, key !== "items" && key !== "item" && h("em", {}, label("slot", key)), shown(key, value)))),
    );
  });
  return h("ul", { class: "bp-orders", "aria-label": t("packet.orders") }, cards);
}

function copyButton(text) {
  const button = h("button", { type: "button", class: "bp-copy", title: t("packet.copy"), "aria-label": `${t("packet.copy")}: ${text}` }, icon("copy", 15));
  button.addEventListener("click", async () => {
    if (!(await copy(text))) return;
    fill(button, icon("check", 15));
    button.title = t("packet.copied");
    button.classList.add("bp-copied");
    setTimeout(() => {
      fill(button, icon("copy", 15));
      button.title = t("packet.copy");
      button.classList.remove("bp-copied");
    }, 1_600);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard; the old way still works.
    const field = h("textarea", { class: "bp-sr", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
