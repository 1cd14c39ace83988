/** Empties what people wrote once it is no longer needed（留存期）: ids, hashes and the audit stay, words go. */
import { z } from 'zod';
import type { Write } from '../handlers/outcome.ts';
import type { Reader } from '../handlers/ports.ts';
import { addDays, shanghaiDay } from '../handlers/time.ts';
import { defineJob, type JobContext } from './job.ts';
import { readSettings } from './settings.ts';

/** Days that words are kept after they were handled, where `retention.days` says nothing. */
export const RETENTION_DAYS = 7;
/** Days the words of a question that was not found are kept after it was last asked. */
export const QUESTION_DAYS = 180;
/** Rows of a table treated in one run; what is left is treated by a run of its own right after. */
const BATCH = 300;
const DAY_MS = 24 * 60 * 60 * 1000;

/** One kind of row whose time is over, and what becomes of it. */
interface Sweep {
  readonly table: string;
  /** Ids of rows whose time is over, oldest first. `before`: handled earlier than this; `now`: expired by now. */
  readonly find: (db: Reader, times: { readonly before: string; readonly now: string }) => Promise<readonly Expired[]>;
  readonly write: (row: Expired) => Write;
}
interface Expired {
  readonly id: string;
  /** What a row that lives again is told by: its version or last change. */
  readonly version?: number | undefined;
  readonly updated_at?: string | undefined;
  readonly last_on?: string | undefined;
}

const sweeps: readonly Sweep[] = [
  {
    table: 'inbox',
    find: (db, { before }) =>
      db('inbox')
        .whereNotNull('body_sealed')
        .andWhereNot({ state: 'received' })
        .andWhereRaw('coalesce(handled_at, received_at) < ?', [before])
        .orderBy('id')
        .limit(BATCH)
        .select('id'),
    write: ({ id }) => ({ kind: 'update', table: 'inbox', where: { id }, set: { body_sealed: null } }),
  },
  {
    // What is still to be sent keeps its words until it is sent or given up.
    table: 'outbox',
    find: (db, { before }) =>
      db('outbox')
        .whereNotNull('blocks_sealed')
        .andWhere('created_at', '<', before)
        .whereNotExists(db('deliveries').whereRaw('deliveries.outbox_id = outbox.id').andWhere({ state: 'pending' }))
        .orderBy('n')
        .limit(BATCH)
        .select('id'),
    write: ({ id }) => ({ kind: 'update', table: 'outbox', where: { id }, set: { blocks_sealed: null } }),
  },
  {
    table: 'deliveries',
    find: (db, { before }) =>
      db('deliveries')
        .join('outbox', 'outbox.id', 'deliveries.outbox_id')
        .whereNotNull('deliveries.passive_sealed')
        .andWhereNot('deliveries.state', 'pending')
        .andWhere('outbox.created_at', '<', before)
        .orderBy('deliveries.n')
        .limit(BATCH)
        .select('deliveries.id'),
    write: ({ id }) => ({ kind: 'update', table: 'deliveries', where: { id }, set: { passive_sealed: null } }),
  },
  {
    // A draft that was touched after it was read here lives on: its version no longer matches.
    table: 'drafts',
    find: (db, { now }) =>
      db('drafts').where('expires_at', '<', now).orderBy('id').limit(BATCH).select('id', 'version'),
    write: ({ id, version }) => ({ kind: 'delete', table: 'drafts', where: { id, version: Number(version) } }),
  },
  {
    // Files sent in chat that nobody confirmed; a confirmed one is gone once it is stored.
    table: 'waiting_documents',
    find: (db, { now }) =>
      db('waiting_documents').where('expires_at', '<', now).orderBy('id').limit(BATCH).select('id'),
    write: ({ id }) => ({ kind: 'delete', table: 'waiting_documents', where: { id } }),
  },
  {
    // The words of a question that nobody asked again; its number and counts stay.
    table: 'asked_questions',
    find: (db, { now }) =>
      db('asked_questions')
        .where((kept) => kept.whereNotNull('wording_sealed').orWhereNotNull('nearest'))
        .andWhere('last_on', '<', addDays(shanghaiDay(new Date(now)), -QUESTION_DAYS))
        .orderBy('id')
        .limit(BATCH)
        .select('id', 'last_on'),
    write: ({ id, last_on }) => ({
      kind: 'update',
      table: 'asked_questions',
      where: { id, last_on: last_on ?? '' },
      set: { wording_sealed: null, nearest: null },
    }),
  },
  {
    // Long words of buttons; a card drawn again meanwhile has given them more time.
    table: 'button_values',
    find: (db, { now }) =>
      db('button_values')
        .where('expires_at', '<', now)
        .orderBy('id')
        .limit(BATCH)
        .select({ id: 'id', updated_at: 'expires_at' }),
    write: ({ id, updated_at }) => ({
      kind: 'delete',
      table: 'button_values',
      where: { id, expires_at: updated_at ?? '' },
    }),
  },
  {
    // How often was sent to an address: no limit looks back further than an hour.
    table: 'paces',
    find: (db, { now }) =>
      db('paces')
        .where('updated_at', '<', new Date(Date.parse(now) - DAY_MS).toISOString())
        .orderBy('address_key')
        .limit(BATCH)
        .select({ id: 'address_key', updated_at: 'updated_at' }),
    write: ({ id, updated_at }) => ({
      kind: 'delete',
      table: 'paces',
      where: { address_key: id, updated_at: updated_at ?? '' },
    }),
  },
  {
    table: 'conversations',
    find: (db, { now }) =>
      db('conversations')
        .where('expires_at', '<', now)
        .orderBy('conversation_key')
        .limit(BATCH)
        .select({ id: 'conversation_key', updated_at: 'updated_at' }),
    write: ({ id, updated_at }) => ({
      kind: 'delete',
      table: 'conversations',
      where: { conversation_key: id, updated_at: updated_at ?? '' },
    }),
  },
  {
    // Runs of upkeep that went well say nothing to anybody; every other slot is kept as a trace.
    table: 'scheduled_slots',
    find: (db, { before }) =>
      db('scheduled_slots')
        .where({ state: 'done' })
        .whereIn('job', UPKEEP)
        .andWhere('finished_at', '<', before)
        .orderBy('due_at')
        .limit(BATCH)
        .select('id'),
    write: ({ id }) => ({ kind: 'delete', table: 'scheduled_slots', where: { id } }),
  },
];

