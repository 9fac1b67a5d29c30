// The door's page: camera, typed code and search all end in one reading and one answer.
import { AnswerCard } from "../door/answer.js";
import { Camera } from "../door/camera.js";
import { isPass, LENGTH, normalise } from "../door/codes.js";
import { Link } from "../door/link.js";
import { Search } from "../door/search.js";
import { say, wakeSound } from "../door/sound.js";

const config = JSON.parse(document.getElementById("door-config").textContent);
const { texts } = config;
const byId = (id) => document.getElementById(id);
const card = new AnswerCard(byId("door-answer"));
const figures = new Intl.NumberFormat("en");
let shown = ""; // the nonce of the reading whose answer stands on the card

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const thin = (number) => figures.format(number).replaceAll(",", "\u202f");

function showState(state, waiting) {
  const line = byId("door-line");
  const words = { online: texts.online, offline: texts.offline, "signed-out": texts.signedOut }[state];
  line.dataset.state = state;
  line.textContent = waiting ? `${words} · ${filled(texts.waiting, { n: waiting })}` : words;
  if (state === "signed-out") {
    const link = document.createElement("a");
    link.href = config.signIn;
    link.textContent = texts.signIn;
    line.append(" · ", link);
  }
}

let registered = byId("door-count").dataset.registered;
function showCount(counter) {
  registered = counter.registered ?? registered;
  const [before, after] = filled(texts.inside, { inside: "\n", registered: thin(Number(registered)) }).split("\n");
  const number = document.createElement("strong");
  number.textContent = thin(counter.inside);
  byId("door-count").replaceChildren(before, number, after);
}

function showLate(names) {
  const note = byId("door-late");
  note.textContent = filled(texts.refusedLate, { names: names.join(", ") });
  note.hidden = false;
  say("no");
}

/** What was saved is sent: where it still stands on the card, the server's answer takes its place. */
function showSent({ nonce }, answer) {
  showCount(answer);
  if (nonce === shown) say(card.show(answer));
}

/** Whoever may let people in against the rules can do so for the one who was just refused. */
function offerException(code, answer) {
  const form = byId("door-force");
  if (!form) return;
  form.hidden = !answer.may_be_forced;
  byId("force-code").value = code;
}

const link = new Link(config, { onState: showState, onCount: showCount, onSent: showSent, onLate: showLate });

function reading(code, source) {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return { code, source, day: config.day, nonce: nonce.join(""), scanned_at: new Date().toISOString() };
}

function saved(code, wasKept) {
  return { result: "saved", name: code, word: wasKept ? texts.savedAlready : texts.saved, detail: texts.savedDetail };
}

async function read(code, source) {
  const wasKept = link.queue.has(code, config.day);
  const present = reading(code, source);
  shown = present.nonce;
  card.show({ result: "checking", word: texts.checking });
  let answer;
  try {
    answer = (await link.read(present)) ?? saved(code, wasKept);
  } catch {
    answer = { result: "failed", word: texts.failed };
  }
  if (answer.inside !== undefined) showCount(answer);
  offerException(code, answer);
  // A slow answer must not stand over that to a later reading.
  if (shown === present.nonce) say(card.show(answer));
}

function typedProblem(code) {
  if (code.length !== LENGTH) return filled(texts.shortCode, { n: code.length });
  return isPass(code) ? "" : texts.wrongCode;
}

function listenToCode() {
  const form = byId("door-code");
  const input = byId("code");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    wakeSound();
    if (input.value.trimStart().startsWith("T1:")) {
      read(input.value.trim(), "camera"); // a scanner that types what it reads
      input.value = "";
      return;
    }
    const code = normalise(input.value);
    const problem = typedProblem(code);
    byId("code-error").textContent = problem;
    input.toggleAttribute("aria-invalid", false);
    if (problem) {
      input.setAttribute("aria-invalid", "true");
      say("no");
    } else {
      read(code, "typed");
      input.value = "";
    }
    input.focus();
  });
}

function listenToTools() {
  const panels = [...byId("door-tools").querySelectorAll("[aria-controls]")];
  const open = (chosen) => {
    for (const tool of panels) {
      const isOpen = tool === chosen && tool.getAttribute("aria-expanded") === "false";
      tool.setAttribute("aria-expanded", String(isOpen));
      byId(tool.getAttribute("aria-controls")).hidden = !isOpen;
      if (isOpen) byId(tool.getAttribute("aria-controls")).querySelector("input:not([type=hidden])").focus();
    }
  };
  for (const tool of panels) tool.addEventListener("click", () => open(tool));
  open();
  byId("door-tools").hidden = false;
}

function listenToCamera() {
  const camera = new Camera(byId("door-video"), config, (text) => read(text, "camera"));
  const start = byId("door-start");
  const light = byId("door-light");
  const begin = async () => {
    start.hidden = true;
    byId("door-camera-error").textContent = "";
    try {
      await camera.start();
      light.hidden = !camera.hasLight;
      await navigator.wakeLock?.request("screen").catch(() => {});
    } catch {
      start.hidden = false;
      byId("door-camera-error").textContent = texts.noCamera;
    }
  };
  start.addEventListener("click", begin);
  light.addEventListener("click", () => {
    const on = light.getAttribute("aria-pressed") === "false";
    light.setAttribute("aria-pressed", String(on));
    camera.light(on).catch(() => {});
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) camera.stop();
    else if (start.hidden) begin();
  });
  byId("door-camera").hidden = false;
  navigator.permissions?.query({ name: "camera" }).then(({ state }) => state === "granted" && begin()).catch(() => {});
}

document.addEventListener("pointerdown", wakeSound);
const search = new Search(byId("door-search"), link, texts, (code) => {
  wakeSound();
  search.clear();
  read(code, "search");
});
listenToCode();
listenToTools();
listenToCamera();
link.begin();
