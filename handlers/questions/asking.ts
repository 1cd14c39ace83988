/** Asks the plans with what the asker's region has taught: the clause named for a question first, then its own words（本地问答）. */
import { appointedAnswer, isSameClause } from '../../knowledge/answers/appointed.ts';
import { leansOnContext } from '../../knowledge/followup.ts';
import type { Knowledge, PolicyAnswer, Question } from '../../knowledge/index.ts';
import { extendLexicon, LEXICON, type LocalSaying } from '../../knowledge/lexicon.ts';
import { findNearWording } from '../../knowledge/near-wording.ts';
import { findPlaces } from '../../knowledge/places.ts';
import { listRegions } from '../../knowledge/store.ts';
import { normalise } from '../../knowledge/words.ts';
import type { Reader } from '../ports.ts';
import { wholeQuestion } from './counting.ts';
import { listSayings, listTaught } from './store.ts';
import { wordingOf } from './wording.ts';

/** Beside the citation of a clause that was named, never as words of the plan. */
export const APPOINTED = '由卫健委指定';

/** The answer to a question of a region: what its commission named, else what the plans say, found also by the region's words. */
export async function askLocally(
  ports: { readonly db: Reader; readonly knowledge: Knowledge },
  question: Question,
): Promise<PolicyAnswer> {
  const { db, knowledge } = ports;
  if (question.regionId === undefined) return knowledge.ask(question);
  const sayings = await listSayings(db, question.regionId);
  const named = await findNamed(ports, question, question.regionId, sayings);
  if (named) return named;
  return knowledge.ask(sayings.length > 0 ? { ...question, sayings } : question);
}

async function findNamed(
  { db, knowledge }: { readonly db: Reader; readonly knowledge: Knowledge },
  { q, context = [] }: Question,
  regionId: string,
  sayings: readonly LocalSaying[],
): Promise<PolicyAnswer | undefined> {
  const taught = await listTaught(db, regionId);
  if (taught.length === 0) return undefined;
  const regions = await listRegions(db);
  const own = regions.find((region) => region.id === regionId);
  const whole = wholeQuestion({ question: q, context });
  const wording = wordingOf(whole, { regionNames: own ? [own.name, own.shortName] : [] });
  if (!wording) return undefined;
  const elsewhere = findPlaces(normalise(q), regions).regionIds.some((id) => id !== regionId);
  const leans = context.length > 0 && leansOnContext(q);
  const meant =
    taught.find((one) => one.wording === wording.plain) ??
    // A near wording is taken only for a question that stands by itself and speaks of no other region.
    (elsewhere || leans ? undefined : findNearWording(wording.plain, taught, extendLexicon(LEXICON, sayings)));
  const view = meant && (await knowledge.clause(meant.doc, meant.path));
  // A new version without that clause: the plans are asked again, and the list names it.
  return view && isSameClause(view.clause, meant) ? appointedAnswer(view, APPOINTED) : undefined;
}
