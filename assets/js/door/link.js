// The line to the server: sends readings, tells whether it holds, and keeps what could not be sent.
import { Queue } from "./queue.js";

const PATIENCE = 6000; // ms
const PULSE = 10000; // ms between two looks at the counter
const RETRY = 5000; // ms between two attempts to send what waits

/** The server answered, but not with what was asked for: `status` says why ("signed-out" or a number). */
class Refused extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

export class Link {
  constructor(config, { onState, onCount, onSent, onLate }) {
    Object.assign(this, { config, onState, onCount, onSent, onLate });
    this.queue = new Queue(config.slug);
    this.state = navigator.onLine ? "online" : "offline";
    this.csrf = document.querySelector('meta[name="csrf-token"]').content;
  }

  begin() {
    this.tell(this.state);
    window.addEventListener("online", () => this.flush());
    window.addEventListener("offline", () => this.tell("offline"));
    setInterval(() => this.pulse(), PULSE);
    setInterval(() => this.queue.length && this.flush(), RETRY);
    if (this.queue.length) this.flush();
  }

  tell(state) {
    this.state = state;
    this.onState(state, this.queue.length);
  }

  async ask(url, options = {}) {
    const patience = AbortSignal.timeout?.(PATIENCE);
    const response = await fetch(url, {
      credentials: "same-origin",
      signal: patience,
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
    const isJson = response.headers.get("Content-Type")?.includes("application/json");
    if (response.redirected || [400, 401, 403].includes(response.status)) throw new Refused("signed-out");
    if (!isJson || !response.ok) throw new Refused(response.status);
    return response.json();
  }

  send(reading) {
    return this.ask(this.config.scan, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify(reading),
    });
  }

  /** Return the server's answer to a reading, or nothing where it was kept for later. */
  async read(reading) {
    try {
      const answer = await this.send(reading);
      this.tell("online");
      return answer;
    } catch (error) {
      if (error instanceof Refused && error.status === 422) throw error;
      this.queue.push(reading);
      this.fail(error);
      return undefined;
    }
  }

  fail(error) {
    this.tell(error instanceof Refused && error.status === "signed-out" ? "signed-out" : "offline");
  }

  async search(text) {
    try {
      const { people } = await this.ask(`${this.config.search}?q=${encodeURIComponent(text)}`);
      this.tell("online");
      return people;
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  async pulse() {
    if (document.hidden) return;
    try {
      this.onCount(await this.ask(this.config.state));
      this.tell("online");
    } catch (error) {
      this.fail(error);
    }
  }

  /** Send what waits, the oldest first, and tell of whom should not have passed. */
  async flush() {
    if (this.sending) return;
    this.sending = true;
    const refused = [];
    try {
      for (const reading of [...this.queue.kept]) {
        const answer = await this.sendKept(reading);
        this.queue.remove(reading.nonce);
        this.tell("online");
        if (answer) this.onSent(reading, answer);
        if (answer?.result !== "admitted") refused.push(answer?.name || reading.code);
      }
    } catch (error) {
      this.fail(error);
    }
    this.sending = false;
    if (refused.length) this.onLate(refused);
  }

  async sendKept(reading) {
    try {
      return await this.send(reading);
    } catch (error) {
      // What the server cannot read now it will never read: it must not stop the others.
      if (error instanceof Refused && error.status === 422) return undefined;
      throw error;
    }
  }
}
