// One item of a conversation as a node: messages, system pills, verdict lines. Used by chat and desk.
import { h, hue, icon, initial } from "./dom.js";
import { has, label, t } from "./i18n.js";
import { inline, markdown } from "./markdown.js";
import { clock, full } from "./time.js";

/**
 * @typedef {object} View
 * @property {boolean} desk who looks: the desk, or the customer
 * @property {(citation: object, opener: HTMLElement, text: string) => void} onCitation
 * @property {(text: string) => void} [onChoice]
 * @property {() => string} [customerName]
 * @property {import("./desk-numbers.js").Numbers} [numbers] shows masked numbers to those who may see them
 */

/** Draw an item. @param {object} item @param {View} view */
export function drawItem(item, view) {
  if (item.kind === "status") return statusPill(item, view);
  if (item.kind === "verdict") return verdictLine(item);
  if (item.author === "system") return pill(item, item.text);
  return message(item, view);
}

/** Who wrote a message, as the viewer knows them. */
export function authorName(item, view) {
  if (item.author === "bot") return t("chat.assistant");
  if (item.author === "agent") return item.name || t("chat.person");
  if (!view.desk) return t("chat.you");
  return item.name || view.customerName?.() || t("msg.customer");
}

/** The round picture of an author. */
export function avatar(author, name) {
  if (author === "bot") return h("span", { class: "bp-avatar bp-avatar-bot", "aria-hidden": "true" }, icon("bot", 18));
  const node = h("span", { class: `bp-avatar bp-avatar-${author}`, "aria-hidden": "true" }, initial(name));
  if (author === "agent") node.style.setProperty("--bp-hue", String(hue(name)));
  return node;
}

function message(item, view) {
  const name = authorName(item, view);
  const own = view.desk ? item.author !== "customer" : item.author === "customer";
  const classes = ["bp-msg", `bp-${item.author}`, own ? "bp-right" : "bp-left"];
  if (item.internal) classes.push("bp-internal");
  const bubble = h("div", { class: "bp-bubble" }, item.author === "customer" ? plain(item, view) : rich(item, view));
  return h(
    "li",
    { class: classes.join(" "), dataset: { testid: `msg-${item.author}`, seq: item.seq ?? "", id: item.id ?? "", author: item.author, name, at: item.at ?? "" } },
    own && !view.desk ? null : avatar(item.author, name),
    h(
      "div",
      { class: "bp-body" },
      h("div", { class: "bp-meta" }, h("span", { class: "bp-name" }, name)),
      item.internal && h("div", { class: "bp-internal-tag" }, icon("note", 14), t("msg.internal")),
      bubble,
      sources(item, view),
      choices(item, view),
      h("div", { class: "bp-foot" }, item.at && h("time", { datetime: item.at, title: full(item.at) }, clock(item.at)), item.masked?.length > 0 && view.numbers?.button(item.seq)),
    ),
  );
}

function plain(item, view) {
  const text = String(item.text ?? "");
  const values = view.numbers?.of(item.seq);
  const parts = values ? pieces(text, values) : [text];
  return h("p", { dir: "auto" }, parts.map((part) => (typeof part === "string" ? broken(part) : part)));
}

/**
 * A text in pieces, with the shown numbers in their places. The server counts characters, a JavaScript string halves
 * of emoji: hence the array.
 */
function pieces(text, values) {
  const chars = [...text];
  const parts = [];
  let at = 0;
  for (const { start, end, value } of [...values].sort((one, other) => one.start - other.start)) {
    if (start < at) continue;
    parts.push(chars.slice(at, start).join(""), h("mark", { class: "bp-shown" }, value ?? t("masked.lost")));
    at = end;
  }
  return [...parts, chars.slice(at).join("")];
}

function broken(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  return lines.map((line, index) => [index ? h("br") : null, line]);
}

function rich(item, view) {
  const known = new Map((item.citations ?? []).map((citation) => [citation.n, citation]));
  return markdown(item.text, (n) => {
    const citation = known.get(n);
    if (!citation) return null;
    const open = (event) => view.onCitation(citation, event.currentTarget, item.text);
    return h("button", { type: "button", class: "bp-cite-mark", onclick: open, "aria-label": t("passage.open", { n, title: citation.title }) }, String(n));
  });
}

function sources(item, view) {
  if (!item.citations?.length) return null;
  const chips = item.citations.map((citation) =>
    h(
      "button",
      {
        type: "button",
        class: "bp-cite",
        dataset: { testid: "citation" },
        title: citation.title,
        "aria-label": t("passage.open", { n: citation.n, title: citation.title }),
        onclick: (event) => view.onCitation(citation, event.currentTarget, item.text),
      },
      h("span", { class: "bp-cite-n" }, citation.n),
      h("span", { class: "bp-cite-title" }, citation.title),
    ),
  );
  return h("div", { class: "bp-cites", role: "group", "aria-label": t("msg.sources") }, chips);
}

function choices(item, view) {
  if (!item.choices?.length) return null;
  const chips = item.choices.map((text) =>
    h("button", { type: "button", class: "bp-choice", dataset: { testid: "choice" }, disabled: !view.onChoice, onclick: () => view.onChoice?.(text) }, text),
  );
  return h("div", { class: "bp-choices", role: "group", "aria-label": t("msg.choices") }, chips);
}

/** A system line. */
export function pill(item, text, tone = "") {
  return h(
    "li",
    { class: `bp-pill ${tone}`.trim(), dataset: { testid: "pill", seq: item.seq ?? "", at: item.at ?? "", action: item.action ?? "" } },
    h("span", { class: "bp-pill-text" }, text, item.at && h("time", { datetime: item.at, title: full(item.at) }, clock(item.at))),
  );
}

function statusPill(item, view) {
  const prefix = view.desk ? "desk.pill" : "pill";
  const key = `${prefix}.${item.action}`;
  const name = item.by_name || t(`${prefix}.someone`);
  return pill(item, has(key) ? t(key, { name }) : String(item.action), `bp-pill-${item.action}`);
}

function verdictLine(item) {
  const confidence = typeof item.confidence === "number" ? `${Math.round(item.confidence * 100)}%` : "–";
  const parts = [t("verdict.line", { decision: label("verdict", item.decision), confidence })];
  for (const reason of item.reasons ?? []) parts.push(label("reason", reason));
  if (item.rule) parts.push(t("verdict.rule", { rule: item.rule }));
  return h(
    "li",
    { class: `bp-verdict bp-verdict-${item.decision}`, dataset: { testid: "verdict", seq: item.seq, at: item.at ?? "" } },
    h("span", { class: "bp-verdict-dot" }),
    h("span", {}, inline(parts.join(" · ").replaceAll("`", ""))),
  );
}
