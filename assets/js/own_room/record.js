// A recording made in the browser of whoever moderates: what is on stage side by side, all voices together, one file.
const WIDTH = 1280;
const HEIGHT = 720;
const RATE = 15; // pictures a second
const PIECE = 2000; // milliseconds; what was gathered is handed to the browser, which keeps it on disk
const KINDS = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];

export const canRecord = Boolean(window.MediaRecorder && HTMLCanvasElement.prototype.captureStream);

export class Recorder {
  #pieces = [];
  #heard = new Map();

  /** `figures` gives those of the page that are on stage, `sound` one's own voice while one is on air;
   * `tell` is told how many seconds are kept. */
  constructor(figures, sound, tell) {
    Object.assign(this, { figures, sound });
    this.canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
    this.audio = new AudioContext();
    this.mixed = this.audio.createMediaStreamDestination();
    const stream = new MediaStream([...this.canvas.captureStream(RATE).getTracks(), ...this.mixed.stream.getTracks()]);
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 1_500_000 });
    const began = performance.now();
    this.recorder.ondataavailable = ({ data }) => {
      if (data.size) this.#pieces.push(data);
      if (this.#pieces.length) tell(Math.round((performance.now() - began) / 1000));
    };
    this.timer = setInterval(() => this.#draw(), 1000 / RATE);
    this.recorder.start(PIECE);
  }

  /** End the recording and let the browser keep it under `name`. */
  async save(name) {
    clearInterval(this.timer);
    await new Promise((resolve) => {
      this.recorder.onstop = resolve;
      this.recorder.stop();
    });
    this.audio.close();
    const type = this.recorder.mimeType.split(";")[0];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(this.#pieces, { type }));
    link.download = `${name}.${type.split("/")[1]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** Voices come and go; each is joined once, by its track, and let go when it is no longer on stage. */
  #listen(tracks) {
    const present = new Set(tracks.map((track) => track.id));
    for (const [id, source] of this.#heard) {
      if (present.has(id)) continue;
      source.disconnect();
      this.#heard.delete(id);
    }
    for (const track of tracks) {
      if (this.#heard.has(track.id)) continue;
      const source = this.audio.createMediaStreamSource(new MediaStream([track]));
      source.connect(this.mixed);
      this.#heard.set(track.id, source);
    }
  }

  #draw() {
    const figures = this.figures();
    const shown = figures.filter((figure) => !figure.hidden);
    const streams = figures.map((figure) => figure.querySelector("video").srcObject).filter(Boolean);
    this.#listen([...streams.flatMap((stream) => stream.getAudioTracks()), ...this.sound()]);
    const paper = this.canvas.getContext("2d");
    paper.fillStyle = "#0f0d0c";
    paper.fillRect(0, 0, WIDTH, HEIGHT);
    const columns = Math.ceil(Math.sqrt(shown.length));
    const rows = Math.ceil(shown.length / columns);
    const [width, height] = [WIDTH / columns, HEIGHT / rows];
    shown.forEach((figure, index) => {
      this.#place(paper, figure, (index % columns) * width, Math.floor(index / columns) * height, width, height);
    });
  }

  #place(paper, figure, x, y, width, height) {
    const video = figure.querySelector("video");
    if (video.videoWidth && !figure.classList.contains("is-unseen")) {
      const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
      const [wide, high] = [video.videoWidth * scale, video.videoHeight * scale];
      paper.drawImage(video, x + (width - wide) / 2, y + (height - high) / 2, wide, high);
    }
    paper.fillStyle = "rgb(15 13 12 / 72%)";
    paper.fillRect(x, y + height - 36, width, 36);
    paper.fillStyle = "#fff";
    paper.font = "20px sans-serif";
    paper.fillText(figure.dataset.name ?? figure.textContent.trim(), x + 12, y + height - 12, width - 24);
  }
}
