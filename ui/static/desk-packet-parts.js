// Pieces of the packet: mood, orders, pairs of label and value, copying.
import { fill, h, icon } from "./dom.js";
import { label, locale, t } from "./i18n.js";

const MONEY = /amount|total|price|spent|fee|points/;

/** How upset they are, and which way it goes. */
export function meter(level, mood) {
  const value = Math.max(0, Math.min(3, Math.round(Number(level) || 0)));
  const word = t(`packet.mood${value}`);
  const bars = [0, 1, 2, 3].map((step) => h("span", { class: step <= value ? "bp-meter-on" : "" }));
  return h(
    "div",
    { class: `bp-meter bp-meter-${value}`, role: "meter", "aria-label": t("packet.frustration"), "aria-valuemin": "0", "aria-valuemax": "3", "aria-valuenow": String(value), "aria-valuetext": word, dataset: { testid: "packet-frustration" } },
    h("span", { class: "bp-meter-bars" }, bars),
    h("span", {}, h("strong", {}, word), mood && mood !== "steady" && h("em", { class: `bp-mood-${mood}`, dataset: { testid: "packet-mood" } }, mood === "rising" ? "▲" : "▼", " ", t(`packet.mood_${mood}`))),
  );
}

/** The mood of each message of the customer, as a row of bars. */
export function curve(trend) {
  if (!Array.isArray(trend) || trend.length < 2 || !trend.some((level) => level > 0)) return null;
  const bars = trend.slice(-24).map((level) => h("span", { class: `bp-curve-${Math.max(0, Math.min(3, Math.round(Number(level) || 0)))}` }));
  return h("div", { class: "bp-curve", role: "img", "aria-label": `${t("packet.trend")}: ${trend.join(", ")}`, title: t("packet.trend") }, bars);
}

/** Whether a value of the record can be shown. */
export function printable(value) {
  return ["string", "number", "boolean"].includes(typeof value) && value !== "";
}

function shown(key, value) {
  if (key === "status") return label("order", value);
  if (key === "payment") return label("payment", value);
  if (typeof value === "number" && MONEY.test(key)) return value.toLocaleString(locale());
  return String(value);
}

/** One line of the record. */
export function pair(key, value) {
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
export function orders(list, named) {
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

/** A button that copies a text. */
export function copyButton(text) {
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
