// The right column: everything the customer has said and been told already, so that nobody asks again.
import { fill, h, icon, stale } from "./dom.js";
import { label, lang, t } from "./i18n.js";
import { copyButton, curve, meter, orders, pair, printable } from "./desk-packet-parts.js";
import { priorityBadge, routeChip, tierBadge } from "./desk-badges.js";
import { customerName } from "./desk-queue.js";
import { markdown } from "./markdown.js";
import { recent } from "./time.js";

const KNOWN = new Set(["id", "name", "tier", "verified", "lang", "orders"]);

/** What is new in a newer packet: keys of its lines. */
export function changes(before, after) {
  if (!before || !after) return [];
  const keys = (packet) => [
    packet.question && `question:${packet.question.text}`,
    ...(packet.facts ?? []).filter((fact) => !fact.superseded).map((fact) => `${fact.slot}:${fact.value}`),
    ...(packet.added ?? []).map((line) => `added:${line.seq}`),
  ];
  const known = new Set(keys(before));
  return keys(after).filter((key) => key && !known.has(key));
}

export class Packet {
  /**
   * @param {{onGoto: (seq: number) => void, onInsert: (text: string) => void, onSeen: () => void,
   *   onCitation: (citation: object, opener: Element) => void, item: (seq: number) => object | undefined}} hooks
   * @param {import("./desk-numbers.js").Numbers} numbers
   */
  constructor(hooks, numbers) {
    this.hooks = hooks;
    this.numbers = numbers;
    this.fresh = new Set();
    this.node = h("aside", { class: "bp-packet", dataset: { testid: "packet" }, tabindex: "0" });
  }

  /** Show a conversation's packet (null: nothing was handed over), its customer, and what is new in it. */
  draw({ row, handoff, customer, fresh = [] }) {
    const open = (handoff?.facts ?? []).map((fact) => this.numbers.fact(fact, this.hooks.item(fact.seq)));
    if (!stale(this.node, row && [row.id, row.lang, row.customer, row.status === "bot"], handoff, customer, lang(), fresh, open, this.numbers.may)) return;
    this.node.setAttribute("aria-label", t("desk.packet"));
    if (!row) return void fill(this.node);
    const top = this.shown === row.id ? this.node.scrollTop : 0;
    this.shown = row.id;
    this.fresh = new Set(fresh);
    const who = handoff?.customer ?? customer ?? row.customer;
    fill(
      this.node,
      this.news(),
      this.customer(who, row, handoff),
      handoff && this.warnings(handoff),
      handoff && this.summary(handoff),
      handoff && this.question(handoff),
      handoff && this.facts(handoff),
      handoff && this.lines(handoff.added, "packet.added", "packet-added", "added"),
      handoff?.suggested_reply && this.suggested(handoff.suggested_reply, handoff.suggested_source),
      handoff && this.promises(handoff.promises),
      handoff && this.reasons(handoff),
      handoff && this.tried(handoff.tried),
      this.record(who, handoff?.facts),
      !handoff && h("div", { class: "bp-packet-none" }, h("strong", {}, t("desk.none_packet")), h("p", {}, t(row.status === "bot" ? "desk.none_packet_text" : "desk.none_packet_human_text"))),
      handoff?.created_at && h("p", { class: "bp-packet-foot" }, t("packet.created", { time: recent(handoff.created_at, true) })),
    );
    this.node.scrollTop = top;
  }

  card(title, testid, ...content) {
    return h("section", { class: "bp-packet-card", dataset: testid ? { testid } : {} }, h("h3", {}, title), ...content);
  }

  /** A line that leads to its message. */
  line(text, seq, className = "") {
    if (seq == null) return h("span", { class: `bp-packet-line ${className}`, dir: "auto" }, text);
    return h("button", { type: "button", class: `bp-packet-line bp-packet-goto ${className}`, dir: "auto", title: t("packet.goto", { seq }), dataset: { seq }, onclick: () => this.hooks.onGoto(seq) }, text);
  }

  mark(key) {
    return this.fresh.has(key) && h("span", { class: "bp-tag bp-packet-new" }, t("packet.new"));
  }

  /** A newer packet came while the agent looked on. */
  news() {
    if (!this.fresh.size) return null;
    const slots = [...this.fresh].map((key) => key.split(":")[0]);
    const names = slots.map((slot) => (slot === "question" ? t("packet.question") : slot === "added" ? t("packet.added") : label("slot", slot)));
    return h(
      "div",
      { class: "bp-packet-news", role: "status", dataset: { testid: "packet-news" } },
      h("p", {}, h("strong", {}, t("packet.updated")), h("span", {}, [...new Set(names)].join(", "))),
      h("button", { type: "button", class: "bp-link", dataset: { testid: "packet-seen" }, onclick: this.hooks.onSeen }, t("packet.seen")),
    );
  }

