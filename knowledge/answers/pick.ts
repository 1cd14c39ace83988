/** Picks the clause that answers, or none: what is not written is not answered（取舍）. */
import { fusedFirst } from '../embedding/fusion.ts';
import { isFigureRow, isLabelled, STRICT } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import type { Reading } from '../reading.ts';
import type { Hit, WeighedTerm } from '../score.ts';
import { asksActor } from './fit.ts';
import { type Material, says } from './material.ts';
import { formOfClause, spokenWeight } from './passage.ts';

/** Below this share of the question's words nothing is an answer. */
export const MIN_COVERAGE = 0.44;
/** Without such a form, and with no other clause near, less is enough. */
const MIN_COVERAGE_ALONE = 0.29;
const CLEAR_MARGIN = 1.5;
/** One common word met says nothing, whatever its share: 病人到了吗. */
const MIN_SAID = 0.4;
/** … provided that a word as rare as this is met. */
const MIN_RARITY_ALONE = 0.6;
/** With a form of answer that must be there (a date, a figure) and is. */
const MIN_COVERAGE_STRICT = 0.42;
/** A clause with the right form must be about the matter nearly as much as the best clause without it. */
const TOPIC_SHARE = 0.72;

/** The clause that answers; in a second look, where several could, nearness in meaning parts those of like score. */
export function pick(material: Material): Hit | undefined {
  const answering = thoseThatAnswer(material);
  return material.question.near ? fusedFirst(answering) : ofBestForm(material, answering);
}

/** Of the clauses nearly as good as the first the one whose words have the form asked for. */
function ofBestForm({ question, terms }: Material, answering: Iterator<Hit, undefined>): Hit | undefined {
  const first = answering.next().value;
  // A row that explains an indicator names nobody.
  const byRow =
    first?.reading.clause.kind === 'row' && !isFigureRow(first.reading) && asksActor(question, question.text);
  if (!first || !(isProse(first) || byRow) || mayHaveUnits(question)) return first;
  const near: Hit[] = [first];
  for (let next = answering.next(); !next.done && near.length < NEAR; next = answering.next())
    if (next.value.score >= first.score * (byRow ? NEARLY_ROW : NEARLY) && isProse(next.value)) near.push(next.value);
  if (near.length === 1) return first;
  if (byRow) return near[1];
  const most = Math.max(...near.map((hit) => spokenWeight(terms, hit.sentences[0]?.sentence.plain ?? '')));
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  const chief = terms.filter((term) => term.weight >= heaviest * 0.9);
  const value = (hit: Hit): number =>
    hit.score +
    FORM * formOfClause(question, terms, hit, most) +
    (chief.length > 0 && hit.coverage >= first.coverage * 0.9 && chief.every((term) => says(hit.reading, term))
      ? CHIEF
      : 0) +
    (question.years.length > 0 && question.years.every((year) => hit.reading.plain.includes(year)) ? YEAR : 0);
  return near.reduce((chosen, hit) => (value(hit) > value(chosen) ? hit : chosen), first);
}

function isProse({ reading }: Hit): boolean {
  return reading.clause.kind !== 'row' && !isLabelled(reading) && reading.clause.children === 0;
}

const NEAR = 3;
const NEARLY = 0.88;
const NEARLY_ROW = 0.75;
const FORM = 0.12;
const CHIEF = 0.06;
const YEAR = 0.2;

/** Clauses of the right form, about the matter, and speaking of enough of the question; best first. */
function* thoseThatAnswer({ question, terms, hits }: Material): Generator<Hit, undefined> {
  const strict = STRICT.some((want) => question.wants.has(want));
  const onlyWho = STRICT.every((want) => want === 'who' || !question.wants.has(want));
  const topic = Math.max(0, ...hits.map((hit) => hit.topic));
  const foreign = strangerTo(terms, hits);
  const said = terms.reduce((sum, term) => sum + term.weight, 0);
  if (SUPERLATIVE.test(question.text) && !hits.some((hit) => hit.reading.clause.kind === 'row')) return undefined;
  for (const hit of hits.slice(0, 12)) {
    if (strict && !hit.answers && !mayHaveUnits(question)) continue;
    if (hit.topic < topic * TOPIC_SHARE || !hit.settles) continue;
    if (
      question.wants.size === 0 &&
      hit.coverage < 0.95 &&
      hit.coverage * said < MIN_SAID &&
      !callsByName(question, hit.reading)
    )
      continue;
    if (!enough(hit, hits, strict && !onlyWho) || (foreign && hit.coverage < 0.8)) continue;
    if (isFigureRow(hit.reading) && asksMore(terms, hit.reading)) continue;
    if (isLabelled(hit.reading) && asksOther(terms, hit.reading, hits)) continue;
    if (!speaksOfQuoted(terms, hit.reading) || !yearFits(question, hit)) continue;
    if (!holdsMember(question, terms, hit.reading) || !holdsFigures(question, hit.reading)) continue;
    yield hit;
  }
}

