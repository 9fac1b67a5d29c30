// The room of this server, for those who speak: look at oneself, go on air, be silent, show the screen, leave.
import { passFrom } from "../own_room/line.js";
import { devices, Publisher } from "../own_room/publish.js";
import { canRecord, Recorder } from "../own_room/record.js";
import { Watcher } from "../own_room/watch.js";

const room = document.querySelector("[data-own-stage]");
const state = room.querySelector("[data-state]");
const self = room.querySelector("[data-self]");
const buttons = Object.fromEntries([...room.querySelectorAll("[data-do]")].map((one) => [one.dataset.do, one]));
const places = [...room.querySelectorAll("[data-place]")];
let stream;
let screen;
let watcher;
let recorder;
let isOnAir = false;
let isJoining = false;
let tries = 0; // to come back after the line broke
const MOST_TRIES = 6;
const PAUSE = 2000; // milliseconds, longer each time

function say(name, words = "") {
  state.textContent = words || room.dataset[name];
  room.classList.toggle("is-live", isOnAir);
}

function label(name, isOn) {
  buttons[name].textContent = isOn ? buttons[name].dataset.on : buttons[name].dataset.off;
}

function shown() {
  const camera = stream?.getVideoTracks()[0];
  return screen?.getVideoTracks()[0] ?? (camera?.enabled ? camera : null);
}

function draw() {
  const picture = shown();
  self.srcObject = picture ? new MediaStream([picture]) : null;
  self.closest("figure").hidden = !picture;
  const [sound] = stream?.getAudioTracks() ?? [];
  const [camera] = stream?.getVideoTracks() ?? [];
  buttons.prepare.hidden = Boolean(stream);
  buttons.air.hidden = !stream || isOnAir;
  buttons.leave.hidden = !stream;
  label("leave", isOnAir);
  buttons.sound.hidden = !sound;
  buttons.camera.hidden = !camera;
  buttons.screen.hidden = !isOnAir || !navigator.mediaDevices?.getDisplayMedia;
  if (sound) label("sound", !sound.enabled);
  if (camera) label("camera", !camera.enabled);
  label("screen", Boolean(screen));
  if (buttons.record) {
    buttons.record.hidden = !canRecord || !(stream || recorder);
    label("record", Boolean(recorder));
  }
}

const publisher = new Publisher({
  address: room.dataset.ownStage,
  onAir: room.dataset.onAir,
  say,
  onEnd: (why, words) => {
    isOnAir = false;
    endScreen();
    if (["removed", "refused", "elsewhere"].includes(why)) endWatching();
    draw();
    if (why === "lost") comeBack();
    else say(why, words);
  },
});

function explain(error) {
  const known = { NotAllowedError: "denied", NotFoundError: "nothing", NotReadableError: "busy" };
  if (known[error.name]) say(known[error.name]);
  else if (error.message && "again" in error) say("refused", error.message);
  else say("failed");
}

async function prepare() {
  say("asking");
  stream = await devices();
  say(stream.getVideoTracks().length ? "ready" : "unseen");
  draw();
  buttons.air.focus();
  // Whoever waits to speak hears the others meanwhile; without them all else goes on.
  const pass = await passFrom(room.dataset.ownStage);
  watcher = new Watcher({ address: room.dataset.ownStage, places, say: () => {}, skip: pass.slot });
  watcher.start(pass);
}

function endWatching() {
  watcher?.stop();
  watcher = undefined;
}

/** Whoever was on air when the line broke comes back without pressing, unless they switch everything off meanwhile. */
function comeBack() {
  if (tries >= MOST_TRIES || !stream) return void say("gone");
  say("lost");
  tries += 1;
  setTimeout(() => {
    if (stream && !isOnAir) goOnAir().catch((error) => (error.again === false ? explain(error) : comeBack()));
  }, PAUSE * tries);
}

async function goOnAir() {
  if (isJoining) return;
  isJoining = true;
  say("opening");
  try {
    const pass = await passFrom(room.dataset.ownStage, { joins: "1" });
    await publisher.start(pass, stream.getAudioTracks()[0], shown());
  } catch (error) {
    publisher.drop();
    throw error;
  } finally {
    isJoining = false;
  }
  isOnAir = true;
  tries = 0;
  draw();
  say("onair");
}

function leave() {
  if (isOnAir) {
    publisher.stop("left");
    buttons.air.focus();
    return;
  }
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  endWatching();
  draw();
  say("off");
  buttons.prepare.focus();
}

function endScreen() {
  for (const track of screen?.getTracks() ?? []) track.stop();
  screen = undefined;
}

async function toggleScreen() {
  if (screen) endScreen();
  else {
    screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 12 } } });
    screen.getVideoTracks()[0].addEventListener("ended", () => {
      screen = undefined;
      publisher.show(shown());
      draw();
    });
  }
  await publisher.show(shown());
  draw();
}

function toggle(kind) {
  const [track] = kind === "sound" ? stream.getAudioTracks() : stream.getVideoTracks();
  track.enabled = !track.enabled;
  // A camera that is off sends nothing, and no black picture either.
  if (kind === "camera") publisher.show(shown());
  draw();
  say(track.enabled ? `${kind}On` : `${kind}Off`);
}

const recorded = room.querySelector("[data-recorded]");

function tellLength(seconds) {
  recorded.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function record() {
  if (recorder) {
    const ended = recorder;
    recorder = undefined;
    await ended.save(room.dataset.recording);
    recorded.textContent = "";
    say("saved");
  } else {
    // Who is not on air is not recorded either.
    const figures = () => (isOnAir ? [self.closest("figure"), ...places] : places);
    recorder = new Recorder(figures, () => (isOnAir ? stream.getAudioTracks() : []), tellLength);
    say("records");
  }
  draw();
}

async function pressAir() {
  await goOnAir();
  buttons.sound.focus();
}

const acts = {
  prepare, air: pressAir, leave, screen: toggleScreen,
  sound: () => toggle("sound"), camera: () => toggle("camera"),
};
if (buttons.record) acts.record = record;
for (const [name, act] of Object.entries(acts)) {
  buttons[name].addEventListener("click", async () => {
    buttons[name].disabled = true;
    try {
      await act();
    } catch (error) {
      explain(error);
    }
    buttons[name].disabled = false;
  });
}

// What moderates others must not load the page anew: that would end what is sent from it.
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-order]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  const answer = await fetch(event.target.action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  const told = (await answer?.json().catch(() => null)) ?? { error: room.dataset.failed };
  const said = document.querySelector("[data-ordered]");
  said.textContent = told.error ?? said.dataset.done;
  if (!told.error && ["remove", "let_back"].includes(body.get("do"))) {
    event.target.closest("li").classList.toggle("is-removed", body.get("do") === "remove");
  }
});

// The questions are looked at again without leaving the air.
document.querySelector("[data-look-again]")?.addEventListener("click", async (event) => {
  event.preventDefault();
  const answer = await fetch(window.location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#asked ol, #asked .none");
  if (fresh) document.querySelector("#asked ol, #asked .none")?.replaceWith(fresh);
});

window.addEventListener("beforeunload", (event) => {
  if (isOnAir || recorder) event.preventDefault();
});
window.addEventListener("pagehide", () => publisher.stop("left"));

if (navigator.mediaDevices?.getUserMedia) draw();
else say("insecure");
