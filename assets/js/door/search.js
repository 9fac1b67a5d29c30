// Search by name: results are buttons, and pressing one is a reading of that person's pass.
const WAIT = 250; // ms after the last key
const SHORTEST = 2;

function button(person) {
  const item = document.createElement("li");
  const pressed = document.createElement("button");
  const line = [person.entity, person.document].filter(Boolean).join(" · ");
  pressed.value = person.code;
  pressed.name = "code";
  for (const [tag, text] of [["strong", person.name], ["span", line], ["em", person.status === "confirmed" ? "" : person.state]]) {
    if (!text) continue;
    const part = document.createElement(tag);
    part.textContent = text;
    pressed.append(part);
  }
  item.append(pressed);
  return item;
}

export class Search {
  constructor(root, link, texts, onChoice) {
    this.input = root.querySelector("input[type=search]");
    this.list = root.querySelector("ul");
    this.none = root.querySelector(".door-none");
    Object.assign(this, { link, texts });
    this.input.addEventListener("input", () => this.later());
    root.querySelector("form[role=search]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.now();
    });
    root.querySelector("#door-found").addEventListener("submit", (event) => {
      event.preventDefault();
      onChoice(event.submitter.value);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT);
  }

  async now() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < SHORTEST) return this.fill([], "");
    const people = await this.link.search(text);
    if (text !== this.input.value.trim()) return undefined;
    if (!people) return this.fill([], this.texts.searchOffline);
    return this.fill(people, people.length ? "" : this.texts.nobody);
  }

  fill(people, note) {
    this.list.replaceChildren(...people.map(button));
    this.none.textContent = note;
  }

  clear() {
    this.input.value = "";
    this.fill([], "");
  }
}
