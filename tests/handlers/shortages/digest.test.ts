/** What the daily digest says of shortages, and the local settings behind it, on every database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortageDigest } from '../../../handlers/shortages/digest.ts';
import { deadlineLabel, isOver, loadSettings } from '../../../handlers/shortages/settings.ts';
import { listCentralPharmacists, listLeads, listShortages } from '../../../handlers/shortages/store.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const NOW = new Date('2026-11-21T02:00:00.000Z');

describe.each(databaseKinds())('shortages of the demonstration data on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  const digest = (regionId: string, institutionId?: string, at = NOW) =>
    shortageDigest(
      { db: bot.running.database.reader, clock: { now: () => at } },
      { regionId, regionPath: [regionId], institutionId },
    );

  it('tells the county of age, urgency and the regional shortage, without naming anybody', async () => {
    const section = await digest('wuxi');
    expect(section?.title).toBe('缺药');
    expect(section?.lines).toEqual([
      '抢救用药1项未解决',
      '紧急1项未解决',
      '未解决9项（按药品项计）：0–1天 3 · 2–3天 5 · 超过7天 1',
      expect.stringMatching(/^中心药房未答复\d单$/),
      '区域性短缺：阿莫西林胶囊（3家单位），7天内登记（本单位设定）',
    ]);
    expect(section?.lines.join()).not.toMatch(/演示-|医生|QY/);
  });

  it('tells the lead hospital of its alliance, a township of itself only', async () => {
    expect((await digest('wuxi', 'wx-people-hospital'))?.lines.join()).toContain('未解决9项');
    const town = (await digest('wuxi', 'wx-hongchiba'))?.lines.join();
    expect(town).toContain('未解决5项');
    expect(town).not.toContain('区域性短缺');
  });

  it('no longer calls it regional when the week is over, and is silent where nothing is missing', async () => {
    const later = new Date(NOW.getTime() + 8 * 24 * 3_600_000);
    expect((await digest('wuxi', undefined, later))?.lines.join()).not.toContain('区域性短缺');
    expect(await digest('hunan')).toBeUndefined();
  });

  it('counts two institutions as no regional shortage', async () => {
    expect((await digest('huizhou'))?.lines.join()).not.toContain('区域性短缺');
  });

  it('marks every demonstration row, in several states', async () => {
    const all = await listShortages(bot.running.database.reader, {});
    expect(all.length).toBeGreaterThanOrEqual(10);
    expect(all.every((one) => one.demo)).toBe(true);
    expect(new Set(all.flatMap((one) => one.lines.map((line) => line.state)))).toEqual(
      new Set(
        ['registered', 'allocated', 'purchasing', 'delivering', 'unavailable', 'stocked'].filter(
          (state) => state !== 'allocated',
        ),
      ),
    );
    expect(new Set(all.map((one) => one.number)).size).toBe(all.length);
  });

  it('tells both lead hospitals of a unit that serves two alliances, the pharmacists on duty first', async () => {
    const db = bot.running.database.reader;
    expect(await listLeads(db, 'wx-maternity')).toEqual(['wx-people-hospital', 'wx-tcm-hospital']);
    const told = await listCentralPharmacists(db, ['wx-people-hospital', 'wx-tcm-hospital']);
    expect(told.map((member) => member.id)).toEqual(['wx-pharmacist-1']);
  });

  it('takes all pharmacists where none is on duty', async () => {
    await bot.running.database.write((trx) => trx('staff').where({ id: 'hz-pharmacist-1' }).update({ duty: false }));
    const told = await listCentralPharmacists(bot.running.database.reader, ['hz-lead-hospital']);
    expect(told.map((member) => member.id)).toEqual(['hz-pharmacist-1']);
  });

  it('takes the narrowest setting', async () => {
    const place = { institutionId: 'wx-hongchiba', regionPath: ['wuxi', 'chongqing'] };
    const db = bot.running.database.reader;
    expect((await loadSettings(db, place)).duplicateDays).toBe(14);
    const at = NOW.toISOString();
    await bot.running.database.write((trx) =>
      trx('settings').insert([
        { key: 'shortage.duplicate-days', scope: 'region:chongqing', value: '20', updated_at: at },
        { key: 'shortage.duplicate-days', scope: 'region:wuxi', value: '10', updated_at: at },
      ]),
    );
    expect((await loadSettings(db, place)).duplicateDays).toBe(10);
    expect((await loadSettings(db, { regionPath: ['huizhou'] })).duplicateDays).toBe(14);
  });
});

describe('time limits', () => {
  it.each([
    [{ minutes: 15 }, '15分钟'],
    [{ minutes: 120 }, '2小时'],
    [{ workingDays: 1 }, '1个工作日'],
  ])('%j is said as %s', (limit, label) => expect(deadlineLabel(limit)).toBe(label));
  it('is over after its minutes, not at them', () => {
    const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
    expect(isOver(NOW, { minutes: 120 }, later(120))).toBe(false);
    expect(isOver(NOW, { minutes: 120 }, later(121))).toBe(true);
    expect(isOver(NOW, { workingDays: 1 }, later(100_000))).toBe(false);
  });
});
