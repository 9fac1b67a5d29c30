// What the device keeps, sealed: every value is encrypted under a key that the browser never gives out (AES-GCM,
// not extractable). Without the key the rest is noise, so that forgetting the key forgets everything.
const NAME = "tinkuy-door";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const ended = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });

export class Vault {
  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("sealed");
    };
    const vault = new Vault();
    vault.database = await done(request);
    vault.key = await done(vault.database.transaction("keys").objectStore("keys").get("data"));
    return vault;
  }

  get isOpen() {
    return Boolean(this.key);
  }

  /** Begin anew: forget what there was, and make another key. */
  async renew() {
    await this.wipe();
    this.key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const transaction = this.database.transaction("keys", "readwrite");
    transaction.objectStore("keys").put(this.key, "data");
    await ended(transaction);
  }

  async wipe() {
    this.key = undefined;
    const transaction = this.database.transaction(["keys", "sealed"], "readwrite", { durability: "strict" });
    transaction.objectStore("keys").clear();
    transaction.objectStore("sealed").clear();
    await ended(transaction);
  }

  async seal(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
    return { iv, data: await crypto.subtle.encrypt(algorithm, this.key, plain) };
  }

  async unseal(name, { iv, data }) {
    const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, this.key, data)));
  }

  async get(name) {
    const sealed = await done(this.database.transaction("sealed").objectStore("sealed").get(name));
    return sealed && this.unseal(name, sealed);
  }

  /** Return what is kept under names that begin so, as pairs of name and value. */
  async all(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const store = this.database.transaction("sealed").objectStore("sealed");
    const [names, values] = await Promise.all([done(store.getAllKeys(range)), done(store.getAll(range))]);
    return Promise.all(names.map(async (name, place) => [name, await this.unseal(name, values[place])]));
  }

  /** Keep and forget, all or nothing. */
  async change({ put = {}, remove = [] }) {
    const sealed = await Promise.all(
      Object.entries(put).map(async ([name, value]) => [name, await this.seal(name, value)]),
    );
    const transaction = this.database.transaction("sealed", "readwrite", { durability: "strict" });
    const store = transaction.objectStore("sealed");
    for (const [name, value] of sealed) store.put(value, name);
    for (const name of remove) store.delete(name);
    await ended(transaction);
  }
}
