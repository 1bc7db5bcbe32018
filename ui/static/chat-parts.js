// Small pieces of the customer's page: the greeting, typing dots, an own message on its way, the end.
import { h, icon } from "./dom.js";
import { has, t } from "./i18n.js";
import { avatar, drawItem } from "./items.js";
import { nowIso } from "./time.js";

/** What an empty conversation shows. */
export function emptyState({ company, name, starters, onPick }) {
  const texts = starters?.length ? starters : [1, 2, 3, 4].map((n) => t(`chat.starter${n}`));
  return h(
    "section",
    { class: "bp-empty" },
    avatar("bot"),
    h("h2", {}, name ? t("chat.hello_name", { name }) : t("chat.hello")),
    h("p", {}, t("chat.hello_text", { company })),
    h("div", { class: "bp-starters" }, texts.map((text) => h("button", { type: "button", class: "bp-starter", dataset: { testid: "starter" }, onclick: () => onPick(text) }, text))),
  );
}

/** Somebody is at it: dots, and words for those who cannot see them. */
export function speaking(author, name, words) {
  return h(
    "div",
    { class: `bp-msg bp-left bp-${author} bp-speaking`, dataset: { testid: author === "bot" ? "progress" : "typing" }, role: "status" },
    avatar(author, name),
    h("div", { class: "bp-bubble bp-dots" }, h("span", { class: "bp-dot3" }), h("span", { class: "bp-dot3" }), h("span", { class: "bp-dot3" }), h("span", { class: "bp-dots-text" }, words)),
  );
}

/** After the end: the way to a new conversation. */
export function endCard(onNew) {
  return h("div", { class: "bp-end" }, h("p", {}, t("chat.closed_invite")), h("button", { type: "button", class: "bp-button bp-primary", dataset: { testid: "end-new" }, onclick: onNew }, t("chat.new")));
}

/** An own message that the server has not confirmed, with its state and what can be done. */
export function pendingNode(entry, view, { onRetry, onEdit, onRemove }) {
  const author = view.desk ? "agent" : "customer";
  const at = entry.shownAt ?? (entry.shownAt = nowIso());
  const item = { kind: "message", author, name: entry.name, text: entry.frame.text, id: entry.frame.id, at, internal: entry.frame.type === "note" };
  const node = drawItem(item, view);
  node.classList.add("bp-pending", `bp-pending-${entry.state}`);
  node.dataset.state = entry.state;
  const foot = node.querySelector(".bp-foot");
  if (entry.state === "stored") return node;
  if (entry.state === "failed") {
    const why = has(`err.${entry.code}`) ? t(`err.${entry.code}`) : t("err.other");
    const action = (word, act) => h("button", { type: "button", class: "bp-link", onclick: act }, t(word));
    foot.replaceChildren(
      h("span", { class: "bp-failed" }, icon("alert", 14), t("msg.failed"), " · ", why),
      h("span", { class: "bp-failed-actions" }, action("msg.retry", onRetry), action("msg.edit", onEdit), action("msg.remove", onRemove)),
    );
  } else foot.append(h("span", { class: "bp-mark" }, icon("clock", 13), t(entry.state === "retry" ? "msg.waiting_retry" : "msg.pending")));
  return node;
}
