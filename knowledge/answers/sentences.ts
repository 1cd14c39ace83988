/** Answers with the sentences of the best clause, and of others that say what it does not（摘句作答）. */
import { isLabelled, ownerSentence } from '../evidence.ts';
import { partsOf } from '../parts-of-question.ts';
import type { ReadQuestion } from '../question.ts';
import { type Hit, manner, type WeighedTerm } from '../score.ts';
import type { Citation } from '../types.ts';
import { normalise } from '../words.ts';
import { actorIn } from './actor.ts';
import { asksActor } from './fit.ts';
import { dateBefore, governingDate } from './governing.ts';
import { citation, type Found, type Material, quotesOf, says, shorten } from './material.ts';
import { answeringSentence, isUnitNote, items, leadOf, spokenWeight, wantsAll } from './passage.ts';
import { MIN_COVERAGE } from './pick.ts';
import { shortPoint } from './point.ts';
import { readUnits } from './units.ts';

/** Other clauses are cited too when they score nearly as well. */
const NEAR = 0.86;

export function bySentences(material: Material, best: Hit): Found {
  const { question, terms, hits, budget } = material;
  const citations: Citation[] = [];
  let used = 0;
  const add = (hit: Hit, most: number, limit: number): void => {
    for (const one of quotesOf(material, hit, most).slice(0, limit)) {
      if (citations.length > 0 && used + one.quote.length > budget) continue;
      if (
        citations.some(
          (other) =>
            other.path === one.path && other.doc === one.doc && normalise(other.quote).includes(normalise(one.quote)),
        )
      )
        continue;
      citations.push(one);
      used += one.quote.length;
    }
  };
  const owner =
    question.wants.has('responsible') || question.wants.has('who') ? ownerSentence(best.reading) : undefined;
  const first = best.sentences[0]?.sentence;
  add(best, Math.min(260, budget), 2);
  if (owner && owner !== first && !/负责/.test(first?.plain ?? ''))
    for (const one of citation(material, best.reading, owner.raw)) citations.push(one);
  const more = hits.filter((hit) => hit !== best && hit.reading.clause.path !== best.reading.clause.path);
  // Who asks two things is told two; and where much of what was asked is not in the best clause, what has it is shown.
  const several = partsOf(question.text, terms).length > 1;
  const second = forTheRest(material, best, more, several ? MISSING : MUCH_MISSING);
  if (second) add(second, 150, 1);
  const near = question.wants.has('lead') ? 0.7 : NEAR;
  const alike = more.filter(
    (one) => one.score >= best.score * near && one.coverage >= MIN_COVERAGE && isAlike(material, best, one),
  );
  for (const hit of alike.slice(0, 2)) if (citations.length < 4) add(hit, 130, 1);
  const cited = second && citations.some((one) => one.path === second.reading.clause.path);
  const named =
    owner && owner !== first && !/负责/.test(first?.plain ?? '')
      ? leadOf(question, terms, owner.raw, best.reading)
      : undefined;
  const point = pointOf(material, best);
  // Who is asked for and the words name nobody: the unit that answers for the clause.
  const units =
    named === undefined && asksActor(question, question.text) && actorIn(normalise(point.lead)) === undefined
      ? readUnits(best.reading)
      : undefined;
  const withUnits = `${point.lead}；责任单位：${units?.responsible.join('、')}`;
  if (units && !isLabelled(best.reading) && withUnits.length <= LINE)
    return {
      lead: withUnits,
      citations: [...citations.slice(0, 1), ...citation(material, best.reading, units.quote), ...citations.slice(1)],
      score: best.score,
    };
  const leads = [
    actorIn(normalise(point.lead)) === undefined ? (named ?? point.lead) : point.lead,
    ...(several && second && cited ? [pointOf(material, second).lead] : []),
  ];
  const holds = (one: Citation): boolean => holdsPoint(one.quote, point.raw, point.lead);
  const shown =
    leads[0] === named || citations.some(holds)
      ? [...citations.filter(holds), ...citations.filter((one) => !holds(one))]
      : [...citation(material, best.reading, point.raw), ...citations];
  return { lead: withinLine(leads), citations: shown, score: best.score };
}

