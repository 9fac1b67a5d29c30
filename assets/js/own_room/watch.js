// What everybody sees: one stream with a place for each of those who speak. A place shows itself while something
// arrives in it, and hides when nothing does, so that nobody has to ask who is on stage.
import { connection, Line, passFrom } from "./line.js";

const LOOK = 1000; // milliseconds
const QUIET = 4; // looks without anything new until a place is empty
const SOONEST = 2000;
const SLOWEST = 30000;

export class Watcher {
  #line;
  #peer;
  #timers = [];
  #wait = SOONEST;
  #stopped = true;

  /** `places` are the page's figures, one for each slot; `say` shows a state; `skip` is one's own place. */
  constructor({ address, places, say, skip }) {
    Object.assign(this, { address, places, say, skip });
  }

  async start(given) {
    if (this.#stopped) for (const kind of ["click", "keydown"]) document.addEventListener(kind, this.#play);
    this.#stopped = false;
    try {
      await this.#connect(given ?? (await passFrom(this.address)));
      this.#wait = SOONEST;
    } catch (error) {
      this.#retry(error);
    }
  }

  stop() {
    this.#stopped = true;
    for (const kind of ["click", "keydown"]) document.removeEventListener(kind, this.#play);
    this.#end();
  }

  async #connect(pass) {
    this.#line = new Line(pass, () => this.#retry());
    await this.#line.open();
    const handle = await this.#line.attach("janus.plugin.streaming", { onEvent: (told) => this.#hear(told) });
    const chosen = this.places.map((_place, slot) => slot).filter((slot) => slot !== this.skip);
    const media = chosen.flatMap((slot) => [`a${slot}`, `v${slot}`]);
    const { jsep } = await handle.say({ request: "watch", id: pass.room, pin: pass.pin, media });
    const peer = connection(handle, pass.ice);
    this.#peer = peer;
    for (const slot of chosen) this.places[slot].querySelector("video").srcObject = new MediaStream();
    // The stream's parts come in the order in which they were chosen, sound before picture.
    peer.ontrack = ({ track, transceiver }) => {
      const index = peer.getTransceivers().indexOf(transceiver);
      const place = this.places[chosen[index >> 1]];
      place.dataset[track.kind] = transceiver.mid;
      place.querySelector("video").srcObject.addTrack(track);
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "failed") this.#retry();
    };
    await peer.setRemoteDescription(jsep);
    const answer = await peer.createAnswer();
    await peer.setLocalDescription(answer);
    await handle.say({ request: "start" }, peer.localDescription);
    this.#play();
    this.say("waiting");
    this.#timers.push(setInterval(() => this.#look().catch(() => {}), LOOK));
    this.#timers.push(setInterval(() => this.#renew(), pass.renew * 1000));
  }

  async #renew() {
    try {
      this.#line.pass = { ...this.#line.pass, ...(await passFrom(this.address)) };
    } catch (error) {
      if (!error.again) this.#refuse(error);
    }
  }

  #hear(told) {
    if (told.hangup || told.result?.status === "stopped") this.#retry();
  }

  async #look() {
    const parts = new Map();
    for (const one of (await this.#peer.getStats()).values()) {
      if (one.type === "inbound-rtp") parts.set(one.mid, one);
    }
    let people = 0;
    for (const place of this.places) {
      const sound = parts.get(place.dataset.audio)?.packetsReceived ?? 0;
      const picture = parts.get(place.dataset.video)?.framesDecoded ?? 0;
      const hears = this.#moves(place, "heard", sound);
      const sees = this.#moves(place, "frames", picture);
      place.hidden = !hears && !sees;
      place.classList.toggle("is-unseen", !sees);
      if (!place.hidden) people += 1;
    }
    const waits = this.#videos().some((video) => video.paused && !video.closest("[data-place]").hidden);
    this.say(waits ? "press" : people ? "live" : "waiting");
  }

  #videos() {
    return this.places.map((place) => place.querySelector("video")).filter((video) => video.srcObject);
  }

  /** Browsers let a page be heard once somebody has pressed on it; `say("press")` asks for that. */
  #play = () => {
    for (const video of this.#videos()) if (video.paused) video.play().catch(() => {});
  };

  /** Return whether a number that counts up has done so lately. */
  #moves(place, name, number) {
    const same = number === Number(place.dataset[name] ?? 0) ? Number(place.dataset[`${name}Same`] ?? QUIET) + 1 : 0;
    place.dataset[name] = number;
    place.dataset[`${name}Same`] = same;
    return same < QUIET;
  }

  #end() {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#peer?.close();
    this.#line?.close();
    for (const place of this.places) {
      place.hidden = true;
      for (const name of ["frames", "framesSame", "heard", "heardSame"]) delete place.dataset[name];
    }
  }

  #refuse(error) {
    this.stop();
    this.say("refused", error.message);
  }

  #retry(error) {
    if (this.#stopped) return;
    if (error && error.again === false) return void this.#refuse(error);
    this.#end();
    this.say("lost");
    setTimeout(() => {
      if (!this.#stopped) this.start();
    }, this.#wait * (1 + Math.random() / 2));
    this.#wait = Math.min(2 * this.#wait, SLOWEST);
  }
}
