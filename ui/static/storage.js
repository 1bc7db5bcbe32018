// localStorage and sessionStorage that never throw (private mode, full, switched off).

function area(session) {
  try {
    return session ? window.sessionStorage : window.localStorage;
  } catch {
    return null;
  }
}

/** The stored value (JSON) of a key, or the fallback. */
export function recall(key, fallback = null, { session = false } = {}) {
  try {
    const text = area(session)?.getItem(key);
    return text == null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** Store a value as JSON; null, "" and undefined forget the key. */
export function remember(key, value, { session = false } = {}) {
  try {
    if (value == null || value === "") area(session)?.removeItem(key);
    else area(session)?.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the page works on without memory.
  }
}
