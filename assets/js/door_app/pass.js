// The text in the QR symbol of a pass, as app/registration/passes has it: `T1:` and, in base45 (RFC 9285), 17 bytes of
// what it says and an Ed25519 signature. tests/registration/pass_vectors.json binds both.
const PREFIX = "T1:";
const FORMAT = 1;
const PAYLOAD = 17;
const SIGNATURE = 64;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const PURPOSE = new TextEncoder().encode("tinkuy-pass");

/** Whether a text means to be a signed pass. */
export const isToken = (text) => text.trimStart().startsWith(PREFIX);

function decode(text) {
  const bytes = [];
  for (let start = 0; start < text.length; start += 3) {
    const group = text.slice(start, start + 3);
    const values = [...group].map((character) => ALPHABET.indexOf(character));
    const number = values.reduce((sum, value, place) => sum + value * 45 ** place, 0);
    if (group.length === 1 || values.includes(-1) || number >= 256 ** (group.length - 1)) return undefined;
    if (group.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return Uint8Array.from(bytes);
}

/** Take a text apart without believing it; undefined where it is no pass. */
export function read(text) {
  if (!isToken(text)) return undefined;
  const data = decode(text.trim().slice(PREFIX.length));
  if (data?.length !== PAYLOAD + SIGNATURE || data[0] !== FORMAT) return undefined;
  const view = new DataView(data.buffer);
  const signed = new Uint8Array(PURPOSE.length + PAYLOAD);
  signed.set(PURPOSE);
  signed.set(data.subarray(0, PAYLOAD), PURPOSE.length);
  return {
    key: view.getUint16(1),
    event: view.getUint32(3),
    registration: view.getUint32(7),
    version: view.getUint16(11),
    expires: view.getUint32(13) * 60_000,
    signed,
    signature: data.subarray(PAYLOAD),
  };
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/**
 * Return what is wrong with a pass at the door of an event, or nothing. `keys` are public keys by number, in
 * hexadecimal, `voidBelow` the lowest good version by registration, `verify` checks a signature.
 */
export async function fault(pass, { event, keys, voidBelow, at, verify }) {
  if (pass.event !== event) return "other_event";
  if (!(pass.key in keys)) return "unknown_key";
  if (!(await verify(pass.signature, pass.signed, bytesOf(keys[pass.key])))) return "forged";
  if (at >= pass.expires) return "expired";
  return pass.version < (voidBelow[pass.registration] ?? 0) ? "replaced" : undefined;
}
