// A stream (HLS) in our own player: by the browser itself where it can, else by hls.js, which only this page loads.
// While nothing arrives the page says so, opens the other ways to follow, and keeps trying.
import Hls from "hls.js";

const video = document.querySelector("[data-stream]");
const failed = document.querySelector("[data-stream-failed]");
const weak = document.querySelector("[data-weak-line]");
const PATIENCE = 8000; // milliseconds without a picture before other ways are offered
const AGAIN = 5000;
let stalled;

function offerOthers() {
  if (weak) weak.open = true;
}

function onWaiting() {
  clearTimeout(stalled);
  stalled = setTimeout(offerOthers, PATIENCE);
}

function onPlaying() {
  clearTimeout(stalled);
  failed.hidden = true;
}

function onFailed() {
  failed.hidden = false;
  offerOthers();
}

function start() {
  if (!Hls.isSupported()) {
    video.src = video.dataset.stream;
    video.addEventListener("error", onFailed);
    return;
  }
  // Without a worker of its own: the page's policy admits no script from a blob.
  const hls = new Hls({ enableWorker: false });
  hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return;
    onFailed();
    if (type === Hls.ErrorTypes.MEDIA_ERROR) return void hls.recoverMediaError();
    setTimeout(() => hls.loadSource(video.dataset.stream), AGAIN + Math.random() * AGAIN);
  });
  hls.loadSource(video.dataset.stream);
  hls.attachMedia(video);
}

for (const name of ["waiting", "stalled"]) video.addEventListener(name, onWaiting);
video.addEventListener("playing", onPlaying);
onWaiting();
start();
