/**
 * Seals the audit into a chain of hashes, so that a row changed, removed or slipped in later is found（审计链）. What the chain
 * cannot tell by itself is that its newest rows were cut off: the log keeps the head after every sealing for that.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Write } from '../handlers/outcome.ts';
import type { Reader } from '../handlers/ports.ts';
import { defineJob } from './job.ts';

/** A row is sealed once it is this old (ms): what was decided before it is then committed too. */
export const SEAL_AGE_MS = 60_000;
/** Rows sealed in one run; what is left is sealed by a run of its own right after. */
export const SEAL_BATCH = 500;
/** What the first row follows. */
export const CHAIN_START = '0'.repeat(64);

/** A row of the audit as it lies in the database. */
export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actor_id: string | null;
  readonly institution_id: string | null;
  readonly channel: string | null;
  readonly action: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly details: string;
  /** Position in the chain from 1; a string on PostgreSQL; null before sealing. */
  readonly sealed_n: number | string | null;
  readonly previous_hash: string | null;
  readonly hash: string | null;
}

/** SHA-256, hex, over the previous hash, a line feed, and the row as JSON: its columns as a list in the order of AuditRow. */
export function hashOf(previousHash: string, row: AuditRow): string {
  const canonical = JSON.stringify([
    row.id,
    row.at,
    row.actor_id,
    row.institution_id,
    row.channel,
    row.action,
    row.object_type,
    row.object_id,
    row.details,
  ]);
  return createHash('sha256').update(`${previousHash}\n${canonical}`).digest('hex');
}

/** Continues the chain over the given rows, in their order. Pure. */
export function seal(
  head: { readonly n: number; readonly hash: string },
  rows: readonly AuditRow[],
): { readonly writes: readonly Write[]; readonly head: { readonly n: number; readonly hash: string } } {
  const writes: Write[] = [];
  let { n, hash } = head;
  for (const row of rows) {
    const previous = hash;
    n += 1;
    hash = hashOf(previous, row);
    writes.push({
      kind: 'update',
      table: 'audit',
      where: { id: row.id },
      set: { sealed_n: n, previous_hash: previous, hash },
    });
  }
  return { writes, head: { n, hash } };
}

/**
 * Seals what is older than a minute, in id order. Two runs at once cannot fork the chain: the database refuses to seal a row
 * twice, and the one that comes second tries again.
 */
export const auditSeal = defineJob({
  name: 'audit-seal',
  schema: z.strictObject({ after: z.string().optional() }),
  attempts: 5,
  run: async ({ db, clock, log }) => {
    const now = clock.now();
    const before = new Date(now.getTime() - SEAL_AGE_MS).toISOString();
    const rows: AuditRow[] = await db('audit')
      .whereNull('hash')
      .andWhere('at', '<', before)
      .orderBy('id')
      .limit(SEAL_BATCH + 1);
    const batch = rows.slice(0, SEAL_BATCH);
    const last = batch.at(-1);
    if (!last) return undefined;
    const { writes, head } = seal(await readHead(db), batch);
    log.info({ event: 'audit.sealed', rows: batch.length, n: head.n, hash: head.hash }, 'audit sealed');
    const more = rows.length > SEAL_BATCH;
    return { replies: [], writes, timers: more ? [{ job: 'audit-seal', dueAt: now, data: { after: last.id } }] : [] };
  },
});

/** What a check of the chain found. */
export type ChainReport =
  | {
      readonly intact: true;
      /** Rows in the chain, and rows that wait to be sealed. */
      readonly sealed: number;
      readonly open: number;
      /** Hash of the newest sealed row: compare with the log's last `audit.sealed`. */
      readonly head: string;
    }
  | {
      readonly intact: false;
      /** Position at which the chain breaks, and the row found there, where there is one. */
      readonly at: number;
      readonly id: string | undefined;
      readonly why: 'missing' | 'changed' | 'wrong-previous';
    };

/** Walks the whole chain and stops at its first fault. Reads only. */
export async function verifyAudit(db: Reader): Promise<ChainReport> {
  let n = 0;
  let hash = CHAIN_START;
  for (;;) {
    const rows: AuditRow[] = await db('audit').where('sealed_n', '>', n).orderBy('sealed_n').limit(SEAL_BATCH);
    for (const row of rows) {
      n += 1;
      if (Number(row.sealed_n) !== n) return { intact: false, at: n, id: undefined, why: 'missing' };
      if (row.previous_hash !== hash) return { intact: false, at: n, id: row.id, why: 'wrong-previous' };
      hash = hashOf(hash, row);
      if (row.hash !== hash) return { intact: false, at: n, id: row.id, why: 'changed' };
    }
    if (rows.length === 0) break;
  }
  const open = await db('audit').whereNull('sealed_n').count({ count: '*' }).first();
  return { intact: true, sealed: n, open: Number(open?.count ?? 0), head: hash };
}

async function readHead(db: Reader): Promise<{ readonly n: number; readonly hash: string }> {
  const row: Pick<AuditRow, 'sealed_n' | 'hash'> | undefined = await db('audit')
    .whereNotNull('sealed_n')
    .orderBy('sealed_n', 'desc')
    .first('sealed_n', 'hash');
  return { n: Number(row?.sealed_n ?? 0), hash: row?.hash ?? CHAIN_START };
}
