/** Mark each session as past, on now or coming: a page that stays open all morning keeps telling the truth. */
export function markPhases(sessions, at = Date.now()) {
  for (const session of sessions) {
    const past = Date.parse(session.dataset.end) <= at;
    const begun = Date.parse(session.dataset.start) <= at;
    session.classList.toggle("past", past);
    session.classList.toggle("now", begun && !past);
    session.classList.toggle("coming", !begun);
  }
}
