/** Joins lines to paragraphs: what a page break, a narrow page or a cut heading has parted belongs together. */
import type { Line } from './lines.ts';
import { type Marker, readAnnexHead, readMarker } from './numbering.ts';
import { isNote, readTable, type Table } from './tables.ts';

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string; readonly marker: Marker | undefined; readonly prose: boolean }
  | { readonly kind: 'annex'; readonly label: string; readonly title: string; readonly printed: string }
  | { readonly kind: 'table'; readonly table: Table };

/** The forms a day is written in: figures of any width, characters with any round zero. */
const ROUND_ZERO = '〇○零OＯ0０◯';
const SMALL = '(?:[\\d０-９]{1,2}|[一二三四五六七八九十廿]{1,4})';
export const DAY = `(?:[\\d０-９]{4}|二[${ROUND_ZERO}][${ROUND_ZERO}一二三四五六七八九]{2}|[一二三四五六七八九][一二三四五六七八九零]{3})年${SMALL}月${SMALL}日`;
const DAY_ALONE = new RegExp(`^${DAY}$`);
/** 2025.3.6, 2025-03-06, as under the letter of a small office. */
const SHORT_DAY = /^20\d{2}([.．/-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])$/;

/** Signature and date on one line: 甲县人民政府办公室　　2025年1月1日. */
const SIGNED = new RegExp(
  `^([\\u4e00-\\u9fff \\u3000、]{2,60}?(?:政府|办公[室厅]|委员会|[局厅委部院会组])(?:[（(].{2,16}[）)])?)[ \\u3000]*(${DAY})$`,
);

/** Who signs and when, of a line that says both and nothing else. */
export function readSigned(text: string): { readonly issuer: string; readonly day: string } | undefined {
  const match =
    text.length <= 80 ? SIGNED.exec(text.replace(/(?<=\d) +(?=[年月日\d])|(?<=[年月]) +(?=\d)/g, '')) : null;
  return match ? { issuer: match[1] ?? '', day: match[2] ?? '' } : undefined;
}

/** True for a line that is a date alone, as under a signature. */
export function isDateLine(text: string): boolean {
  const plain = text.replace(/\s/g, '');
  return DAY_ALONE.test(plain) || SHORT_DAY.test(plain);
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
    if (line.contents) {
      close();
      blocks.push({ kind: 'paragraph', text: line.text, marker: undefined, prose: false });
      at += 1;
      continue;
    }
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
      // A number alone on its line: a space keeps 第一条 apart from a word that would make it a reference (规定).
      const alone = current.marker?.rest === '' ? `${current.text} ` : current.text;
      const text = join(alone, line.text);
      current = { text, marker: readMarker(text), lastLine: line.text };
      continue;
    }
    close();
    current = { text: line.text, marker: readMarker(line.text), lastLine: line.text };
  }
  close();
  return blocks.flatMap((block, at) => partRunIn(block, blocks[at + 1]));
}

/**
 * A paragraph that ends with the first of a list whose second begins the next paragraph (…制度。（一）上转标准。…) is parted there,
 * so that every member of the list is a clause of its own.
 */
function partRunIn(block: Block, next: Block | undefined): readonly Block[] {
  if (block.kind !== 'paragraph' || next?.kind !== 'paragraph') return [block];
  const wanted = next.marker;
  if (!wanted || wanted.ordinal < 2 || wanted.ordinal > 9 || wanted.kind === block.marker?.kind) return [block];
  if (block.text.length > MAX_PARAGRAPH || isNote(block.text) || /^附件?\s*[:：]/.test(block.text)) return [block];
  const cuts: number[] = [];
  for (const { index } of block.text.matchAll(/(?<=[。；：:])(?=\s*[（(\d①-⑨㈠-㈩⑴-⑼])/g)) {
    const marker = readMarker(block.text.slice(index, index + 40).trimStart());
    if (marker?.kind === wanted.kind && marker.ordinal === cuts.length + 1) cuts.push(index);
  }
  if (cuts.length === 0 || cuts.length !== wanted.ordinal - 1) return [block];
  return [0, ...cuts].map((from, at) => {
    const text = block.text.slice(from, cuts[at]).trim();
    return paragraph(text, readMarker(text));
  });
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
/** The whole title of a notice: what follows is its addressee or its text. */
const TITLE_ENDS = /^[^。]*关于[^。]*的(?:通知|意见|决定|公告|通告|函|批复|报告|请示)$/;
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
  if (marker?.rest === '') return readMarker(line.text) === undefined && !isDateLine(line.text);
  const open = text.length < MAX_OPEN && hasOpenBracket(text);
  const end = text.slice(-END);
  if (readMarker(line.text)) return open && text.length < 400 && !ENDS_SENTENCE.test(end) && !marker;
  if (isDateLine(line.text) || isNote(line.text) || line.indented) return false;
  if (open) return true;
  if (ENDS_SENTENCE.test(end)) return width > 0 && line.gap === 0 && current.lastLine.length >= width - 1;
  if (/[、，,]$/.test(end)) return true;
  if (TITLE_ENDS.test(text)) return false;
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
