// What everybody sees: one stream with a place for each of those who speak. A place shows itself while something
// arrives in it, and hides when nothing does, so that nobody has to ask who is on stage.
import { connection, Line, passFrom } from "./line.js";

const LOOK = 1000; // milliseconds
const QUIET = 4; // looks without anything new until a place is empty
const SOONEST = 2000;
const SLOWEST = 30000;
const FREEZES = 3; // of pictures within a minute: then sound alone is offered
const MINUTE = 60; // looks

export class Watcher {
  #line;
  #peer;
  #timers = [];
  #wait = SOONEST;
  #stopped = true;
  #parts = [];
  #picture = true;
  #turn = 0;
  #looks = 0;
  #before = 0; // freezes until a minute ago

  /** `places` are the page's figures, one for each slot; `say` shows a state; `skip` is one's own place. */
  constructor({ address, places, say, skip }) {
    Object.assign(this, { address, places, say, skip });
  }

  async start(given) {
    if (this.#stopped) for (const kind of ["click", "keydown"]) document.addEventListener(kind, this.#play);
    this.#stopped = false;
    this.#turn += 1;
    const turn = this.#turn; // what belongs to an earlier one says nothing any more
    const retry = (error) => {
      if (turn === this.#turn) this.#retry(error);
    };
    try {
      const pass = given ?? (await passFrom(this.address));
      if (turn !== this.#turn || this.#stopped) return;
      await this.#connect(pass, retry);
      this.#wait = SOONEST;
    } catch (error) {
      retry(error);
    }
  }

  stop() {
    this.#stopped = true;
    for (const kind of ["click", "keydown"]) document.removeEventListener(kind, this.#play);
    this.#end();
  }

  /** Watch with pictures, or listen alone: a tenth of what a weak line must carry. */
  async show(picture) {
    this.#picture = picture;
    this.#end();
    await this.start();
  }

  async #connect(pass, retry) {
    this.#line = new Line(pass, retry);
    await this.#line.open();
    const handle = await this.#line.attach("janus.plugin.streaming", {
      onEvent: (told) => {
        if (told.hangup || told.result?.status === "stopped") retry();
      },
    });
    const chosen = this.places.map((_place, slot) => slot).filter((slot) => slot !== this.skip);
    const kinds = this.#picture ? ["audio", "video"] : ["audio"];
    this.#parts = chosen.flatMap((slot) => kinds.map((kind) => ({ kind, place: this.places[slot], mid: `${kind[0]}${slot}` })));
    const media = this.#parts.map(({ mid }) => mid);
    const { jsep } = await handle.say({ request: "watch", id: pass.room, pin: pass.pin, media });
    const peer = connection(handle, pass.ice);
    this.#peer = peer;
    for (const slot of chosen) this.places[slot].querySelector("video").srcObject = new MediaStream();
    // The stream's parts come in the order in which they were asked for.
    peer.ontrack = ({ track, transceiver }) => {
      const { place } = this.#parts[peer.getTransceivers().indexOf(transceiver)];
      place.querySelector("video").srcObject.addTrack(track);
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "failed") retry();
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
      if (error.again === false) this.#refuse(error);
    }
  }

  async #look() {
    const arrived = new Map(this.places.map((place) => [place, { audio: 0, video: 0 }]));
    const all = await Promise.all(this.#peer.getTransceivers().map(({ receiver }) => receiver.getStats()));
    let freezes = 0;
    for (const [index, stats] of all.entries()) {
      const { place, kind } = this.#parts[index];
      const one = [...stats.values()].find(({ type }) => type === "inbound-rtp");
      arrived.get(place)[kind] = (kind === "audio" ? one?.packetsReceived : one?.framesDecoded) ?? 0;
      freezes += one?.freezeCount ?? 0;
    }
    if (this.#looks % MINUTE === 0) this.#before = freezes;
    this.#looks += 1;
    let people = 0;
    for (const [place, { audio, video }] of arrived) {
      const hears = this.#moves(place, "heard", audio);
      const sees = this.#moves(place, "frames", video);
      place.hidden = !hears && !sees;
      place.classList.toggle("is-unseen", !sees);
      if (!place.hidden) people += 1;
    }
    const waits = this.#videos().some((video) => video.paused && !video.closest("[data-place]").hidden);
    const live = freezes - this.#before >= FREEZES ? "weak" : this.#picture ? "live" : "heard";
    this.say(waits ? "press" : people ? live : "waiting");
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
    this.#looks = 0;
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
    this.#timers.push(setTimeout(() => this.start(), this.#wait * (1 + Math.random() / 2)));
    this.#wait = Math.min(2 * this.#wait, SLOWEST);
  }
}
