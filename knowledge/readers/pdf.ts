/** PDF to text: words with their places and the lines drawn around them; pages without words are handed on as pictures. */

import { UnreadableFile } from './failure.ts';
import type { Page, Word } from './layout.ts';
import { findTables, type Rule } from './pdf-rules.ts';

/** Pages read at most; a plan has tens, a yearbook a thousand. */
const MAX_PAGES = 2_000;
/** A page with fewer letters than this and a picture on it is a scan. */
const LEAST_LETTERS = 12;

export interface PdfPages {
  readonly pages: readonly Page[];
  /** Numbers of pages that are pictures, from 1. */
  readonly scanned: readonly number[];
}

/** A picture on a page, as raw pixels. */
export interface PagePicture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface OpenPdf {
  readonly count: number;
  read(onPage: (done: number) => void): Promise<PdfPages>;
  /** The largest picture of a page. */
  picture(page: number): Promise<PagePicture | undefined>;
}

type Matrix = readonly [number, number, number, number, number, number];

/** @throws UnreadableFile `password`, `damaged`, `too-long` */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const { extractImages, getDocumentProxy, getResolvedPDFJS } = await import('unpdf');
  const pdf = await getDocumentProxy(bytes, { verbosity: 0, isEvalSupported: false } as object).catch(
    (error: unknown) => {
      const name = error instanceof Error ? error.name : '';
      throw new UnreadableFile(name === 'PasswordException' ? 'password' : 'damaged', {}, error);
    },
  );
  if (pdf.numPages > MAX_PAGES) throw new UnreadableFile('too-long');
  const { OPS } = await getResolvedPDFJS();
  return {
    count: pdf.numPages,
    async read(onPage) {
      const pages: Page[] = [];
      const scanned: number[] = [];
      for (let number = 1; number <= pdf.numPages; number += 1) {
        const page = await pdf.getPage(number);
        const view = page.getViewport({ scale: 1 });
        const base = asMatrix(view.transform);
        const { items } = await page.getTextContent();
        const words = items.flatMap((item) => ('str' in item ? wordOf(item, base) : []));
        const { fnArray, argsArray } = await page.getOperatorList();
        const drawn = readDrawing(fnArray, argsArray as readonly unknown[], OPS, base);
        const found = findTables(drawn.rules, words);
        pages.push({ width: view.width, height: view.height, words: found.words, tables: found.tables });
        const letters = words.reduce((sum, word) => sum + word.text.trim().length, 0);
        if (letters < LEAST_LETTERS && drawn.pictures > 0) scanned.push(number);
        page.cleanup();
        onPage(number);
      }
      return { pages, scanned };
    },
    async picture(page) {
      const images = await extractImages(pdf, page);
      return [...images].sort((a, b) => b.width * b.height - a.width * a.height)[0];
    },
  };
}

function asMatrix(values: readonly unknown[]): Matrix {
  const [a, b, c, d, e, f] = values.map(Number);
  return [a ?? 1, b ?? 0, c ?? 0, d ?? 1, e ?? 0, f ?? 0];
}

function times(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

function apply(m: Matrix, x: number, y: number): readonly [number, number] {
  return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}

function wordOf(
  item: { readonly str: string; readonly width: number; readonly transform: readonly unknown[] },
  base: Matrix,
): readonly Word[] {
  const text = wholeCharacters(item.str);
  if (text.trim() === '') return [];
  const own = asMatrix(item.transform);
  const placed = times(base, own);
  const size = Math.hypot(placed[2], placed[3]);
  // A watermark stands aslant; it is no text of the page.
  if (size === 0 || Math.abs(placed[1]) > size * 0.2) return [];
  return [{ text, x: placed[4], y: placed[5], width: item.width, size }];
}

/** Radicals that fonts give where the whole character is meant. */
const RADICALS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...'⺀冫⺁厂⺂乛⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋卩⺌小⺍小⺎兀⺏尢⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺟母⺠民⺡氵⺢水⺣灬⺤爪⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糸⺰纟⺱罒⺲罒⺶羊⺷羊⺸羊⺹耂⺺肀⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃西⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龟⻲亀⻳龟',
  ].reduce<string[][]>((pairs, char, at) => {
    if (at % 2 === 0) pairs.push([char]);
    else pairs.at(-1)?.push(char);
    return pairs;
  }, []),
);

/** Characters whose letters fonts share with a rarer one, which a printing program may name instead. */
const TWINS: Readonly<Record<string, string>> = { '―': '—', 戶: '户', 戸: '户' };

function wholeCharacters(text: string): string {
  return text
    .replace(/[\u2e80-\u2fdf]/g, (radical) => RADICALS[radical] ?? radical.normalize('NFKC'))
    .replace(/[―戶戸]/g, (char) => TWINS[char] ?? char);
}

