// Calls to /api/evals. Without a session the login follows; other errors become a notice.
import { notice } from "./overlay.js";
import { tr } from "./evals-i18n.js";

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail || String(status));
    this.status = status;
    this.detail = detail;
  }
}

async function call(path, options = {}) {
  const response = await fetch(`/api/evals${path}`, { credentials: "same-origin", ...options });
  if (response.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    return new Promise(() => {}); // the page is on its way out
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, typeof body?.detail === "string" ? body.detail : "");
  return body;
}

/** Read something; values that are empty are left out of the query. */
export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value != null && value !== "");
  const search = new URLSearchParams(given).toString();
  return call(search ? `${path}?${search}` : path);
}

/** Do something. */
export function post(path, body = {}) {
  return call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** Say what went wrong. */
export function complain(error) {
  const known = { 403: "err.forbidden", 404: "err.gone", 409: "err.busy" };
  console.warn(error);
  notice(tr(known[error?.status] ?? "err.other"), { important: true });
}
