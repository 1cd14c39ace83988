/** Whether two questions ask the same in other words: every noun of one has its like in the other（相近问法）. Pure. */
import { LEXICON, type Lexicon } from './lexicon.ts';
import { type ReadQuestion, readQuestion, type Term } from './question.ts';

/** From this grip on a word names a matter: it may not be missing on the other side. */
const NAMES_MATTER = 0.9;
/** How much of all that is said must be alike. */
const ALIKE = 0.75;

/**
 * The wording that asks the same as the question, or `undefined`. Rather none than a wrong one: who asks about 下转 is not given
 * the answer for 上转.
 */
export function findNearWording<T extends { readonly wording: string }>(
  question: string,
  known: readonly T[],
  lexicon: Lexicon = LEXICON,
): T | undefined {
  if (known.length === 0) return undefined;
  const asked = readQuestion(question, { lexicon });
  let best: { readonly one: T; readonly share: number } | undefined;
  for (const one of known) {
    const share = likeness(asked, readKnown(one.wording, lexicon));
    if (share >= ALIKE && share > (best?.share ?? 0)) best = { one, share };
  }
  return best?.one;
}

/** What was taught is compared with every question: read once. */
const readings = new WeakMap<Lexicon, Map<string, ReadQuestion>>();
const MAX_READINGS = 2000;

function readKnown(wording: string, lexicon: Lexicon): ReadQuestion {
  const known = readings.get(lexicon) ?? new Map<string, ReadQuestion>();
  readings.set(lexicon, known);
  const before = known.get(wording);
  if (before) return before;
  if (known.size >= MAX_READINGS) known.clear();
  const read = readQuestion(wording, { lexicon });
  known.set(wording, read);
  return read;
}

function likeness(asked: ReadQuestion, known: ReadQuestion): number {
  if (!sameAsking(asked, known)) return 0;
  // 停车费怎么收, 停车怎么收费: the same characters once what only asks is gone.
  const [said, before] = [restOf(asked.text), restOf(known.text)];
  if (said.length >= 3 && isReordered(said, before)) return 1;
  const [left, right] = [contentOf(asked), contentOf(known)];
  if (!left.some(namesMatter) || !right.some(namesMatter)) return 0;
  // 停车费怎么收 is not 停车费怎么退, though one word of them is a term.
  if (sorted(restOf(asked.text, left)) !== sorted(restOf(known.text, right)) || !inSameOrder(left, right)) return 0;
  const missing = (from: readonly Term[], to: readonly Term[]): readonly Term[] =>
    from.filter((term) => !to.some((other) => alike(term, other)));
  const lost = [...missing(left, right), ...missing(right, left)];
  if (lost.some(namesMatter)) return 0;
  const total = weightOf(left) + weightOf(right);
  return total === 0 ? 0 : (total - weightOf(lost)) / total;
}

/** Characters and words that only ask or join. */
const ONLY_ASKS =
  /能不能够?|可不可以|是不是|有没有|要不要|会不会|需不需要|该不该|可以|应该|需要|能够|什么|怎么|怎样|如何|多少|为什么|哪些|哪个|哪家|现在|目前|[的了是由归来被把对在要能会不该应得需有没谁哪啥咋几个家些和与就都也还又从吗呢吧么]/g;

/** A text without what only asks and without the given terms. */
function restOf(text: string, without: readonly Term[] = []): string {
  let rest = text;
  for (const term of without) rest = rest.replace(term.text, ' ');
  return rest.replace(ONLY_ASKS, '').replace(/[^\p{L}\p{N}○]/gu, '');
}

function sorted(text: string): string {
  return [...text].sort().join('');
}

/** The same characters, one of them elsewhere at most: 基层转县级 is not 县级转基层. */
function isReordered(left: string, right: string): boolean {
  if (left === right) return true;
  if (sorted(left) !== sorted(right)) return false;
  const letters = [...left];
  return letters.some((_, from) => {
    const without = letters.toSpliced(from, 1);
    return letters.some((_, to) => without.toSpliced(to, 0, letters[from] ?? '').join('') === right);
  });
}

function inSameOrder(left: readonly Term[], right: readonly Term[]): boolean {
  const places = left.flatMap((term) => right.find((other) => alike(term, other))?.at ?? []);
  return places.every((place, at) => at === 0 || place >= (places[at - 1] ?? 0));
}

/** Terms with something to say; what a saying means counts, not how it is said. */
function contentOf(question: ReadQuestion): readonly Term[] {
  return question.terms.filter((term) => !term.year && !/^[○\s]*$/.test(term.text));
}

function namesMatter(term: Term): boolean {
  return term.grip >= NAMES_MATTER;
}

function weightOf(terms: readonly Term[]): number {
  return terms.reduce((sum, term) => sum + term.grip, 0);
}

function alike(left: Term, right: Term): boolean {
  if (left.text === right.text) return true;
  const means = (term: Term, text: string): boolean =>
    term.alternatives.some((one) => one.text === text && one.weight >= 0.7);
  return means(left, right.text) || means(right, left.text);
}

/** Both ask for the same kind of answer, as far as the words say which. */
function sameAsking(left: ReadQuestion, right: ReadQuestion): boolean {
  if (left.wants.size === 0 || right.wants.size === 0) return left.wants.size === right.wants.size;
  return [...left.wants].some((want) => right.wants.has(want));
}
