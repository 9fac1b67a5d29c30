// The room of this server, for those who watch. It begins when it is pressed: then browsers let it be heard.
import { Watcher } from "../own_room/watch.js";

const room = document.querySelector("[data-own-room]");
const state = room.querySelector("[data-state]");
const door = room.querySelector("[data-watch]");
const button = door.querySelector("button");
const stopButton = room.querySelector("[data-stop]");
const soundButton = room.querySelector("[data-sound-alone]");
const weak = document.querySelector("[data-weak-line]");

function say(name, words = "") {
  const text = words || room.dataset[name];
  room.classList.toggle("is-live", ["live", "weak", "heard"].includes(name));
  if (state.textContent !== text) state.textContent = text;
  if (["lost", "refused", "weak"].includes(name) && weak) weak.open = true;
  if (name === "refused") show(false);
}

function show(on) {
  door.hidden = on;
  stopButton.hidden = !on;
  soundButton.hidden = !on;
}

const watcher = new Watcher({ address: room.dataset.ownRoom, places: [...room.querySelectorAll("[data-place]")], say });
door.hidden = false;
button.addEventListener("click", () => {
  show(true);
  say("opening");
  watcher.start();
  stopButton.focus();
});
let picture = true;
soundButton.addEventListener("click", () => {
  picture = !picture;
  soundButton.textContent = picture ? soundButton.dataset.off : soundButton.dataset.on;
  say("opening");
  watcher.show(picture);
});
stopButton.addEventListener("click", () => {
  watcher.stop();
  show(false);
  say("stopped");
  button.focus();
});
