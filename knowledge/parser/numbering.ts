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
  | 'decimal'
  | 'decimal-deep'
  | 'number-bracket'
  | 'number-half'
  | 'circled'
  | 'letter'
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
  decimal: 7.3,
  'decimal-deep': 7.6,
  'number-bracket': 8,
  'number-half': 9,
  circled: 10,
  letter: 11,
};

const H = '[一二三四五六七八九十百零〇○]';
/** After an article's number: the sentence speaks of that article (第三条规定的程序), it does not begin it. */
const CITED = `[款件例]|规定|所列|所述|第${H}|[至、和及与或]第|的`;
/** After a bracketed number: the sentence speaks of that item (（三）项规定). */
const CITED_ITEM = '款|项(?!目)|点(?=[规所的])';
/** After a decimal number: it is a quantity (2.1万人, 3.5倍, 79.2元), no number of a clause. */
const QUANTITY =
  '[%％‰万亿千百元倍岁天吨克升米]|人(?![员才力口事民群])|个(?![人体案性])|分(?![级类工配析层期布])|年(?![度报龄])|月(?![度报])|日(?!常)|次(?![均要])|所(?![有属需])|家(?!庭)|名(?![称单词录])|例(?!外)|小时|公里|平方|立方|毫';
const RULES: readonly {
  readonly kind: MarkerKind;
  readonly pattern: RegExp;
  readonly label: (n: string, unit: string) => string;
}[] = [
  {
    kind: 'part',
    pattern: new RegExp(`^第(${H}+|\\d+)(编|篇|部分(?![^ \\u3000：:、].*[。；]))[ \\u3000：:]*`),
    label: (n, unit) => `第${n}${unit}`,
  },
  { kind: 'chapter', pattern: new RegExp(`^第(${H}+|\\d+)(章)[ \\u3000]*`), label: (n, unit) => `第${n}${unit}` },
  { kind: 'division', pattern: new RegExp(`^第(${H}+|\\d+)(节)[ \\u3000]*`), label: (n, unit) => `第${n}${unit}` },
  {
    kind: 'article',
    pattern: new RegExp(`^第(${H}+|\\d+)(条(?:之${H}+)?)(?!${CITED})[ \\u3000、：:]*`),
    label: (n, unit) => `第${n}${unit}`,
  },
  {
    kind: 'stage',
    pattern: new RegExp(`^第(${H}+|\\d+)(阶段|步)(?=[（(：:、，, \\u3000]|$)[：:、 \\u3000]*`),
    label: (n, unit) => `第${n}${unit}`,
  },
  {
    kind: 'han',
    // 三、四级医院 at the begin of a line goes on with the line before.
    pattern: new RegExp(`^(${H}+)[ \\u3000]*[、．.](?!${H}[级类等个、])[ \\u3000]*`),
    label: (n) => n,
  },
  {
    kind: 'han-bracket',
    pattern: new RegExp(`^[（(﹙][ \\u3000]*(${H}+)[ \\u3000]*[）)﹚](?!${CITED_ITEM})[ \\u3000、．.]*`),
    label: (n) => `（${n}）`,
  },
  {
    kind: 'number',
    // A day, a year or a hundred per cent may follow the point: 1.2025年底前, 2.100%的乡镇卫生院.
    pattern:
      /^(\d{1,3})[ \u3000]*(?:\u2002|[.．。]\u2002|[.．。](?!\d)|[．、](?=\d+[年月日个项%％]|\d{4}\D)|、(?!\d)|\.(?=(?:19|20)\d{2}[年—－-]|\d{1,2}月|100[%％]))[ \u3000]*/,
    label: (n) => n,
  },
  {
    kind: 'decimal-deep',
    pattern: new RegExp(
      `^(\\d{1,2}(?:[.．]\\d{1,2}){2,3})[.．、]?[ \\u3000]*(?=[\\u4e00-\\u9fff“《（(【])(?!${QUANTITY})`,
    ),
    label: (n) => n.replaceAll('．', '.'),
  },
  {
    kind: 'decimal',
    pattern: new RegExp(`^([1-9]\\d?[.．][1-9]\\d?)[.．、]?[ \\u3000]*(?=[\\u4e00-\\u9fff“《（(【])(?!${QUANTITY})`),
    label: (n) => n.replaceAll('．', '.'),
  },
  {
    kind: 'number-bracket',
    pattern: new RegExp(`^[（(﹙][ \\u3000]*(\\d{1,3})[ \\u3000]*[）)﹚](?!${CITED_ITEM})[ \\u3000、．.]*`),
    label: (n) => `（${n}）`,
  },
  { kind: 'number-half', pattern: /^(\d{1,3})[)）][ \u3000、．.]*/, label: (n) => `${n}）` },
  { kind: 'letter', pattern: /^([a-hA-H])[)）.．、][ \u3000]*(?=[\u4e00-\u9fff“《（(])/, label: (n) => `${n}）` },
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
      ordinal: rule.kind === 'letter' ? n.toLowerCase().charCodeAt(0) - 96 : ordinalOf(n.replace(/^.*[.．]/, '')),
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
  /^附[ \u3000]*([件表录图])[ \u3000]*((?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[-—－–.]\d{1,2})?)?[ \u3000]*[:：.．、]?[ \u3000]*(.*)$/;

/** `附件2`, `附件 一：名单`, `附表1 …`: its label with digits, and the title that stands on the same line. */
export function readAnnexHead(text: string): { readonly label: string; readonly title: string } | undefined {
  const plain = halfWidthDigits(text).trim();
  const match = ANNEX.exec(/^[【（(]附[^】）)]{1,8}[】）)]$/.test(plain) ? plain.slice(1, -1) : plain);
  if (!match) return undefined;
  const [, kind = '件', n = '', title = ''] = match;
  if (n === '' && title !== '') return undefined;
  if (title.length > 60 || /[。；]/.test(title) || /^[略]/.test(title)) return undefined;
  const number = /^[一二三四五六七八九十]/.test(n) ? String(ordinalOf(n)) : n.replace(/[—－–.]/, '-');
  return { label: `附${kind}${number}`, title };
}
