/** Counts what was asked and not found, and which answers helped: words without names, no person, no instant（计数）. */
import { leansOnContext } from '../../knowledge/followup.ts';
import type { HandlerContext } from '../feature.ts';
import type { Row, Write } from '../outcome.ts';
import type { Actor } from '../people.ts';
import type { Reader, Vault } from '../ports.ts';
import { shanghaiDay } from '../time.ts';
import { type ClauseKey, keyText } from './store.ts';
import { type Wording, wordingOf } from './wording.ts';

/** Nearest clauses kept beside a question. */
const NEAREST = 2;

/** What was asked: the words, and the questions before them, which a follow-up leans on. */
export interface Asked {
  readonly question: string;
  readonly context: readonly string[];
}

/** The question with the one it leans on: 那超支呢 alone says nothing. */
export function wholeQuestion({ question, context }: Asked): string {
  const before = context.at(-1);
  return before !== undefined && leansOnContext(question) ? `${before}，${question}` : question;
}

/** One more who did not find it. Nothing is kept of patients, of people without a staff record, or of what is no question. */
export async function countNotFound(
  ctx: HandlerContext,
  asked: Asked,
  nearest: readonly ClauseKey[],
): Promise<readonly Write[]> {
  const { actor } = ctx;
  const wording = actor && (await wordingFor(ctx, actor, asked));
  if (!actor || !wording) return [];
  return [
    countWrite(ctx, {
      regionId: actor.region.id,
      key: questionKey(ctx.vault, actor.region.id, wording),
      add: { not_found: 1 },
      set: {
        wording_sealed: ctx.vault.seal(wording.shown),
        nearest: JSON.stringify(nearest.slice(0, NEAREST).map(keyText)),
      },
    }),
  ];
}

/**
 * 有用 or 没用 under an answer.
 * @param asked - the question it answered, where that is known; otherwise only the clause is counted
 */
export async function countRating(
  ctx: HandlerContext,
  rating: { readonly useful: boolean; readonly clause: ClauseKey; readonly asked: Asked | undefined },
): Promise<readonly Write[]> {
  const { actor } = ctx;
  if (!actor) return [];
  const { useful, clause, asked } = rating;
  const regionId = actor.region.id;
  const wording = asked && (await wordingFor(ctx, actor, asked));
  const key = wording
    ? questionKey(ctx.vault, regionId, wording)
    : ctx.vault.fingerprint(`clause ${regionId} ${keyText(clause)}`);
  if (useful) return [countWrite(ctx, { regionId, key, add: { useful: 1 }, set: {} })];
  const row: { state: string } | undefined = await ctx
    .db('asked_questions')
    .where({ region_id: regionId, question_key: key })
    .first('state');
  return [
    countWrite(ctx, {
      regionId,
      key,
      add: { useless: 1 },
      set: {
        rated: keyText(clause),
        ...(wording ? { wording_sealed: ctx.vault.seal(wording.shown) } : {}),
        // What was named for it did not help: the commission sees it again.
        ...(row?.state === 'answered' ? { state: 'open' } : {}),
      },
    }),
  ];
}

/** By which equal questions of a region are one, without their words. */
export function questionKey(vault: Vault, regionId: string, wording: Wording): string {
  return vault.fingerprint(`question ${regionId} ${wording.plain}`);
}

async function wordingFor(ctx: HandlerContext, actor: Actor, asked: Asked): Promise<Wording | undefined> {
  const text = wholeQuestion(asked);
  return wordingOf(text, {
    names: await namesIn(ctx.db, text),
    regionNames: [actor.region.name, actor.region.shortName],
  });
}

/** Names of the staff directory that stand in a text. */
async function namesIn(db: Reader, text: string): Promise<readonly string[]> {
  const rows: { name: string }[] = await db('staff')
    .whereRaw("cast(? as text) like '%' || name || '%'", [text.slice(0, 1000)])
    .distinct('name');
  return rows.map((row) => row.name);
}

function countWrite(
  ctx: HandlerContext,
  counted: {
    readonly regionId: string;
    readonly key: string;
    readonly add: Readonly<Record<string, number>>;
    readonly set: Row;
  },
): Write {
  const today = shanghaiDay(ctx.clock.now());
  return {
    kind: 'count',
    table: 'asked_questions',
    key: { region_id: counted.regionId, question_key: counted.key },
    first: { id: ctx.ids.next(), first_on: today },
    set: { last_on: today, ...counted.set },
    add: counted.add,
  };
}
