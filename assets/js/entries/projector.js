// A room on the wall, kept up to date by the same piece of page for everybody. Without this script it loads itself anew.
const { body } = document;
const shown = document.querySelector("[data-shown]");
const offline = document.querySelector("[data-offline]");
const USUAL = 2500; // milliseconds
const SLOWEST = 30000;
let wait = USUAL;
let etag = "";

async function look() {
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(body.dataset.projector, { headers, cache: "no-store" });
    if (answer.status === 200) {
      etag = answer.headers.get("ETag") ?? "";
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...fresh.body.childNodes);
    } else if (answer.status !== 304) throw new Error(answer.statusText);
    wait = USUAL;
    offline.hidden = true;
  } catch {
    wait = Math.min(2 * wait, SLOWEST);
    offline.hidden = false;
  }
  setTimeout(look, wait * (1 + Math.random() / 4));
}

// A projector's computer must not fall asleep.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") stayAwake(); });
stayAwake();
setTimeout(look, USUAL);
