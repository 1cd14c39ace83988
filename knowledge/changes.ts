/** What is new, gone or changed between two versions of a document, clause by clause（版本对比）. Pure. */
import type { Clause } from './types.ts';
import { normalise } from './words.ts';

export type ComparedClause = Pick<Clause, 'path' | 'heading' | 'text' | 'kind'>;

export type Change =
  | { readonly kind: 'added'; readonly after: ComparedClause }
  | { readonly kind: 'removed'; readonly before: ComparedClause }
  | {
      readonly kind: 'changed';
      readonly before: ComparedClause;
      readonly after: ComparedClause;
      /** The words around the first difference, in both. */
      readonly was: string;
      readonly is: string;
    };

/** Clauses this alike are one that was changed; less, and one is gone and another is new. */
const ALIKE = 0.5;
/** Characters shown before and after the first difference. */
const AROUND = 6;
const SHOWN = 22;
/** A difference this near the beginning is shown from the beginning. */
const NEAR = 14;

/**
 * Changes in the order of the newer version, what is gone at the place where it was. A clause that only got another number is
 * no change; nor are spaces, brackets and marks of another width.
 */
export function compareClauses(before: readonly ComparedClause[], after: readonly ComparedClause[]): readonly Change[] {
  const free = new Set(before.filter((clause) => words(clause) !== ''));
  const partner = new Map<ComparedClause, ComparedClause>();
  const same = new Set<ComparedClause>();
  const pair = (clause: ComparedClause, old: ComparedClause | undefined, equal: boolean): void => {
    if (!old) return;
    free.delete(old);
    partner.set(clause, old);
    if (equal) same.add(clause);
  };
  const open = (): readonly ComparedClause[] => after.filter((clause) => words(clause) !== '' && !partner.has(clause));
  const byWords = groupBy(before, words);
  // The same words under the same number, then under any other.
  for (const clause of open())
    pair(
      clause,
      byWords.get(words(clause))?.find((old) => old.path === clause.path && free.has(old)),
      true,
    );
  for (const clause of open())
    pair(
      clause,
      byWords.get(words(clause))?.find((old) => free.has(old)),
      true,
    );
  const byPath = groupBy([...free], (old) => old.path);
  for (const clause of open())
    pair(
      clause,
      byPath.get(clause.path)?.find((old) => free.has(old) && isAlike(old, clause)),
      false,
    );
  const byHeading = groupBy([...free], (old) => normalise(old.heading));
  for (const clause of open()) pair(clause, firstFree(byHeading.get(normalise(clause.heading)), free), false);
  return inOrder(before, after, { partner, same, free });
}

/** Clauses under one heading that are looked at: a text with the same heading over and over is compared in bounded time. */
const MAX_SAME_HEADING = 50;

function firstFree(
  clauses: readonly ComparedClause[] | undefined,
  free: ReadonlySet<ComparedClause>,
): ComparedClause | undefined {
  return clauses?.slice(0, MAX_SAME_HEADING).find((old) => old.heading !== '' && free.has(old));
}

function inOrder(
  before: readonly ComparedClause[],
  after: readonly ComparedClause[],
  found: {
    readonly partner: ReadonlyMap<ComparedClause, ComparedClause>;
    readonly same: ReadonlySet<ComparedClause>;
    readonly free: ReadonlySet<ComparedClause>;
  },
): readonly Change[] {
  const changes: Change[] = [];
  const place = new Map(before.map((clause, at) => [clause, at]));
  const byPath = groupBy(before, (clause) => clause.path);
  let at = 0;
  const gone = (until: number): void => {
    for (; at < until; at += 1) {
      const old = before[at];
      if (old && found.free.has(old)) changes.push({ kind: 'removed', before: old });
    }
  };
  for (const clause of after) {
    const old = found.partner.get(clause);
    const under = old ?? byPath.get(clause.path)?.find((one) => found.free.has(one) && (place.get(one) ?? 0) >= at);
    if (under) gone((place.get(under) ?? at) + (old ? 0 : 1));
    if (!old && words(clause) !== '') changes.push({ kind: 'added', after: clause });
    else if (old && !found.same.has(clause))
      changes.push({ kind: 'changed', before: old, after: clause, ...difference(old, clause) });
  }
  gone(before.length);
  return changes;
}

const remembered = new WeakMap<ComparedClause, string>();

function words(clause: ComparedClause): string {
  let plain = remembered.get(clause);
  if (plain === undefined) {
    plain = normalise(clause.kind === 'row' ? clause.text : `${clause.heading}${clause.text}`).replace(
      /[。，；：:.、]/g,
      '',
    );
    remembered.set(clause, plain);
  }
  return plain;
}

function groupBy(
  clauses: readonly ComparedClause[],
  key: (clause: ComparedClause) => string,
): ReadonlyMap<string, readonly ComparedClause[]> {
  const groups = new Map<string, ComparedClause[]>();
  for (const clause of clauses) {
    const group = groups.get(key(clause));
    if (group) group.push(clause);
    else groups.set(key(clause), [clause]);
  }
  return groups;
}

/** Shares half of its pairs of characters, or its heading. */
function isAlike(a: ComparedClause, b: ComparedClause): boolean {
  if (a.heading !== '' && normalise(a.heading) === normalise(b.heading)) return true;
  const [left, right] = [pairs(words(a)), pairs(words(b))];
  const total = left.size + right.size;
  if (total === 0) return false;
  let common = 0;
  for (const one of left) if (right.has(one)) common += 1;
  return (2 * common) / total >= ALIKE;
}

function pairs(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at = 0; at + 1 < text.length; at += 1) found.add(text.slice(at, at + 2));
  return found;
}

/** A few words of both, from shortly before the first difference. */
function difference(before: ComparedClause, after: ComparedClause): { readonly was: string; readonly is: string } {
  const flat = (clause: ComparedClause): string =>
    (clause.kind === 'row' ? clause.text : [clause.heading, clause.text].filter((part) => part !== '').join('。'))
      .replace(/。。/g, '。')
      .replace(/[\t\n]+/g, ' ');
  const [left, right] = [[...flat(before)], [...flat(after)]];
  let at = 0;
  while (at < Math.min(left.length, right.length) && left[at] === right[at]) at += 1;
  const from = at <= NEAR ? 0 : at - AROUND;
  const cut = (letters: readonly string[]): string =>
    `${from > 0 ? '…' : ''}${letters.slice(from, from + SHOWN).join('')}${letters.length > from + SHOWN ? '…' : ''}`;
  return { was: cut(left), is: cut(right) };
}