  customer(customer, row, handoff) {
    const badge = customer?.verified
      ? h("span", { class: "bp-verified bp-verified-wide" }, icon("check", 14), t("packet.verified"))
      : h("span", { class: "bp-unverified" }, t(customer ? "packet.unverified" : "packet.unknown"));
    const code = handoff?.lang ?? row.lang;
    const language = code === "ko" || code === "en" ? t(`packet.lang_${code}`) : String(code).toUpperCase();
    return h(
      "section",
      { class: "bp-packet-card", dataset: { testid: "packet-customer" } },
      h("h3", { class: "bp-sr" }, t("packet.customer")),
      h("p", { class: "bp-packet-who" }, h("strong", {}, customer?.name || customerName(row)), tierBadge(customer), priorityBadge(handoff ?? row)),
      h("p", { class: "bp-packet-marks" }, badge, h("span", {}, language), customer?.id && h("span", {}, customer.id)),
      handoff && h("p", { class: "bp-packet-route" }, routeChip(handoff)),
    );
  }

  warnings({ orders: named = [], lang_supported: read = true, lang: code }) {
    const others = (named ?? []).filter((order) => order.own === false);
    const texts = others.length ? [[t("packet.not_own", { number: others.map((order) => order.number).join(", ") }), others[0].seq]] : [];
    if (!read) texts.push([t("packet.foreign", { lang: String(code).toUpperCase() }), null]);
    if (!texts.length) return null;
    return h("ul", { class: "bp-packet-warn", dataset: { testid: "packet-warning" } }, texts.map(([text, seq]) => h("li", {}, icon("alert", 16), this.line(text, seq))));
  }

  /** The summary in the reader's language, and under it what to do next. */
  summary({ summaries, summary, next_step: next, intent }) {
    const rows = summaries?.[lang()] ?? (summary ?? []).map((text) => ({ text }));
    const step = next && (next.texts?.[lang()] ?? next.text);
    // Its last line is the next step, which stands by itself here.
    const told = step && rows.at(-1)?.text.includes(step) ? rows.slice(0, -1) : rows;
    if (!told.length && !step) return null;
    const about = intent && intent !== "other" && h("span", { class: "bp-chip" }, label("intent", intent));
    return h(
      "section",
      { class: "bp-packet-card", dataset: { testid: "packet-summary" } },
      h("h3", {}, t("packet.summary"), about),
      h("ul", { class: "bp-packet-bullets" }, told.map(({ text, seq }) => h("li", {}, this.line(text, seq)))),
      step && this.next(step, next),
    );
  }

  next(step, { source, internal }) {
    return h(
      "div",
      { class: "bp-packet-next", dataset: { testid: "packet-next" } },
      h("h4", {}, icon("next", 15), t("packet.next"), internal && h("span", { class: "bp-internal-tag" }, icon("lock", 12), t("packet.internal"))),
      h("p", { dir: "auto" }, step),
      source && this.source(source),
    );
  }

  question({ question, also }) {
    if (!question?.text) return null;
    return this.card(
      t("packet.question"),
      "packet-question",
      this.mark(`question:${question.text}`),
      this.line(question.text, question.seq, "bp-packet-quote"),
      also?.length > 0 && h("div", { class: "bp-packet-also", dataset: { testid: "packet-also" } }, h("h4", {}, t("packet.also")), h("ul", { class: "bp-packet-bullets" }, also.map(({ text, seq }) => h("li", {}, this.line(text, seq))))),
    );
  }

  facts({ facts, orders: named = [], masked = [] }) {
    if (!facts?.length) return null;
    const foreign = new Set((named ?? []).filter((order) => order.own === false).map((order) => order.number));
    const corrected = new Set(facts.filter((fact) => fact.superseded).map((fact) => fact.slot));
    const rows = facts.map((fact) => (fact.superseded ? this.old(fact) : this.fact(fact, { foreign, corrected, masked: masked ?? [] })));
    return this.card(t("packet.facts"), "packet-facts", h("ul", { class: "bp-facts" }, rows));
  }

