/** Recognises the numbers that Chinese official documents put before their clauses（层次序数）. */

export type MarkerKind =
  | 'part'
  | 'chapter'
  | 'division'
  | 'article'
  | 'stage'
  | 'han'
  | 'han-bracket'
  | 'number'
  | 'number-bracket'
  | 'number-half'
  | 'circled'
  | 'title-bracket';

export interface Marker {
  readonly kind: MarkerKind;
  /** As a path shows it: `三`, `（二）`, `5`, `（5）`, `第八条`, `第二阶段`. */
  readonly label: string;
  readonly ordinal: number;
  /** The characters of the line that are the number, its 、 or ． included. */
  readonly printed: string;
  /** What follows them. */
  readonly rest: string;
}

/** Order of the kinds from outermost to innermost, by the national standard for official documents and by custom. */
export const MARKER_RANK: Readonly<Record<MarkerKind, number>> = {
  part: 0,
  chapter: 1,
  division: 2,
  article: 3,
  han: 4,
  stage: 5,
  'title-bracket': 5,
  'han-bracket': 6,
  number: 7,
  'number-bracket': 8,
  'number-half': 9,
  circled: 10,
};

const H = '[一二三四五六七八九十百零〇○]';
const RULES: readonly {
  readonly kind: MarkerKind;
  readonly pattern: RegExp;
  readonly label: (n: string, unit: string) => string;
}[] = [
  { kind: 'part', pattern: new RegExp(`^第(${H}+|\\d+)(编)[ \\u3000]*`), label: (n, unit) => `第${n}${unit}` },
  { kind: 'chapter', pattern: new RegExp(`^第(${H}+|\\d+)(章)[ \\u3000]*`), label: (n, unit) => `第${n}${unit}` },
  { kind: 'division', pattern: new RegExp(`^第(${H}+|\\d+)(节)[ \\u3000]*`), label: (n, unit) => `第${n}${unit}` },
  {
    kind: 'article',
    pattern: new RegExp(`^第(${H}+|\\d+)(条(?:之${H}+)?)(?![款件例])[ \\u3000、：:]*`),
    label: (n, unit) => `第${n}${unit}`,
  },
  {
    kind: 'stage',
    pattern: new RegExp(`^第(${H}+|\\d+)(阶段|步)(?=[（(：:、，, \\u3000]|$)[：:、 \\u3000]*`),
    label: (n, unit) => `第${n}${unit}`,
  },
  { kind: 'han', pattern: new RegExp(`^(${H}+)[ \\u3000]*[、．.](?!\\d)[ \\u3000]*`), label: (n) => n },
  {
    kind: 'han-bracket',
    pattern: new RegExp(`^[（(][ \\u3000]*(${H}+)[ \\u3000]*[）)][ \\u3000、．.]*`),
    label: (n) => `（${n}）`,
  },
  { kind: 'number', pattern: /^(\d{1,3})[ \u3000]*[.．、。](?!\d)[ \u3000]*/, label: (n) => n },
  {
    kind: 'number-bracket',
    pattern: /^[（(][ \u3000]*(\d{1,3})[ \u3000]*[）)][ \u3000、．.]*/,
    label: (n) => `（${n}）`,
  },
  { kind: 'number-half', pattern: /^(\d{1,3})[)）][ \u3000、．.]*/, label: (n) => `${n}）` },
];

const CIRCLED = '①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳';
const BRACKETED_HAN = '㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩';
const BRACKETED_NUMBER = '⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇';
const DOTTED_NUMBER = '⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛';

/** The number a line begins with, or `undefined`; full-width digits count as digits, a decimal fraction is no number. */
export function readMarker(text: string): Marker | undefined {
  const single = readSingleCharacter(text);
  if (single) return single;
  const plain = halfWidthDigits(text);
  for (const rule of RULES) {
    const match = rule.pattern.exec(plain);
    if (!match) continue;
    const n = (match[1] ?? '').replace(/[〇○]/g, '零');
    const printed = text.slice(0, match[0].length);
    return {
      kind: rule.kind,
      label: rule.label(n, match[2] ?? ''),
      ordinal: ordinalOf(n),
      printed,
      rest: text.slice(match[0].length),
    };
  }
  const title = /^【([^】]{1,24})】[ \u3000：:]*/.exec(text);
  if (title)
    return {
      kind: 'title-bracket',
      label: `【${title[1] ?? ''}】`,
      ordinal: 0,
      printed: title[0],
      rest: text.slice(title[0].length),
    };
  return undefined;
}

function readSingleCharacter(text: string): Marker | undefined {
  const first = text[0] ?? '';
  if (first === '') return undefined;
  const found = (set: string, kind: MarkerKind, label: (n: number) => string): Marker | undefined => {
    const at = set.indexOf(first);
    if (at < 0) return undefined;
    const printed = /^.[ \u3000、．.]*/.exec(text)?.[0] ?? first;
    return { kind, label: label(at + 1), ordinal: at + 1, printed, rest: text.slice(printed.length) };
  };
  return (
    found(CIRCLED, 'circled', (n) => CIRCLED[n - 1] ?? '') ??
    found(BRACKETED_HAN, 'han-bracket', (n) => `（${'一二三四五六七八九十'[n - 1] ?? ''}）`) ??
    found(BRACKETED_NUMBER, 'number-bracket', (n) => `（${n}）`) ??
    found(DOTTED_NUMBER, 'number', (n) => String(n))
  );
}

function halfWidthDigits(text: string): string {
  return text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
}

/** 十二 → 12, 二十 → 20, 一百零三 → 103, `15` → 15; 0 where it is no number. */
export function ordinalOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  let total = 0;
  let digit = 0;
  for (const char of text) {
    const value = '零一二三四五六七八九'.indexOf(char);
    if (value >= 0) digit = value;
    else if (char === '十') {
      total += (digit || 1) * 10;
      digit = 0;
    } else if (char === '百') {
      total += (digit || 1) * 100;
      digit = 0;
    } else return 0;
  }
  return total + digit;
}

const ANNEX =
  /^附[ \u3000]*([件表录])[ \u3000]*((?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[-—－–.]\d{1,2})?)?[ \u3000]*[:：.．、]?[ \u3000]*(.*)$/;

/** `附件2`, `附件 一：名单`, `附表1 …`: its label with digits, and the title that stands on the same line. */
export function readAnnexHead(text: string): { readonly label: string; readonly title: string } | undefined {
  const match = ANNEX.exec(halfWidthDigits(text));
  if (!match) return undefined;
  const [, kind = '件', n = '', title = ''] = match;
  if (n === '' && title !== '') return undefined;
  if (title.length > 60 || /[。；]/.test(title) || /^[略]/.test(title)) return undefined;
  const number = /^[一二三四五六七八九十]/.test(n) ? String(ordinalOf(n)) : n.replace(/[—－–.]/, '-');
  return { label: `附${kind}${number}`, title };
}
