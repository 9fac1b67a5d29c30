// The moderator's desk: what people ask, answer and write comes by itself. A part in which somebody is at work waits.
const USUAL = 5000; // milliseconds
const SLOWEST = 60000;
let wait = USUAL;

async function look() {
  try {
    const answer = await fetch(window.location.pathname, { cache: "no-store" });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.querySelector(`[data-part=${part.dataset.part}]`);
      if (old && !old.contains(document.activeElement)) old.replaceWith(part);
    }
    wait = USUAL;
  } catch {
    wait = Math.min(2 * wait, SLOWEST);
  }
  const hidden = document.visibilityState === "visible" ? 1 : 5;
  setTimeout(look, wait * hidden * (1 + Math.random() / 4));
}

setTimeout(look, USUAL);
