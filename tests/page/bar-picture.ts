/** A PNG of horizontal bars, drawn by hand: something a browser must be able to show. */
import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 520;
const ROW = 34;

/** @param shares - 0 to 1, one bar each @returns base64 of the PNG */
export function barPicture(shares: readonly number[]): string {
  const height = shares.length * ROW + 14;
  const lines: Buffer[] = [];
  for (let y = 0; y < height; y += 1) {
    const line = Buffer.alloc(1 + WIDTH * 3, 0xff);
    line[0] = 0; // no filter
    const bar = Math.floor((y - 10) / ROW);
    const share = shares[bar];
    if (share !== undefined && (y - 10) % ROW < ROW - 12 && y >= 10) {
      const colour = share < 0.8 ? [0xd9, 0x82, 0x2b] : [0x2f, 0x7d, 0x5b];
      for (let x = 16; x < 16 + share * (WIDTH - 32); x += 1) line.set(colour, 1 + x * 3);
    }
    lines.push(line);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits, red green blue
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]).toString('base64');
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
