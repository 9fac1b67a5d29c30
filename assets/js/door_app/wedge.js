// A hardware scanner types what it reads and ends with Enter. Where no field has the focus, nobody else types.
const PAUSE = 1000; // ms after which another reading begins
const SHORTEST = 6;

export function listenToScanner(onRead) {
  let text = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
    const now = performance.now();
    if (now - last > PAUSE) text = "";
    last = now;
    if (event.key === "Enter" && text.length >= SHORTEST) {
      event.preventDefault();
      onRead(text);
      text = "";
    } else if (event.key.length === 1) {
      text += event.key;
    }
  });
}
