// The panel that opens a citation: the article's passage with the quoted words marked.
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { markdown } from "./markdown.js";
import { day } from "./time.js";

export class PassagePanel {
  /** @param {string} base the passages' address, without the chunk's id */
  constructor(base) {
    this.base = base;
    this.opener = null;
    this.turn = 0;
    this.body = h("div", { class: "bp-passage-body", tabindex: "0" });
    this.heading = h("h2", { class: "bp-passage-kind" });
    this.closeButton = h("button", { type: "button", class: "bp-icon-button", onclick: () => this.close() }, icon("close"));
    this.sheet = h(
      "aside",
      { class: "bp-passage", role: "dialog", "aria-modal": "true", dataset: { testid: "passage-panel" } },
      h("div", { class: "bp-passage-top" }, icon("book", 18), this.heading, this.closeButton),
      this.body,
    );
    this.shade = h("div", { class: "bp-shade", onclick: () => this.close() });
    this.node = h("div", { class: "bp-passage-layer", hidden: true }, this.shade, this.sheet);
    document.addEventListener("keydown", (event) => !this.node.hidden && this.key(event));
  }

  /** Show a citation; `opener` gets the focus back; `said` is the message that cites it. */
  async open(citation, opener, said = "") {
    const turn = ++this.turn;
    this.opener = opener;
    this.heading.textContent = t("passage.title");
    this.sheet.setAttribute("aria-label", citation.title ?? t("passage.title"));
    this.closeButton.setAttribute("aria-label", t("passage.close"));
    fill(this.body, h("p", { class: "bp-passage-hint" }, t("passage.loading")));
    this.node.hidden = false;
    this.closeButton.focus({ preventScroll: true });
    let article = null;
    let problem = "passage.failed";
    try {
      const answer = await fetch(this.base + encodeURIComponent(citation.chunk_id), { credentials: "same-origin" });
      if (answer.ok) article = await answer.json();
      else if (answer.status === 404) problem = "passage.gone";
    } catch {
      // The quote alone is shown.
    }
    if (turn === this.turn && !this.node.hidden) this.draw(citation, article, t(problem), said);
  }

  draw(citation, article, problem, said) {
    const path = [article?.heading_path ?? citation.heading_path ?? []].flat();
    const title = article?.title ?? citation.title;
    const text = h("div", { class: "bp-passage-text bp-rich" });
    fill(
      this.body,
      h("h3", {}, title),
      path.length > 1 && h("p", { class: "bp-passage-path" }, path.slice(path[0] === title ? 1 : 0).join(" › ")),
      article?.updated && h("p", { class: "bp-passage-hint" }, t("passage.updated", { date: day(article.updated) })),
      !article && h("p", { class: "bp-passage-hint bp-passage-gone" }, problem),
      text,
    );
    if (!article) {
      if (citation.quote) text.append(h("blockquote", {}, markdown(citation.quote)));
      return;
    }
    text.append(markdown(plainLinks(article.text)));
    const mark = markQuote(text, citation.quote, said);
    mark?.scrollIntoView({ block: "center" });
  }

  /** Escape closes; Tab stays inside. */
  key(event) {
    if (event.key === "Escape") this.close();
    if (event.key !== "Tab") return;
    const stops = [this.closeButton, this.body];
    const at = stops.indexOf(document.activeElement);
    event.preventDefault();
    stops[(at + 1) % stops.length].focus();
  }

  close() {
    this.turn += 1;
    this.node.hidden = true;
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
  }
}

/** Links and images of an article become their words. */
function plainLinks(text) {
  return String(text ?? "").replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, "$1");
}

const SKIP = /[\s*`|#>_\-–—•]/;

function squeeze(text) {
  const bare = plainLinks(text).replace(/^\s*\d{1,3}[.)]\s+/gm, "");
  return [...bare].filter((char) => !SKIP.test(char)).join("");
}

/** Mark the quote; where that is all there is, the sentences of the message that stand in it word for word. */
function markQuote(root, quote, said) {
  const whole = squeeze(root.textContent).length;
  if (quote && squeeze(quote).length < whole * 0.8) return highlight(root, quote);
  let first = null;
  for (const part of said.split(/\[\d{1,2}\]|\n/)) {
    const found = part.trim() && squeeze(part).length >= 8 ? highlight(root, part) : null;
    first ??= found;
    if (found) continue;
    for (const sentence of part.match(/[^.!?]+[.!?]*/g) ?? []) {
      const marked = squeeze(sentence).length >= 8 ? highlight(root, sentence) : null;
      first ??= marked;
    }
  }
  return first;
}

/** Wrap the quote's words in <mark>, wherever they lie in the nodes; the first mark, or null. */
export function highlight(root, quote) {
  const wanted = squeeze(quote ?? "");
  if (!wanted) return null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let all = "";
  const places = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data;
    for (let at = 0; at < text.length; at += 1) {
      if (SKIP.test(text[at])) continue;
      all += text[at];
      places.push([nodes.length, at]);
    }
    nodes.push(node);
  }
  const start = all.indexOf(wanted);
  if (start < 0) return null;
  const ranges = new Map();
  for (let at = start; at < start + wanted.length; at += 1) {
    const [index, offset] = places[at];
    const range = ranges.get(index);
    ranges.set(index, range ? [range[0], offset + 1] : [offset, offset + 1]);
  }
  let first = null;
  for (const [index, [from, to]] of ranges) {
    const words = nodes[index].splitText(from);
    words.splitText(to - from);
    const mark = h("mark");
    words.replaceWith(mark);
    mark.append(words);
    first ??= mark;
  }
  return first;
}
