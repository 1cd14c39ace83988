/** Scanned pages and photographs to words by `@gutenye/ocr-node`, an optional component; runs in a reading process only（文字识别）. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { UnreadableFile } from './failure.ts';
import type { Page, Word } from './layout.ts';
import type { PagePicture } from './pdf.ts';

/** The component, and how it is installed. */
export const OCR_PACKAGE = '@gutenye/ocr-node';
export const OCR_INSTALL = `npm install ${OCR_PACKAGE}`;

/** What the component answers for a line: its corners, or its frame in newer versions. */
interface OcrLine {
  readonly text: string;
  readonly box?: readonly (readonly number[])[];
  readonly frame?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}
interface Ocr {
  detect(file: string): Promise<readonly OcrLine[]>;
}

export interface Scanner {
  /** Words of a picture file as it is (png, jpg …). */
  readFile(bytes: Uint8Array): Promise<Page>;
  /** Words of raw pixels. */
  readPicture(picture: PagePicture): Promise<Page>;
}

/**
 * Starts text recognition.
 * @param specifier - the package, or the path of a module with the same face
 * @throws UnreadableFile `ocr-absent` where it is not installed
 */
export async function openScanner(specifier: string): Promise<Scanner> {
  let ocr: Ocr;
  try {
    const loaded = (await import(specifier)) as { default: { create(): Promise<Ocr> } };
    ocr = await loaded.default.create();
  } catch (error) {
    const absent = (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    throw absent
      ? new UnreadableFile('ocr-absent', { command: OCR_INSTALL }, error)
      : new UnreadableFile('ocr-failed', {}, error);
  }
  const read = async (bytes: Uint8Array): Promise<Page> => {
    const folder = mkdtempSync(join(tmpdir(), 'yigongti-scan-'));
    try {
      const file = join(folder, 'page.png');
      writeFileSync(file, bytes, { mode: 0o600 });
      const words = (await ocr.detect(file)).flatMap(wordOf);
      return { width: 0, height: 0, words, tables: [] };
    } catch (error) {
      throw new UnreadableFile('ocr-failed', {}, error);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return { readFile: read, readPicture: (picture) => read(encodePng(picture)) };
}

function wordOf({ text, box, frame }: OcrLine): readonly Word[] {
  if (text.trim() === '') return [];
  if (frame)
    return [{ text, x: frame.left, y: frame.top + frame.height * 0.85, width: frame.width, size: frame.height * 0.8 }];
  const xs = (box ?? []).map((corner) => corner[0] ?? 0);
  const ys = (box ?? []).map((corner) => corner[1] ?? 0);
  if (xs.length === 0) return [];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return [{ text, x: left, y: top + (bottom - top) * 0.85, width: right - left, size: (bottom - top) * 0.8 }];
}

/** Raw pixels as a PNG file, the form in which the component takes a picture. */
export function encodePng({ data, width, height, channels }: PagePicture): Buffer {
  const line = width * channels;
  const raw = Buffer.alloc((line + 1) * height);
  for (let y = 0; y < height; y += 1)
    Buffer.from(data.buffer, data.byteOffset + y * line, line).copy(raw, y * (line + 1) + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  head[9] = channels === 1 ? 0 : channels === 3 ? 2 : 6;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(raw, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
