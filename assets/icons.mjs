// The application's icons as PNG, drawn square by square: Tinkuy's stepped cross on its ground.
import { deflateSync } from "node:zlib";

const GROUND = [0x9e, 0x1b, 0x42];
const CROSS = [0xff, 0xff, 0xff];
const STEPS = [
  "..XX..",
  ".XXXX.",
  "XX..XX",
  "XX..XX",
  ".XXXX.",
  "..XX..",
];

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** Return the icon of so many pixels. The cross keeps to the middle, which every mask leaves. */
export function icon(size) {
  const edge = Math.round(size * 0.23);
  const inner = size - 2 * edge;
  const rows = [];
  for (let y = 0; y < size; y += 1) {
    const row = Buffer.alloc(1 + 3 * size);
    for (let x = 0; x < size; x += 1) {
      const [column, line] = [x, y].map((place) => Math.floor((6 * (place - edge)) / inner));
      const isCross = STEPS[line]?.[column] === "X";
      row.set(isCross ? CROSS : GROUND, 1 + 3 * x);
    }
    rows.push(row);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
