// Who may pass a checkpoint: the rules of app/attendance/rules/gates.py, for a door without a network.
// tests/attendance/rule_vectors.json binds both.
const SETTLES = 15_000; // ms: the same pass read again so soon is one reading, not a coming and a going
const ENDED = ["cancelled", "rejected"];
const WAITING = ["waitlisted", "offered"];
const formats = new Map();

/** The gate of a day's door: whoever is confirmed, once. */
export const DOOR = { ways: "in", how_often: "once", admits_waiting: false, form_ids: [], needs_place_in: null, choice: null, dates: [] };

/** Return date and time of an instant where the event takes place: ["2026-05-28", "09:02:00"]. */
export function local(ms, zone) {
  if (!formats.has(zone)) {
    const numbers = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
    formats.set(zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", ...numbers }));
  }
  const parts = Object.fromEntries(formats.get(zone).formatToParts(ms).map(({ type, value }) => [type, value]));
  return [`${parts.year}-${parts.month}-${parts.day}`, `${parts.hour}:${parts.minute}:${parts.second}`];
}

/**
 * Return whether somebody may pass: `history` holds earlier passages [{at: ms, direction, elsewhere}], in any order; elsewhere
 * where another room was entered, which left this one. The answer
 * tells when the person came in first, where that stands against coming again.
 */
export function decide(gate, visitor, history, { at, zone }) {
  const passages = [...history].sort((one, other) => one.at - other.at || (one.direction < other.direction ? -1 : 1));
  const last = passages.at(-1);
  if (gate.ways === "both" && last && !last.elsewhere && Math.abs(at - last.at) < SETTLES) {
    return { result: "already", direction: last.direction, firstAt: last.at };
  }
  if (gate.ways === "out" || (gate.ways === "both" && last?.direction === "in")) {
    return { result: "admitted", direction: "out" };
  }
  const [date, time] = local(at, zone);
  const refusal = ofThePerson(gate, visitor) ?? ofTheHour(gate, date, time) ?? ofTheGate(gate, visitor);
  if (refusal) return { result: refusal, direction: "in" };
  const against = passages.filter((passage) => standsAgainst(passage, gate, date, zone));
  if (!against.length) return { result: "admitted", direction: "in" };
  return { result: "already", direction: "in", firstAt: against[0].at };
}

function ofThePerson(gate, { status }) {
  if (ENDED.includes(status)) return "cancelled";
  if (status === "confirmed") return undefined;
  return gate.admits_waiting && WAITING.includes(status) ? undefined : "waitlisted";
}

function ofTheHour(gate, date, time) {
  if (gate.dates.length && !gate.dates.includes(date)) return "other_day";
  const isEarly = gate.opens_at && time < whole(gate.opens_at);
  const isLate = gate.closes_at && time >= whole(gate.closes_at);
  return isEarly || isLate ? "closed" : undefined;
}

const whole = (time) => (time.length === 5 ? `${time}:00` : time);

function ofTheGate(gate, { form_id, places, chosen }) {
  if (gate.form_ids.length && !gate.form_ids.includes(form_id)) return "other_form";
  if (gate.needs_place_in !== null && !places.includes(gate.needs_place_in)) return "no_place";
  const [field, option] = gate.choice ?? [];
  if (gate.choice && !chosen.some((one) => one[0] === field && one[1] === option)) return "not_chosen";
  return undefined;
}

function standsAgainst({ at, direction }, gate, date, zone) {
  if (direction !== "in" || gate.how_often === "any") return false;
  return gate.how_often === "once" || local(at, zone)[0] === date;
}
