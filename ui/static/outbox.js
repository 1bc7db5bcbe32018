// What was typed and is not yet stored on the server. One entry is one storage key, so that two tabs never
// overwrite each other; sending one twice is harmless, because the server knows its id.

/** Kept until acknowledged, sent one after the other, so that order survives a lost connection. */
export class Outbox {
  /**
   * @param {string} prefix of the storage keys
   * @param {{send: (frame: object) => boolean, onChange: (entry: object) => void, onStuck: () => void}} hooks
   */
  constructor(prefix, hooks) {
    this.prefix = prefix;
    this.hooks = hooks;
    this.entries = load(prefix);
    this.flying = null;
    this.timer = 0;
    this.ready = false;
  }

  /** Entries in the order in which they were made. */
  list() {
    return [...this.entries];
  }

  /** Whether something is still on its way. */
  busy() {
    return this.entries.some((entry) => entry.state !== "failed");
  }

  /** Keep a frame (it has an `id`) and send it when its turn comes. */
  add(frame) {
    const last = this.entries.at(-1)?.at ?? 0;
    const entry = { frame, at: Math.max(Date.now(), last + 1), state: "queued", code: null, tries: 0 };
    this.entries.push(entry);
    this.save(entry);
    this.pump();
    return entry;
  }

  /** The connection greets: everything left is sent again. */
  start() {
    this.ready = true;
    this.release();
  }

  /** The connection is gone: what was in flight is unknown and goes again later. */
  stop() {
    this.ready = false;
    this.flying = null;
    clearTimeout(this.timer);
  }

  /** The server has it. Returns the entry, or null where it was not ours. */
  settle(id) {
    const entry = this.find(id);
    if (!entry) return null;
    this.forget(entry);
    if (this.flying === id) this.release();
    return entry;
  }

  /** The server refused it: for now (it goes again, and what follows waits) or for good. */
  refuse(id, code) {
    const entry = this.find(id);
    if (!entry) return null;
    entry.code = code;
    entry.tries += 1;
    const passing = code === "rate_limited" || code === "unavailable";
    entry.state = passing ? "retry" : "failed";
    this.save(entry);
    this.hooks.onChange(entry);
    if (passing) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.release(), Math.min(30_000, 2_000 * 2 ** Math.min(entry.tries - 1, 4)));
    } else this.release();
    return entry;
  }

  /** Send a failed entry again. */
  retry(id) {
    const entry = this.find(id);
    if (!entry) return;
    entry.state = "queued";
    this.save(entry);
    this.hooks.onChange(entry);
    this.pump();
  }

  /** Forget an entry without sending it. */
  drop(id) {
    const entry = this.find(id);
    if (entry) this.forget(entry);
  }

  find(id) {
    return this.entries.find((entry) => entry.frame.id === id);
  }

  release() {
    this.flying = null;
    clearTimeout(this.timer);
    this.pump();
  }

  pump() {
    if (!this.ready || this.flying) return;
    const next = this.entries.find((entry) => entry.state !== "failed");
    if (!next || !this.hooks.send(next.frame)) return;
    this.flying = next.frame.id;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hooks.onStuck(), 12_000);
  }

  forget(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    try {
      localStorage.removeItem(this.prefix + entry.frame.id);
    } catch {
      // No storage: memory alone has to do.
    }
  }

  save(entry) {
    try {
      localStorage.setItem(this.prefix + entry.frame.id, JSON.stringify(entry));
    } catch {
      // As above.
    }
  }
}

function load(prefix) {
  const found = [];
  try {
    for (let index = 0; index < localStorage.length; index += 1) {
      const key = localStorage.key(index);
      if (!key?.startsWith(prefix)) continue;
      const entry = JSON.parse(localStorage.getItem(key));
      if (entry?.frame?.id) found.push({ ...entry, state: entry.state === "failed" ? "failed" : "queued" });
    }
  } catch {
    return found;
  }
  return found.sort((one, other) => one.at - other.at);
}
