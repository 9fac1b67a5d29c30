// Who went through checkpoints: for each scope (all rooms, or one place) and person, when, which way and where.
export class Passages {
  constructor() {
    this.clear();
  }

  clear() {
    this.scopes = new Map();
    this.changed = new Set();
  }

  load(scope, rows) {
    this.scopes.set(scope, new Map(rows));
  }

  /** Note a passage, once however often it is told. */
  note(scope, person, at, direction, place) {
    const people = this.scopes.get(scope) ?? new Map();
    const known = people.get(person) ?? [];
    if (known.some((one) => one[0] === at && one[1] === direction && one[2] === place)) return;
    people.set(person, [...known, [at, direction, place]]);
    this.scopes.set(scope, people);
    this.changed.add(scope);
  }

  /** Return a person's history at a place: entering one room leaves the other. */
  history({ scope, place }, person) {
    const known = this.scopes.get(scope)?.get(person) ?? [];
    return known.map(([at, direction, where]) =>
      where === place ? { at, direction } : { at, direction: "out", elsewhere: true },
    );
  }

  /** How many are inside a place: those whose last passage went into it. */
  inside({ scope, place }) {
    let number = 0;
    for (const known of this.scopes.get(scope)?.values() ?? []) {
      const [, direction, where] = known.reduce((last, one) => (one[0] > last[0] ? one : last));
      if (direction === "in" && where === place) number += 1;
    }
    return number;
  }

  /** Return what changed since the last time, as the vault keeps it. */
  pieces() {
    const put = Object.fromEntries([...this.changed].map((scope) => [`passed:${scope}`, [...this.scopes.get(scope)]]));
    this.changed.clear();
    return put;
  }
}
