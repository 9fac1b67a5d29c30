// The line to the server: tells it what happened here and learns what changed elsewhere, whenever there is one.
const PATIENCE = 20000; // ms
const PULSE = 20000; // ms between two looks
const SOON = 300; // ms after a scan
const AT_ONCE = 500; // scans of one sending

export class Refused extends Error {
  constructor(status, details) {
    super(details.error ?? String(status));
    this.status = status;
    this.details = details;
  }
}

/** Send JSON and return JSON; rejects with Refused where the server says no. No cookie goes along. */
export async function ask(url, body, token) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout?.(PATIENCE),
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export class Line {
  constructor(book, url, { onState, onNews, onDiffering, onRevoked }) {
    Object.assign(this, { book, url, onState, onNews, onDiffering, onRevoked });
    this.state = "checking";
  }

  begin() {
    window.addEventListener("online", () => this.soon(0));
    window.addEventListener("offline", () => this.tell("offline"));
    document.addEventListener("visibilitychange", () => document.hidden || this.soon(0));
    this.soon(0);
  }

  tell(state) {
    this.state = state;
    this.onState(state);
  }

  /** Synchronise after a moment, and then time and again. */
  soon(after = SOON) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sync(), after);
  }

  async sync() {
    clearTimeout(this.timer);
    if (this.running || !this.book.pairing) return this.running;
    this.running = this.exchange();
    await this.running;
    this.running = undefined;
    if (this.book.pairing) this.soon(this.failed || !this.book.toSend.length ? PULSE : 0);
    return undefined;
  }

  async exchange() {
    this.failed = false;
    let sent = [];
    try {
      do {
        sent = this.book.toSend.slice(0, AT_ONCE);
      } while ((await this.once(sent)) && this.book.pairing);
    } catch (error) {
      this.failed = true;
      await this.fail(error, sent);
    }
  }

  /** Send some scans and learn the news; return whether there is more of either. */
  async once(sent) {
    const { book } = this;
    const began = Date.now();
    const answer = await ask(
      this.url,
      {
        sent_at: new Date(began).toISOString(),
        offset_ms: this.measured ?? null,
        waiting: book.waiting.size,
        cursor: book.state.cursor ?? null,
        needs: book.state.needs ?? "",
        scans: sent.map(({ code, nonce, day, checkpoint, direction, reason, at, source, result }) => {
          const where = checkpoint ? { checkpoint, direction } : { day };
          return { code, nonce, at, source, result, reason, ...where };
        }),
      },
      book.pairing.token,
    );
    const back = Date.now();
    // The server's clock stood so in the middle of the way there and back.
    this.measured = Math.round(Date.parse(answer.server_time) - (began + back) / 2);
    const offset = Math.abs(this.measured) < 2000 ? 0 : this.measured;
    const differing = await book.learn(answer, sent, offset);
    this.tell(answer.state === "working" ? "online" : "ended");
    this.onNews();
    if (differing.length) this.onDiffering(differing);
    return answer.more || book.toSend.length > 0;
  }

  async fail(error, sent) {
    if (!(error instanceof Refused)) return this.tell("offline");
    const { state, row, field } = error.details;
    if (error.status === 401 && state === "revoked") {
      await this.book.wipe();
      return this.onRevoked();
    }
    if (error.status === 401) return this.tell("ended");
    if (error.status === 422 && field === "cursor") this.book.state.cursor = null; // begin anew with the next sync
    if (error.status === 422 && row && sent[row - 1]) {
      await this.book.setAside(sent[row - 1], error.message);
      this.failed = false;
      this.onNews();
      return undefined;
    }
    return this.tell("failed");
  }
}
