/** Writes the numbers that Word only draws (自动编号) into the text of its paragraphs, so that no clause loses its number. */
import type { Cheerio, CheerioAPI } from 'cheerio';
import type { Element } from 'domhandler';

interface Level {
  readonly start: number;
  readonly format: string;
  /** `第%1条`, `（%2）` */
  readonly text: string;
  readonly legal: boolean;
  /** Number of the outer level that makes this one start again; undefined: any. */
  readonly restartAfter: number | undefined;
}

interface List {
  readonly abstractId: string;
  readonly levels: ReadonlyMap<number, Level>;
  readonly starts: ReadonlyMap<number, number>;
}

interface Place {
  readonly listId: string;
  readonly level: number;
}

const DEEPEST_STYLE = 12;

/** @param parts - the XML of document, numbering and styles; returns the document's XML with its numbers as text */
export async function writeNumbers(parts: {
  readonly document: string;
  readonly numbering: string | undefined;
  readonly styles: string | undefined;
}): Promise<string> {
  if (parts.numbering === undefined) return parts.document;
  const { load } = await import('cheerio');
  const lists = readLists(load(parts.numbering, { xml: true }));
  const styles = parts.styles === undefined ? new Map() : readStyles(load(parts.styles, { xml: true }));
  const $ = load(parts.document, { xml: true });
  const counters = new Map<string, number[]>();
  const begun = new Set<string>();
  $('w\\:p').each((_, paragraph) => {
    const properties = child($(paragraph), 'w:pPr');
    const own = child(properties, 'w:numPr');
    const style = styles.get(child(properties, 'w:pStyle').attr('w:val') ?? '');
    const place = placeOf(own, style);
    const list = place && lists.get(place.listId);
    const level = list?.levels.get(place?.level ?? 0);
    if (!place || !list || !level) return;
    own.remove();
    const label = count(place, list, level, counters, begun);
    if (label === '' || $(paragraph).text().trim() === '') return;
    const run = `<w:r><w:t xml:space="preserve">${escapeXml(label)}</w:t></w:r>`;
    if (properties.length > 0) properties.first().after(run);
    else $(paragraph).prepend(run);
  });
  return $.xml();
}

function child(of: Cheerio<Element>, name: string): Cheerio<Element> {
  return of.children(name.replace(':', '\\:')) as Cheerio<Element>;
}

function placeOf(own: Cheerio<Element>, style: Place | undefined): Place | undefined {
  const listId = child(own, 'w:numId').attr('w:val') ?? style?.listId;
  if (listId === undefined || listId === '0') return undefined;
  return { listId, level: Number(child(own, 'w:ilvl').attr('w:val') ?? style?.level ?? 0) };
}

function readStyles($: CheerioAPI): ReadonlyMap<string, Place> {
  const raw = new Map<string, { readonly place: Place | undefined; readonly basedOn: string | undefined }>();
  $('w\\:style').each((_, style) => {
    const number = child(child($(style), 'w:pPr'), 'w:numPr');
    const listId = child(number, 'w:numId').attr('w:val');
    raw.set($(style).attr('w:styleId') ?? '', {
      place: listId === undefined ? undefined : { listId, level: Number(child(number, 'w:ilvl').attr('w:val') ?? 0) },
      basedOn: child($(style), 'w:basedOn').attr('w:val'),
    });
  });
  const places = new Map<string, Place>();
  for (const id of raw.keys()) {
    let style = raw.get(id);
    for (let depth = 0; style && depth < DEEPEST_STYLE; depth += 1) {
      if (style.place) {
        places.set(id, style.place);
        break;
      }
      style = style.basedOn === undefined ? undefined : raw.get(style.basedOn);
    }
  }
  return places;
}

function readLists($: CheerioAPI): ReadonlyMap<string, List> {
  const levelsOf = (element: Element): ReadonlyMap<number, Level> =>
    new Map(
      child($(element), 'w:lvl')
        .toArray()
        .map((level) => [Number($(level).attr('w:ilvl') ?? 0), readLevel($(level))]),
    );
  const abstracts = new Map<string, ReadonlyMap<number, Level>>();
  const linked = new Map<string, string>();
  const byStyle = new Map<string, string>();
  $('w\\:abstractNum').each((_, element) => {
    const id = $(element).attr('w:abstractNumId') ?? '';
    abstracts.set(id, levelsOf(element));
    const link = child($(element), 'w:numStyleLink').attr('w:val');
    if (link !== undefined) linked.set(id, link);
    const style = child($(element), 'w:styleLink').attr('w:val');
    if (style !== undefined) byStyle.set(style, id);
  });
  const lists = new Map<string, List>();
  $('w\\:num').each((_, element) => {
    const named = child($(element), 'w:abstractNumId').attr('w:val') ?? '';
    const abstractId = byStyle.get(linked.get(named) ?? '') ?? named;
    const levels = new Map(abstracts.get(abstractId) ?? []);
    const starts = new Map<number, number>();
    for (const override of child($(element), 'w:lvlOverride').toArray()) {
      const at = Number($(override).attr('w:ilvl') ?? 0);
      const start = child($(override), 'w:startOverride').attr('w:val');
      if (start !== undefined) starts.set(at, Number(start));
      const level = child($(override), 'w:lvl');
      if (level.length > 0) levels.set(at, readLevel(level.first()));
    }
    lists.set($(element).attr('w:numId') ?? '', { abstractId, levels, starts });
  });
  return lists;
}

