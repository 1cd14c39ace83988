import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommitter } from '../../bot/committer.ts';
import { openDatabase } from '../../bot/database/connect.ts';
import type { DigestScope, DigestSection } from '../../handlers/digest.ts';
import type { Feature } from '../../handlers/feature.ts';
import type { Block } from '../../handlers/message.ts';
import { instantOf } from '../../handlers/time.ts';
import { createCalendar } from '../../jobs/calendar.ts';
import { composeDigest, DIGEST_LIMIT, dailyDigest, describeMissed } from '../../jobs/daily-digest.ts';
import { listDigestReceivers } from '../../jobs/digest-receivers.ts';
import type { JobContext } from '../../jobs/job.ts';
import { createRunner } from '../../jobs/runner.ts';
import { schedules } from '../../jobs/schedules.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, rememberingLog, standingClock } from './support.ts';

const shanghai = (text: string) => instantOf(text.slice(0, 10), text.slice(11, 16));

describe('the words of a digest', () => {
  const section = (title: string, ...lines: string[]): DigestSection => ({ title, lines });
  const compose = (sections: readonly DigestSection[], day = '2026-11-20', notices: readonly string[] = []) =>
    composeDigest({ day, title: '巫溪县人民医院', sections, notices });

  it('names the day and the institution, then each section with its lines', () => {
    expect(
      compose([section('转诊', '待接收 3 单，最早已等 5 小时', '超时 1 单'), section('缺药', '未解决 2 种')]),
    ).toBe(
      [
        '【每日汇总】11月20日 周五 · 巫溪县人民医院',
        '■ 转诊',
        '· 待接收 3 单，最早已等 5 小时',
        '· 超时 1 单',
        '■ 缺药',
        '· 未解决 2 种',
      ].join('\n'),
    );
  });

  it('drops empty sections, and without any says 今日无待办', () => {
    expect(compose([section('转诊'), section('缺药', '未解决 2 种')])).not.toContain('转诊');
    expect(compose([section('转诊')])).toBe('【每日汇总】11月20日 周五 · 巫溪县人民医院\n今日无待办');
    expect(compose([])).toContain('今日无待办');
  });

  it('begins the week on Monday, but only with content', () => {
    expect(compose([section('缺药', '未解决 2 种')], '2026-11-23')).toContain('\n本周');
    expect(compose([], '2026-11-23')).not.toContain('本周');
    expect(compose([section('缺药', '未解决 2 种')], '2026-11-24')).not.toContain('本周');
  });

  it('says first what was missed', () => {
    expect(compose([], '2026-11-20', ['昨天的汇总因停机未发送。'])).toBe(
      '【每日汇总】11月20日 周五 · 巫溪县人民医院\n昨天的汇总因停机未发送。\n今日无待办',
    );
  });

  it('stays within 600 characters: the most urgent lines first, the rest counted', () => {
    const long = (n: number) => Array.from({ length: 6 }, (_, i) => `${n}.${i} ${'逾期'.repeat(20)}`);
    const text = compose([section('转诊', ...long(1)), section('缺药', ...long(2)), section('指标', ...long(3))]);
    expect(text.length).toBeLessThanOrEqual(DIGEST_LIMIT);
    for (const n of [1, 2, 3]) expect(text).toContain(`· ${n}.0`);
    expect(text).toMatch(/· 另有\d项/);
    expect(compose([section('转诊', '长'.repeat(3000))]).length).toBeLessThanOrEqual(DIGEST_LIMIT);
  });
});

describe('the words for missed runs', () => {
  const run = (day: string, label = '汇总', reason: 'downtime' | 'failure' = 'downtime') => ({ label, day, reason });
  it.each([
    ['yesterday', [run('2026-11-19')], ['昨天的汇总因停机未发送。']],
    ['an earlier day', [run('2026-11-18')], ['11月18日的汇总因停机未发送。']],
    ['two days', [run('2026-11-18'), run('2026-11-19')], ['11月18日、昨天的汇总因停机未发送。']],
    [
      'many days',
      [12, 13, 16, 17, 18].map((n) => run(`2026-11-${n}`)),
      ['11月12日、11月13日、11月16日等5天的汇总因停机未发送。'],
    ],
    [
      'two kinds',
      [run('2026-11-19'), run('2026-11-19', '里程碑提醒')],
      ['昨天的汇总因停机未发送。', '昨天的里程碑提醒因停机未发送。'],
    ],
    ['a failure', [run('2026-11-19', '汇总', 'failure')], ['昨天的汇总因故障未发送。']],
    ['nothing', [], []],
  ])('%s', (_, missed, sentences) => {
    expect(describeMissed(missed, '2026-11-20')).toEqual(sentences);
  });
});

