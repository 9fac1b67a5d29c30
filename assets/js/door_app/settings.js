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

  get day() {
    return this.chosen;
  }

  /** Offer the days that the device serves: today's is chosen, else the next one, else the last. */
  offer(days, today) {
    const select = byId("set-day");
    const known = days.some(({ id }) => id === this.chosen);
    if (!known) this.chosen = (days.find(({ date }) => date >= today) ?? days.at(-1))?.id;
    if (select.options.length === days.length && [...select.options].every(({ value }, at) => Number(value) === days[at].id)) return;
    select.replaceChildren(...days.map(({ id, label }) => new Option(label, id, false, id === this.chosen)));
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
    byId("set-day").addEventListener("change", ({ target }) => {
      this.chosen = Number(target.value);
      onChange("day");
    });
  }
}
