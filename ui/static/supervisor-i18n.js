// The supervisors' words.
import { lang } from "./i18n.js";
import en from "./supervisor-strings-en.js";
import ko from "./supervisor-strings-ko.js";

const STRINGS = { ko, en };

/** The string of a key with {names} filled in. */
export function tr(key, values = {}) {
  const template = STRINGS[lang()][key] ?? STRINGS.en[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
