/** Reads one file of any format to text: the work itself, done inside a reading process. */
import { readDocx } from './docx.ts';
import { UnreadableFile } from './failure.ts';
import { tableParagraphs } from './grid.ts';
import { decodeHtml, readHtml } from './html.ts';
import type { FileKind } from './kinds.ts';
import { type Page, readPages } from './layout.ts';
import { openPdf } from './pdf.ts';
import { openScanner } from './scan.ts';
import { decodeText, looksChinese } from './text.ts';

/** Pages that are recognised at most: each takes a second. */
const MAX_SCANNED = 200;

export interface Conversion {
  readonly kind: FileKind;
  readonly bytes: Buffer;
  /** Package or module path of the text recognition. */
  readonly ocr: string;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Converted {
  readonly text: string;
  /** What a person should look at, in Chinese. */
  readonly doubts: readonly string[];
}

/** @throws UnreadableFile */
export async function convert({ kind, bytes, ocr, onProgress }: Conversion): Promise<Converted> {
  switch (kind) {
    case 'text':
      return { text: decodeText(bytes), doubts: [] };
    case 'html':
      return { text: await readHtml(decodeHtml(bytes)), doubts: [] };
    case 'docx': {
      const { text, doubts, pictures } = await readDocx(bytes);
      if (text.trim() === '' && pictures > 0) throw new UnreadableFile('no-text');
      return { text, doubts };
    }
    case 'picture': {
      const scanner = await openScanner(ocr);
      return scanned([await scanner.readFile(bytes)], []);
    }
    case 'pdf':
      return convertPdf(bytes, ocr, onProgress);
  }
}

async function convertPdf(bytes: Buffer, ocr: string, onProgress: Conversion['onProgress']): Promise<Converted> {
  const pdf = await openPdf(new Uint8Array(bytes));
  const { pages, scanned: pictures } = await pdf.read((done) => onProgress(done, pdf.count));
  if (pictures.length === 0) {
    const text = textOf(pages);
    if (!looksChinese(text)) throw new UnreadableFile('garbled');
    if (text.trim() === '') throw new UnreadableFile('no-text');
    return { text, doubts: [] };
  }
  if (pictures.length > MAX_SCANNED) throw new UnreadableFile('too-long');
  const all = pictures.length === pages.length;
  let scanner: Awaited<ReturnType<typeof openScanner>>;
  try {
    scanner = await openScanner(ocr);
  } catch (error) {
    if (all || !(error instanceof UnreadableFile) || error.code !== 'ocr-absent') throw error;
    return { text: textOf(pages), doubts: [`第${pictures.join('、')}页是扫描件，没有读入（要先装文字识别组件）`] };
  }
  const whole: Page[] = [...pages];
  for (const [done, number] of pictures.entries()) {
    const picture = await pdf.picture(number);
    if (picture) whole[number - 1] = await scanner.readPicture(picture);
    onProgress(done + 1, pictures.length);
  }
  return scanned(whole, pictures);
}

function scanned(pages: readonly Page[], numbers: readonly number[]): Converted {
  const text = textOf(pages);
  if (text.trim() === '') throw new UnreadableFile('ocr-failed');
  const which = numbers.length === 0 || numbers.length === pages.length ? '全文' : `第${numbers.join('、')}页`;
  return { text, doubts: [`${which}由扫描件识别，可能有错字，表格只按行读出，请对照原件`] };
}

function textOf(pages: readonly Page[]): string {
  const paragraphs = readPages(pages).flatMap((part) =>
    typeof part === 'string'
      ? [part]
      : tableParagraphs(part.map((row) => row.map((cell) => ({ ...cell, head: false })))),
  );
  return paragraphs.join('\n\n');
}
