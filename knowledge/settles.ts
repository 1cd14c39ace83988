/** Whether what is asked of the subject stands with it: predicate, attribute, demands（答到所问）. */
import { meets, type Presence } from './presence.ts';
import type { ReadQuestion } from './question.ts';
import type { Reading, Sentence } from './reading.ts';
import type { ScoredSentence, WeighedTerm } from './score.ts';

/** A function that says whether the sentence chosen of a clause settles what is asked. */
export function createSettling(
  question: ReadQuestion,
  terms: readonly WeighedTerm[],
): (presences: readonly Presence[], reading: Reading, chosen: ScoredSentence | undefined) => boolean {
  return (presences, reading, chosen) => {
    const predicate = presences.filter(
      ({ term }) => within(question.predicate, term) && !repeats(question.predicate, term, terms),
    );
    const attribute = attributeOf(question, presences);
    const subject = presences.filter(
      ({ term }) =>
        (question.predicate?.act === true || question.predicate?.offered === true) &&
        term.literal &&
        term.at < (question.predicate?.from ?? 0),
    );
    return (
      meetsDemands(question, reading, chosen?.sentence) &&
      speaksOf(predicate, reading, chosen?.sentence) &&
      (predicate.length === 0 || speaksOf(subject, reading, chosen?.sentence)) &&
      holdsAttribute(attribute, question.attribute?.who === true, reading, chosen)
    );
  };
}

function within(place: ReadQuestion['predicate'], term: WeighedTerm): boolean {
  return (
    place !== undefined &&
    term.at >= place.from &&
    term.at < place.to &&
    (term.found > 0 || (place.offered === true && term.grip >= 0.6)) &&
    term.text.length >= 2
  );
}

/** What the question demands stands in the sentence chosen, beside it or over it. */
function meetsDemands(question: ReadQuestion, reading: Reading, chosen: Sentence | undefined): boolean {
  if (!question.demands || question.demands.length === 0 || !chosen) return true;
  const at = reading.sentences.indexOf(chosen);
  const words = [reading.sentences[at - 1], chosen, reading.sentences[at + 1]].map((one) => one?.plain ?? '');
  const around = [...words, reading.heading, reading.group, reading.above.at(-1) ?? ''].join('\n');
  return question.demands.every((need) => need.test(around));
}

/** The word before 谁出, 怎么解决 where something else is its subject. */
function attributeOf(question: ReadQuestion, presences: readonly Presence[]): Presence | undefined {
  const end = question.attribute?.end;
  if (end === undefined) return undefined;
  const before = presences.filter(({ term }) => !term.year && term.at < end && term.weight >= 0.2);
  const last = before.at(-1);
  if (
    !last ||
    before.length < 2 ||
    last.term.grip < 0.9 ||
    /[了着过]$/.test(last.term.text) ||
    last.term.text.length < 2
  )
    return undefined;
  const gap = end - (last.term.at + last.term.text.length);
  return gap >= 0 && gap <= 1 ? last : undefined;
}

/** With an attribute no document knows, the clause must speak of this much of the rest. */
const WITHOUT_ATTRIBUTE = 0.62;

/** What is asked of the subject stands with it; a word no document knows may be another name for it. */
function holdsAttribute(
  attribute: Presence | undefined,
  who: boolean,
  reading: Reading,
  chosen: ScoredSentence | undefined,
): boolean {
  if (!attribute || !chosen) return true;
  if (meets(attribute, reading, reading.sentences.indexOf(chosen.sentence)) >= 0.3) return true;
  return attribute.term.found > 0 ? !who : chosen.coverage >= WITHOUT_ATTRIBUTE;
}

/** Says again what the subject says: 上门 in 医护上门能上门输液吗. */
function repeats(place: ReadQuestion['predicate'], term: WeighedTerm, terms: readonly WeighedTerm[]): boolean {
  return terms.some(
    (other) => other.at < (place?.from ?? 0) && other.alternatives.some((one) => one.text === term.text),
  );
}

/** The least share of what is asked of the subject that must stand with it. */
const SETTLED = 0.48;

/** Below this weight the words say too little to be missed. */
const SAYS_SOMETHING = 0.3;

/** The known words of the predicate stand in the sentence chosen or beside it. */
function speaksOf(predicate: readonly Presence[], reading: Reading, chosen: Sentence | undefined): boolean {
  const total = predicate.reduce((sum, { term }) => sum + term.weight, 0);
  const at = chosen === undefined ? -1 : reading.sentences.indexOf(chosen);
  if (total < SAYS_SOMETHING || at < 0) return true;
  const met = predicate.reduce((sum, presence) => {
    const value = meets(presence, reading, at);
    return sum + (value >= 0.4 ? presence.term.weight : 0);
  }, 0);
  return met >= total * SETTLED;
}
