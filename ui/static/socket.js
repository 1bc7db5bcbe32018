// A WebSocket that comes back: backoff with jitter, pings, and a look at the network and the tab.

const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const FIRST_DELAY = 500;
const LAST_DELAY = 8_000;
const BUSY_DELAY = 10_000;
const HELLO_WITHIN = 15_000;

/** A live connection. States: connecting, online (the server said hello), offline, busy, stopped. */
export class Live {
  /**
   * @param {object} hooks
   * @param {() => string} hooks.path the socket's path and query; asked before every attempt
   * @param {() => Promise<void>} [hooks.prepare] makes the session; called first and after a 4401
   * @param {(frame: object) => void} hooks.onFrame
   * @param {(state: string) => void} hooks.onState
   * @param {(code: number) => void} [hooks.onDenied] close 4401 where there is nothing to prepare, or 4403
   */
  constructor(hooks) {
    this.hooks = hooks;
    this.socket = null;
    this.state = "offline";
    this.tries = 0;
    this.fresh = false;
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.restart());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    window.addEventListener("pageshow", (event) => event.persisted && this.restart());
  }

  /** Connect now, whatever the backoff says. */
  async connect() {
    clearTimeout(this.retryTimer);
    if (this.socket || this.preparing) return;
    this.change("connecting");
    if (this.hooks.prepare && !this.fresh) {
      this.preparing = true;
      try {
        await this.hooks.prepare();
        this.fresh = true;
      } catch {
        this.later();
        return;
      } finally {
        this.preparing = false;
      }
    }
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.hooks.path()}`);
    this.socket = socket;
    this.helloTimer = setTimeout(() => this.restart(), HELLO_WITHIN);
    socket.addEventListener("message", (event) => socket === this.socket && this.receive(event.data));
    socket.addEventListener("close", (event) => socket === this.socket && this.closed(event.code));
  }

  /** Send a frame; false where there is no connection (nothing is queued here: see outbox.js). */
  send(frame) {
    if (this.state !== "online" || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Drop the connection and make a new one. */
  restart() {
    const socket = this.socket;
    if (socket) {
      this.closed(1000);
      socket.close();
    } else this.hurry();
  }

  /** Drop the connection and the session with it. */
  renew() {
    this.fresh = false;
    this.tries = 0;
    this.restart();
  }

  /** Skip what is left of the backoff. */
  hurry() {
    if (this.state === "stopped" || this.state === "busy") return;
    this.tries = 0;
    this.connect();
  }

  receive(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    clearTimeout(this.pongTimer);
    if (frame.type === "pong") return;
    if (frame.type === "hello") {
      clearTimeout(this.helloTimer);
      this.tries = 0;
      clearInterval(this.pingTimer);
      this.pingTimer = setInterval(() => this.ping(), PING_EVERY);
      this.change("online");
    }
    this.hooks.onFrame(frame);
  }

  ping() {
    if (!this.send({ type: "ping" })) return;
    clearTimeout(this.pongTimer);
    this.pongTimer = setTimeout(() => this.restart(), PONG_WITHIN);
  }

  wake() {
    if (this.state === "online") this.ping();
    else this.hurry();
  }

  closed(code) {
    const greeted = this.state === "online";
    this.socket = null;
    clearInterval(this.pingTimer);
    clearTimeout(this.pongTimer);
    clearTimeout(this.helloTimer);
    if (code === 4401 || (!greeted && this.hooks.prepare)) this.fresh = false;
    if (code === 4403 || (code === 4401 && !this.hooks.prepare)) {
      this.change("stopped");
      this.hooks.onDenied?.(code);
      return;
    }
    this.later(code === 4429 ? BUSY_DELAY : 0, code === 4429 ? "busy" : "offline");
  }

  later(atLeast = 0, state = "offline") {
    this.change(state);
    const ceiling = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** Math.min(this.tries, 6));
    this.tries += 1;
    const delay = Math.max(atLeast, ceiling * (0.5 + Math.random() / 2));
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }

  change(state) {
    if (state === this.state) return;
    this.state = state;
    this.hooks.onState(state);
  }
}
