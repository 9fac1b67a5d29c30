// The device's book: whom it knows, who came, what it has still to send. All that it learns is in the vault before
// anybody is told of it.
import { Passages } from "./passages.js";
import { People } from "./people.js";

const nonce = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Book {
  constructor(vault) {
    this.vault = vault;
    this.people = new People();
    this.came = new Map(); // day -> number of the person -> ms of when that person first came, by the right clock
    this.passages = new Passages();
    this.waiting = new Map(); // nonce -> scan, the oldest first
    this.state = {};
  }

  async load() {
    this.pairing = await this.vault.get("pairing");
    this.state = (await this.vault.get("state")) ?? {};
    for (const [, rows] of await this.vault.all("people:")) this.people.add(rows);
    for (const [name, rows] of await this.vault.all("came:")) this.came.set(Number(name.slice(5)), new Map(rows));
    for (const [name, rows] of await this.vault.all("passed:")) this.passages.load(name.slice(7), rows);
    const scans = (await this.vault.all("scan:")).map(([, scan]) => scan);
    for (const scan of scans.sort((one, other) => one.ms - other.ms)) {
      this.waiting.set(scan.nonce, scan);
      this.note(scan);
    }
  }

  /** Begin with another pairing. */
  async pair(pairing) {
    await this.vault.renew();
    this.forgetLists();
    this.waiting.clear();
    this.state = {};
    this.pairing = pairing;
    await this.vault.change({ put: { pairing } });
  }

  async wipe() {
    await this.vault.wipe();
    this.forgetLists();
    this.waiting.clear();
    this.state = {};
    this.pairing = undefined;
  }

  forgetLists() {
    this.people.clear();
    this.came.clear();
    this.passages.clear();
  }

  /** Forget who takes part, because the access is over, but keep what has still to be sent. */
  async close() {
    const kept = await Promise.all(["people:", "came:", "passed:"].map((prefix) => this.vault.all(prefix)));
    const names = kept.flat().map(([name]) => name);
    this.forgetLists();
    this.state = { ...this.state, cursor: null, isLoaded: false };
    await this.vault.change({ put: { state: this.state }, remove: names });
  }

  /** The present moment by the right clock. */
  now() {
    return Date.now() + (this.state.offset ?? 0);
  }

  get isOver() {
    return this.now() >= Date.parse(this.pairing.device.expires_at);
  }

  get toSend() {
    return [...this.waiting.values()].filter((scan) => !scan.aside);
  }

  get aside() {
    return [...this.waiting.values()].filter((scan) => scan.aside);
  }

  firstAt(day, id) {
    return this.came.get(day)?.get(id);
  }

  /** How many are in: of a day, whom the server counted and whom this device let in since; else who is inside. */
  inside({ day, checkpoint }) {
    if (checkpoint) return this.passages.inside(checkpoint);
    return Math.max(this.state.inside?.[day] ?? 0, this.came.get(day)?.size ?? 0);
  }

  note({ person, day, checkpoint, direction, result, ms }) {
    if (person === null) return;
    if (checkpoint) {
      const { scope, place } = this.checkpoint(checkpoint) ?? {};
      if (scope && ["admitted", "forced"].includes(result)) this.passages.note(scope, person, ms, direction, place);
      return;
    }
    if (!["admitted", "already", "forced"].includes(result)) return;
    const came = this.came.get(day) ?? new Map();
    came.set(person, Math.min(ms, came.get(person) ?? Infinity));
    this.came.set(day, came);
  }

  checkpoint(id) {
    return this.pairing.checkpoints?.find((one) => one.id === id);
  }

  /** Keep a scan and return it; nobody is told to come in before it is kept. */
  async record({ code, day, checkpoint, direction = "in", reason, source, result, person }) {
    const scan = {
      code,
      day: checkpoint ? undefined : day,
      checkpoint: checkpoint?.id,
      direction,
      reason,
      source,
      result,
      person: person?.id ?? null,
      nonce: nonce(),
      at: new Date().toISOString(),
      ms: this.now(),
    };
    await this.vault.change({ put: { [`scan:${scan.nonce}`]: scan } });
    this.waiting.set(scan.nonce, scan);
    this.note(scan);
    return scan;
  }

  /** Set a scan aside that the server cannot take: it must not stop the others. */
  async setAside(scan, why) {
    scan.aside = why;
    await this.vault.change({ put: { [`scan:${scan.nonce}`]: scan } });
  }

  /** Take in what the server answered to `sent`; return the scans that came to something else than was told. */
  async learn(answer, sent, offset) {
    const put = {};
    const remove = [];
    if (answer.anew) {
      remove.push(...(await this.vault.all("people:")).map(([name]) => name));
      this.people.clear();
      this.passages.clear();
      remove.push(...(await this.vault.all("passed:")).map(([name]) => name));
    }
    const changed = [...(answer.people ?? []).map(([id]) => id), ...(answer.gone ?? [])];
    this.people.add(answer.people ?? []);
    this.people.remove(answer.gone ?? []);
    Object.assign(put, this.people.pieces(changed));
    for (const [person, day, at] of answer.entries ?? []) this.note({ person, day, result: "already", ms: Date.parse(at) });
    for (const [person, place, direction, at] of answer.passages ?? []) {
      this.passages.note(place.startsWith("room") ? "room" : place, person, Date.parse(at), direction, place);
    }
    const differing = this.settle(answer.outcomes, sent, remove);
    this.state = { ...this.state, offset, lastSync: Date.parse(answer.server_time), inside: answer.inside };
    if (answer.cursor) {
      const isLoaded = !answer.more || Boolean(this.state.isLoaded && !answer.anew);
      const { cursor, registered, keys, needs, device, event, days, checkpoints, force } = answer;
      Object.assign(this.state, { isLoaded, cursor, registered, keys, needs });
      this.pairing = { ...this.pairing, device, event, days, checkpoints, force };
      put.pairing = this.pairing;
    }
    put.state = this.state;
    if (answer.anew) for (const scan of this.waiting.values()) this.note(scan);
    Object.assign(put, this.passages.pieces());
    for (const [day, came] of this.came) put[`came:${day}`] = [...came];
    await this.vault.change({ put, remove: remove.filter((name) => !(name in put)) });
    return differing;
  }

  settle(outcomes, sent, remove) {
    const known = new Map(sent.map((scan) => [scan.nonce, scan]));
    const differing = [];
    for (const [number, result, person, firstAt] of outcomes) {
      const scan = known.get(number);
      if (!scan) continue; // the answer to a scan that nobody sent concerns nobody
      this.waiting.delete(number);
      remove.push(`scan:${number}`);
      if (firstAt && person && !scan.checkpoint) {
        this.note({ person, day: scan.day, result: "already", ms: Date.parse(firstAt) });
      }
      scan.firstAt = firstAt && Date.parse(firstAt);
      if (scan.result === "admitted" && result !== "admitted") differing.push({ scan, result });
    }
    return differing;
  }
}