/** The quote is of the sentence the point is taken from, and of that part of it. */
function holdsPoint(quote: string, raw: string, lead: string): boolean {
  const [said, whole] = [normalise(quote), normalise(raw)];
  if (said.includes(whole)) return true;
  const start = whole.indexOf(said);
  const at = whole.indexOf(normalise(lead).slice(0, 8));
  return start >= 0 && (at < 0 || (at >= start && at < start + said.length));
}

/** Share of the question that the best clause does not speak of. */
const MISSING = 0.22;
const MUCH_MISSING = 0.36;

/** The clause that speaks of what the best does not. */
function forTheRest({ terms }: Material, best: Hit, more: readonly Hit[], share: number): Hit | undefined {
  const unmet = terms.filter((term) => term.weight >= 0.25 && !says(best.reading, term));
  const asked = terms.reduce((sum, term) => sum + term.weight, 0);
  const weight = unmet.reduce((sum, term) => sum + term.weight, 0);
  if (weight < asked * share) return undefined;
  return more
    .map((hit) => ({
      hit,
      met: unmet.filter((term) => says(hit.reading, term)).reduce((sum, term) => sum + term.weight, 0) / weight,
    }))
    .filter(({ hit, met }) => met >= 0.6 && hit.coverage >= 0.3 && !/^(?:head|tail)$/.test(hit.reading.clause.kind))
    .sort((a, b) => b.met - a.met || b.hit.score - a.hit.score)[0]?.hit;
}

/** Another clause is quoted beside the best only where its own words are as much about the matter. */
function isAlike({ question, terms }: Material, best: Hit, other: Hit): boolean {
  const [mine = '', theirs = ''] = [best, other].map(
    (hit) => `${hit.reading.heading}${answeringSentence(question, terms, hit)?.sentence.plain ?? ''}`,
  );
  const known = terms.filter((term) => term.found > 0 && !term.year);
  const heaviest = Math.max(0, ...known.map((term) => term.weight));
  const speaks = (term: WeighedTerm, plain: string): boolean =>
    term.alternatives.some((one) => plain.includes(one.text));
  if (known.some((term) => term.weight >= heaviest * 0.9 && speaks(term, mine) && !speaks(term, theirs))) return false;
  // A list of names is quoted for a member that stands in it.
  if (isLabelled(other.reading))
    return terms.some((term) => term.weight >= 0.6 && normalise(other.reading.clause.text).includes(term.text));
  return spokenWeight(terms, theirs) >= spokenWeight(terms, mine) * AS_MUCH;
}

const AS_MUCH = 0.8;

/** One line on a phone holds the first point; another one only where both fit. */
const LINE = 60;

function withinLine(points: readonly string[]): string {
  const [first = '', ...more] = points;
  return more.reduce((line, point) => (line.length + point.length < LINE ? `${line}；${point}` : line), first);
}

/** The point of a clause in one line. */
function pointOf(material: Material, hit: Hit): { readonly lead: string; readonly raw: string } {
  const { question, terms } = material;
  const [best] = hit.sentences;
  const answering = answeringSentence(question, terms, hit);
  const body =
    answering && !answering.sentence.isHeading && !isUnitNote(answering.sentence.raw)
      ? answering
      : hit.sentences.find(
          (one) => !one.sentence.isHeading && !isUnitNote(one.sentence.raw) && one.score >= (best?.score ?? 0) * 0.8,
        );
  // 在县人民医院建立消毒供应共享中心: a heading that has the form asked for is the point itself.
  const headed = best && body && manner(question, best.sentence) > manner(question, body.sentence);
  // 超支怎么办: the sentence that says how it is shared, not the one that only names it.
  const shares = SHARING.test(question.text)
    ? hit.sentences.find((one) => SHARE.test(one.sentence.plain) && speaksOfChief(terms, one.sentence.plain))
    : undefined;
  const top = shares ?? (headed ? best : body) ?? best;
  const raw = top?.sentence.raw ?? '';
  const under = top && governingDate(hit.reading.sentences, top.sentence, hit.reading.label);
  // The year asked for stands in the point, and leaves that much less room.
  const asked = isYearAsked(question, under) && !raw.trim().startsWith(under ?? '') ? (under ?? '') : '';
  const room = asked === '' ? LINE : LINE - asked.length - 1;
  const lead = leadOf(question, terms, raw, hit.reading, room).replace(/^(?:且|并|和|其中，|同时，)/, '');
  if (!question.wants.has('date') && ONLY_DATE.test(lead)) {
    const next = raw.slice(lead.length).split(/[，；。]/)[1] ?? '';
    return { lead: withHeading(material, hit, lead, next === '' ? lead : `${lead}：${next}`), raw };
  }
  const governing = dateBefore(raw, lead) ?? under;
  return { lead: withHeading(material, hit, lead, dated(question, governing, shortPoint(question, terms, lead))), raw };
}

