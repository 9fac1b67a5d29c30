// Ed25519: the browser's own where it has it, else one that we bring along. Both say no to what they cannot read.
const imported = new Map();

async function ownKey(key) {
  const name = key.join();
  if (!imported.has(name)) imported.set(name, await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]));
  return imported.get(name);
}

const own = async (signature, message, key) => crypto.subtle.verify("Ed25519", await ownKey(key), signature, message);

async function hasOwn() {
  try {
    return Boolean(await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]));
  } catch {
    return false;
  }
}

/** Return a function that tells whether a signature is genuine; `fetchOther` brings another implementation. */
export async function verifier(fetchOther) {
  const verify = (await hasOwn()) ? own : (await fetchOther()).verify;
  return (signature, message, key) => verify(signature, message, key).catch(() => false);
}
