// Letting somebody in against the rules: whoever may types six figures, which the device checks by itself, and a reason.
import { byId } from "./words.js";

const MOST = 5; // wrong figures in a row
const PAUSE = 60_000; // ms without another try after those

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

async function fits(pin, { salt, digest, rounds }) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: rounds },
    key,
    256,
  );
  return new Uint8Array(derived).every((byte, place) => byte === bytes(digest)[place]);
}

export class Exceptions {
  /** `onForced(text, source, reason)` is called once figures and reason are right. */
  constructor(texts, force, onForced) {
    Object.assign(this, { texts, force, onForced, wrong: 0, until: 0 });
    byId("door-force").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Offer an exception for what was just read, where the device may make any. */
  offer(text, source) {
    this.read = { text, source };
    byId("door-force").hidden = !this.force();
    byId("door-force").reset();
    this.say("");
  }

  withdraw() {
    this.read = undefined;
    byId("door-force").hidden = true;
  }

  say(problem, id = "") {
    byId("force-error").textContent = problem;
    for (const name of ["force-pin", "force-reason"]) byId(name).setAttribute("aria-invalid", String(name === id));
    if (id) byId(id).focus();
  }

  async submit() {
    const { read } = this;
    const reason = byId("force-reason").value.trim();
    if (!read) return undefined;
    if (Date.now() < this.until) return this.say(this.texts.forceLater, "force-pin");
    if (!reason) return this.say(this.texts.forceReason, "force-reason");
    if (!(await fits(byId("force-pin").value.trim(), this.force()))) {
      this.wrong += 1;
      if (this.wrong % MOST === 0) this.until = Date.now() + PAUSE;
      return this.say(this.texts.forceWrong, "force-pin");
    }
    this.wrong = 0;
    this.withdraw();
    return this.onForced(read.text, read.source, reason);
  }
}