/** 哪家床位最多 sets figures side by side that no plan gives. */
const SUPERLATIVE = /(?:哪|谁)[^，。]{0,10}最(?:多|少|大|小|高|低|好|差|快|慢|强|弱|远|近)/;

/** 第八条说的什么: the clause is asked for by its name or number. */
function callsByName(question: ReadQuestion, reading: Reading): boolean {
  return question.clause !== '' || (reading.label !== '' && question.text.includes(reading.label));
}

/** Enough of the question's words; fewer where no other clause comes near. */
function enough(hit: Hit, hits: readonly Hit[], strict: boolean): boolean {
  if (hit.coverage >= (strict ? MIN_COVERAGE_STRICT : MIN_COVERAGE)) return true;
  const next = hits.find((other) => other !== hit);
  return (
    !strict &&
    hit.rarest >= MIN_RARITY_ALONE &&
    hit.coverage >= MIN_COVERAGE_ALONE &&
    hit.topic >= (next?.topic ?? 0) * CLEAR_MARGIN
  );
}

/** The heaviest word of the question stands in other regions' documents only: what is asked is theirs. */
function strangerTo(terms: readonly WeighedTerm[], hits: readonly Hit[]): boolean {
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  return terms.some(
    (term) =>
      term.literal &&
      term.grip >= 1 &&
      term.text.length >= 3 &&
      term.weight >= heaviest * 0.9 &&
      !hits.some((hit) => says(hit.reading, term)),
  );
}

/** A rare word of the question that a table row does not say: another figure is meant (投资 of the platforms). */
function asksMore(terms: readonly WeighedTerm[], reading: Reading): boolean {
  return terms.some(
    (term) =>
      !term.year &&
      term.weight >= RARE &&
      !says(reading, term) &&
      !term.alternatives.some((one) => reading.everything.includes(one.text)),
  );
}

const RARE = 0.75;

/** A list of members says who belongs, nothing more: not the beds of a member, nor its head. */
function asksOther(terms: readonly WeighedTerm[], reading: Reading, hits: readonly Hit[]): boolean {
  const lists = hits.filter((hit) => isLabelled(hit.reading));
  return terms.some(
    (term) =>
      !term.year &&
      term.grip >= 1 &&
      term.found > 0 &&
      term.weight >= 0.6 &&
      !/职务|身份|职位|成员|单位|牵头|配合|名单/.test(term.text) &&
      !says(reading, term) &&
      !term.alternatives.some((one) => reading.everything.includes(one.text)) &&
      !lists.some((hit) => says(hit.reading, term)),
  );
}

/** What is asked to be in a list must be in it. */
function holdsMember(question: ReadQuestion, terms: readonly WeighedTerm[], reading: Reading): boolean {
  const { member } = question;
  if (member === '' || reading.plain.includes(member)) return true;
  const inside = terms.filter((term) => term.found > 0 && member.includes(term.text));
  return inside.length > 0 && inside.every((term) => says(reading, term));
}

/** 6:3:1怎么分 is answered only where 6:3:1 is written; whoever asks whether it is so is told what is. */
function holdsFigures(question: ReadQuestion, reading: Reading): boolean {
  if (/吗|么$|吧[?。]?$|是不是|对不对|是否|还是/.test(question.text)) return true;
  const figures = question.text.match(/\d+(?::\d+)+|\d+(?:\.\d+)?%/g) ?? [];
  return figures.every((figure) => reading.everything.includes(figure));
}

function mayHaveUnits(question: ReadQuestion): boolean {
  return question.wants.has('responsible') || question.wants.has('cooperating');
}

/** What stood in quotation marks must stand in the clause or above it. */
function speaksOfQuoted(terms: readonly WeighedTerm[], reading: Reading): boolean {
  const words = [reading.plain, reading.group, ...reading.above].join('\n');
  return terms.every(
    (term) =>
      !term.quoted || term.weight < 0.2 || term.alternatives.some((alternative) => words.includes(alternative.text)),
  );
}

/** A figure of one year is not given for another. */
function yearFits(question: ReadQuestion, hit: Hit): boolean {
  if (question.years.length === 0 || isFigureRow(hit.reading)) return true;
  const { plain } = hit.reading;
  if (!STRICT.some((want) => question.wants.has(want) && want !== 'date' && want !== 'responsible'))
    return /目标|指标|要求|达到|率|占比/.test(question.text)
      ? question.years.some((year) => plain.includes(year) || /20\d{2}年[^。，]{0,8}-20\d{2}年/.test(plain))
      : true;
  // The sentence that answers bears another year: its figure is of that year.
  const chosen = hit.sentences.find((one) => one.evidence)?.sentence.plain ?? '';
  if (
    /20\d{2}年/.test(chosen) &&
    !/20\d{2}年[^。，]{0,8}-20\d{2}年/.test(chosen) &&
    !question.years.some((year) => chosen.includes(year))
  )
    return false;
  return question.years.every(
    (year) => plain.includes(year) || plain.includes(year.slice(0, 4)) || /20\d{2}年[^。，]{0,8}-20\d{2}年/.test(plain),
  );
}