describe.each(databaseKinds())('the daily digest on %s', (kind) => {
  let fresh: TestDatabase;
  const clock = standingClock('2026-11-19T02:00:00.000Z');
  beforeEach(async () => {
    fresh = await freshDatabase(kind);
    clock.set('2026-11-19T02:00:00.000Z');
    await people();
  });
  afterEach(async () => {
    await fresh.drop();
  });

  async function people(): Promise<void> {
    const { writer } = fresh.database;
    const created_at = '2026-01-01T00:00:00.000Z';
    await writer('regions').insert([
      { id: 'chongqing', name: '重庆市', short_name: '重庆', level: 'city', parent_id: null, created_at },
      { id: 'wuxi', name: '重庆市巫溪县', short_name: '巫溪', level: 'county', parent_id: 'chongqing', created_at },
    ]);
    await writer('alliances').insert({ id: 'a1', name: '县人民医院医共体', region_id: 'wuxi', demo: false });
    const institution = (id: string, short_name: string, demo = false) => ({
      id,
      name: `巫溪县${short_name}`,
      short_name,
      kind: 'hospital',
      region_id: 'wuxi',
      demo,
    });
    await writer('institutions').insert([
      institution('lead', '县人民医院'),
      institution('township', '红池坝卫生院', true),
      institution('office', '卫健委'),
    ]);
    const staff = (id: string, institution_id: string, status = 'active') => ({
      id,
      name: id,
      institution_id,
      status,
      created_at,
    });
    await writer('staff').insert([
      staff('director', 'lead'),
      staff('deputy', 'lead'),
      staff('township-director', 'township'),
      staff('gone', 'lead', 'left'),
      staff('doctor', 'lead'),
      staff('officer', 'office'),
    ]);
    await writer('staff_roles').insert([
      { staff_id: 'director', role: 'manager' },
      { staff_id: 'director', role: 'clinician' },
      { staff_id: 'deputy', role: 'manager' },
      { staff_id: 'township-director', role: 'manager' },
      { staff_id: 'gone', role: 'manager' },
      { staff_id: 'doctor', role: 'clinician' },
      { staff_id: 'officer', role: 'commission' },
      { staff_id: 'officer', role: 'manager' },
    ]);
    const group = (id: string, digest: boolean, owner: object) => ({
      id,
      channel: 'playground',
      tenant: 'local',
      platform_conversation_id: id,
      title: id,
      digest,
      ...owner,
    });
    await writer('groups').insert(group('g-region', true, { region_id: 'wuxi', demo: true }));
    await writer('groups').insert(group('g-lead', true, { institution_id: 'lead' }));
    await writer('groups').insert(group('g-alliance', true, { alliance_id: 'a1' }));
    await writer('groups').insert(group('g-quiet', false, { region_id: 'wuxi' }));
    await writer('groups').insert(group('g-nowhere', true, {}));
  }

  function start(features: readonly Feature[], options: { database?: TestDatabase['database'] } = {}) {
    const database = options.database ?? fresh.database;
    const log = rememberingLog();
    const ids = countingIds(`p${Math.floor(performance.now() * 1000)}-`);
    const context: JobContext = {
      db: database.reader,
      clock,
      ids,
      vault: mirrorVault,
      log,
      calendar: createCalendar({ log }),
      features,
    };
    const committer = createCommitter({ database, clock, ids, vault: mirrorVault, log, owner: 'p', channels: [] });
    const runner = createRunner({
      database,
      clock,
      jobs: [dailyDigest],
      schedules: schedules.filter((schedule) => schedule.job === dailyDigest.name),
      queue: { enqueue: () => undefined },
      commit: async (slotId, decision) => (await committer.commit({ kind: 'slot', slotId, decision })).done,
      owner: 'p',
      context,
    });
    return { runner, log };
  }

  const feature = (name: string, digest: Feature['digest']): Feature => ({ name, commands: [], digest });
  const sent = async () =>
    (await fresh.database.reader('outbox').orderBy('n')).map((row) => {
      const blocks = JSON.parse(mirrorVault.open(row.blocks_sealed)) as Block[];
      return { to: row.target_id as string, text: blocks.map((block) => ('text' in block ? block.text : '')).join('') };
    });
  const at = async (runner: ReturnType<typeof start>['runner'], time: string) => {
    clock.set(shanghai(time));
    await runner.plan();
    await runner.runDue();
  };

  it('goes to managers with the rows of their institution, to the commission and groups with those of the region', async () => {
    const asked: DigestScope[] = [];
    const { runner } = start([
      feature('referrals', async (_, scope) => {
        asked.push(scope);
        return { title: '转诊', lines: [`${scope.institutionId ?? scope.regionPath.join('<')} 3 单`] };
      }),
      feature('policy', undefined),
      feature('shortages', async () => undefined),
    ]);
    await at(runner, '2026-11-19 10:00');
    await at(runner, '2026-11-20 08:00');
    const messages = await sent();
    expect(Object.fromEntries(messages.map(({ to, text }) => [to, text.split('\n')[2]]))).toEqual({
      'direct:deputy': '· lead 3 单',
      'direct:director': '· lead 3 单',
      'direct:officer': '· wuxi<chongqing 3 单',
      'direct:township-director': '· township 3 单',
      'g-alliance': '· wuxi<chongqing 3 单',
      'g-lead': '· lead 3 单',
      'g-region': '· wuxi<chongqing 3 单',
    });
    expect(messages).toHaveLength(7);
    expect(asked).toHaveLength(3); // once a scope, not once a person
    const titles = Object.fromEntries(messages.map(({ to, text }) => [to, text.split('\n')[0]]));
    expect(titles['direct:director']).toBe('【每日汇总】11月20日 周五 · 县人民医院');
    expect(titles['direct:officer']).toBe('【每日汇总】11月20日 周五 · 重庆市巫溪县');
    expect(titles['direct:township-director']).toContain('红池坝卫生院（演示）');
    expect(titles['g-region']).toContain('重庆市巫溪县（演示）');
    expect(titles['g-alliance']).toContain('县人民医院医共体');
  });

  it('says 今日无待办 in one line to those who have nothing', async () => {
    const { runner } = start([]);
    await at(runner, '2026-11-19 10:00');
    await at(runner, '2026-11-20 08:00');
    expect((await sent()).map(({ text }) => text.split('\n').slice(1))).toEqual(Array(7).fill(['今日无待办']));
  });

  it('is sent once by several processes, and not again the same day', async () => {
    const others = [1, 2].map(() => openDatabase({ databaseUrl: fresh.databaseUrl, dataDir: fresh.dataDir }));
    try {
      const runners = [fresh.database, ...others].map((database) => start([], { database }).runner);
      for (const time of ['2026-11-19 10:00', '2026-11-20 08:00', '2026-11-20 08:01', '2026-11-20 18:00']) {
        clock.set(shanghai(time));
        await Promise.all(runners.map((runner) => runner.plan()));
        await Promise.all(runners.map((runner) => runner.runDue()));
      }
      expect(await sent()).toHaveLength(7);
    } finally {
      await Promise.all(others.map((database) => database.close()));
    }
  });

  it('names yesterday’s digest that a downtime swallowed, and names it once', async () => {
    const { runner } = start([]);
    await at(runner, '2026-11-18 10:00');
    await at(start([]).runner, '2026-11-19 13:00'); // down from before 08:00: too late for today
    expect(await sent()).toEqual([]);
    await at(runner, '2026-11-20 08:00');
    expect((await sent())[0]?.text.split('\n').slice(1)).toEqual(['昨天的汇总因停机未发送。', '今日无待办']);
    await at(runner, '2026-11-23 08:00');
    expect((await sent()).at(-1)?.text).not.toContain('未发送');
  });

  it('does not name weekends and holidays as missed', async () => {
    const { runner } = start([]);
    await at(runner, '2026-11-20 08:30');
    await at(runner, '2026-11-21 08:00');
    await at(runner, '2026-11-22 08:00');
    await at(runner, '2026-11-23 08:00');
    expect((await sent())[0]?.text).toBe('【每日汇总】11月23日 周一 · 县人民医院\n今日无待办');
  });

  it('comes all the same when one feature fails, says that a part is missing, and tells the operator', async () => {
    const { runner, log } = start([
      feature('referrals', async () => {
        throw new Error('张三');
      }),
      feature('shortages', async () => ({ title: '缺药', lines: ['未解决 2 种'] })),
    ]);
    await at(runner, '2026-11-19 10:00');
    await at(runner, '2026-11-20 08:00');
    const text = (await sent())[0]?.text ?? '';
    expect(text).toContain('有一部分暂时统计不了');
    expect(text).toContain('· 未解决 2 种');
    const failures = log.lines.filter((line) => line.event === 'digest.section-failed');
    expect(failures.map((line) => line.fields.feature)).toEqual(Array(3).fill('referrals'));
    expect(JSON.stringify(log.lines)).not.toContain('张三');
  });

  it('speaks of the day it was due, also when it is caught up later', async () => {
    const { runner } = start([]);
    await at(runner, '2026-11-19 10:00');
    await at(runner, '2026-11-20 11:00');
    expect((await sent())[0]?.text).toContain('11月20日 周五');
  });

  it('lists nobody twice and nobody who left', async () => {
    const receivers = await listDigestReceivers(fresh.database.reader);
    expect(receivers.map((receiver) => Object.values(receiver.to)[0])).toEqual([
      'deputy',
      'director',
      'officer',
      'township-director',
      'g-alliance',
      'g-lead',
      'g-region',
    ]);
  });
});
