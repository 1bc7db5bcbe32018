// Times as people read them. The server's clock counts: `syncClock` learns how far ours is off.
import { locale, t } from "./i18n.js";

let offset = 0;

/** Learn the server's time from a frame's `now`. */
export function syncClock(now) {
  const server = Date.parse(now ?? "");
  if (!Number.isNaN(server)) offset = server - Date.now();
}

/** Milliseconds since an ISO time, by the server's clock; never negative. */
export function since(iso) {
  const at = Date.parse(iso ?? "");
  return Number.isNaN(at) ? 0 : Math.max(0, Date.now() + offset - at);
}

/** The server's time now, as ISO text. */
export function nowIso() {
  return new Date(Date.now() + offset).toISOString();
}

/** Hour and minute. */
export function clock(iso) {
  return new Intl.DateTimeFormat(locale(), { hour: "numeric", minute: "2-digit" }).format(new Date(iso));
}

/** Hour and minute of today; of other days the date, or with `whole` both. */
export function recent(iso, whole = false) {
  if (dayKey(iso) === dayKey(nowIso())) return clock(iso);
  return whole ? full(iso) : new Intl.DateTimeFormat(locale(), { month: "short", day: "numeric" }).format(new Date(iso));
}

/** Date and time in full, for tooltips. */
export function full(iso) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}

/** A local day as text that compares, for separators. */
export function dayKey(iso) {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** Today, yesterday, or the date. */
export function dayName(iso) {
  const key = dayKey(iso);
  const today = new Date(Date.now() + offset);
  if (key === dayKey(today)) return t("time.today");
  if (key === dayKey(today.getTime() - 86_400_000)) return t("time.yesterday");
  const sameYear = new Date(iso).getFullYear() === today.getFullYear();
  const options = { month: "long", day: "numeric", weekday: "short" };
  return new Intl.DateTimeFormat(locale(), sameYear ? options : { ...options, year: "numeric" }).format(new Date(iso));
}

/** A date such as an article's "updated". */
export function day(text) {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? String(text ?? "") : new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(at);
}

/** A span of waiting: seconds, then minutes, then hours. */
export function span(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return t("time.second", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("time.minute", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? t("time.hour_minute", { h: hours, m: minutes % 60 }) : t("time.hour", { n: hours });
  return t("time.day", { n: Math.floor(hours / 24) });
}

/** A stopwatch's reading, 0:07, 12:45 or 1:02:03. */
export function stopwatch(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
