// What was read, turned into an answer by what this device knows.
import { isPass, normalise } from "../door/codes.js";
import { decide, DOOR } from "./gates.js";
import { fault, isToken, read } from "./pass.js";
import { verifier } from "./signatures.js";

const LONGEST = 300;

/** The code in what was read: all of it, or the last part of an address. */
const codeIn = (text) => normalise(text.trim().replace(/\/+$/, "").split("/").pop());

export class Reader {
  constructor(book, config) {
    Object.assign(this, { book, config });
  }

  /** Return what is told to the server of what was read. */
  kept(text) {
    return text.trim().slice(0, LONGEST) || "?";
  }

  /** Judge what was read at a day's door or a checkpoint: `where` is {day} or {checkpoint}. */
  async answer(text, where) {
    if (isToken(text)) return this.signed(text, where);
    const code = codeIn(text);
    const person = isPass(code) ? this.book.people.byCode.get(code) : undefined;
    return person ? this.decide(person, where) : { result: "unknown" };
  }

  decide(person, { day, checkpoint }) {
    const facts = { at: this.book.now(), zone: this.book.pairing.event.timezone };
    if (checkpoint) {
      const history = this.book.passages.history(checkpoint, person.id);
      return { ...decide(checkpoint.gate, person, history, facts), person };
    }
    const firstAt = this.book.firstAt(day, person.id);
    const history = firstAt === undefined ? [] : [{ at: firstAt, direction: "in" }];
    return { ...decide(DOOR, person, history, facts), person };
  }

  /** Judge a signed pass. Whoever registered after the last sync has a good one, and is let in unnamed. */
  async signed(text, where) {
    const pass = read(text);
    if (!pass) return { result: "damaged" };
    const { people, pairing, state } = this.book;
    const person = people.byId.get(pass.registration);
    this.verify ??= await verifier(() => import(this.config.ed25519));
    const wrong = await fault(pass, {
      event: pairing.event.id,
      keys: state.keys ?? {},
      voidBelow: { [pass.registration]: person?.version ?? 0 },
      at: this.book.now(),
      verify: this.verify,
    });
    if (wrong) return { result: wrong, person: ["expired", "replaced"].includes(wrong) ? person : undefined };
    if (person) return this.decide(person, where);
    const newcomer = { id: pass.registration, status: "confirmed", form_id: null, places: [], chosen: [] };
    return { ...this.decide(newcomer, where), note: "newcomer" };
  }
}
