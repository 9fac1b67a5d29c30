// Who takes part: kept in memory for an answer at once, and in the vault in pieces, so that a change writes little.
const PIECE = 512; // people of one piece, by their numbers

const folded = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
const pieceOf = (id) => Math.floor(id / PIECE);

export class People {
  constructor() {
    this.clear();
  }

  clear() {
    this.byId = new Map();
    this.byCode = new Map();
  }

  get size() {
    return this.byId.size;
  }

  /**
   * Take in rows as the server sends them: number, code, name, institution, status, document, version of the pass, and
   * what checkpoints ask besides: form, places in sessions, choices.
   */
  add(rows) {
    for (const [id, code, name, entity, status, document, version, form_id = null, places = [], chosen = []] of rows) {
      const before = this.byId.get(id);
      if (before && before.code !== code) this.byCode.delete(before.code);
      const person = { id, code, name, entity, status, document, version, form_id, places, chosen };
      this.byId.set(id, person);
      this.byCode.set(code, person);
    }
  }

  remove(ids) {
    for (const id of ids) {
      const person = this.byId.get(id);
      this.byId.delete(id);
      if (person) this.byCode.delete(person.code);
    }
  }

  /** Return the pieces in which these people stand, as the vault keeps them. */
  pieces(ids) {
    const numbers = new Set(ids.map(pieceOf));
    const put = Object.fromEntries([...numbers].map((number) => [`people:${number}`, []]));
    for (const one of this.byId.values()) {
      if (!numbers.has(pieceOf(one.id))) continue;
      const { id, code, name, entity, status, document, version, form_id, places, chosen } = one;
      const asked = form_id === null && !places.length && !chosen.length ? [] : [form_id, places, chosen];
      put[`people:${pieceOf(id)}`].push([id, code, name, entity, status, document, version, ...asked]);
    }
    return put;
  }

  /** Return the first people whose name, document or code hold every word. */
  search(text, limit = 8) {
    const words = folded(text).replace(/[•-]/g, "").split(/\s+/).filter(Boolean);
    const found = [];
    for (const person of this.byId.values()) {
      person.folded ??= folded(`${person.name} ${person.document} ${person.code}`);
      if (words.every((word) => person.folded.includes(word))) found.push(person);
    }
    return found.sort((one, other) => one.name.localeCompare(other.name, "es")).slice(0, limit);
  }
}