interface Drawing {
  readonly rules: readonly Rule[];
  readonly pictures: number;
}

/** Thickest bar that is a line and no filled box (points). */
const THICKEST = 3;
const SHORTEST = 3;

/** Follows the drawing of a page and keeps straight lines along the axes, whether stroked or filled as thin boxes. */
function readDrawing(
  ops: readonly number[],
  args: readonly unknown[],
  OPS: Readonly<Record<string, number>>,
  base: Matrix,
): Drawing {
  const rules: Rule[] = [];
  let pictures = 0;
  let matrix = base;
  const saved: Matrix[] = [];
  const painted = new Set(
    [
      OPS.fill,
      OPS.eoFill,
      OPS.stroke,
      OPS.closeStroke,
      OPS.fillStroke,
      OPS.eoFillStroke,
      OPS.closeFillStroke,
      OPS.closeEOFillStroke,
    ].filter((op) => op !== undefined),
  );
  const stroked = new Set([OPS.stroke, OPS.closeStroke, OPS.fillStroke, OPS.closeFillStroke, OPS.eoFillStroke]);
  for (const [at, op] of ops.entries()) {
    const arg = args[at] as readonly unknown[] | null;
    if (op === OPS.save) saved.push(matrix);
    else if (op === OPS.restore || op === OPS.paintFormXObjectEnd) matrix = saved.pop() ?? base;
    else if (op === OPS.transform && arg) matrix = times(matrix, asMatrix(arg));
    else if (op === OPS.paintFormXObjectBegin) {
      saved.push(matrix);
      if (Array.isArray(arg?.[0])) matrix = times(matrix, asMatrix(arg[0]));
    } else if (op === OPS.paintImageXObject || op === OPS.paintInlineImageXObject || op === OPS.paintImageMaskXObject)
      pictures += 1;
    else if (op === OPS.constructPath && arg && painted.has(Number(arg[0]))) {
      const data = (arg[1] as readonly unknown[] | undefined)?.[0];
      if (data && typeof data === 'object' && 'length' in data)
        rules.push(...linesOfPath(data as ArrayLike<number>, matrix, stroked.has(Number(arg[0]))));
    }
  }
  return { rules, pictures };
}

/** Path data is a run of 0 x y (move), 1 x y (line), 2 … (curve), 3 … (quadratic curve), 4 (close). */
function linesOfPath(data: ArrayLike<number>, matrix: Matrix, stroked: boolean): readonly Rule[] {
  const rules: Rule[] = [];
  let points: (readonly [number, number])[] = [];
  const flush = (): void => {
    if (stroked) {
      for (let at = 1; at < points.length; at += 1) {
        const [a, b] = [points[at - 1], points[at]];
        if (a && b) rules.push(...asRule(a, b));
      }
    } else if (points.length >= 4 && points.length <= 6) {
      const xs = points.map(([x]) => x);
      const ys = points.map(([, y]) => y);
      const [left, right] = [Math.min(...xs), Math.max(...xs)];
      const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
      if (bottom - top <= THICKEST && right - left > bottom - top)
        rules.push(...asRule([left, (top + bottom) / 2], [right, (top + bottom) / 2]));
      else if (right - left <= THICKEST) rules.push(...asRule([(left + right) / 2, top], [(left + right) / 2, bottom]));
    }
    points = [];
  };
  for (let at = 0; at < data.length; ) {
    const kind = data[at];
    const point = (offset: number) => apply(matrix, data[at + offset] ?? 0, data[at + offset + 1] ?? 0);
    if (kind === 0) {
      flush();
      points = [point(1)];
      at += 3;
    } else if (kind === 1) {
      points.push(point(1));
      at += 3;
    } else if (kind === 2 || kind === 3) {
      flush();
      points = [point(kind === 2 ? 5 : 3)];
      at += kind === 2 ? 7 : 5;
    } else if (kind === 4) {
      const [first] = points;
      if (first) points.push(first);
      flush();
      at += 1;
    } else break;
  }
  flush();
  return rules;
}

function asRule([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): readonly Rule[] {
  const [wide, high] = [Math.abs(x2 - x1), Math.abs(y2 - y1)];
  if (wide >= SHORTEST && high <= 1)
    return [{ axis: 'h', at: (y1 + y2) / 2, from: Math.min(x1, x2), to: Math.max(x1, x2) }];
  if (high >= SHORTEST && wide <= 1)
    return [{ axis: 'v', at: (x1 + x2) / 2, from: Math.min(y1, y2), to: Math.max(y1, y2) }];
  return [];
}