function readLevel(level: Cheerio<Element>): Level {
  const restart = child(level, 'w:lvlRestart').attr('w:val');
  return {
    start: Number(child(level, 'w:start').attr('w:val') ?? 1),
    format: child(level, 'w:numFmt').attr('w:val') ?? 'decimal',
    text: child(level, 'w:lvlText').attr('w:val') ?? '',
    legal: child(level, 'w:isLgl').length > 0,
    restartAfter: restart === undefined ? undefined : Number(restart),
  };
}

/** Counts one paragraph and gives its number as drawn; '' for a bullet. */
function count(place: Place, list: List, level: Level, counters: Map<string, number[]>, begun: Set<string>): string {
  const counts = counters.get(list.abstractId) ?? [];
  counters.set(list.abstractId, counts);
  if (!begun.has(place.listId)) {
    begun.add(place.listId);
    for (const [at, start] of list.starts) counts[at] = start - 1;
  }
  counts[place.level] = (counts[place.level] ?? level.start - 1) + 1;
  for (let deeper = place.level + 1; deeper < counts.length; deeper += 1) {
    const after = list.levels.get(deeper)?.restartAfter;
    if (after === 0 || (after !== undefined && place.level >= after)) continue;
    delete counts[deeper];
  }
  if (level.format === 'bullet' || level.format === 'none') return '';
  const label = level.text.replace(/%(\d)/g, (_, digit: string) => {
    const at = Number(digit) - 1;
    const other = list.levels.get(at) ?? level;
    const value = counts[at] ?? other.start;
    return level.legal ? String(value) : formatNumber(value, other.format);
  });
  return /[A-Za-z0-9]$/.test(label) ? `${label} ` : label;
}

const DIGITS = '〇一二三四五六七八九';

/** A number as Word's formats write it; unknown formats are written in digits. */
export function formatNumber(value: number, format: string): string {
  switch (format) {
    case 'chineseCounting':
    case 'chineseCountingThousand':
    case 'japaneseCounting':
    case 'taiwaneseCounting':
    case 'taiwaneseCountingThousand':
      return counted(value);
    case 'ideographDigital':
    case 'japaneseDigitalTenThousand':
    case 'taiwaneseDigital':
      return [...String(value)].map((digit) => DIGITS[Number(digit)]).join('');
    case 'decimalEnclosedCircle':
    case 'decimalEnclosedCircleChinese':
      return value >= 1 && value <= 20 ? String.fromCodePoint(0x245f + value) : String(value);
    case 'decimalFullWidth':
    case 'decimalFullWidth2':
      return [...String(value)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'upperLetter':
      return letters(value);
    case 'lowerLetter':
      return letters(value).toLowerCase();
    case 'upperRoman':
      return roman(value);
    case 'lowerRoman':
      return roman(value).toLowerCase();
    default:
      return String(value);
  }
}

/** 12 → 十二, 103 → 一百〇三 */
function counted(value: number): string {
  if (value < 10) return DIGITS[value] ?? '';
  if (value < 20) return `十${value % 10 === 0 ? '' : DIGITS[value % 10]}`;
  if (value < 100) return `${DIGITS[Math.floor(value / 10)]}十${value % 10 === 0 ? '' : DIGITS[value % 10]}`;
  if (value >= 1000) return String(value);
  const rest = value % 100;
  const tail = rest === 0 ? '' : rest < 10 ? `零${DIGITS[rest]}` : rest < 20 ? `一${counted(rest)}` : counted(rest);
  return `${DIGITS[Math.floor(value / 100)]}百${tail}`;
}

function letters(value: number): string {
  return String.fromCharCode(65 + ((value - 1) % 26)).repeat(Math.floor((value - 1) / 26) + 1);
}

function roman(value: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [100, 'C'],
    [90, 'XC'],
    [50, 'L'],
    [40, 'XL'],
    [10, 'X'],
    [9, 'IX'],
    [5, 'V'],
    [4, 'IV'],
    [1, 'I'],
  ];
  let rest = value;
  let text = '';
  for (const [step, sign] of steps)
    while (rest >= step && text.length < 40) {
      text += sign;
      rest -= step;
    }
  return text;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
