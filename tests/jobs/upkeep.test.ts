import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommitter } from '../../bot/committer.ts';
import { auditSeal, CHAIN_START, SEAL_BATCH, verifyAudit } from '../../jobs/audit-seal.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import type { Job, JobContext } from '../../jobs/job.ts';
import { retention } from '../../jobs/retention.ts';
import { createRunner } from '../../jobs/runner.ts';
import { schedules } from '../../jobs/schedules.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock } from './support.ts';

const NOW = '2026-11-20T04:00:00.000Z';
const clock = standingClock(NOW);
const daysAgo = (days: number) => new Date(new Date(NOW).getTime() - days * 86_400_000).toISOString();

describe.each(databaseKinds())('upkeep on %s', (kind) => {
  let fresh: TestDatabase;
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    clock.set(NOW);
  });
  afterEach(async () => {
    await fresh.drop();
  });

  /** Runs the job as a slot of its own, and whatever it leaves to be run right after. */
  let slots = 0;
  async function run(job: Job) {
    const { database } = fresh;
    const log = rememberingLog();
    slots += 1;
    const ids = countingIds(`x${slots}-`);
    const context: JobContext = {
      db: database.reader,
      clock,
      ids,
      vault: mirrorVault,
      log,
      calendar: createCalendar({ log }),
      features: [],
    };
    const committer = createCommitter({ database, clock, ids, vault: mirrorVault, log, owner: 'p', channels: [] });
    const runner = createRunner({
      database,
      clock,
      jobs: [job],
      schedules: schedules.filter((schedule) => schedule.job === job.name),
      queue: { enqueue: () => undefined },
      commit: async (slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done,
      owner: 'p',
      context,
    });
    await database.writer('scheduled_slots').insert({
      id: `slot-${slots}`,
      job: job.name,
      due_at: new Date(clock.now().getTime() - slots).toISOString(),
      data: '{}',
      state: 'pending',
      created_at: NOW,
    });
    return { finished: await runner.runDue(), log };
  }

  const audit = (id: string, at: string, more: object = {}) =>
    fresh.database.writer('audit').insert({
      id,
      at,
      action: 'referral.accept',
      object_type: 'referral',
      object_id: 'r1',
      details: '{"from":"pending"}',
      ...more,
    });
  /** Changes the audit as somebody with the database file in hand could. */
  async function tamper(sql: string): Promise<void> {
    const { writer } = fresh.database;
    if (kind === 'pg') {
      await writer.raw('alter table audit disable trigger audit_append_only');
    } else {
      await writer.raw('drop trigger audit_no_update');
      await writer.raw('drop trigger audit_no_delete');
    }
    await writer.raw(sql);
  }

  describe('the seal of the audit', () => {
    it('chains rows older than a minute in id order and leaves the newest open', async () => {
      await audit('b', daysAgo(1), { actor_id: 's1', channel: 'wecom-app' });
      await audit('a', daysAgo(2));
      await audit('c', '2026-11-20T03:59:30.000Z');
      const { finished, log } = await run(auditSeal);
      expect(finished).toBe(1);
      const rows = await fresh.database.reader('audit').orderBy('id').select('id', 'sealed_n', 'previous_hash', 'hash');
      expect(rows.map((row) => [row.id, row.sealed_n === null ? null : Number(row.sealed_n)])).toEqual([
        ['a', 1],
        ['b', 2],
        ['c', null],
      ]);
      expect(rows[0]?.previous_hash).toBe(CHAIN_START);
      expect(rows[1]?.previous_hash).toBe(rows[0]?.hash);
      expect(await verifyAudit(fresh.database.reader)).toEqual({
        intact: true,
        sealed: 2,
        open: 1,
        head: rows[1]?.hash,
      });
      expect(log.lines.find((line) => line.event === 'audit.sealed')?.fields).toMatchObject({
        n: 2,
        hash: rows[1]?.hash,
      });
    });

    it('continues the chain, also for a row that came late, and says nothing where there is nothing', async () => {
      await audit('b', daysAgo(1));
      await run(auditSeal);
      await audit('a', daysAgo(1));
      await run(auditSeal);
      const { log } = await run(auditSeal);
      expect(await verifyAudit(fresh.database.reader)).toMatchObject({ intact: true, sealed: 2, open: 0 });
      expect(log.lines.some((line) => line.event === 'audit.sealed')).toBe(false);
    });

    it('seals more than a batch in one go', async () => {
      const count = SEAL_BATCH + 20;
      const rows = Array.from({ length: count }, (_, n) => ({
        id: `r${String(n).padStart(5, '0')}`,
        at: daysAgo(1),
        action: 'a',
        object_type: 't',
        object_id: 'o',
        details: '{}',
      }));
      for (let start = 0; start < count; start += 100)
        await fresh.database.writer('audit').insert(rows.slice(start, start + 100));
      expect((await run(auditSeal)).finished).toBe(2);
      expect(await verifyAudit(fresh.database.reader)).toMatchObject({ intact: true, sealed: count, open: 0 });
    });

    it.each([
      ['a changed row', `update audit set object_id = 'r2' where id = 'b'`, { at: 2, id: 'b', why: 'changed' }],
      ['a row taken out', `delete from audit where id = 'b'`, { at: 2, id: undefined, why: 'missing' }],
      [
        'a row taken out and the numbers closed up',
        `delete from audit where id = 'b'; update audit set sealed_n = 2 where id = 'c'`,
        { at: 2, id: 'c', why: 'wrong-previous' },
      ],
      ['an actor added', `update audit set actor_id = 's9' where id = 'a'`, { at: 1, id: 'a', why: 'changed' }],
    ])('finds %s', async (_, sql, fault) => {
      for (const id of ['a', 'b', 'c']) await audit(id, daysAgo(1));
      await run(auditSeal);
      for (const [n, statement] of sql.split('; ').entries())
        await (n === 0 ? tamper(statement) : fresh.database.writer.raw(statement));
      expect(await verifyAudit(fresh.database.reader)).toEqual({ intact: false, ...fault });
    });

    it('calls an empty audit intact', async () => {
      expect(await verifyAudit(fresh.database.reader)).toEqual({ intact: true, sealed: 0, open: 0, head: CHAIN_START });
    });
  });

  describe('the retention', () => {
    const inbox = (id: string, state: string, handledDaysAgo: number | undefined, receivedDaysAgo = 30) =>
      fresh.database.writer('inbox').insert({
        id,
        channel: 'playground',
        tenant: 'local',
        message_id: id,
        conversation_key: 'k',
        body_sealed: 'sealed',
        received_at: daysAgo(receivedDaysAgo),
        state,
        handled_at: handledDaysAgo === undefined ? null : daysAgo(handledDaysAgo),
      });
    let n = 0;
    const outbox = async (id: string, createdDaysAgo: number, deliveryState: string) => {
      n += 1;
      await fresh.database.writer('outbox').insert({
        id,
        n,
        position: 0,
        target_kind: 'direct',
        target_id: 'direct:s1',
        target_channel: 'playground',
        blocks_sealed: 'sealed',
        created_at: daysAgo(createdDaysAgo),
      });
      await fresh.database.writer('deliveries').insert({
        id: `d-${id}`,
        outbox_id: id,
        n,
        channel: 'playground',
        tenant: 'local',
        address: '{}',
        address_key: 'k',
        state: deliveryState,
        next_at: daysAgo(createdDaysAgo),
        passive_sealed: 'sealed',
      });
    };
    const withWords = async (table: string, column: string) =>
      (await fresh.database.reader(table).whereNotNull(column).orderBy('id').select('id')).map((row) => row.id);

    it('empties words 7 days after they were handled, and keeps the rows', async () => {
      await inbox('just-within', 'handled', 6.99);
      await inbox('over', 'handled', 7.01);
      await inbox('failed', 'failed', undefined);
      await inbox('unhandled', 'received', undefined);
      await outbox('sent', 8, 'sent');
      await outbox('young', 6, 'sent');
      await outbox('still-to-send', 8, 'pending');
      await outbox('passive', 8, 'passive');
      await run(retention);
      expect(await withWords('inbox', 'body_sealed')).toEqual(['just-within', 'unhandled']);
      expect(await withWords('outbox', 'blocks_sealed')).toEqual(['still-to-send', 'young']);
      expect(await withWords('deliveries', 'passive_sealed')).toEqual(['d-still-to-send', 'd-young']);
      expect(await fresh.database.reader('inbox').select('id')).toHaveLength(4);
    });

    it.each([
      ['3', ['young']],
      ['"soon"', ['older', 'young']],
      ['0', ['older', 'young']],
    ])('with retention.days %s keeps %j', async (value, kept) => {
      await fresh.database.writer('settings').insert({ key: 'retention.days', scope: 'all', value, updated_at: NOW });
      await inbox('young', 'handled', 2);
      await inbox('older', 'handled', 4);
      await run(retention);
      expect(await withWords('inbox', 'body_sealed')).toEqual(kept);
    });

    it('removes drafts and memories that have expired, and none that lives', async () => {
      const { writer, reader } = fresh.database;
      await writer('regions').insert({ id: 'r', name: '县', short_name: '县', level: 'county', created_at: NOW });
      await writer('institutions').insert({ id: 'i', name: '院', short_name: '院', kind: 'township', region_id: 'r' });
      await writer('staff').insert({ id: 's1', name: '人', institution_id: 'i', created_at: NOW });
      for (const [id, expires_at] of [
        ['expired', daysAgo(0.1)],
        ['alive', daysAgo(-0.1)],
      ] as const) {
        await writer('drafts').insert({ id, staff_id: 's1', kind: id, data_sealed: 's', updated_at: NOW, expires_at });
        await writer('conversations').insert({ conversation_key: id, memory_sealed: 's', updated_at: NOW, expires_at });
      }
      const paces = [daysAgo(1.1), daysAgo(0.9)].map((updated_at, at) => ({
        address_key: `p${at}`,
        slices: '[]',
        updated_at,
      }));
      await writer('paces').insert(paces);
      await run(retention);
      expect((await reader('paces')).map((row) => row.address_key)).toEqual(['p1']);
      expect((await reader('drafts')).map((row) => row.id)).toEqual(['alive']);
      expect((await reader('conversations')).map((row) => row.conversation_key)).toEqual(['alive']);
    });

    it('goes on until everything is treated, and forgets only its own old runs', async () => {
      for (let start = 0; start < 700; start += 100)
        await fresh.database.writer('inbox').insert(
          Array.from({ length: 100 }, (_, index) => ({
            id: `m${start + index}`,
            channel: 'playground',
            tenant: 'local',
            message_id: `m${start + index}`,
            conversation_key: 'k',
            body_sealed: 'sealed',
            received_at: daysAgo(30),
            state: 'handled',
            handled_at: daysAgo(20),
          })),
        );
      for (const job of ['audit-seal', 'daily-digest'])
        await fresh.database.writer('scheduled_slots').insert({
          id: `old ${job}`,
          job,
          due_at: daysAgo(9),
          data: '{}',
          state: 'done',
          finished_at: daysAgo(9),
          created_at: daysAgo(9),
        });
      expect((await run(retention)).finished).toBe(3);
      expect(await withWords('inbox', 'body_sealed')).toEqual([]);
      const old = await fresh.database.reader('scheduled_slots').where('id', 'like', 'old %').select('id');
      expect(old.map((row) => row.id)).toEqual(['old daily-digest']);
    });
  });
});
