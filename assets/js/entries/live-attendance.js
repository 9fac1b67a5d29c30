// Loads the live page anew every half minute while it is looked at. Without this the page has a link that does so.
const PAUSE = 30_000;

async function renew() {
  const shown = document.querySelector("#live");
  if (document.hidden || shown.contains(document.activeElement) || shown.querySelector("details[open]")) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live");
  if (fresh) shown.replaceWith(fresh);
}

setInterval(() => renew().catch(() => {}), PAUSE);