  fact(fact, { foreign, corrected, masked }) {
    const { slot, value, seq, normalised, origin } = fact;
    const open = this.numbers.fact(fact, this.hooks.item(seq));
    const notes = [
      slot === "date" && normalised && normalised !== value && h("span", { class: "bp-fact-note" }, normalised),
      this.mark(`${slot}:${value}`),
      origin === "receipt" && h("span", { class: "bp-fact-note bp-fact-corrected", dataset: { testid: "fact-corrected" } }, t(corrected.has(slot) ? "packet.by_customer" : "packet.told_late")),
      foreign.has(value) && h("span", { class: "bp-fact-note bp-fact-foreign" }, icon("alert", 13), t("packet.not_own_short")),
      masked.includes(slot) && this.numbers.button(seq),
    ].filter(Boolean);
    return h(
      "li",
      { class: "bp-fact", dataset: { testid: "packet-fact", slot } },
      h("span", { class: "bp-fact-slot" }, label("slot", slot)),
      h("div", { class: "bp-fact-what" }, this.line(open ?? value, seq, open ? "bp-fact-value bp-shown" : "bp-fact-value"), notes),
      copyButton(open ?? value),
    );
  }

  /** What a later message corrected: there to understand the conversation, not to be used. */
  old({ slot, value, seq }) {
    return h(
      "li",
      { class: "bp-fact bp-fact-old", dataset: { testid: "packet-fact-old", slot } },
      h("span", { class: "bp-fact-slot" }, h("span", { class: "bp-sr" }, label("slot", slot)), " ", t("packet.superseded")),
      h("div", { class: "bp-fact-what" }, h("s", {}, this.line(value, seq, "bp-fact-value"))),
    );
  }

  lines(lines, title, testid, key) {
    if (!lines?.length) return null;
    return this.card(t(title), testid, h("ul", { class: "bp-packet-list" }, lines.map(({ text, seq }) => h("li", {}, this.line(text, seq), this.mark(`${key}:${seq}`)))));
  }

  suggested(text, source) {
    const insert = h("button", { type: "button", class: "bp-button bp-packet-insert", dataset: { testid: "packet-insert" }, onclick: () => this.hooks.onInsert(text) }, icon("back", 16), t("packet.insert"));
    return this.card(t("packet.suggested"), "packet-suggested", h("div", { class: "bp-packet-suggested bp-rich", dir: "auto" }, markdown(text)), source && this.source(source), insert);
  }

  promises(promises) {
    if (!promises?.length) return null;
    const rows = promises.map(({ text, seq, by, name }) => h("li", {}, h("span", { class: "bp-chip" }, by === "bot" ? t("packet.promise_bot") : (name ?? t("chat.person"))), this.line(text, seq)));
    return this.card(t("packet.promises"), "packet-promises", h("ul", { class: "bp-packet-list" }, rows));
  }

  reasons({ reasons = [], frustration = 0, trend = [], mood }) {
    const rows = reasons.map(({ reason, text, seq }) =>
      h("li", {}, h("span", { class: `bp-chip bp-reason-${reason}` }, label("reason", reason)), text && this.line(text, seq, "bp-packet-evidence")),
    );
    return this.card(t("packet.reasons"), "packet-reasons", h("ul", { class: "bp-packet-list" }, rows), meter(frustration, mood), curve(trend));
  }

  tried(tried) {
    if (!tried?.length) return null;
    const rows = tried.map(({ text, seq, citations = [] }) => h("li", {}, this.line(text, seq, "bp-clamp"), citations.map((citation) => this.source(citation))));
    return this.card(t("packet.tried"), "packet-tried", h("ol", { class: "bp-packet-list bp-packet-tried" }, rows));
  }

  source(citation) {
    const open = (event) => this.hooks.onCitation(citation, event.currentTarget);
    return h("button", { type: "button", class: "bp-cite bp-packet-source", dataset: { testid: "packet-source" }, title: citation.title, onclick: open }, icon("book", 14), h("span", { class: "bp-cite-title" }, citation.title));
  }

  /** The operator's own record of the customer: orders first, then what else there is. */
  record(customer, facts) {
    const more = Object.entries(customer ?? {}).filter(([key, value]) => !KNOWN.has(key) && printable(value));
    const list = orders(customer?.orders, new Set((facts ?? []).filter((fact) => !fact.superseded).map((fact) => fact.value)));
    if (!list && !more.length) return null;
    return this.card(t("packet.record"), "packet-record", list, more.length > 0 && h("ul", { class: "bp-facts" }, more.map(([key, value]) => pair(key, value))));
  }
}
