// A line to Janus: one WebSocket, one session, and on it a handle for each thing that is watched or published.
// Written for what this room needs, and for tokens that are renewed while one is inside.
const KEEP_ALIVE = 25000; // milliseconds; Janus forgets a session after a minute without a word
const PATIENCE = 15000;

/** An answer of Janus that is a refusal. `code` is Janus's own number. */
export class Refused extends Error {
  constructor({ code, error_code, reason, error }) {
    super(reason ?? error ?? "");
    this.code = code ?? error_code;
  }
}

export class Line {
  #socket;
  #waiting = new Map();
  #handles = new Map();
  #session;
  #timer;
  #closed = false;

  /** `pass` is what the server gave for this room; `onLost` is told once when the line breaks. */
  constructor(pass, onLost) {
    this.pass = pass;
    this.onLost = onLost;
  }

  async open() {
    this.#socket = new WebSocket(this.pass.url, "janus-protocol");
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = () => this.#lose();
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = () => reject(new Refused({ code: 0 }));
    });
    const { data } = await this.#ask({ janus: "create" });
    this.#session = data.id;
    this.#timer = setInterval(() => this.#ask({ janus: "keepalive" }).catch(() => this.#lose()), KEEP_ALIVE);
  }

  async attach(plugin, { onEvent = () => {}, onJsep = () => {} } = {}) {
    const { data } = await this.#ask({ janus: "attach", plugin, opaque_id: this.pass.opaque });
    this.#handles.set(data.id, { onEvent, onJsep });
    return {
      /** Say something to the plugin; resolves with what it answers, which comes later than its "ack". */
      say: async (body, jsep) => {
        const answer = await this.#ask({ janus: "message", handle_id: data.id, body, ...(jsep && { jsep }) });
        const told = answer.plugindata?.data ?? {};
        if (told.error_code) throw new Refused(told);
        return { ...told, jsep: answer.jsep };
      },
      trickle: (candidate) => this.#ask({ janus: "trickle", handle_id: data.id, candidate }).catch(() => {}),
    };
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#socket?.close();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Refused({ code: 0 }));
    }
    this.#waiting.clear();
  }

  #ask(message) {
    const transaction = Array.from(crypto.getRandomValues(new Uint32Array(2)), (one) => one.toString(36)).join("");
    const whole = { ...message, transaction, token: this.pass.token, ...(this.#session && { session_id: this.#session }) };
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return void reject(new Refused({ code: 0 }));
      const timer = setTimeout(() => {
        this.#waiting.delete(transaction);
        reject(new Refused({ code: 0 }));
      }, PATIENCE);
      this.#waiting.set(transaction, { resolve, reject, timer, isMessage: message.janus === "message" });
      this.#socket.send(JSON.stringify(whole));
    });
  }

  #hear(told) {
    const waits = this.#waiting.get(told.transaction);
    if (waits && !(told.janus === "ack" && waits.isMessage)) {
      clearTimeout(waits.timer);
      this.#waiting.delete(told.transaction);
      if (told.janus === "error") waits.reject(new Refused(told.error));
      else waits.resolve(told);
      return;
    }
    const handle = this.#handles.get(told.sender);
    if (told.janus === "event") handle?.onEvent(told.plugindata?.data ?? {}, told.jsep);
    if (told.janus === "hangup" || told.janus === "detached") handle?.onEvent({ hangup: told.reason ?? told.janus });
    if (told.janus === "timeout") this.#lose();
  }

  #lose() {
    if (this.#closed) return;
    this.close();
    this.onLost();
  }
}

/** Join a connection between browsers to a handle: candidates go out as they are found. */
export function connection(handle, ice) {
  const peer = new RTCPeerConnection({ iceServers: ice });
  peer.onicecandidate = ({ candidate }) => handle.trickle(candidate ?? { completed: true });
  return peer;
}

/** Ask our own server for a pass into the room; a refusal tells why, and whether asking again may help. */
export async function passFrom(address, body = {}) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw Object.assign(new Error(told.error ?? ""), { again: told.again ?? (answer.status >= 500 || answer.status === 429) });
}
