// The interface's language: ?lang=, then the visitor's own choice, then the browser's.
import packetEn from "./packet-strings-en.js";
import packetKo from "./packet-strings-ko.js";
import en from "./strings-en.js";
import ko from "./strings-ko.js";
import { recall, remember } from "./storage.js";

const STRINGS = { ko: { ...ko, ...packetKo }, en: { ...en, ...packetEn } };
const KEY = "bp.lang";
let current = choose();

function choose() {
  const wanted = [new URLSearchParams(location.search).get("lang"), recall(KEY), ...(navigator.languages ?? []), navigator.language];
  for (const tag of wanted) {
    const code = String(tag ?? "").slice(0, 2).toLowerCase();
    if (code in STRINGS) return code;
  }
  return "en";
}

/** The language in use: "ko" or "en". */
export function lang() {
  return current;
}

/** A locale for dates and numbers. */
export function locale() {
  const own = (navigator.languages ?? []).find((tag) => tag.toLowerCase().startsWith(current));
  return own ?? (current === "ko" ? "ko-KR" : "en-GB");
}

/** Switch the language and keep the choice; the caller draws again. */
export function setLang(code) {
  if (!(code in STRINGS)) return;
  current = code;
  remember(KEY, code);
  document.documentElement.lang = code;
}

export function otherLang() {
  return current === "ko" ? "en" : "ko";
}

/** The string of a key with {names} filled in; the key itself where there is none. */
export function t(key, values = {}) {
  const template = STRINGS[current][key] ?? STRINGS.en[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Whether a key exists (for codes that come from the server). */
export function has(key) {
  return key in STRINGS[current];
}

/** The label of a server's code under a prefix, or the code itself made readable. */
export function label(prefix, code) {
  const key = `${prefix}.${code}`;
  return has(key) ? t(key) : String(code ?? "").replaceAll("_", " ");
}

document.documentElement.lang = current;