const ONLY_DATE = /^20\d{2}年[\d年月\s—–-]*$/;

const SHARING = /怎么(?:办|分|处理|分担|承担)|咋(?:办|分)|谁(?:来)?(?:掏|出|承担|负担)|分担|比例/;
const SHARE = /\d+:\d+|按\d+%/;

/** One of the heaviest words of the question stands there. */
function speaksOfChief(terms: readonly WeighedTerm[], plain: string): boolean {
  const heaviest = Math.max(0, ...terms.map((term) => term.weight));
  return terms.some(
    (term) =>
      term.weight >= heaviest * 0.8 && term.alternatives.some((one) => one.weight >= 0.8 && plain.includes(one.text)),
  );
}

/** The date asked for is never cut off from what is dated, nor the year from a target that has room for it. */
function dated(question: ReadQuestion, date: string | undefined, lead: string): string {
  if (date === undefined || /\d月|\d{4}年|季|每年|年底/.test(lead)) return lead;
  const target = /^到/.test(date) && TARGETS.some((want) => question.wants.has(want));
  const year = isYearAsked(question, date);
  if (!question.wants.has('date') && !((target || year) && lead.length + date.length < LINE)) return lead;
  return `${date}${question.wants.has('date') ? '：' : '，'}${lead}`;
}

/** 2025年底要覆盖多少县: the date the words stand under is the one asked for. */
function isYearAsked({ years }: ReadQuestion, date: string | undefined): boolean {
  return date !== undefined && years.some((year) => date.includes(year));
}

const TARGETS = ['percent', 'ratio', 'each'] as const;

/** Names what the clause is about where the sentence does not: 巫溪县中医医共体：牵头单位：…; 依法执业与行风监管：…. */
function withHeading({ question, terms }: Material, hit: Hit, words: string, lead: string): string {
  const { clause, above } = hit.reading;
  if (isLabelled(hit.reading)) {
    const chosen = wantsAll(question, terms, hit.reading) ? [lead] : items(question, terms, hit.reading);
    return `${clause.heading}：${shorten(chosen.join('；'), 110)}`;
  }
  if (/(?:哪|什么|第几)(?:一)?个?阶段/.test(question.text) && /阶段$/.test(hit.reading.label))
    return `${hit.reading.label}（${clause.heading}）：${lead}`;
  const parent = clause.above.at(-1) ?? '';
  if (clause.text === '' && parent !== '' && above.length >= 2) return `${parent}：${lead}`;
  const name = clause.heading.replace(/[（(].*$/, '');
  const named = terms.some(
    (term) => term.weight >= 0.4 && term.alternatives.some((one) => normalise(name).includes(one.text)),
  );
  const said = terms.every(
    (term) =>
      !term.alternatives.some((one) => normalise(name).includes(one.text)) ||
      term.alternatives.some((one) => normalise(words).includes(one.text)),
  );
  if (named && !said && name.length <= 16 && /(?:部门|局|委|医院|阶段)$/.test(name)) return `${name}：${lead}`;
  return lead;
}
