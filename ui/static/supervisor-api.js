// Calls to /api/supervisor. Without a session the login follows.

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail || String(status));
    this.status = status;
  }
}

async function call(path, options = {}) {
  const response = await fetch(`/api/supervisor${path}`, { credentials: "same-origin", ...options });
  if (response.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    return new Promise(() => {}); // the page is on its way out
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, typeof body?.detail === "string" ? body.detail : "");
  return body;
}

/** All articles with their questions. */
export function load() {
  return call("/questions");
}

/** Decide, reword or undo. */
export function post(what, body) {
  return call(`/questions/${what}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}
