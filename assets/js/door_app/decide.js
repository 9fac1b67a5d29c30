// What the door answers to a pass, with nothing but what the device knows. Pure, so that it can be tested anywhere.
const REFUSED = { cancelled: "cancelled", rejected: "cancelled" };

/** Return the answer to somebody of the list: `firstAt` is when that person came on this day, if so. */
export function decide(person, firstAt) {
  if (person.status !== "confirmed") return { result: REFUSED[person.status] ?? "waitlisted", person };
  return firstAt === undefined ? { result: "admitted", person } : { result: "already", person, firstAt };
}
