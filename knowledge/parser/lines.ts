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
  /** Its cells, where wide spaces part them: a row of a table that lost its lines. */
  readonly spaced?: readonly string[] | undefined;
  /** A line of the table of contents: it names a heading and a page, it begins no clause. */
  readonly contents?: boolean | undefined;
}

const PAGE_MARK =
  /^(?:[-—–－―·•~]+\s*[\d０-９]{1,3}\s*[-—–－―·•~]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*[（(]?\s*共\s*\d{1,3}\s*页\s*[）)]?)?|\d{1,3}\s*\/\s*\d{1,3}|[Pp]age\s*\d{1,3}(?:\s*(?:of|\/)\s*\d{1,3})?)$/;
/** A rule between parts, as people paste it: a line of dashes or equal signs alone. */
const RULE = /^(?:-{3,}|={5,}|\+[-=+]{4,}\+)$/;
/** The frame of a table drawn with characters, and a row inside it. */
const FRAME = /^[┌├└┏┣┗╔╠╚─━═┬┼┴┳╋┻┐┤┘│┃\s]{3,}$/;
const FRAMED = /^[│┃].*[│┃]$/;
const MOST_COLUMNS = 20;
const HAN = '[\\u3400-\\u9fff]';
/** Single characters kept apart by spaces: `指  标  名  称`, `组  长`, `王  中`. */
const PADDED = new RegExp(`(?<!${HAN})${HAN}(?:[ \\u3000\\u00a0]+${HAN})+(?!${HAN})`, 'g');

/** The lines that carry words, in order; stray page numbers are left out. A line of a tab alone is an empty cell and stays. */
export function readLines(text: string): readonly Line[] {
  const raw = text
    .replaceAll('\u0000', '')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u2000-\u200a\u202f\u205f]/g, ' ')
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
    if (isPageNumber(clean, raw, at) || (!cell && (RULE.test(clean) || FRAME.test(clean)))) {
      gap += 1;
      continue;
    }
    const spaced = cell ? [] : source.trim().split(/ {2,}|\u3000+|(?<=\S) (?=\S)/);
    lines.push({
      text: FRAMED.test(clean) ? clean.replace(/[│┃]/g, '|') : clean,
      cell,
      indented: /^(?:\u3000{2}| {2,}|\u00a0{2,})\S/.test(source),
      gap,
      spaced: spaced.length > 2 && spaced.length <= MOST_COLUMNS ? spaced : undefined,
    });
    gap = 0;
  }
  return withPlainNumbers(withContents(lines));
}

/** A heading, dots, a page: always a line of contents. Without dots only under the word 目录. */
const LEADER = /(?:…{2,}|\.{4,}|·{4,}|。{4,})\s*\d{1,3}$/;
const PAGED = /^.{2,60}?[\s\u3000]+\d{1,3}$/;

/** Longest line of a table of contents. */
const MAX_CONTENTS = 200;
const isLeader = (text: string): boolean => text.length <= MAX_CONTENTS && LEADER.test(text);

function withContents(lines: readonly Line[]): readonly Line[] {
  let under = false;
  return lines.map((line) => {
    if (/^目\s*录$/.test(line.text)) under = true;
    else if (under && !PAGED.test(line.text.slice(0, MAX_CONTENTS)) && !isLeader(line.text)) under = false;
    return under || isLeader(line.text) ? { ...line, text: line.text.replaceAll('\t', ' '), contents: true } : line;
  });
}

/** Stands after a number whose point is missing or is followed by a figure; white space that no cleaned line has. */
export const NUMBER_SPACE = '\u2002';

/**
 * Numbers that only their place shows: `3.30%的村卫生室` after an item 2, and, in a standard that counts 3.1, 3.2, the
 * headings `1 范围`, `2 术语` that count on.
 */
function withPlainNumbers(lines: readonly Line[]): readonly Line[] {
  const decimals = lines.filter((line) => /^\d{1,2}\.\d{1,2}[ \u3000]*[\u4e00-\u9fff]{2}/.test(line.text)).length;
  let item = 0;
  let section = 0;
  return lines.map((line) => {
    const share = /^(\d{1,2})[.](?=\d{2}[%％])/.exec(line.text);
    if (share && item > 0 && Number(share[1]) === item + 1) {
      item += 1;
      return { ...line, text: `${share[0]}${NUMBER_SPACE}${line.text.slice(share[0].length)}` };
    }
    const number = /^(\d{1,2})[.．、](?:(?!\d)|(?=(?:19|20)\d{2}年|100[%％]))/.exec(line.text);
    if (number) item = Number(number[1]);
    else if (/^[（(]?[一二三四五六七八九十]+[）)、]/.test(line.text)) item = 0;
    const heading = decimals > 1 ? /^(\d{1,2})[ \u3000](?=[\u4e00-\u9fff]{2,20}$)/.exec(line.text) : null;
    if (!heading || Number(heading[1]) !== section + 1) return line;
    section += 1;
    return { ...line, text: `${heading[1]}${NUMBER_SPACE}${line.text.slice(heading[0].length)}` };
  });
}

/** Figures whose digits a recognition has set apart: `达到8 8 . 6 %`. Only right after a character, never a row of figures. */
const SPACED_FIGURE = new RegExp(`(?<=${HAN})\\d(?: ?\\. ?\\d(?!\\d)| \\d(?!\\d))+(?:(?= ?${HAN})| ?[%％])`, 'g');

/** Bold marks gone, padding squeezed, ends trimmed; inner tabs stay because they part cells. */
export function cleanLine(source: string): string {
  return withoutMarkdown(source)
    .trim()
    .replace(PADDED, (name) => name.replace(/[ \u3000\u00a0]+/g, ''))
    .replace(SPACED_FIGURE, (figure) => figure.replace(/ /g, ''))
    .replace(/[ \u3000\u00a0]{2,}/g, ' ');
}

/** What a page copied as Markdown adds to the words: marks of headings, quotes, lists and emphasis, escaped points. */
function withoutMarkdown(source: string): string {
  return source
    .replaceAll('**', '')
    .replaceAll('__', '')
    .replace(/^(\s*)(?:#{1,6}[ \t]+(?=\S)|>+[ \t]+(?=\S)|[-*+][ \t]+(?=[\u4e00-\u9fff“《（【]))/, '$1')
    .replace(/(?<![^\s。；，：.、）)])\*(?=[\u4e00-\u9fff])([^*]{1,40})\*(?![^\s。；，：])/g, '$1')
    .replace(/\\(?=[.[\]()*_#+\-!>|])/g, '');
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
