// Day and time are compared as words, so that two zones with the same clock (Lima and Bogotá) count as one.
function clockOf(zone) {
  const language = document.documentElement.lang === "es" ? "es-PE" : "en";
  const day = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: zone });
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone: zone });
  return (moment) => ({ day: day.format(moment), time: time.format(moment) });
}

/** Write the visitor's own time under each session whose clock, in the event's zone, shows another. */
export function showVisitorTimes(sessions, { zone, visitor }) {
  const there = clockOf(zone);
  const here = clockOf(undefined);
  for (const session of sessions) {
    const start = new Date(session.dataset.start);
    const [theirs, ours] = [there(start), here(start)];
    if (theirs.day === ours.day && theirs.time === ours.time) continue;
    const line = session.querySelector("[data-visitor-time]");
    const words = theirs.day === ours.day ? ours.time : `${ours.day}, ${ours.time}`;
    line.textContent = visitor.replace("{time}", words);
    line.hidden = false;
  }
}
