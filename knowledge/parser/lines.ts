/** Turns raw text into clean lines that still know how they were laid out: tabs, indents, blank lines around. */

export interface Line {
  /** Trimmed, without bold marks, names and heads no longer padded (`王  中` → `王中`). */
  readonly text: string;
  /** The line begins with a tab: the first line of a table cell in text made from a word processor. */
  readonly cell: boolean;
  /** The line begins with the indent of a new paragraph. */
  readonly indented: boolean;
  /** Blank lines before it. */
  readonly gap: number;
}

const PAGE_MARK =
  /^(?:[-—–－―]+\s*\d{1,3}\s*[-—–－―]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*\/\s*\d{1,3})$/;
const HAN = '[\\u3400-\\u9fff]';
/** Single characters kept apart by spaces: `指  标  名  称`, `组  长`, `王  中`. */
const PADDED = new RegExp(`(?<!${HAN})${HAN}(?:[ \\u3000\\u00a0]+${HAN})+(?!${HAN})`, 'g');

/** The lines that carry words, in order; stray page numbers are left out. A line of a tab alone is an empty cell and stays. */
export function readLines(text: string): readonly Line[] {
  const raw = text
    .replace(/^\ufeff/, '')
    .replaceAll('\u0000', '')
    .split(/\r\n|[\n\r\v\f\u2028\u2029\u0085]/);
  const lines: Line[] = [];
  let gap = 0;
  for (const [at, source] of raw.entries()) {
    const clean = cleanLine(source);
    const cell = /^\t/.test(source);
    if (clean === '' && !cell) {
      gap += 1;
      continue;
    }
    if (isPageNumber(clean, raw, at)) {
      gap += 1;
      continue;
    }
    lines.push({ text: clean, cell, indented: /^(?:\u3000{2}| {2,}|\u00a0{2,})\S/.test(source), gap });
    gap = 0;
  }
  return lines;
}

/** Bold marks gone, padding squeezed, ends trimmed; inner tabs stay because they part cells. */
export function cleanLine(source: string): string {
  return source
    .replaceAll('**', '')
    .replaceAll('__', '')
    .replace(/^#{1,6}\s+/, '')
    .replace(/^[\s\u3000]+|[\s\u3000]+$/g, '')
    .replace(PADDED, (name) => name.replace(/[ \u3000\u00a0]+/g, ''))
    .replace(/[ \u3000\u00a0]{2,}/g, ' ');
}

/**
 * Dashes around a number are a page number anywhere. A bare number is one only where it stands alone between blank lines
 * inside a sentence that goes on after it, so that the cells of a flattened table are never lost.
 */
function isPageNumber(clean: string, raw: readonly string[], at: number): boolean {
  if (PAGE_MARK.test(clean)) return true;
  if (!/^\d{1,3}$/.test(clean) || /^\t/.test(raw[at] ?? '')) return false;
  if ((raw[at - 1] ?? '').trim() !== '' || (raw[at + 1] ?? '').trim() !== '') return false;
  const before = wordsBeyond(raw, at, -1);
  const after = wordsBeyond(raw, at, 1);
  return before.length >= 18 && after.length >= 2 && !/[。！？；：.!?]$/.test(before) && !/^\d{1,3}$/.test(after);
}

function wordsBeyond(raw: readonly string[], from: number, step: 1 | -1): string {
  for (let at = from + step; at >= 0 && at < raw.length; at += step) {
    const text = cleanLine(raw[at] ?? '');
    if (text !== '') return text;
  }
  return '';
}
