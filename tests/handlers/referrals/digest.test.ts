import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillReferrals } from '../../../bot/demo/referrals.ts';
import { createIds } from '../../../bot/ids.ts';
import { type CountedCase, digestLines, overdueLimit, referralDigest } from '../../../handlers/referrals/digest.ts';
import { type Limits, readLimits, spokenMinutes } from '../../../handlers/referrals/limits.ts';
import { databaseKinds, type TestDatabase } from '../../support/databases.ts';
import { peopledDatabase, testClock, vault } from './people.ts';

const NOW = new Date('2026-11-21T00:00:00Z');
const LIMITS: Limits = { upUnclaimed: 120, urgentAccept: 30, emergencyAcknowledge: 5, downResponse: 2880 };
const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const waiting: CountedCase = {
  direction: 'U',
  urgency: 'routine',
  state: 'pending',
  submittedAt: minutesAgo(121),
  acknowledgedAt: undefined,
};

describe('what is late', () => {
  it.each([
    ['upUnclaimed', waiting],
    [undefined, { ...waiting, submittedAt: minutesAgo(120) }],
    ['urgentAccept', { ...waiting, urgency: 'urgent', submittedAt: minutesAgo(31) }],
    ['downResponse', { ...waiting, direction: 'D', submittedAt: minutesAgo(2881) }],
    [undefined, { ...waiting, direction: 'D', submittedAt: minutesAgo(2880) }],
    ['emergencyAcknowledge', { ...waiting, urgency: 'green', state: 'accepted', submittedAt: minutesAgo(6) }],
    [
      undefined,
      { ...waiting, urgency: 'green', state: 'accepted', submittedAt: minutesAgo(6), acknowledgedAt: minutesAgo(5) },
    ],
    [undefined, { ...waiting, state: 'accepted', submittedAt: minutesAgo(9999) }],
    [undefined, { ...waiting, state: 'rejected', submittedAt: minutesAgo(9999) }],
  ] as const)('%s', (expected, one) => {
    expect(overdueLimit(one, LIMITS, NOW)).toBe(expected);
  });

  it('is nothing where nobody set a limit', () => {
    expect(overdueLimit(waiting, {}, NOW)).toBeUndefined();
  });
});

describe('the section', () => {
  it('says what is late first, then emergencies, then what is open', () => {
    const cases: readonly CountedCase[] = [
      waiting,
      { ...waiting, submittedAt: minutesAgo(10) },
      { ...waiting, urgency: 'emergency', state: 'accepted', submittedAt: minutesAgo(60) },
      { ...waiting, direction: 'D', state: 'arrived', submittedAt: minutesAgo(5000) },
    ];
    expect(digestLines(cases, LIMITS, NOW)).toEqual([
      '超时：急诊/绿通未知悉1单（超5分钟），上转未受理1单（超2小时），时限为本单位设定',
      '近24小时急诊/绿通1单，1单还没有知悉',
      '上转未办结：待接收2，已接收待安排1',
      '下转未办结：已到达1',
      '近24小时新增：上转3，下转0',
    ]);
  });

  it('says nothing where there is nothing', () => {
    expect(digestLines([], LIMITS, NOW)).toEqual([]);
  });
});

it.each([
  [5, '5分钟'],
  [120, '2小时'],
  [90, '1小时30分钟'],
  [2880, '48小时'],
])('says %d minutes as %s', (minutes, words) => {
  expect(spokenMinutes(minutes)).toBe(words);
});

describe.each(databaseKinds())('from the database, on %s', (kind) => {
  let fresh: TestDatabase;
  const clock = testClock();
  beforeAll(async () => {
    fresh = await peopledDatabase(kind);
    await fresh.database.write((trx) => fillReferrals(trx, { clock, ids: createIds(clock), vault }));
  });
  afterAll(() => fresh.drop());
  const digest = (regionId: string, institutionId?: string) =>
    referralDigest({ db: fresh.database.reader, clock }, { regionId, regionPath: [regionId], institutionId });

  it('counts the own institution for a manager, the region for the commission, and nobody else', async () => {
    const own = await digest('wuxi', 'wx-people-hospital');
    expect(own?.title).toBe('转诊');
    expect(own?.lines.join('\n')).toContain('上转未受理1单（超2小时）');
    expect((await digest('huizhou'))?.lines.join('\n')).toContain('下转未受理1单（超48小时）');
    expect(await digest('mudan')).toBeUndefined();
    expect(await digest('wuxi', 'wx-tcm-hospital')).toBeUndefined();
  });

  it('never says a patient', async () => {
    for (const section of [await digest('wuxi'), await digest('huizhou')]) {
      expect(JSON.stringify(section)).not.toMatch(/演示患者|13800/);
    }
  });

  it('takes the limit of the institution before that of the region and the seeded one', async () => {
    const set = (scope: string, value: string) =>
      fresh.database
        .writer('settings')
        .insert({ key: 'referral.limit.up-unclaimed-minutes', scope, value, updated_at: NOW.toISOString() });
    const limits = () =>
      readLimits(fresh.database.reader, { institutionId: 'wx-people-hospital', regionPath: ['wuxi', 'chongqing'] });
    expect((await limits()).upUnclaimed).toBe(120);
    await set('region:chongqing', '240');
    expect((await limits()).upUnclaimed).toBe(240);
    await set('region:wuxi', '180');
    expect((await limits()).upUnclaimed).toBe(180);
    await set('institution:wx-people-hospital', '60');
    expect((await limits()).upUnclaimed).toBe(60);
    await fresh.database
      .writer('settings')
      .where({ scope: 'institution:wx-people-hospital' })
      .update({ value: '"soon"' });
    expect((await limits()).upUnclaimed).toBeUndefined();
  });

  it('leaves the day counter after the demonstration numbers', async () => {
    const rows: { name: string; value: number | string }[] = await fresh.database
      .reader('counters')
      .where('name', 'like', 'referral:%');
    for (const { name, value } of rows) {
      const day = name.slice('referral:'.length).replaceAll('-', '');
      const numbers = await fresh.database.reader('referrals').where('number', 'like', `__${day}%`);
      expect(numbers).toHaveLength(Number(value));
    }
    expect(rows.length).toBeGreaterThan(1);
  });
});
