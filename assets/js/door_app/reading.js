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

  async answer(text, day) {
    if (isToken(text)) return this.signed(text, day);
    const code = codeIn(text);
    const person = isPass(code) ? this.book.people.byCode.get(code) : undefined;
    return person ? this.decide(person, day) : { result: "unknown" };
  }

  /** Apply the rules of the day's door. */
  decide(person, day) {
    const { pairing } = this.book;
    const firstAt = this.book.firstAt(day, person.id);
    const history = firstAt === undefined ? [] : [{ at: firstAt, direction: "in" }];
    const answer = decide(DOOR, person, history, { at: this.book.now(), zone: pairing.event.timezone });
    return { ...answer, person };
  }

  /** Judge a signed pass. Whoever registered after the last sync has a good one, and is let in unnamed. */
  async signed(text, day) {
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
    if (person) return this.decide(person, day);
    return { ...this.decide({ id: pass.registration, status: "confirmed" }, day), reason: "newcomer" };
  }
}
