// The event page, a little better: the visitor's own time where it differs, what is on as time goes by, the day in view.
import { markCurrentDay } from "../days.js";
import { markPhases } from "../phases.js";
import { showVisitorTimes } from "../visitor_time.js";

const page = document.querySelector("[data-zone]");
const sessions = [...document.querySelectorAll(".session[data-start]")];

if (page) showVisitorTimes(sessions, page.dataset);
if (sessions.length) {
  markPhases(sessions);
  setInterval(() => markPhases(sessions), 20_000);
  markCurrentDay(document.querySelectorAll(".day-tabs a"));
}
