// The door that needs no signal. Camera, scanner, typed code and search end in one reading and one answer, which the
// device gives by itself; the server hears of it as soon as there is a line.
import { AnswerCard } from "../door/answer.js";
import { Camera } from "../door/camera.js";
import { isPass, LENGTH, normalise } from "../door/codes.js";
import { Search } from "../door/search.js";
import { say, wakeSound } from "../door/sound.js";
import { Book } from "../door_app/book.js";
import { Exceptions } from "../door_app/exceptions.js";
import { ask, Line, Refused } from "../door_app/line.js";
import { isToken } from "../door_app/pass.js";
import { Reader } from "../door_app/reading.js";
import { Settings } from "../door_app/settings.js";
import { Vault } from "../door_app/vault.js";
import { listenToScanner } from "../door_app/wedge.js";
import { byId, Words } from "../door_app/words.js";

const config = JSON.parse(byId("door-config").textContent);
const words = new Words(config.texts);
const settings = new Settings();
let book, line, reader, camera, search, exceptions;
let shown; // the number of the scan whose answer stands on the card
const card = new AnswerCard(byId("door-answer"));

const only = (name) => {
  for (const part of ["door-unpaired", "door", "door-elsewhere"]) byId(part).hidden = part !== name;
};

function showState(state) {
  const element = byId("door-line");
  element.dataset.state = { online: "online", checking: "" }[state] ?? "offline";
  element.textContent = words.state(state);
}

function showFigures() {
  const { state, people } = book;
  const zone = book.pairing.event.timezone;
  byId("door-synced").textContent = state.lastSync ? words.time(state.lastSync, zone) : "–";
  byId("door-waiting").textContent = words.number(book.toSend.length);
  const { served } = settings;
  const inside = served ? book.inside(served) : 0;
  byId("door-inside").textContent = served?.checkpoint
    ? words.number(inside)
    : words.inside(inside, state.registered ?? people.size);
  byId("door-people").textContent = words.fill("people", { n: words.number(people.size) });
  const aside = book.aside;
  byId("door-aside").hidden = !aside.length;
  byId("door-aside").textContent = aside.length ? words.fill("aside", { n: aside.length, why: aside[0].aside }) : "";
}

function showPairing() {
  const { device, event } = book.pairing;
  byId("door-title").textContent = device.name;
  byId("door-event").textContent = event.title;
  const today = words.today(book.now(), event.timezone);
  settings.offer(book.pairing, today);
  const { label = "", leads = "", date } = settings.served ?? {};
  const shown = settings.places.length > 1 ? [leads] : [label, leads]; // the list of doors shows its own choice
  byId("door-day").textContent = settings.served ? shown.filter(Boolean).join(" · ") : words.texts.nothing;
  byId("door-other-day").hidden = !date || date === today;
  byId("door-other-day").textContent = words.fill("otherDay", { day: label });
}

async function refresh() {
  if (!book.pairing) return showUnpaired();
  if (book.isOver && book.people.size) await book.close();
  only("door");
  showPairing();
  return showFigures();
}

function showUnpaired(note = "") {
  exceptions.withdraw();
  only("door-unpaired");
  byId("pair-note").textContent = note;
  byId("door-title").textContent = words.texts.door;
  byId("door-line").textContent = "";
}

async function pair(token) {
  byId("pair-note").textContent = words.texts.pairing;
  try {
    const answer = await ask(config.pair, { token });
    await book.pair(answer);
    await navigator.storage?.persist?.().catch(() => {});
    line.measured = undefined;
    await refresh();
    await line.sync();
  } catch (error) {
    const note = error instanceof Refused ? error.message : words.texts.pairOffline;
    if (book.pairing) showLate(note);
    else showUnpaired(note);
  }
}

const tokenIn = (text) => /\/puerta\/?#([A-Za-z0-9_-]{32})$/.exec(text.trim())?.[1];

/** Read a pass, keep the scan, answer. The answer waits for nobody but this device. */
async function read(text, source) {
  const token = tokenIn(text);
  if (token && !book.pairing) return pair(token);
  // Before the whole list is here, nobody can be told anything.
  if (!book.pairing || !book.state.isLoaded || !settings.served) return undefined;
  performance.mark("door-read");
  const answer = await reader.answer(text, settings.served);
  await keep(text, source, answer);
  performance.measure("door-answer", "door-read");
  const isRefused = !["admitted", "already"].includes(answer.result);
  if (isRefused && answer.person) exceptions.offer(text, source);
  else exceptions.withdraw();
  return answer;
}

/** Keep what was answered, show it, and let the server hear of it. */
async function keep(text, source, answer) {
  const scan = await book.record({ code: reader.kept(text), ...settings.served, source, ...answer });
  shown = scan.nonce;
  say(card.show(words.answer(answer, book.pairing.event.timezone)));
  showFigures();
  line.soon();
}

/** Let in, for a reason, whom the rules refused. */
async function force(text, source, reason) {
  const { person } = await reader.answer(text, settings.served);
  if (person) await keep(text, source, { result: "forced", direction: "in", reason, person });
}

