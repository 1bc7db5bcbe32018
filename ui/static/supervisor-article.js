// An article with the questions that would lead to it, or do.
import { fill, h, icon } from "./dom.js";
import { tr } from "./supervisor-i18n.js";
import { Row } from "./supervisor-row.js";

export class Article {
  /** @param {{onDecide: Function, onAll: (article: Article) => void, onOpen: Function}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.rows = new Map();
    this.head = h("div", { class: "sv-article-head" });
    this.list = h("ul", { class: "sv-rows" });
    this.node = h("section", { class: "sv-article", dataset: { testid: "article" } }, this.head, this.list);
  }

  /** Show an article's questions; rows that stay keep their place, focus and half-written text. */
  update(article, questions) {
    this.article = article;
    const wanted = new Map(questions.map((question) => [question.id, question]));
    for (const [id, row] of this.rows) {
      if (wanted.has(id)) continue;
      row.node.remove();
      this.rows.delete(id);
    }
    let after = null; // from the end: a new row goes before the one that follows it
    for (const [id, question] of [...wanted].reverse()) {
      let row = this.rows.get(id);
      if (row) row.update(question);
      else {
        row = new Row(question, this.handlers);
        this.rows.set(id, row);
        this.list.insertBefore(row.node, after);
      }
      after = row.node;
    }
    this.drawHead();
  }

  /** The article's title, or its id where it is gone. */
  get title() {
    return this.article.title ?? this.article.id;
  }

  /** The rows as they stand on the page. */
  ordered() {
    return [...this.list.children].map((node) => this.rows.get(node.dataset.id));
  }

  drawHead() {
    const { article, title } = this;
    const { state, lang } = article;
    const shown = state === "live" || state === "agents";
    const name = shown
      ? h("button", { type: "button", class: "sv-title", "aria-label": tr("article.open", { title }), dataset: { testid: "article-open" }, onclick: (event) => this.open(this.ordered()[0], event.currentTarget) }, icon("book", 17), h("span", { lang }, title))
      : h("span", { class: "sv-title" }, icon("alert", 17), h("span", { lang }, title));
    const pending = [...this.rows.values()].filter((row) => row.question.decision === "pending");
    fill(
      this.head,
      h("h3", {}, name),
      state === "agents" && h("span", { class: "bp-tag" }, tr("article.agents")),
      pending.length > 1 && h("button", { type: "button", class: "bp-link sv-all", dataset: { testid: "approve-all" }, onclick: () => this.handlers.onAll(this) }, tr("article.all", { n: pending.length })),
      !shown && h("p", { class: "sv-note" }, tr(`article.${state}`)),
    );
    this.list.setAttribute("aria-label", tr("article.questions", { title }));
  }

  /** Show the passage that is nearest to one of its questions. */
  open(row, opener) {
    const { state } = this.article;
    if (row && (state === "live" || state === "agents")) this.handlers.onOpen({ chunk_id: row.question.id, title: this.title }, opener);
  }
}
