/** Takes one signature for one body only, where the platform does not sign the body; held in the database for all nodes. */
import type { Knex } from 'knex';
import type { Clock } from '../handlers/ports.ts';
import { createBatcher } from './batcher.ts';
import type { ReplayMark } from './channels/channel.ts';
import type { Database } from './database/connect.ts';

/**
 * Two people may write in the same millisecond, and their callbacks then carry equal signatures. They arrive together and
 * name different senders; a captured signature comes later. Who could use it within this time sits in our own TLS, and could
 * as well have used it first.
 */
const TOGETHER_MS = 1_000;
/** More people than this do not write in one millisecond. */
const MOST_TOGETHER = 32;
/** How often what has run out is deleted (ms). */
const CLEAN_MS = 10 * 60_000;

/** A body that was taken with a signature. */
export interface TakenBody {
  readonly sender: string;
  readonly body: string;
}

export interface ReplayGuard {
  /**
   * Remembers the mark.
   * @returns false when its signature was taken with another body: the request must be refused
   */
  admit(mark: ReplayMark): Promise<boolean>;
}

export function createReplayGuard({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): ReplayGuard {
  let cleanedAt = Number.NEGATIVE_INFINITY;
  const batcher = createBatcher<ReplayMark, boolean>(
    (marks) =>
      database.write(async (trx) => {
        const now = clock.now();
        const admitted = await admitAll(trx, marks, now);
        if (now.getTime() - cleanedAt > CLEAN_MS) {
          cleanedAt = now.getTime();
          await trx('callback_marks').where('expires_at', '<', now.toISOString()).del();
        }
        return admitted;
      }),
    200,
  );
  return { admit: (mark) => batcher.submit(mark) };
}

async function admitAll(trx: Knex.Transaction, marks: readonly ReplayMark[], now: Date): Promise<readonly boolean[]> {
  const at = now.toISOString();
  const byKey = new Map(marks.map((mark) => [mark.key, mark]));
  const keys = [...byKey.keys()].sort();
  // First the rows, so that two processes take turns at them.
  await trx('callback_marks')
    .insert(
      keys.map((key) => ({
        key,
        first_at: at,
        bodies: '[]',
        expires_at: new Date(now.getTime() + (byKey.get(key)?.validMs ?? 0)).toISOString(),
        touched_at: at,
      })),
    )
    .onConflict('key')
    .merge(['touched_at']);
  const rows: { key: string; first_at: string; bodies: string }[] = await trx('callback_marks')
    .whereIn('key', keys)
    .select('key', 'first_at', 'bodies');
  const known = new Map(rows.map((row) => [row.key, row]));
  const taken = new Map(rows.map((row) => [row.key, JSON.parse(row.bodies) as readonly TakenBody[]]));
  const changed = new Set<string>();
  const admitted = marks.map((mark) => {
    const before = taken.get(mark.key) ?? [];
    if (before.some((one) => one.body === mark.body)) return true;
    const sinceFirstMs = now.getTime() - Date.parse(known.get(mark.key)?.first_at ?? at);
    if (!admits(before, mark, sinceFirstMs)) return false;
    taken.set(mark.key, [...before, { sender: mark.sender, body: mark.body }]);
    changed.add(mark.key);
    return true;
  });
  for (const key of changed) {
    await trx('callback_marks')
      .where({ key })
      .update({ bodies: JSON.stringify(taken.get(key) ?? []) });
  }
  return admitted;
}

/** Whether a new body may come with a signature that was used before. Pure. */
export function admits(taken: readonly TakenBody[], mark: TakenBody, sinceFirstMs: number): boolean {
  if (taken.length === 0) return true;
  if (sinceFirstMs > TOGETHER_MS || sinceFirstMs < 0 || taken.length >= MOST_TOGETHER) return false;
  return !taken.some((one) => one.sender === mark.sender); // nobody writes twice in a millisecond
}
