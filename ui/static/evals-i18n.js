// The evaluators' words; codes that the desk shows too (reasons) have theirs in i18n.js.
import en from "./evals-strings-en.js";
import ko from "./evals-strings-ko.js";
import { label, lang, locale } from "./i18n.js";

const STRINGS = { ko, en };

/** The string of a key with {names} filled in. */
export function tr(key, values = {}) {
  const template = STRINGS[lang()][key] ?? STRINGS.en[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The word for a server's code under a prefix; the code made readable where there is none. */
export function word(prefix, code) {
  const key = `${prefix}.${code}`;
  return key in STRINGS[lang()] ? tr(key) : label(prefix, code);
}

/** Several codes in words, or "nothing". */
export function words(prefix, codes, between = ", ") {
  return codes?.length ? codes.map((code) => word(prefix, code)).join(between) : tr("nothing");
}

/** What is wrong, as a sentence. */
export function faultText(fault) {
  const texts = (fault.texts ?? []).map((text) => `“${text}”`).join(["lacks", "exact"].includes(fault.code) ? tr("or") : ", ");
  const prefix = ["reason", "outcome", "status"].includes(fault.code) ? fault.code : "decision";
  const expected = fault.code === "cites" ? fault.expected.join(tr("or")) : words(prefix, fault.expected, tr("or"));
  const values = {
    texts: fault.code === "cites" ? fault.texts.join(", ") || tr("nothing") : texts,
    expected,
    reasons: words("reason", fault.reasons),
    decision: fault.decision ? word("decision", fault.decision) : "",
    got: fault.got ? word(prefix, fault.got) : "",
    count: fault.count ?? "",
    most: fault.most ?? "",
    turn: fault.turn ?? "",
    slot: fault.slot ? word("slot", fault.slot) : "",
  };
  return tr(`fault.${fault.code}`, values);
}

/** A share in per cent. */
export function percent(value, digits = 1) {
  return value == null ? "–" : `${(value * 100).toFixed(digits)}%`;
}

/** A metric's value. */
export function figure(value, unit, { sign = false } = {}) {
  const plus = sign && value > 0 ? "+" : "";
  if (unit === "share") return sign ? plus + tr("metric.points", { n: (value * 100).toFixed(1) }) : percent(value);
  if (unit === "ms") return `${plus}${value.toFixed(1)} ms`;
  if (unit === "cost") return plus + String(Number(value.toPrecision(3)));
  return plus + value.toFixed(3);
}

/** A name for a metric. */
export function metricName(name) {
  const key = `metric.${name}`;
  return key in STRINGS[lang()] ? tr(key) : name;
}

/** Day and time, short. */
export function when(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return String(iso ?? "");
  const sameYear = at.getFullYear() === new Date().getFullYear();
  const options = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(locale(), sameYear ? options : { ...options, year: "numeric" }).format(at);
}

/** Seconds as people say them. */
export function duration(seconds) {
  return seconds < 90 ? tr("time.seconds", { n: Math.max(1, Math.round(seconds)) }) : tr("time.minutes", { n: Math.round(seconds / 60) });
}
