/** Composes the answer of one region's documents from the clauses found, or says why there is none（组织答案）. */
import { isFigureRow } from '../evidence.ts';
import type { ReadQuestion } from '../question.ts';
import type { Hit } from '../score.ts';
import type { Citation } from '../types.ts';
import { byCount } from './by-count.ts';
import { byDuties } from './by-duties.ts';
import { byFigure } from './by-figure.ts';
import { byMeaning, nearByMeaning } from './by-meaning.ts';
import { byPerson, withoutName } from './by-person.ts';
import { byUnits } from './by-units.ts';
import { askedTerms, byCountedTerm } from './counted.ts';
import { byExplanation, byKeptBack } from './formula.ts';
import { byInstitutions, byRoles } from './labelled.ts';
import { type Found, type Material, type Missing, pointLine, quotesOf, type Unsaid } from './material.ts';
import { byChildren, byStages } from './parts.ts';
import { pick } from './pick.ts';
import { bySentences } from './sentences.ts';
import { tableLead } from './table.ts';

/** A clause is shown as near only where it speaks of half of what was asked, one rare word of it among that, and is short. */
const NEAR_COVERAGE = 0.5;
const NEAR_RARITY = 0.45;
const NEAR_CHARACTERS = 120;

/** Names asked for are given all, on two lines of a phone. */
const LIST_LINE = 96;

/** The answer from these clauses, or what is missing. */
export async function compose(given: Material): Promise<Found | Missing> {
  // What words answer is decided by what words found.
  const material = { ...given, hits: given.hits.filter((hit) => !hit.byMeaningOnly) };
  const { question, hits } = material;
  const nearest = (): readonly Citation[] => {
    const spoken = hits
      .filter((hit) => hit.coverage >= NEAR_COVERAGE && hit.rarest >= NEAR_RARITY && hit.reading.clause.kind !== 'head')
      .slice(0, 2)
      .flatMap((hit) => quotesOf(material, hit, 80).slice(0, 1))
      .filter((citation) => citation.quote.length <= NEAR_CHARACTERS);
    return spoken.length > 0 ? spoken : nearByMeaning(given);
  };
  const duties = question.live || question.actual ? undefined : await byDuties(material);
  if (duties && duties.citations.length > 0) return duties;
  const stages = await byStages(material);
  if (stages && stages.citations.length > 0) return stages;
  const person = question.live ? undefined : byPerson(material);
  if (person) return person;
  const counted = question.live || question.actual ? undefined : byCount(material);
  if (counted && counted.citations.length > 0) return { ...counted, whole: true };
  const best = pick(material);
  if (!best) return (await unnamed(material)) ?? byMeaning(given) ?? { nearest: nearest(), ...otherYear(question) };
  if (question.live) return { nearest: [], why: '方案不写值班、电话这类随时变化的事' };
  if (question.actual && asksFigure(question)) return { nearest: nearest(), why: '方案只写目标，没有写实际完成数' };
  const answer =
    withoutName(material, best) ??
    byFigure(material) ??
    (await byCountedTerm(material, best)) ??
    byRoles(material, best) ??
    byInstitutions(material, best) ??
    byTable(material, best) ??
    byExplanation(material, best) ??
    byKeptBack(material, best) ??
    (await byUnits(material, best)) ??
    (await byChildren(material, best)) ??
    bySentences(material, best);
  if ('why' in answer || !('lead' in answer))
    return { nearest: nearest(), ...('why' in answer ? { why: answer.why } : {}) };
  return answer.citations.length > 0
    ? {
        ...answer,
        lead: pointLine(answer.lead, question.wants.has('list') || question.wants.has('who') ? LIST_LINE : undefined),
      }
    : { nearest: nearest() };
}

/** 2026年底…多少 where nothing is written of that year: the year is named, others are not taken for it. */
function otherYear(question: ReadQuestion): Partial<Unsaid> {
  const [year, ...more] = new Set(question.years);
  return year === undefined || more.length > 0 || !asksFigure(question) ? {} : { why: `方案里没有写${year}的这个数` };
}

/** 七统一 in a plan that lists seven things to be unified without the name. */
async function unnamed(material: Material): Promise<Found | Missing | undefined> {
  const [first] = material.hits;
  if (!first || !askedTerms(material.question).some((term) => term.noun.startsWith('统一'))) return undefined;
  const answer = await byCountedTerm(material, first);
  return answer && 'why' in answer ? { nearest: [], why: answer.why } : answer;
}

function asksFigure(question: ReadQuestion): boolean {
  return (['percent', 'count', 'number', 'money'] as const).some((want) => question.wants.has(want));
}

function byTable(material: Material, best: Hit): Found | Unsaid | undefined {
  if (!isFigureRow(best.reading)) return undefined;
  const { question } = material;
  if (question.wants.has('formula')) return undefined;
  const cell = tableLead(question, best.reading);
  if ('missing' in cell) return { why: `指标表里没有列${cell.missing}` };
  return { lead: cell.lead, citations: quotesOf(material, best, 0), score: best.score };
}
