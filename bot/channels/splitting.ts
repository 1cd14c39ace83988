/** Splits long text into parts a platform accepts, at places where a reader would pause. */

/** The platform's limit for one part: UTF-8 bytes (WeCom) or UTF-16 units (Telegram). */
export type PartLimit = { readonly maxBytes: number } | { readonly maxCharacters: number };

/** Below this share of the limit a pause is passed over: parts would become many and tiny. */
const SHORTEST_SHARE = 0.5;
const GRAPHEMES = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const SENTENCE_ENDS = '。！？；!?…';
const CLOSING_MARKS = '”’」』）)】》';
const PAUSES = '，、：, ';
const CLOSE_OF_QUOTE = '”\n——';
const QUOTE_WITH_SOURCE = /^“[\s\S]*?”\n——[^\n]*\n?/gm;

/**
 * Splits text into parts within the limit, in order（长消息拆分）. Prefers the end of a line, then of a sentence, then a pause;
 * a quote and its source line (“…” ⏎ ——…) stay in one part when they fit one.
 * @returns at least one part; joined they equal the input; no part ends inside a character, combining marks and emoji
 *   sequences included, unless that one character alone is over the limit
 * @throws RangeError if the limit is below 4, the longest single code point
 */
export function splitText(text: string, limit: PartLimit): string[] {
  const max = 'maxBytes' in limit ? limit.maxBytes : limit.maxCharacters;
  if (!(max >= 4)) throw new RangeError('a part must hold at least 4 bytes or characters');
  const sizeOf = 'maxBytes' in limit ? (piece: string) => Buffer.byteLength(piece) : (piece: string) => piece.length;
  if (sizeOf(text) <= max) return [text];

  const pieces = unbreakablePieces(text, max, sizeOf);
  const quotes = quoteSpans(text).filter((span) => sizeOf(text.slice(span.from, span.to)) <= max);
  const parts: string[] = [];
  let first = 0;
  while (first < pieces.length) {
    const end = firstBeyond(pieces, first, max);
    const next = end === pieces.length ? end : chooseBreak(pieces, first, end, quotes);
    const from = pieces[first]?.at ?? 0;
    parts.push(text.slice(from, pieces[next]?.at ?? text.length));
    first = next;
  }
  return parts;
}

interface Piece {
  readonly at: number;
  readonly text: string;
  readonly size: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function unbreakablePieces(text: string, max: number, sizeOf: (piece: string) => number): Piece[] {
  const pieces: Piece[] = [];
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    const size = sizeOf(segment);
    if (size <= max) {
      pieces.push({ at: index, text: segment, size });
      continue;
    }
    let at = index;
    for (const codePoint of segment) {
      pieces.push({ at, text: codePoint, size: sizeOf(codePoint) });
      at += codePoint.length;
    }
  }
  return pieces;
}

/** The first piece from `first` on that no longer fits; always after `first`. */
function firstBeyond(pieces: readonly Piece[], first: number, max: number): number {
  let size = 0;
  let at = first;
  for (; at < pieces.length; at += 1) {
    size += pieces[at]?.size ?? 0;
    if (size > max) break;
  }
  return Math.max(at, first + 1);
}

/** The piece the next part begins with, in (first, end]. `quotes` are those that fit one part. */
function chooseBreak(pieces: readonly Piece[], first: number, end: number, quotes: readonly Span[]): number {
  const startsAt = (at: number): number => pieces[at]?.at ?? Number.POSITIVE_INFINITY;
  const quoteAround = (index: number): Span | undefined => quotes.find((span) => span.from < index && index < span.to);
  const cutQuote = quoteAround(startsAt(end));
  if (cutQuote && cutQuote.from > startsAt(first)) {
    for (let at = end; at > first; at -= 1) if (startsAt(at) <= cutQuote.from) return at;
  }
  const lowest = first + Math.max(1, Math.ceil((end - first) * SHORTEST_SHARE));
  for (const isPause of [endsLine, endsSentence, endsPhrase]) {
    for (let at = end; at >= lowest; at -= 1) {
      if (isPause(pieces, at) && !quoteAround(startsAt(at))) return at;
    }
  }
  return end;
}

function endsLine(pieces: readonly Piece[], at: number): boolean {
  return (pieces[at - 1]?.text ?? '').endsWith('\n');
}

function endsSentence(pieces: readonly Piece[], at: number): boolean {
  if (isOneOf(CLOSING_MARKS, pieces[at]?.text)) return false;
  let last = at - 1;
  while (last > 0 && isOneOf(CLOSING_MARKS, pieces[last]?.text)) last -= 1;
  return isOneOf(SENTENCE_ENDS, pieces[last]?.text);
}

function endsPhrase(pieces: readonly Piece[], at: number): boolean {
  return isOneOf(PAUSES, pieces[at - 1]?.text);
}

function isOneOf(marks: string, piece: string | undefined): boolean {
  return piece !== undefined && piece !== '' && marks.includes(piece);
}

/** Where quotes with their source lines stand, as plain-text.ts writes them. Linear: what follows the last one is not searched. */
function quoteSpans(text: string): Span[] {
  const lastClose = text.lastIndexOf(CLOSE_OF_QUOTE);
  if (lastClose < 0) return [];
  const lineEnd = text.indexOf('\n', lastClose + CLOSE_OF_QUOTE.length);
  const searched = lineEnd < 0 ? text : text.slice(0, lineEnd + 1);
  return [...searched.matchAll(QUOTE_WITH_SOURCE)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
  }));
}
