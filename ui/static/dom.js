// Building nodes. Text only ever enters the page as text nodes: there is no way to pass markup in.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M3.4 20.4 21 12 3.4 3.6 3.4 10.1 15 12 3.4 13.9Z",
  close: "M6 6 18 18M18 6 6 18",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.6 3.9-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  plus: "M12 5v14M5 12h14",
  down: "M6 9.5 12 15.5 18 9.5",
  back: "M14.5 5.5 8 12l6.5 6.5",
  book: "M5 4.5h6a2 2 0 0 1 2 2v13a2 2 0 0 0-2-1.5H5ZM21 4.5h-6a2 2 0 0 0-2 2v13a2 2 0 0 1 2-1.5h6Z",
  copy: "M9 9h10v11H9ZM15 9V4H5v11h4",
  check: "M5 12.5 10 17.5 19 7.5",
  note: "M5 4h14v11l-5 5H5ZM14 20v-5h5M8.5 9h7M8.5 12.5h4",
  back_to_bot: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  queue: "M4 6h16M4 12h16M4 18h10",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.6-2.6-3.8-5.6-3.8-9s1.2-6.4 3.8-9Z",
  logout: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2",
  alert: "M12 4 2.5 20h19ZM12 10v4.5M12 17.2v.3",
  eye: "M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6ZM12 14.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z",
  lock: "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  next: "M4 12h15M13 6l6 6-6 6",
  bot: "M6 9h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 18 19H6a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 6 9ZM12 9V5M12 4.8v.1M9.2 13.5v1.2M14.8 13.5v1.2",
};
const FILLED = new Set(["send"]);

/**
 * An element: h("button", { class: "x", onclick: fn, dataset: { testid: "y" }, "aria-label": "z" }, ...children).
 * Children are nodes or values that become text; null and false are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  add(node, children);
  return node;
}

/** Append children as h() does. */
export function add(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child == null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

const drawn = new WeakMap();

/** Whether a node was drawn from other values before; so that nothing is rebuilt under somebody's finger. */
export function stale(node, ...values) {
  const key = JSON.stringify(values);
  if (drawn.get(node) === key) return false;
  drawn.set(node, key);
  return true;
}

/** A drawn icon, hidden from screen readers. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", focusable: "false", class: "bp-icon" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? "");
  path.setAttribute(FILLED.has(name) ? "fill" : "stroke", "currentColor");
  if (!FILLED.has(name)) path.setAttribute("fill", "none");
  svg.append(path);
  return svg;
}

/** A number that differs between people, for their colour. */
export function hue(name) {
  let sum = 7;
  for (const char of String(name ?? "")) sum = (sum * 31 + char.codePointAt(0)) % 360;
  return sum;
}

/** The first visible character of a name. */
export function initial(name) {
  const first = [...String(name ?? "").trim()][0] ?? "?";
  return first.toUpperCase();
}

/** Whether focusing a field is harmless (no on-screen keyboard jumps up). */
export function finePointer() {
  return window.matchMedia?.("(pointer: fine)").matches ?? true;
}

/** A fresh id for a message or a request. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
