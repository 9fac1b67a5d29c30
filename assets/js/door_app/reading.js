// What was read, turned into an answer by what this device knows.
import { isPass, normalise } from "../door/codes.js";
import { decide } from "./decide.js";

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
    const code = codeIn(text);
    const person = isPass(code) ? this.book.people.byCode.get(code) : undefined;
    if (!person) return { result: "unknown" };
    return decide(person, this.book.firstAt(day, person.id));
  }
}