/** Jobs whose finished slots are not kept. */
const UPKEEP = ['audit-seal', 'retention'];

/**
 * Empties message text, reply blocks and passive replies `retention.days` after they were handled, and removes drafts and
 * conversation memories that have expired. Nothing that still has to be handled or sent loses its words.
 */
export const retention = defineJob({
  name: 'retention',
  schema: z.strictObject({ round: z.string().optional() }),
  attempts: 5,
  run: async (ctx, data) => {
    const now = ctx.clock.now();
    const before = new Date(now.getTime() - (await retentionDays(ctx)) * DAY_MS).toISOString();
    const writes: Write[] = [];
    const counts: Record<string, number> = {};
    let more = false;
    for (const sweep of sweeps) {
      const rows = await sweep.find(ctx.db, { before, now: now.toISOString() });
      writes.push(...rows.map(sweep.write));
      if (rows.length > 0) counts[sweep.table] = rows.length;
      if (rows.length === BATCH) more = true;
    }
    if (writes.length === 0) return undefined;
    ctx.log.info({ event: 'retention.swept', ...counts }, 'words past their time emptied');
    const round = String(Number(data.round ?? 0) + 1);
    return { replies: [], writes, timers: more ? [{ job: 'retention', dueAt: now, data: { round } }] : [] };
  },
});

async function retentionDays({ db, log }: JobContext): Promise<number> {
  const value = (await readSettings(db, ['retention.days'])).get('retention.days');
  if (value === undefined) return RETENTION_DAYS;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 1) return value;
  log.warn({ event: 'setting.ignored', key: 'retention.days' }, 'the setting is no number of days from 1');
  return RETENTION_DAYS;
}
