// A small, safe Markdown: it builds nodes and knows no links, images or HTML, so these stay inert text.
import { h } from "./dom.js";

const BULLET = /^(\s*)[-*•]\s+(.*)$/;
const NUMBER = /^(\s*)(\d{1,3})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const INLINE = /\*\*([^*\n]+(?:\*[^*\n]+)*)\*\*|`([^`\n]+)`|\[(\d{1,2})\]/g;

/**
 * Text as nodes.
 * @param {string} text
 * @param {(n: number) => (Node | null)} [cite] draws the marker [n], or null where it is no citation
 */
export function markdown(text, cite = () => null) {
  const root = document.createDocumentFragment();
  const lines = String(text ?? "").replace(/\r\n?/g, "\n").split("\n");
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) at += 1;
    else if (isTable(lines, at)) at = table(root, lines, at, cite);
    else if (HEADING.test(lines[at])) {
      root.append(h("p", { class: "bp-md-head" }, inline(HEADING.exec(lines[at])[1], cite)));
      at += 1;
    } else if (listItem(lines[at])) at = list(root, lines, at, cite);
    else at = paragraph(root, lines, at, cite);
  }
  return root;
}

/** A line's inline marks as nodes: bold, code, citation markers. */
export function inline(text, cite = () => null) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    let node = null;
    if (match[1] != null) node = h("strong", {}, inline(match[1], cite));
    else if (match[2] != null) node = h("code", {}, match[2]);
    else node = cite(Number(match[3]));
    if (!node) continue;
    if (match.index > from) nodes.push(document.createTextNode(text.slice(from, match.index)));
    nodes.push(node);
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

function paragraph(root, lines, start, cite) {
  const node = h("p");
  let at = start;
  while (at < lines.length && lines[at].trim() && (at === start || !startsBlock(lines, at))) {
    if (at > start) node.append(h("br"));
    node.append(...inline(lines[at], cite));
    at += 1;
  }
  root.append(node);
  return at;
}

function startsBlock(lines, at) {
  return listItem(lines[at]) || HEADING.test(lines[at]) || isTable(lines, at);
}

function listItem(line) {
  const bullet = BULLET.exec(line);
  if (bullet) return { indent: bullet[1].length, tag: "ul", text: bullet[2] };
  const number = NUMBER.exec(line);
  return number ? { indent: number[1].length, tag: "ol", start: Number(number[2]), text: number[3] } : null;
}

function open(item) {
  return h(item.tag, item.tag === "ol" && item.start !== 1 ? { start: item.start } : {});
}

function list(root, lines, start, cite) {
  const stack = [];
  let at = start;
  for (; at < lines.length; at += 1) {
    const item = listItem(lines[at]);
    if (!item) {
      const indented = /^\s{2,}\S/.test(lines[at]);
      const last = stack.at(-1)?.node.lastElementChild;
      if (!indented || !last) break;
      last.append(h("br"), ...inline(lines[at].trim(), cite));
      continue;
    }
    while (stack.length > 1 && item.indent < stack.at(-1).indent) stack.pop();
    const top = stack.at(-1);
    if (!top || (item.indent >= top.indent + 2 && stack.length < 4)) {
      const node = open(item);
      (top?.node.lastElementChild ?? root).append(node);
      stack.push({ indent: item.indent, node, tag: item.tag });
    } else if (top.tag !== item.tag) {
      const node = open(item);
      top.node.after(node);
      if (!node.parentNode) root.append(node);
      stack[stack.length - 1] = { indent: item.indent, node, tag: item.tag };
    }
    stack.at(-1).node.append(h("li", {}, inline(item.text, cite)));
  }
  return at;
}

function isTable(lines, at) {
  return lines[at].includes("|") && at + 1 < lines.length && lines[at + 1].includes("|") && RULE.test(lines[at + 1]);
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
}

function table(root, lines, start, cite) {
  const head = cells(lines[start]);
  const body = h("tbody");
  let at = start + 2;
  for (; at < lines.length && lines[at].includes("|") && lines[at].trim(); at += 1) {
    const row = cells(lines[at]);
    body.append(h("tr", {}, head.map((_, column) => h("td", {}, inline(row[column] ?? "", cite)))));
  }
  const top = h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell, cite)))));
  root.append(h("div", { class: "bp-table", tabindex: "0", role: "group" }, h("table", {}, top, body)));
  return at;
}
