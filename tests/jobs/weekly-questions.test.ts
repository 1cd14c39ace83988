/** The weekly list: Monday 08:10 to the commission of the region that has one, silence otherwise, once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommitter } from '../../bot/committer.ts';
import type { Block } from '../../handlers/message.ts';
import { instantOf } from '../../handlers/time.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { retention } from '../../jobs/retention.ts';
import { createRunner } from '../../jobs/runner.ts';
import { schedules } from '../../jobs/schedules.ts';
import { weeklyQuestions } from '../../jobs/weekly-questions.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock } from './support.ts';

const shanghai = (text: string) => instantOf(text.slice(0, 10), text.slice(11, 16));

describe.each(databaseKinds())('the weekly list of questions on %s', (kind) => {
  let fresh: TestDatabase;
  const clock = standingClock('2026-11-20T02:00:00.000Z');
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    const { writer } = fresh.database;
    const created_at = '2026-11-01T00:00:00.000Z';
    for (const [id, name] of [
      ['huizhou', '徽州'],
      ['mudan', '牡丹'],
    ] as const) {
      await writer('regions').insert({ id, name, short_name: name, level: 'county', created_at });
      await writer('institutions').insert({
        id: `${id}-office`,
        name,
        short_name: name,
        kind: 'authority',
        region_id: id,
      });
    }
    for (const [id, institution_id, role, status] of [
      ['hz-officer', 'huizhou-office', 'commission', 'active'],
      ['hz-officer-2', 'huizhou-office', 'commission', 'active'],
      ['hz-gone', 'huizhou-office', 'commission', 'left'],
      ['hz-director', 'huizhou-office', 'manager', 'active'],
      ['md-officer', 'mudan-office', 'commission', 'active'],
    ] as const) {
      await writer('staff').insert({ id, name: id, institution_id, status, created_at });
      await writer('staff_roles').insert({ staff_id: id, role });
    }
  });
  afterEach(() => fresh.drop());

  const asked = (id: string, wording: string, more: Record<string, string | number> = {}) =>
    fresh.database.writer('asked_questions').insert({
      id,
      region_id: 'huizhou',
      question_key: id,
      wording_sealed: mirrorVault.seal(wording),
      not_found: 1,
      first_on: '2026-11-19',
      last_on: '2026-11-19',
      ...more,
    });

  function start() {
    const { database } = fresh;
    const log = rememberingLog();
    const ids = countingIds();
    const committer = createCommitter({ database, clock, ids, vault: mirrorVault, log, owner: 'p', channels: [] });
    const context = {
      db: database.reader,
      clock,
      ids,
      vault: mirrorVault,
      log,
      calendar: createCalendar({ log }),
      features: [],
    };
    const runner = createRunner({
      database,
      clock,
      jobs: [weeklyQuestions, retention],
      schedules: schedules.filter(({ job }) => job === weeklyQuestions.name || job === retention.name),
      queue: { enqueue: () => undefined },
      commit: async (slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done,
      owner: 'p',
      context,
    });
    return {
      log,
      at: async (time: string) => {
        clock.set(shanghai(time));
        await runner.plan();
        await runner.runDue();
      },
    };
  }
  const sent = async () =>
    (await fresh.database.reader('outbox').orderBy('n')).map((row) => {
      const blocks = JSON.parse(mirrorVault.open(row.blocks_sealed)) as Block[];
      return {
        to: row.target_id as string,
        words: blocks.map((block) => ('text' in block ? block.text : '')).join('\n'),
      };
    });

  it('on Monday at 08:10 to every active member of the commission of that region, most asked first, once', async () => {
    await asked('a', '停车费怎么收');
    await asked('b', '职工食堂谁管', { not_found: 5 });
    await asked('c', '已经答过的', { state: 'answered', handled_at: '2026-11-19T00:00:00.000Z' });
    await asked('d', '关掉的', { state: 'closed', handled_at: '2026-11-19T00:00:00.000Z' });
    await asked('e', '只是有用', { not_found: 0, useful: 3 });
    const { at } = start();
    await at('2026-11-20 10:00');
    await at('2026-11-23 08:09');
    expect(await sent()).toEqual([]);
    await at('2026-11-23 08:10');
    const first = await sent();
    expect(first.map((one) => one.to)).toEqual(['direct:hz-officer', 'direct:hz-officer-2']);
    expect(first[0]?.words).toMatch(/这一周大家问了2个[\s\S]*待处理2个\n2\. 职工食堂谁管\n[\s\S]*\n1\. 停车费怎么收/);
    expect(first[0]?.words).not.toMatch(/已经答过|关掉的|只是有用/);
    await at('2026-11-23 08:11');
    await at('2026-11-24 08:10');
    expect(await sent()).toHaveLength(2);
  });

  it('is silent where nothing waits, and where nothing new was asked', async () => {
    const { at } = start();
    await at('2026-11-20 10:00');
    await at('2026-11-23 08:10');
    expect(await sent()).toEqual([]);
    await asked('a', '停车费怎么收');
    await at('2026-11-30 08:10');
    expect(await sent()).toEqual([]);
    await fresh.database.writer('asked_questions').where({ id: 'a' }).update({ last_on: '2026-12-02' });
    await at('2026-12-07 08:10');
    expect(await sent()).toHaveLength(2);
    expect(
      await fresh.database.reader('scheduled_slots').where({ job: 'weekly-questions', state: 'done' }),
    ).toHaveLength(3);
  });

  it('is not sent on a public holiday', async () => {
    const { at, log } = start();
    clock.set(shanghai('2026-02-13 10:00'));
    await at('2026-02-13 10:00');
    await asked('a', '停车费怎么收', { last_on: '2026-02-13' });
    await at('2026-02-16 08:10'); // 春节
    expect(await sent()).toEqual([]);
    expect(log.lines.some((line) => line.event === 'slot.skipped' && line.fields.reason === 'holiday')).toBe(true);
  });

  it('words are forgotten half a year after they were last asked; the number and the counts stay', async () => {
    await asked('a', '停车费怎么收', { last_on: '2026-05-01', nearest: '["huizhou 一"]' });
    await asked('b', '职工食堂谁管', { last_on: '2026-06-20' });
    const { at } = start();
    await at('2026-11-20 10:00');
    await at('2026-11-21 03:20');
    const kept = await fresh.database
      .reader('asked_questions')
      .orderBy('id')
      .select('id', 'wording_sealed', 'nearest', 'not_found');
    expect(kept.map((row) => [row.id, row.wording_sealed === null, row.nearest, Number(row.not_found)])).toEqual([
      ['a', true, null, 1],
      ['b', false, null, 1],
    ]);
  });
});
