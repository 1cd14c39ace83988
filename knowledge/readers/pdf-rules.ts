/** Finds the tables of a page from the lines drawn on it, and the cells those lines make, merged ones included（表格线）. */
import { cellText, type PlacedTable, type TableCell, type TableLine, type Word } from './layout.ts';

/** A drawn line, along one axis; y grows downwards. */
export interface Rule {
  readonly axis: 'h' | 'v';
  /** Its place on the other axis. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Lines this near are one; borders drawn cell by cell leave such gaps (points). */
const NEAR = 2.5;
const LEAST_LENGTH = 6;
/** Lines a page may have before it is taken for a drawing. */
const MAX_RULES = 6_000;

export interface FoundTables {
  readonly tables: readonly PlacedTable[];
  /** Words outside all tables. */
  readonly words: readonly Word[];
}

/** Tables of at least two rows and two columns; boxes and underlines are none. */
export function findTables(rules: readonly Rule[], words: readonly Word[]): FoundTables {
  if (rules.length > MAX_RULES) return { tables: [], words };
  const h = mergeRules(rules.filter((rule) => rule.axis === 'h'));
  const v = mergeRules(rules.filter((rule) => rule.axis === 'v'));
  const tables: PlacedTable[] = [];
  let outside = words;
  for (const group of connected(h, v)) {
    const drawnX = places(group.filter((rule) => rule.axis === 'v'));
    const drawnY = places(group.filter((rule) => rule.axis === 'h'));
    // Where lines run on beyond the last one across, the border there is not drawn: open sides, rows cut by the page.
    const xs = withEnds(
      drawnX,
      group.filter((rule) => rule.axis === 'h'),
    );
    const ys = withEnds(
      drawnY,
      group.filter((rule) => rule.axis === 'v'),
    );
    if (xs.length < 3 || ys.length < 2 || xs.length * ys.length < 8) continue;
    if (drawnX.length < 1 || drawnY.length < 1) continue;
    const [left, right] = [xs[0] ?? 0, xs.at(-1) ?? 0];
    const [top, bottom] = [ys[0] ?? 0, ys.at(-1) ?? 0];
    const inside = (word: Word): boolean => {
      const y = word.y - word.size * 0.35;
      const x = word.x + word.width / 2;
      return x > left - NEAR && x < right + NEAR && y > top - NEAR && y < bottom + NEAR;
    };
    const own = outside.filter(inside).flatMap((word) => splitAt(word, xs));
    outside = outside.filter((word) => !inside(word));
    tables.push({
      kind: 'table',
      top,
      bottom,
      columns: xs.slice(1),
      openTop: ys[0] !== drawnY[0],
      openBottom: ys.at(-1) !== drawnY.at(-1),
      rows: cellsOf(group, xs, ys, own),
    });
  }
  return { tables, words: outside };
}

/** Pieces on one line, touching or overlapping, become one. */
function mergeRules(rules: readonly Rule[]): readonly Rule[] {
  const sorted = [...rules].sort((a, b) => a.at - b.at || a.from - b.from);
  const rows: Rule[][] = [];
  for (const rule of sorted) {
    const row = rows.at(-1);
    if (row?.[0] && rule.at - row[0].at <= NEAR) row.push(rule);
    else rows.push([rule]);
  }
  return rows.flatMap((row) => {
    const merged: Rule[] = [];
    for (const rule of row.sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last && rule.from <= last.to + NEAR) merged[merged.length - 1] = { ...last, to: Math.max(last.to, rule.to) };
      else merged.push(rule);
    }
    return merged.filter((rule) => rule.to - rule.from >= LEAST_LENGTH);
  });
}

