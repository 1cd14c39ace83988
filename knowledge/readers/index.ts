/** From a file of any format to the text that the parser takes（文件读取）. */
import { type Converted, convert } from './convert.ts';
import { UnreadableFile } from './failure.ts';
import { kindOf } from './kinds.ts';
import { type ReadingOptions, readInProcess } from './reading-process.ts';
import { OCR_PACKAGE } from './scan.ts';

export { UnreadableFile } from './failure.ts';
export { OCR_INSTALL } from './scan.ts';
export { decodeText } from './text.ts';

/** Largest file that is read at all (bytes); a plan has some hundred KB. */
export const MAX_FILE_BYTES = 40 * 1024 * 1024;
/** Most text that is taken as one document (characters): some 40,000 clauses. */
export const MAX_TEXT_LENGTH = 6_000_000;

export interface FileToRead {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ReadOptions extends ReadingOptions {
  /** Smaller limit of a chat (bytes). */
  readonly maxBytes?: number | undefined;
  /** Package or module path of the text recognition. */
  readonly ocr?: string | undefined;
}

/**
 * The text of a file, whatever its format: plain text here, everything else in a process of its own.
 * @throws UnreadableFile with the reason in words
 */
export async function readFileText(file: FileToRead, options: ReadOptions = {}): Promise<Converted> {
  checkSize(file.bytes.length, options.maxBytes);
  const kind = kindOf(file.bytes, file.name);
  const ocr = options.ocr ?? OCR_PACKAGE;
  const read =
    kind === 'text'
      ? await convert({ kind, bytes: file.bytes, ocr, onProgress: () => undefined })
      : await readInProcess({ kind, bytes: file.bytes, ocr }, options);
  if (read.text.length > MAX_TEXT_LENGTH) throw new UnreadableFile('too-long');
  if (read.text.trim() === '') throw new UnreadableFile(kind === 'text' ? 'empty' : 'no-text');
  return read;
}

/** Before a file is even read into memory. @throws UnreadableFile */
export function checkSize(bytes: number, maxBytes: number = MAX_FILE_BYTES): void {
  if (bytes > maxBytes) throw new UnreadableFile('too-large', { limit: String(Math.floor(maxBytes / 1024 / 1024)) });
  if (bytes === 0) throw new UnreadableFile('empty');
}
