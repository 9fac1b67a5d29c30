// What somebody sends who speaks: sound and picture, the picture from the camera or of the screen.
import { connection, Line, passFrom } from "./line.js";

const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true };

/** Ask for microphone and camera; without a camera the microphone alone. */
export async function devices() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: SOUND, video: PICTURE });
  } catch (error) {
    if (!["NotFoundError", "NotReadableError", "OverconstrainedError"].includes(error.name)) throw error;
    return navigator.mediaDevices.getUserMedia({ audio: SOUND });
  }
}

export class Publisher {
  #line;
  #id;
  #isUp = false; // on air, and not sent off it
  #peer;
  #timer;

  /** `say` shows a state; `onEnd` is told when it is over, whoever ended it. */
  constructor({ address, onAir, say, onEnd }) {
    Object.assign(this, { address, onAir, say, onEnd });
  }

  async start(pass, sound, picture) {
    this.#line = new Line(pass, () => this.#lose());
    await this.#line.open();
    const handle = await this.#line.attach("janus.plugin.videoroom", { onEvent: (told) => this.#hear(told) });
    const { token, pin } = pass.stage;
    this.#id = pass.guest;
    await handle.say({ request: "join", ptype: "publisher", room: pass.room, id: pass.guest, display: pass.name, token, pin });
    const peer = connection(handle, pass.ice);
    this.#peer = peer;
    // Sound first, then the picture, there or not: so the server knows which is which.
    peer.addTransceiver(sound ?? "audio", { direction: "sendonly" });
    peer.addTransceiver(picture ?? "video", { direction: "sendonly" });
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "failed") this.#lose();
    };
    await peer.setLocalDescription(await peer.createOffer());
    const { jsep } = await handle.say({ request: "configure", audio: true, video: true }, peer.localDescription);
    await peer.setRemoteDescription(jsep);
    await passFrom(this.onAir);
    this.#timer = setInterval(() => this.#renew(), pass.renew * 1000);
    this.#isUp = true;
  }

  /** Send another picture in place of the present one, or none. */
  async show(track) {
    await this.#peer?.getSenders()[1].replaceTrack(track);
  }

  stop(why = "left", words = "") {
    if (this.drop()) this.onEnd(why, words);
  }

  /** Let go of whatever stands, without a word; return whether anything stood. */
  drop() {
    const stood = Boolean(this.#line);
    clearInterval(this.#timer);
    this.#peer?.close();
    this.#line?.close();
    this.#line = undefined;
    this.#peer = undefined;
    this.#isUp = false;
    return stood;
  }

  /** What fails while it starts is told there; what Janus sends off it also hangs up, and why is known better. */
  #lose() {
    if (this.#isUp) this.stop("lost");
  }

  async #renew() {
    try {
      this.#line.pass = { ...this.#line.pass, ...(await passFrom(this.address)) };
    } catch (error) {
      if (error.again === false) this.stop("refused", error.message);
    }
  }

  /** By whoever moderates, or by another page of one's own: our server knows. */
  async #sentOff() {
    this.#isUp = false;
    const why = await passFrom(this.address).then(() => "elsewhere", (error) => (error.again === false ? "removed" : "lost"));
    this.stop(why);
  }

  #hear(told) {
    if (told.moderation && told.id === this.#id) this.say(told.moderation === "muted" ? "silenced" : "onair");
    if (told.leaving === "ok" || told.reason === "kicked") this.#sentOff();
    if (told.videoroom === "destroyed") this.stop("ended");
    if (told.hangup) this.#lose();
  }
}
