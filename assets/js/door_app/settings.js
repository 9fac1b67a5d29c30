// How this device is held and heard: nothing of it is personal, so it stays in plain sight and outlives a pairing.
import { byId } from "./words.js";

const KEY = "tinkuy-door-settings";
const USUAL = { facing: "environment", left: false, contrast: false };

export class Settings {
  constructor() {
    this.values = { ...USUAL };
    try {
      Object.assign(this.values, JSON.parse(localStorage.getItem(KEY) ?? "{}"));
    } catch {
      // Without storage they live as long as the page.
    }
    this.show();
  }

  /** What is served: a day or a checkpoint, as {key, day, checkpoint, label, date}. */
  get served() {
    return this.places?.find(({ key }) => key === this.chosen);
  }

  /** Offer what the device serves: what was chosen last, else today's door, the next one, the last, or a checkpoint. */
  offer({ days, checkpoints = [] }, today) {
    this.places = [
      ...days.map(({ id, label, date }) => ({ key: `day-${id}`, day: id, label, date })),
      ...checkpoints.map((one) => ({ key: `checkpoint-${one.id}`, checkpoint: one, label: one.name, leads: one.leads })),
    ];
    if (!this.served) this.chosen = `${this.values.place}`;
    if (!this.served) {
      const usual = days.find(({ date }) => date >= today) ?? days.at(-1);
      this.chosen = usual ? `day-${usual.id}` : this.places[0]?.key;
    }
    const select = byId("set-place");
    byId("set-place-line").hidden = this.places.length < 2;
    const shown = [...select.options].map(({ value, text }) => `${value} ${text}`).join();
    if (shown === this.places.map(({ key, label }) => `${key} ${label}`).join()) return;
    select.replaceChildren(...this.places.map(({ key, label }) => new Option(label, key, false, key === this.chosen)));
  }

  show() {
    document.body.classList.toggle("left-hand", this.values.left);
    document.body.classList.toggle("more-contrast", this.values.contrast);
    byId("set-front").checked = this.values.facing === "user";
    byId("set-left").checked = this.values.left;
    byId("set-contrast").checked = this.values.contrast;
  }

  change(name, value, onChange) {
    this.values[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.values));
    } catch {
      // See above.
    }
    this.show();
    onChange(name);
  }

  listen(onChange) {
    const on = (id, name, read) => byId(id).addEventListener("change", ({ target }) => this.change(name, read(target), onChange));
    on("set-front", "facing", ({ checked }) => (checked ? "user" : "environment"));
    on("set-left", "left", ({ checked }) => checked);
    on("set-contrast", "contrast", ({ checked }) => checked);
    byId("set-place").addEventListener("change", ({ target }) => {
      this.chosen = target.value;
      // A checkpoint is served for long; which day it is, the page finds by itself.
      this.change("place", this.served.checkpoint ? target.value : undefined, onChange);
    });
  }
}
