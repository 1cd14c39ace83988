import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommitter } from '../../bot/committer.ts';
import type { Block } from '../../handlers/message.ts';
import { instantOf } from '../../handlers/time.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { milestoneReminders, repliesOf } from '../../jobs/milestone-reminders.ts';
import { createRunner } from '../../jobs/runner.ts';
import { schedules } from '../../jobs/schedules.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock } from './support.ts';

const shanghai = (text: string) => instantOf(text.slice(0, 10), text.slice(11, 16));

describe.each(databaseKinds())('the milestone reminders on %s', (kind) => {
  let fresh: TestDatabase;
  const clock = standingClock('2026-11-19T02:00:00.000Z');
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    const { writer } = fresh.database;
    const created_at = '2026-11-01T00:00:00.000Z';
    const region = (id: string, name: string) => ({ id, name, short_name: name, level: 'county', created_at });
    await writer('regions').insert([region('huizhou', '徽州'), region('mudan', '牡丹')]);
    for (const [id, region_id] of [
      ['hz-office', 'huizhou'],
      ['md-office', 'mudan'],
    ] as const) {
      await writer('institutions').insert({ id, name: id, short_name: id, kind: 'authority', region_id });
    }
    const people = [
      ['hz-officer', 'hz-office', 'commission', 'active'],
      ['hz-gone', 'hz-office', 'commission', 'left'],
      ['hz-doctor', 'hz-office', 'clinician', 'active'],
      ['md-officer', 'md-office', 'commission', 'active'],
    ] as const;
    for (const [id, institution_id, role, status] of people) {
      await writer('staff').insert({ id, name: id, institution_id, status, created_at });
      await writer('staff_roles').insert({ staff_id: id, role });
    }
    await writer('staff_roles').insert({ staff_id: 'hz-officer', role: 'manager' });
  });
  afterEach(async () => {
    await fresh.drop();
  });

  function start() {
    const { database } = fresh;
    const log = rememberingLog();
    const ids = countingIds();
    const committer = createCommitter({ database, clock, ids, vault: mirrorVault, log, owner: 'p', channels: [] });
    return createRunner({
      database,
      clock,
      jobs: [milestoneReminders],
      schedules: schedules.filter((schedule) => schedule.job === milestoneReminders.name),
      queue: { enqueue: () => undefined },
      commit: async (slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done,
      owner: 'p',
      context: {
        db: database.reader,
        clock,
        ids,
        vault: mirrorVault,
        log,
        calendar: createCalendar({ log }),
        features: [],
      },
    });
  }
  async function at(runner: ReturnType<typeof start>, time: string): Promise<void> {
    clock.set(shanghai(time));
    await runner.plan();
    await runner.runDue();
  }
  const sent = async () =>
    (await fresh.database.reader('outbox').orderBy('n')).map((row) => {
      const blocks = JSON.parse(mirrorVault.open(row.blocks_sealed)) as Block[];
      return { to: row.target_id as string, words: JSON.stringify(blocks), at: row.created_at as string };
    });

  // 徽州's fourth stage ends on 2026-12-31, printed 10月—12月: its last 30 days begin on 1 December, a Tuesday.
  it('at 08:30 on the day a reminder falls, tells the commission of that region, once', async () => {
    const runner = start();
    await at(runner, '2026-11-30 10:00');
    await at(runner, '2026-12-01 08:29');
    expect(await sent()).toEqual([]);
    await at(runner, '2026-12-01 08:30');
    const first = await sent();
    expect(first.map((each) => each.to)).toEqual(['direct:hz-officer']);
    expect(first[0]?.words).toContain('10月');
    await at(runner, '2026-12-01 08:31');
    await at(runner, '2026-12-01 18:00');
    expect(await sent()).toHaveLength(1);
  });

  it('says nothing on a day without a reminder, and the slot is done all the same', async () => {
    const runner = start();
    await at(runner, '2026-12-01 10:00');
    await at(runner, '2026-12-02 08:30');
    expect(await sent()).toEqual([]);
    expect(await fresh.database.reader('scheduled_slots').where({ state: 'done' })).toHaveLength(1);
  });

  it('is silent between two reminders and says the next one on its day', async () => {
    const runner = start();
    await at(runner, '2026-12-10 10:00');
    for (const day of ['11', '14', '15', '16', '17', '18']) await at(runner, `2026-12-${day} 08:30`);
    // 14 days before 31 December is the 17th; nothing else falls into these days
    expect((await sent()).map(({ to, at }) => [to, at])).toEqual([['direct:hz-officer', '2026-12-17T00:30:00.000Z']]);
  });
});

it('makes one reply a reminder and person', () => {
  const text = (words: string): readonly Block[] => [{ type: 'text', text: words }];
  expect(
    repliesOf([
      { milestoneId: 'A', audience: ['s1', 's2', 's1'], blocks: text('a') },
      { milestoneId: 'B', audience: ['s1'], blocks: text('b') },
    ]),
  ).toEqual([
    { audience: { staff: 's1' }, blocks: text('a') },
    { audience: { staff: 's2' }, blocks: text('a') },
    { audience: { staff: 's1' }, blocks: text('b') },
  ]);
});