/** Two devices without a line may let in one pass; whoever hears of it last tells the staff. */
function showDiffering(differing) {
  const names = differing.map(({ scan }) => book.people.byId.get(scan.person)?.name ?? scan.code);
  showLate(words.fill("differing", { names: names.join(", ") }));
  say("no");
  const own = differing.find(({ scan }) => scan.nonce === shown);
  if (!own) return;
  const { scan, result } = own;
  const person = book.people.byId.get(scan.person);
  const { firstAt, direction } = scan;
  card.show(words.answer({ result, direction, person, firstAt }, book.pairing.event.timezone));
}

function showRevoked() {
  camera.stop();
  card.show({ result: "idle", word: words.texts.ready });
  showUnpaired(words.texts.revoked);
}

function typedProblem(code) {
  if (code.length !== LENGTH) return words.fill("shortCode", { n: code.length });
  return isPass(code) ? "" : words.texts.wrongCode;
}

function listenToCode() {
  const input = byId("code");
  byId("door-code").addEventListener("submit", (event) => {
    event.preventDefault();
    wakeSound();
    const text = input.value.trim();
    const code = isToken(text) ? text : normalise(text);
    const problem = isToken(text) ? "" : typedProblem(code);
    byId("code-error").textContent = problem;
    input.setAttribute("aria-invalid", String(Boolean(problem)));
    if (problem) say("no");
    else {
      read(code, "typed");
      input.value = "";
    }
    input.focus();
  });
  byId("pair-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = tokenIn(byId("pair-address").value);
    if (token) pair(token);
    else byId("pair-note").textContent = words.texts.wrongAddress;
  });
}

function listenToTools() {
  const panels = [...byId("door-tools").querySelectorAll("[aria-controls]")];
  const open = (chosen) => {
    for (const tool of panels) {
      const panel = byId(tool.getAttribute("aria-controls"));
      const isOpen = tool === chosen && tool.getAttribute("aria-expanded") === "false";
      tool.setAttribute("aria-expanded", String(isOpen));
      panel.hidden = !isOpen;
      if (isOpen) panel.querySelector("input:not([type=hidden])").focus();
    }
  };
  for (const tool of panels) tool.addEventListener("click", () => open(tool));
  open();
  search = new Search(
    byId("door-search"),
    { search: async (text) => book.people.search(text).map((person) => words.found(person)) },
    words.texts,
    (code) => {
      wakeSound();
      search.clear();
      read(code, "search");
    },
  );
}

async function keepAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}

function listenToCamera(video, start, problem) {
  const light = byId("door-light");
  camera = new Camera(video, config, (text) => read(text, "camera"));
  camera.facing = settings.values.facing;
  const begin = async () => {
    start.hidden = true;
    problem.textContent = "";
    try {
      await camera.start();
      light.hidden = !camera.hasLight;
      await keepAwake();
    } catch {
      start.hidden = false;
      problem.textContent = words.texts.noCamera;
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
  navigator.permissions?.query({ name: "camera" }).then(({ state }) => state === "granted" && begin()).catch(() => {});
}

function listenToSettings() {
  settings.listen((name) => {
    if (name === "place") exceptions.withdraw();
    if (name === "facing") camera.turn(settings.values.facing).catch(() => {});
    if (book.pairing) refresh();
  });
  byId("door-sync").addEventListener("click", () => line.sync());
  byId("door-forget").addEventListener("click", async () => {
    if (book.waiting.size && !window.confirm(words.fill("forgetWaiting", { n: book.waiting.size }))) return;
    await book.wipe();
    showUnpaired();
  });
}

/** One page at a time works on the book: two would each know only its own scans. */
function alone(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("tinkuy-door", { ifAvailable: true }, (lock) => {
    if (!lock) return only("door-elsewhere");
    return work().then(() => new Promise(() => {}));
  });
}

async function begin() {
  book = new Book(await Vault.open());
  if (book.vault.isOpen) await book.load();
  reader = new Reader(book, config);
  line = new Line(book, config.sync, {
    onState: showState,
    onNews: refresh,
    onDiffering: showDiffering,
    onRevoked: showRevoked,
  });
  exceptions = new Exceptions(words.texts, () => book.pairing?.force, force);
  listenToCode();
  listenToTools();
  listenToCamera(byId("door-video"), byId("door-start"), byId("door-camera-error"));
  listenToSettings();
  listenToScanner((text) => read(text, "camera"));
  document.addEventListener("pointerdown", wakeSound);
  await refresh();
  line.begin();
  window.addEventListener("hashchange", pairByAddress);
  await pairByAddress();
}

/** Pair by the address that was opened, and take its secret out of sight. What is not sent yet goes before. */
async function pairByAddress() {
  const token = tokenIn(window.location.href);
  window.history.replaceState(null, "", window.location.pathname);
  if (token && book.waiting.size) showLate(words.fill("pairWaiting", { n: book.waiting.size }));
  else if (token) await pair(token);
}

function showLate(text) {
  byId("door-late").textContent = text;
  byId("door-late").hidden = false;
}

navigator.serviceWorker?.register(config.worker, { scope: "/puerta/" });
alone(begin);
