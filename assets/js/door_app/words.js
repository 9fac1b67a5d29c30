// What the door says. The texts come with the page, in the language in which it was kept.
export const byId = (id) => document.getElementById(id);

const figures = new Intl.NumberFormat("en");
const moments = new Map();

function format(kind, zone, options) {
  const key = `${kind} ${zone}`;
  if (!moments.has(key)) moments.set(key, new Intl.DateTimeFormat("en-CA", { timeZone: zone, ...options }));
  return moments.get(key);
}

export class Words {
  constructor(texts) {
    this.texts = texts;
  }

  fill(name, values) {
    return this.texts[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  number(value) {
    return figures.format(value).replaceAll(",", "\u202f");
  }

  time(ms, zone) {
    const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23" };
    return format("time", zone, options).format(ms).replace(/^0/, "");
  }

  /** Return the date of the event's zone, as 2026-05-12. */
  today(ms, zone) {
    return format("date", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
  }

  inside(inside, registered) {
    return this.fill("inside", { inside: this.number(inside), registered: this.number(registered) });
  }

  state(state) {
    return this.texts[{ online: "online", offline: "offline", ended: "ended", failed: "failed" }[state] ?? "checking"];
  }

  /** Return an answer as the card shows it. */
  answer({ result, direction, person, firstAt, note }, zone) {
    const shown = { result, name: person?.name, entity: person?.entity };
    if (["admitted", "forced"].includes(result)) {
      return { ...shown, word: direction === "out" ? this.texts.out : this.texts.pass, detail: this.texts[note] };
    }
    if (result === "already") {
      return { ...shown, word: this.fill("already", { time: this.time(firstAt, zone) }), detail: this.texts.alreadyDetail };
    }
    return { ...shown, word: this.texts.no, detail: this.refusal(result, person) };
  }

  /** Return why somebody may not pass; the office's decision says more than its outcome. */
  refusal(result, person) {
    const isOfThePerson = ["waitlisted", "cancelled"].includes(result);
    return (isOfThePerson && this.texts.statuses[person?.status]) || this.texts.reasons[result];
  }

  found(person) {
    return { ...person, state: this.texts.states[person.status] };
  }
}
