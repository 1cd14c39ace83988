/** Keeps sends below what a platform takes, counted in the database: all processes together（发送频率）. */
import type { Knex } from 'knex';
import type { Clock } from '../../handlers/ports.ts';
import { createBatcher } from '../batcher.ts';
import type { PaceLimit } from '../channels/channel.ts';
import type { Database } from '../database/connect.ts';

/** Slices a window is counted in: a slice counts until its end has left the window, so the count is never too low. */
const SLICES = 30;

/** Start of a slice (ms) and the parts sent in it. */
type Slice = readonly [number, number];

export interface Pace {
  /**
   * Counts one send under all its keys: the address, and what it shares with others.
   * @returns 0 when it may go now, otherwise how long to wait (ms); nothing is counted then, under none of them
   */
  take(keys: readonly PaceKey[]): Promise<number>;
}

/** What is counted under one key（计数键）. */
export interface PaceKey {
  readonly key: string;
  readonly limits: readonly PaceLimit[];
}

export function createPace({ database, clock }: { readonly database: Database; readonly clock: Clock }): Pace {
  const batcher = createBatcher<readonly PaceKey[], number>(
    (wishes) => database.write((trx) => takeAll(trx, wishes, clock.now().getTime())),
    200,
  );
  return {
    async take(keys) {
      const limited = keys.filter(({ limits }) => limits.length > 0);
      return limited.length === 0 ? 0 : batcher.submit(limited);
    },
  };
}

async function takeAll(
  trx: Knex.Transaction,
  wishes: readonly (readonly PaceKey[])[],
  now: number,
): Promise<readonly number[]> {
  const keys = [...new Set(wishes.flat().map(({ key }) => key))].sort();
  const at = new Date(now).toISOString();
  // First the rows, so that two processes take turns at them.
  await trx('paces')
    .insert(keys.map((address_key) => ({ address_key, slices: '[]', updated_at: at })))
    .onConflict('address_key')
    .merge(['updated_at']);
  const rows: { address_key: string; slices: string }[] = await trx('paces').whereIn('address_key', keys);
  const slices = new Map(rows.map((row) => [row.address_key, JSON.parse(row.slices) as readonly Slice[]]));
  const changed = new Set<string>();
  const waits = wishes.map((wish) => {
    const wait = Math.max(0, ...wish.map(({ key, limits }) => waitFor(slices.get(key) ?? [], limits, now)));
    if (wait > 0) return wait;
    for (const { key, limits } of wish) {
      slices.set(key, counted(slices.get(key) ?? [], limits, now));
      changed.add(key);
    }
    return 0;
  });
  for (const key of changed) {
    await trx('paces')
      .where({ address_key: key })
      .update({ slices: JSON.stringify(slices.get(key) ?? []) });
  }
  return waits;
}

/** How long until one more fits all limits (ms). Pure. */
export function waitFor(slices: readonly Slice[], limits: readonly PaceLimit[], now: number): number {
  const width = sliceMs(limits);
  const waits = limits.map(({ count, withinMs }) => {
    // A clock that was set back leaves slices of the future behind: they do not count.
    const inside = slices.filter(([start]) => start <= now && start + width > now - withinMs);
    let over = inside.reduce((sum, [, parts]) => sum + parts, 0) - count + 1;
    if (over <= 0) return 0;
    for (const [start, parts] of inside) {
      over -= parts;
      if (over <= 0) return start + width + withinMs - now;
    }
    return withinMs;
  });
  return Math.max(0, ...waits);
}

function counted(slices: readonly Slice[], limits: readonly PaceLimit[], now: number): readonly Slice[] {
  const width = sliceMs(limits);
  const longest = Math.max(...limits.map((limit) => limit.withinMs));
  const start = Math.floor(now / width) * width;
  const kept = slices.filter(([at]) => at <= now && at + width > now - longest);
  const last = kept.at(-1);
  if (last && last[0] === start) return [...kept.slice(0, -1), [start, last[1] + 1]];
  return [...kept, [start, 1]];
}

/** The shortest window decides how fine is counted. */
function sliceMs(limits: readonly PaceLimit[]): number {
  return Math.max(1, Math.min(...limits.map((limit) => limit.withinMs)) / SLICES);
}
