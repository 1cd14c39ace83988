/** Just enough of the zip format to look into a document before anything is unpacked, and to hand on its parts（压缩包检查）. */
import { crc32, inflateRawSync } from 'node:zlib';
import { UnreadableFile } from './failure.ts';

/** Entries a document may have. */
const MAX_ENTRIES = 5_000;
/** A part is a bomb when it is larger than this and shrinks by more than RATIO. */
const SUSPICIOUS_BYTES = 8 * 1024 * 1024;
const MAX_RATIO = 150;
/** Largest part that is unpacked at all: the text of some 10,000 pages. */
const MAX_PART_BYTES = 64 * 1024 * 1024;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly encrypted: boolean;
  readonly offset: number;
}

/** What the archive says it holds, by name. Nothing is unpacked. @throws UnreadableFile */
export function listZip(bytes: Buffer): ReadonlyMap<string, ZipEntry> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count > MAX_ENTRIES) throw new UnreadableFile('bomb');
  const entries = new Map<string, ZipEntry>();
  try {
    for (let n = 0; n < count; n += 1) {
      if (bytes.readUInt32LE(at) !== 0x02014b50) throw new UnreadableFile('damaged');
      const nameLength = bytes.readUInt16LE(at + 28);
      const entry = {
        name: bytes.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/'),
        method: bytes.readUInt16LE(at + 10),
        encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
        packed: bytes.readUInt32LE(at + 20),
        size: bytes.readUInt32LE(at + 24),
        offset: bytes.readUInt32LE(at + 42),
      };
      entries.set(entry.name, entry);
      at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    }
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile('damaged', {}, error);
  }
  for (const { size, packed } of entries.values())
    if (size > SUSPICIOUS_BYTES && size > packed * MAX_RATIO) throw new UnreadableFile('bomb');
  return entries;
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65_535); at -= 1)
    if (bytes.readUInt32LE(at) === 0x06054b50) return at;
  throw new UnreadableFile('damaged');
}

/** One part, unpacked; never more than it said, whatever it holds. @throws UnreadableFile */
export function readEntry(bytes: Buffer, entry: ZipEntry): Buffer {
  if (entry.encrypted) throw new UnreadableFile('password');
  if (entry.size > MAX_PART_BYTES) throw new UnreadableFile('bomb');
  try {
    const from = entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
    const packed = bytes.subarray(from, from + entry.packed);
    if (entry.method === 0) return packed;
    if (entry.method !== 8) throw new UnreadableFile('damaged');
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    const lied = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new UnreadableFile(lied ? 'bomb' : 'damaged', {}, error);
  }
}

/** An archive of parts, not packed: what a library gets to read after the original was looked through. */
export function writeZip(parts: ReadonlyMap<string, Buffer>): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of parts) {
    const label = Buffer.from(name, 'utf8');
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(0x0800, 6); // names are UTF-8
    head.writeUInt32LE(crc32(data), 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(data.length, 22);
    head.writeUInt16LE(label.length, 26);
    const listed = Buffer.alloc(46);
    listed.writeUInt32LE(0x02014b50, 0);
    listed.writeUInt16LE(20, 4);
    head.copy(listed, 6, 4, 30);
    listed.writeUInt32LE(offset, 42);
    chunks.push(head, label, data);
    directory.push(listed, label);
    offset += head.length + label.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.size, 8);
  end.writeUInt16LE(parts.size, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...chunks, list, end]);
}
