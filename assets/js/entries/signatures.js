// Typing through a signature sheet: a number or the first letters, Enter, the next. Each line goes to the server at once,
// one after the other; what a broken line keeps here is sent again. Without this script the boxes are ticked and saved.
const panel = document.querySelector("[data-typing]");
const form = document.querySelector("[data-lines]");

const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function linesOf(root) {
  return [...root.querySelectorAll("input[name=line]")].map((box) => {
    const name = box.closest("label").querySelector("[data-name]").textContent;
    return { box, name, number: box.value, folded: fold(name) };
  });
}

/** Return the lines that what was typed can mean: one number, or every name of which the words begin so. */
export function meant(lines, typed) {
  const text = fold(typed);
  if (!text) return [];
  if (/^\d+$/.test(text)) return lines.filter(({ number }) => number === String(Number(text)));
  const begin = lines.filter(({ folded }) => folded.startsWith(text));
  if (begin.length > 0) return begin;
  const words = text.split(" ");
  return lines.filter(({ folded }) => words.every((word) => ` ${folded}`.includes(` ${word}`)));
}

function start() {
  const lines = linesOf(form);
  const entry = panel.querySelector("#entry");
  const [guess, last, unsaved] = ["guess", "last", "unsaved"].map((name) => panel.querySelector(`[data-${name}]`));
  const counter = document.querySelector("[data-signed]");
  const waiting = [];
  const done = [];
  let sending = false;

  const say = (pattern, line = {}) => {
    last.textContent = pattern.replace("{line}", line.number).replace("{name}", line.name);
  };
  const count = () => {
    const signed = lines.filter(({ box }) => box.checked).length;
    counter.textContent = counter.dataset.text.replace("{signed}", signed).replace("{all}", counter.dataset.all);
  };
  const tellUnsaved = (isBroken) => {
    unsaved.hidden = !isBroken;
    unsaved.textContent = panel.dataset.waiting.replace("{count}", waiting.length);
  };

  async function send() {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) {
      const body = new URLSearchParams({ ...waiting[0], csrf_token: panel.dataset.token });
      const answer = await fetch(panel.dataset.typing, { method: "POST", body }).catch(() => null);
      if (!answer || answer.status >= 500) {
        tellUnsaved(true);
        setTimeout(() => { sending = false; send(); }, 3000);
        return;
      }
      // Signed out, or the sheet is another's: the page loaded anew says so.
      if (!answer.ok || answer.redirected) return void window.location.reload();
      waiting.shift();
    }
    tellUnsaved(false);
    sending = false;
  }

  const write = (line, signed) => {
    line.box.checked = signed;
    line.box.closest("li").classList.toggle("fresh", signed);
    line.box.scrollIntoView({ block: "nearest" });
    waiting.push({ line: line.number, signed: signed ? "yes" : "no" });
    count();
    send();
  };
  const undo = () => {
    const line = done.pop();
    if (!line) return say(panel.dataset.nothing);
    write(line, false);
    say(panel.dataset.undone, line);
    entry.focus();
  };
  const take = () => {
    if (entry.value.trim() === "-") {
      entry.value = "";
      return undo();
    }
    const found = meant(lines, entry.value);
    if (found.length !== 1) return say(found.length ? panel.dataset.many : panel.dataset.none);
    const [line] = found;
    entry.value = "";
    guess.textContent = "";
    if (line.box.checked) return say(panel.dataset.again, line);
    done.push(line);
    write(line, true);
    say(panel.dataset.done, line);
  };

  panel.querySelector("[data-entry]").addEventListener("submit", (event) => { event.preventDefault(); take(); });
  panel.querySelector("[data-undo]").addEventListener("click", undo);
  entry.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || entry.value) return;
    event.preventDefault();
    undo();
  });
  entry.addEventListener("input", () => {
    const found = meant(lines, entry.value);
    const shown = found.slice(0, 3).map(({ number, name }) => `${number}. ${name}`);
    guess.textContent = shown.join(" · ") + (found.length > 3 ? " …" : "");
  });
  for (const line of lines) line.box.addEventListener("change", () => write(line, line.box.checked));
  window.addEventListener("beforeunload", (event) => { if (waiting.length > 0) event.preventDefault(); });
  form.querySelector("[data-save]").hidden = true;
  panel.hidden = false;
  entry.focus();
}

if (panel && form) start();
