// Things that lie over the page: dialogs with a question, short notices.
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Ask something. Resolves to null (cancelled), or to the form's values by name.
 * @param {{title: string, text?: string, fields?: Node[], yes: string, testid?: string, danger?: boolean}} question
 */
export function ask({ title, text, fields = [], yes, testid, danger = false }) {
  return new Promise((resolve) => {
    const confirm = h("button", { type: "submit", value: "yes", class: danger ? "bp-button bp-danger" : "bp-button bp-primary", dataset: testid ? { testid } : {} }, yes);
    const cancel = h("button", { type: "button", class: "bp-button", onclick: () => dialog.close("") }, t("dialog.cancel"));
    const form = h("form", { method: "dialog" }, h("h2", {}, title), text && h("p", {}, text), fields, h("div", { class: "bp-dialog-actions" }, cancel, confirm));
    const dialog = h("dialog", { class: "bp-dialog" }, form);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(""));
    dialog.addEventListener("close", () => {
      const values = dialog.returnValue === "yes" ? Object.fromEntries(new FormData(form)) : null;
      dialog.remove();
      resolve(values);
    });
    host().append(dialog);
    dialog.showModal();
    (form.querySelector("textarea, select, input:checked") ?? confirm).focus();
  });
}

/** A labelled text field for a dialog. */
export function textField(name, caption) {
  return h("label", { class: "bp-dialog-field" }, h("span", {}, caption), h("textarea", { name, rows: 3, maxlength: "4000" }));
}

/** Choices of which one holds, for a dialog. */
export function radioField(name, caption, options) {
  const rows = options.map(([value, text], index) =>
    h("label", { class: "bp-radio" }, h("input", { type: "radio", name, value, checked: index === 0 }), h("span", {}, text)),
  );
  return h("fieldset", { class: "bp-dialog-field" }, h("legend", {}, caption), rows);
}

/**
 * Show a short notice; an important one stays longer.
 * @param {{important?: boolean, action?: {text: string, run: () => void}}} [options] something to do about it
 */
export function notice(text, { important = false, action } = {}) {
  const root = host();
  let stack = root.querySelector(".bp-notices");
  if (!stack) root.append((stack = h("div", { class: "bp-notices", role: "status", "aria-live": "assertive" })));
  for (const old of stack.querySelectorAll(".bp-notice")) if (old.dataset.text === text) old.remove();
  const remove = () => node.remove();
  const node = h(
    "div",
    { class: important ? "bp-notice bp-important" : "bp-notice", dataset: { testid: "notice", text } },
    icon(important ? "alert" : "check", 18),
    h("span", {}, text),
    action && h("button", { type: "button", class: "bp-link", dataset: { testid: "notice-action" }, onclick: () => (remove(), action.run()) }, action.text),
    h("button", { type: "button", class: "bp-icon-button", "aria-label": t("desk.dismiss"), onclick: remove }, icon("close", 16)),
  );
  stack.append(node);
  setTimeout(remove, important ? 12_000 : 5_000);
  return node;
}

function host() {
  return document.querySelector(".bp-app") ?? document.body;
}

/** Fill a node and show it, or hide it where there is nothing to show. */
export function reveal(node, ...content) {
  fill(node, ...content);
  node.hidden = !node.hasChildNodes();
}
