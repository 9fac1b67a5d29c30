// The answer, in large letters; for those who do not see it, in a region that is read aloud.
const KINDS = { admitted: "pass", forced: "pass", already: "already", checking: "checking", saved: "saved", idle: "idle" };

export class AnswerCard {
  constructor(element) {
    this.element = element;
    this.parts = Object.fromEntries(
      ["name", "entity", "word", "detail"].map((part) => [part, element.querySelector(`.door-${part}`)]),
    );
  }

  /** Show an answer of the server or of our own, and return its kind. */
  show(answer) {
    const kind = KINDS[answer.result] ?? "no";
    for (const [part, element] of Object.entries(this.parts)) element.textContent = answer[part] ?? "";
    this.element.dataset.kind = kind;
    return kind;
  }
}