/** Lines that cross or touch belong to one table. */
function connected(h: readonly Rule[], v: readonly Rule[]): readonly (readonly Rule[])[] {
  const all = [...h, ...v];
  const group = all.map((_, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (group[top] !== top) top = group[top] ?? top;
    group[at] = top;
    return top;
  };
  for (let a = 0; a < h.length; a += 1)
    for (let b = 0; b < v.length; b += 1) {
      const [across, down] = [h[a], v[b]];
      if (!across || !down) continue;
      if (down.at < across.from - NEAR || down.at > across.to + NEAR) continue;
      if (across.at < down.from - NEAR || across.at > down.to + NEAR) continue;
      group[root(a)] = root(h.length + b);
    }
  const groups = new Map<number, Rule[]>();
  for (const [at, rule] of all.entries()) groups.set(root(at), [...(groups.get(root(at)) ?? []), rule]);
  return [...groups.values()].sort((a, b) => topOf(a) - topOf(b));
}

function topOf(rules: readonly Rule[]): number {
  return Math.min(...rules.map((rule) => (rule.axis === 'h' ? rule.at : rule.from)));
}

function places(rules: readonly Rule[]): readonly number[] {
  const found: number[] = [];
  for (const at of rules.map((rule) => rule.at).sort((a, b) => a - b))
    if (found.length === 0 || at - (found.at(-1) ?? 0) > NEAR) found.push(at);
  return found;
}

function withEnds(places: readonly number[], across: readonly Rule[]): readonly number[] {
  const from = Math.min(...across.map((rule) => rule.from));
  const to = Math.max(...across.map((rule) => rule.to));
  const [first, last] = [places[0] ?? to, places.at(-1) ?? from];
  return [...(from < first - LEAST_LENGTH ? [from] : []), ...places, ...(to > last + LEAST_LENGTH ? [to] : [])];
}

/** Words that run over a line of the table (2025 2027) are parted at their blanks. */
function splitAt(word: Word, xs: readonly number[]): readonly Word[] {
  const crosses = xs.some((x) => x > word.x + 1 && x < word.x + word.width - 1);
  if (!crosses || !/\s/.test(word.text.trim())) return [word];
  const weight = (text: string): number => [...text].reduce((sum, char) => sum + (char < '\u2000' ? 0.55 : 1), 0);
  const total = weight(word.text) || 1;
  const parts: Word[] = [];
  for (const match of word.text.matchAll(/\S+/g)) {
    const before = (weight(word.text.slice(0, match.index)) / total) * word.width;
    parts.push({ ...word, text: match[0], x: word.x + before, width: (weight(match[0]) / total) * word.width });
  }
  return parts;
}

function cellsOf(
  rules: readonly Rule[],
  xs: readonly number[],
  ys: readonly number[],
  words: readonly Word[],
): readonly TableLine[] {
  const wall = (axis: 'h' | 'v', at: number, middle: number): boolean =>
    rules.some(
      (rule) =>
        rule.axis === axis && Math.abs(rule.at - at) <= NEAR && rule.from - NEAR < middle && rule.to + NEAR > middle,
    );
  const edge = (edges: readonly number[], at: number): number => edges[at] ?? 0;
  const middle = (edges: readonly number[], at: number): number => (edge(edges, at) + edge(edges, at + 1)) / 2;
  const taken = new Set<string>();
  const rows: TableLine[] = [];
  for (let row = 0; row < ys.length - 1; row += 1) {
    const cells: TableCell[] = [];
    for (let column = 0; column < xs.length - 1; column += 1) {
      if (taken.has(`${row} ${column}`)) continue;
      let columns = 1;
      while (column + columns < xs.length - 1 && !wall('v', edge(xs, column + columns), middle(ys, row))) columns += 1;
      let high = 1;
      while (row + high < ys.length - 1 && !wall('h', edge(ys, row + high), middle(xs, column))) high += 1;
      for (let down = 0; down < high; down += 1)
        for (let across = 0; across < columns; across += 1) taken.add(`${row + down} ${column + across}`);
      const [left, right] = [edge(xs, column), edge(xs, column + columns)];
      const [top, bottom] = [edge(ys, row), edge(ys, row + high)];
      const own = words.filter((word) => {
        const [x, y] = [word.x + word.width / 2, word.y - word.size * 0.35];
        return x >= left && x < right && y >= top && y < bottom;
      });
      cells.push({ text: cellText(own, left, right), column, columns, rows: high });
    }
    rows.push(cells);
  }
  return rows;
}
