// Solves the puzzle that a form asks for in a flood of robots (ALTCHA's protocol, SHA-256). It begins with the first
// letter typed, so that it is mostly done when the form is sent. Without it the form is confirmed by e-mail.
const form = document.querySelector("[data-puzzle]");
const STALE = 10 * 60_000;
const BATCH = 200;
const encoder = new TextEncoder();
let work = null;
let begun = 0;

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const hashed = async (text) => hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)));

async function search({ challenge, salt, maxNumber }) {
  for (let start = 0; start <= maxNumber; start += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, index) => start + index);
    const found = (await Promise.all(numbers.map((number) => hashed(salt + number)))).indexOf(challenge);
    if (found >= 0) return start + found;
  }
  throw new Error("no solution");
}

async function solve() {
  const answer = await fetch(form.dataset.puzzle, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  const { algorithm, challenge, salt, signature, maxNumber } = await answer.json();
  const number = await search({ challenge, salt, maxNumber });
  form.elements.altcha.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}

function begin() {
  if (work && Date.now() - begun < STALE) return work;
  begun = Date.now();
  work = solve().catch(() => {});
  return work;
}

if (form && globalThis.crypto?.subtle) {
  form.addEventListener("input", begin, { once: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    button.textContent = form.dataset.wait;
    await begin();
    form.submit();
  });
}
