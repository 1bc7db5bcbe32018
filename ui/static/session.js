// The customer's session: a cookie that only the server can read. This asks for it.
import { lang } from "./i18n.js";

let identity = takeIdentity();

/** A signed identity from the page's address; it is taken out of the address bar at once. */
function takeIdentity() {
  const query = new URLSearchParams(location.search);
  const hash = new URLSearchParams(location.hash.slice(1));
  const token = query.get("identity") ?? hash.get("identity");
  if (!token) return null;
  query.delete("identity");
  hash.delete("identity");
  const search = query.toString();
  const rest = hash.toString();
  history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : "") + (rest ? `#${rest}` : ""));
  return token;
}

/**
 * Make or renew the session; `fresh` starts another conversation.
 * @returns {Promise<{company: string, lang: string, customer: {name: string} | null, starters?: string[]}>}
 */
export async function openSession({ fresh = false } = {}) {
  const body = { lang: lang() };
  if (identity) body.identity = identity;
  if (fresh) body.new = true;
  const answer = await fetch("/api/chat/session", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    // A spent or forged identity must not lock the visitor out: the next try goes without it.
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) identity = null;
    throw new Error(`session: ${answer.status}`);
  }
  return answer.json();
}
