// What the door says to the ear and to the hand: one short sound for each kind of answer, none alike.
const TUNES = {
  pass: { tones: [[660, 0, 0.11], [990, 0.11, 0.2]], wave: "sine", shake: [70] },
  already: { tones: [[440, 0, 0.13], [440, 0.2, 0.13]], wave: "triangle", shake: [70, 70, 70] },
  no: { tones: [[150, 0, 0.5]], wave: "sawtooth", shake: [350] },
  saved: { tones: [[520, 0, 0.08]], wave: "sine", shake: [40] },
};

let context;

/** Browsers keep quiet until a person has touched the page: call this from such a touch. */
export function wakeSound() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!context && Context) context = new Context();
  if (context?.state === "suspended") context.resume().catch(() => {});
}

export function say(kind) {
  const tune = TUNES[kind];
  if (!tune) return;
  // Chromium refuses to shake a phone that nobody has touched yet, and says so in the console.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(tune.shake);
  if (context?.state !== "running") return;
  for (const [pitch, after, long] of tune.tones) play(pitch, context.currentTime + after, long, tune.wave);
}

function play(pitch, start, long, wave) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = wave;
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.5, start + 0.015);
  volume.gain.setValueAtTime(0.5, start + long - 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + long);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + long);
}
