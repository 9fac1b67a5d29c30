// Readings that could not be sent. They outlive the page, and each carries its own time and its nonce, so that
// sending one twice is harmless.
export class Queue {
  constructor(slug) {
    this.key = `tinkuy-door:${slug}`;
    this.kept = this.load();
  }

  load() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  save() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.kept));
    } catch {
      // Without storage they live as long as the page.
    }
  }

  get length() {
    return this.kept.length;
  }

  has(code, day) {
    return this.kept.some((reading) => reading.code === code && reading.day === day);
  }

  push(reading) {
    this.kept.push(reading);
    this.save();
  }

  remove(nonce) {
    this.kept = this.kept.filter((reading) => reading.nonce !== nonce);
    this.save();
  }
}
