// The screen of a room: asks for the next code when the present one has run out, all day long. Without this script the
// page loads itself anew. A code that could not be renewed is greyed, since nobody could use it.
const { body } = document;
const part = (name) => document.querySelector(`[data-${name}]`);
const [open, closed, title, code, next, offline] = ["open", "closed", "title", "code", "next", "offline"].map(part);
const drawing = open.querySelector("svg");
const bar = open.querySelector("progress");
let runsOut = Date.now() + Number(body.dataset.left) * 1000;
let broken = 0;

function show(state) {
  open.hidden = !state.code;
  closed.hidden = Boolean(state.code);
  title.textContent = state.title;
  code.textContent = state.code;
  drawing.setAttribute("viewBox", `0 0 ${state.side || 1} ${state.side || 1}`);
  drawing.querySelector("path").setAttribute("d", state.path);
  next.hidden = !state.next;
  next.textContent = next.dataset.text.replace("{title}", state.next).replace("{time}", state.next_at);
}

async function renew() {
  try {
    const answer = await fetch(body.dataset.screen, { cache: "no-store" });
    if (answer.status === 404) return void window.location.reload(); // the address was changed or closed
    if (!answer.ok) throw new Error(answer.statusText);
    const state = await answer.json();
    show(state);
    runsOut = Date.now() + state.left * 1000;
    broken = 0;
  } catch {
    broken += 1;
    runsOut = Date.now() + 3000;
  }
  offline.hidden = broken === 0;
  body.classList.toggle("is-offline", broken > 0);
}

let renewing = false;
setInterval(async () => {
  const left = Math.ceil((runsOut - Date.now()) / 1000);
  if (broken === 0) bar.value = Math.max(0, left);
  if (left > 0 || renewing) return;
  renewing = true;
  await renew();
  renewing = false;
}, 250);

// A projector's computer must not fall asleep.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") stayAwake(); });
stayAwake();
