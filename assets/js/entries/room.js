// The room's page: before it opens it counts down, and while it is open it says once a minute that it is in sight.
// Without this script one loads the page again, and presses a button.
const waiting = document.querySelector("[data-opens]");
const room = document.querySelector("[data-room]");
const shown = room?.querySelector("[data-minutes]");
const bar = room?.querySelector("[data-progress]");

// A device of its own for each tab, so that the server can unite what two of them saw.
function device() {
  const kept = sessionStorage.getItem("device");
  if (kept) return kept;
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0"));
  sessionStorage.setItem("device", bytes.join(""));
  return bytes.join("");
}

const check = room?.querySelector("[data-check]");
const checkSaid = room?.querySelector("[data-check-said]");

// Now and then, where the room wants it: whoever does not press within two minutes counts no more until they do.
function ask(asked) {
  if (!check || check.hidden === !asked) return;
  check.hidden = !asked;
  checkSaid.textContent = asked ? checkSaid.dataset.text : "";
}

let last = 0;

async function beat(more = {}) {
  if (document.visibilityState !== "visible") return;
  last = Date.now();
  const body = new URLSearchParams({ device: device(), ...more });
  const answer = await fetch(room.dataset.room, { method: "POST", body });
  if (!answer.ok) return;
  const { minutes, of, open, asked } = await answer.json();
  ask(asked);
  if (shown) shown.textContent = shown.dataset.text.replace("{attended}", minutes).replace("{minutes}", of);
  if (bar) bar.value = minutes;
  // The session is over: the page loaded anew says what was attended, and what comes next.
  if (!open) window.location.reload();
}

function keepBeating() {
  const every = Number(room.dataset.every) * 1000;
  const quietly = () => beat().catch(() => {}); // a lost beat is forgiven by the server
  room.querySelector("[data-by-hand]")?.setAttribute("hidden", "");
  quietly();
  check?.querySelector("button").addEventListener("click", () => beat({ here: "1" }).catch(() => {}));
  setInterval(quietly, every);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last > every / 2) quietly();
  });
}

function countDown() {
  // Counted from the page's arrival: a visitor's clock may be wrong by an hour.
  const opens = Date.now() + Number(waiting.dataset.opens) * 1000;
  const text = waiting.querySelector("[data-countdown]");
  const tick = () => {
    const seconds = Math.ceil((opens - Date.now()) / 1000);
    if (seconds <= 0) {
      clearInterval(timer);
      // Not everybody in the same second.
      setTimeout(() => window.location.reload(), 1000 + Math.random() * 9000);
      return;
    }
    if (seconds > 24 * 3600) return;
    const values = { h: Math.floor(seconds / 3600), m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
    const pattern = values.h ? text.dataset.hours : text.dataset.minutes;
    text.textContent = pattern.replace(/\{(\w)\}/g, (_all, unit) => values[unit]);
    text.hidden = false;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

if (room) keepBeating();
if (waiting) countDown();
