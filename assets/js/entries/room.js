// Says once a minute that this page is open and in sight. Without it a button does the same.
const room = document.querySelector("[data-room]");
const shown = room?.querySelector("[data-minutes]");
const bar = room?.querySelector("[data-progress]");

// A device of its own for each tab, so that the server can unite what two of them saw.
function device() {
  const kept = sessionStorage.getItem("device");
  if (kept) return kept;
  const fresh = crypto.getRandomValues(new Uint8Array(12)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
  sessionStorage.setItem("device", fresh);
  return fresh;
}

let timer = 0;
let last = 0;

async function beat() {
  if (document.visibilityState !== "visible") return;
  last = Date.now();
  const answer = await fetch(room.dataset.room, { method: "POST", body: new URLSearchParams({ device: device() }) });
  if (!answer.ok) return;
  const { minutes, of, open } = await answer.json();
  if (shown) shown.textContent = shown.dataset.text.replace("{attended}", minutes).replace("{minutes}", of);
  if (bar) bar.value = minutes;
  if (!open) clearInterval(timer);
}

if (room) {
  const every = Number(room.dataset.every) * 1000;
  const quietly = () => beat().catch(() => {}); // a lost beat is forgiven by the server
  room.querySelector("[data-by-hand]")?.setAttribute("hidden", "");
  quietly();
  timer = setInterval(quietly, every);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last > every / 2) quietly();
  });
}
