// The camera: reads QR symbols until it is stopped, and tells each once for as long as it stays in sight.
const PAUSE = 120; // ms between two looks
const OUT_OF_SIGHT = 1500; // ms after which the same symbol is a new reading

/** Return a detector: the browser's own where it reads QR symbols, else the one that we bring along. */
async function makeDetector({ reader, wasm }) {
  const formats = (await window.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (formats.includes("qr_code")) return new window.BarcodeDetector({ formats: ["qr_code"] });
  const { detector } = await import(reader);
  return detector(wasm);
}

export class Camera {
  constructor(video, config, onRead) {
    this.video = video;
    this.config = config;
    this.onRead = onRead;
    this.lastSeen = new Map();
    this.facing = "environment";
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasLight() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  /** Ask for the camera and begin to read. Rejects where it may not or cannot be used. */
  async start() {
    if (!navigator.mediaDevices) throw new Error("no camera outside a secure page");
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: this.facing, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.video.srcObject = this.stream;
    await this.video.play();
    this.detector ??= await makeDetector(this.config);
    this.look();
  }

  /** Look with the camera of the other side. */
  async turn(facing) {
    this.facing = facing;
    if (!this.stream) return;
    this.stop();
    await this.start();
  }

  stop() {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
    this.video.srcObject = null;
  }

  async light(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async look() {
    if (!this.stream) return;
    try {
      for (const { rawValue } of await this.detector.detect(this.video)) this.see(rawValue);
    } catch {
      // A frame that cannot be read is followed by another.
    }
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  see(text) {
    const now = performance.now();
    const before = this.lastSeen.get(text) ?? -Infinity;
    this.lastSeen.set(text, now);
    if (text && now - before > OUT_OF_SIGHT) this.onRead(text);
  }
}
