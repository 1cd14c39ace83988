/** Joins lines to paragraphs: what a page break, a narrow page or a cut heading has parted belongs together. */
import type { Line } from './lines.ts';
import { type Marker, readAnnexHead, readMarker } from './numbering.ts';
import { isNote, readTable, type Table } from './tables.ts';

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string; readonly marker: Marker | undefined; readonly prose: boolean }
  | { readonly kind: 'annex'; readonly label: string; readonly title: string; readonly printed: string }
  | { readonly kind: 'table'; readonly table: Table };

const DATE_LINE =
  /^(?:\d{4}|[二〇○零一三四五六七八九]{4})年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})月\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})日$/;
const DATE_ONLY = DATE_LINE;

/** True for a line that is a date alone, as under a signature. */
export function isDateLine(text: string): boolean {
  return DATE_ONLY.test(text.replace(/\s/g, ''));
}

/** Paragraphs, annex heads and tables in order. */
export function readBlocks(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  const width = wrapWidth(lines);
  let current: { text: string; marker: Marker | undefined; lastLine: string } | undefined;
  const close = (): void => {
    if (current) blocks.push(paragraph(current.text, current.marker));
    current = undefined;
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (!line) break;
    const table = readTable(lines, at);
    if (table) {
      close();
      blocks.push({ kind: 'table', table });
      at += table.lines;
      continue;
    }
    at += 1;
    if (line.text === '') continue;
    const annex = annexHead(lines, at - 1);
    if (annex) {
      close();
      blocks.push({ kind: 'annex', ...annex, printed: line.text });
      continue;
    }
    if (current && continues(current, line, lines[at], width)) {
      current = { ...current, text: join(current.text, line.text), lastLine: line.text };
      continue;
    }
    close();
    current = { text: line.text, marker: readMarker(line.text), lastLine: line.text };
  }
  close();
  return blocks;
}

function paragraph(text: string, marker: Marker | undefined): Block {
  // The marker was read from the first line; read it again so that `rest` holds the whole paragraph.
  return { kind: 'paragraph', text, marker: marker && readMarker(text), prose: isProse(text) };
}

function isProse(text: string): boolean {
  return /[。！？；]/.test(text) || /[：:]$/.test(text) || (/，/.test(text) && text.length >= 30);
}

/** An annex begins here; a list of annexes (附件：1．…, or 附件1：… directly followed by 附件2：…) is none. */
function annexHead(lines: readonly Line[], at: number): { readonly label: string; readonly title: string } | undefined {
  const head = readAnnexHead(lines[at]?.text ?? '');
  if (!head) return undefined;
  if (head.title === '') return head;
  const neighbour = (line: Line | undefined): boolean => {
    const other = line && readAnnexHead(line.text);
    return other !== undefined && other.title !== '';
  };
  return neighbour(lines[at + 1]) || neighbour(lines[at - 1]) ? undefined : head;
}

const ENDS_SENTENCE = /[。！？；：!?;:]["”’）)》】]*$/;
const ENDS_OPEN = /(?:[、，,（(《“—]|[和与及或的等将对在为以从把被向由按])$/;
const BEGINS_INSIDE = /^[，。、；：！？）)》”】%％]/;
/** A paragraph this long ends with its line, whatever it looks like: no text of an office is so, and reading stays fast. */
const MAX_PARAGRAPH = 20_000;
/** How far from its end a text is looked at for marks that must stand there. */
const END = 80;
/** Text with an open bracket goes on up to this length. */
const MAX_OPEN = 1200;
const LABEL = /^[\u4e00-\u9fff ]{1,10}[:：]/;

function continues(
  current: { readonly text: string; readonly marker: Marker | undefined; readonly lastLine: string },
  line: Line,
  next: Line | undefined,
  width: number,
): boolean {
  const { text, marker } = current;
  if (text.length > MAX_PARAGRAPH) return false;
  if (BEGINS_INSIDE.test(line.text)) return true;
  const open = text.length < MAX_OPEN && hasOpenBracket(text);
  const end = text.slice(-END);
  if (readMarker(line.text)) return open && text.length < 400 && !ENDS_SENTENCE.test(end) && !marker;
  if (isDateLine(line.text) || isNote(line.text) || line.indented) return false;
  if (open) return true;
  if (ENDS_SENTENCE.test(end)) return width > 0 && line.gap === 0 && current.lastLine.length >= width - 1;
  if (/[、，,]$/.test(end)) return true;
  if (LABEL.test(line.text) && !/[。]/.test(line.text)) return false;
  if (width > 0 && line.gap === 0 && current.lastLine.length >= width - 2) return true;
  const sentences = /。/.test(text);
  const tail = /[，。；]/.test(line.text);
  if (/[）)》”】]$/.test(end)) return sentences && tail && !/（责任单位|\(责任单位|公开/.test(text.slice(-60));
  if (marker && !sentences) return continuesHeading(text, line, next);
  if (!tail && line.text.length > 12) return false;
  if (ENDS_OPEN.test(end) && text.length >= 14) return tail;
  return (sentences || /，/.test(text) || text.length >= 36) && text.length >= 18 && tail;
}

/** A heading without a full stop usually ends with its line; it goes on where it is cut visibly. */
function continuesHeading(text: string, line: Line, next: Line | undefined): boolean {
  const stops = /。/.test(line.text);
  if (stops)
    return (
      text.length > 40 ||
      (ENDS_OPEN.test(text) && text.length >= 14) ||
      (line.text.length <= 20 && /，/.test(text) && text.length >= 14)
    );
  if (ENDS_OPEN.test(text)) return true;
  // A short remainder that is followed by a new number or a paragraph: the second line of a long heading.
  return (
    text.length >= 16 &&
    line.text.length <= 20 &&
    !/[，；：:]/.test(line.text) &&
    (next === undefined || next.gap > 0 || readMarker(next.text) !== undefined)
  );
}

function hasOpenBracket(text: string): boolean {
  for (const [open, shut] of ['（）', '《》', '“”', '〔〕', '【】'] as const) {
    if (!open || !shut) continue;
    let depth = 0;
    for (const char of open === '（' ? text.replaceAll('(', '（').replaceAll(')', '）') : text) {
      if (char === open) depth += 1;
      else if (char === shut) depth = Math.max(0, depth - 1);
    }
    if (depth > 0) return true;
  }
  return false;
}

/** Two parts of a sentence: no space between Chinese, one between Latin words. */
function join(left: string, right: string): string {
  return /[A-Za-z0-9]$/.test(left) && /^[A-Za-z]/.test(right) ? `${left} ${right}` : `${left}${right}`;
}

/** Characters a line where the text was wrapped at a fixed width, else 0: then a full line says nothing about its end. */
function wrapWidth(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  let long = 0;
  for (const { text, cell } of lines) {
    if (cell || text.length < 15) continue;
    if (text.length > 60) long += 1;
    counts.set(text.length, (counts.get(text.length) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  if (total < 12 || long > total * 0.05) return 0;
  for (let width = 60; width >= 20; width -= 1) {
    const full = (counts.get(width) ?? 0) + (counts.get(width - 1) ?? 0) + (counts.get(width - 2) ?? 0);
    if (full >= total * 0.4) return width;
  }
  return 0;
}
