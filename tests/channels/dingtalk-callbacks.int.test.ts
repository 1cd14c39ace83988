/** The whole bot behind DingTalk's HTTP callback: captured headers, redeliveries, bad bodies, and presses on cards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DingtalkSimulator, SIMULATED_DING, startDingtalkSimulator } from '../simulators/dingtalk.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';
import { freePort } from '../support/services.ts';

const START = '2026-11-21T10:00:00+08:00';
const DOCTOR = 'wx-clinician-1';
const COORDINATOR = 'wx-coordinator-1';
/** Of another county. */
const STRANGER = 'hn-clinician-1';

describe.each(databaseKinds())('callbacks of DingTalk on %s', (kind) => {
  let ding: DingtalkSimulator;
  let bot: TestBot;
  const platformTime = Date.parse(START) - performance.now();

  beforeAll(async () => {
    ding = await startDingtalkSimulator({ now: () => new Date(platformTime + performance.now()) });
    const port = await freePort();
    const env = {
      ...ding.env,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DINGTALK_CARD_TEMPLATE_ID: SIMULATED_DING.cardTemplate,
    };
    bot = await startTestBot({ kind, clock: START, env });
    ding.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await ding.close();
  });

  it('takes a redelivery as the same message, with the same headers and with new ones', async () => {
    const body = ding.body(DOCTOR, '帮助');
    const first = ding.sign(body);
    const delivered = [await ding.post(first), await ding.post(first)];
    delivered.push(await ding.post(ding.sign(body, Date.parse(START) + 999)));
    // Another id, yet the same words of the same person at the same moment.
    delivered.push(await ding.post(ding.sign({ ...body, msgId: 'another' }, Date.parse(START) + 1_999)));
    expect(delivered.map(({ status, body: said }) => [status, said])).toEqual(
      delivered.map(() => [200, '{"msgtype":"empty"}']),
    );
    await ding.waitFor(DOCTOR, 1);
    await bot.running.database.reader('inbox').select('id');
    expect(ding.seenBy(DOCTOR).length).toBe(1);
  });

  it('refuses a captured pair of headers with other words, and does nothing of them', async () => {
    const before = ding.shown.length;
    const captured = ding.sign(ding.body('wx-village-doctor-1', '我是谁'));
    expect((await ding.post(captured)).status).toBe(200);
    await ding.waitFor('wx-village-doctor-1', 1);
    const forged = ding.body('wx-village-doctor-1', '缺药 氯吡格雷片 30盒');
    expect(await ding.post({ ...captured, body: JSON.stringify(forged) })).toMatchObject({ status: 401 });
    const later = { ...captured, body: JSON.stringify(ding.body(COORDINATOR, '我的转诊')) };
    await bot.moveClock('2026-11-21T10:00:30+08:00');
    expect(await ding.post(later)).toMatchObject({ status: 401 });
    expect(ding.shown.length).toBe(before + 1);
    const rows: { count: number | string }[] = await bot.running.database
      .reader('inbox')
      .where('message_id', forged.msgId as string)
      .count('* as count');
    expect(Number(rows[0]?.count)).toBe(0);
  });

  it('hears everybody who writes in the same millisecond', async () => {
    const people = ['hn', 'md', 'hz', 'jy'].map((region) => `${region}-clinician-1`);
    const at = Date.parse(START) + 5_000;
    const answers = await Promise.all(people.map((person) => ding.post(ding.sign(ding.body(person, '我是谁'), at))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const person of people) await ding.waitFor(person, 1);
  });

  it.each([
    ['broken JSON', '{"msgId":', 400],
    ['deep nesting', '['.repeat(100_000), 400],
    ['nothing', '', 400],
    ['more than a mebibyte', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 413],
  ])('answers %s', async (_, text, status) => {
    const { headers } = ding.sign({});
    const response = await fetch(`${bot.url}/channels/dingtalk`, { method: 'POST', headers, body: text });
    expect(response.status).toBe(status);
  });

  it('answers a press at once, changes the card for everybody, and an old press does nothing', async () => {
    await ding.say(DOCTOR, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await ding.waitFor(DOCTOR, 2);
    const draft = ding.lastCard(DOCTOR);
    await ding.press(DOCTOR, draft, '确认');
    await ding.waitFor(COORDINATOR, 1);
    const card = ding.lastCard(COORDINATOR);
    const stale = { ...ding.api.cards.get(card)?.params };
    const began = performance.now();
    expect(await ding.press(COORDINATOR, card, '接收')).toMatchObject({ status: 200, body: '{}' });
    expect(performance.now() - began).toBeLessThan(2_000);
    await ding.waitFor(COORDINATOR, 2);
    expect(ding.api.cards.get(card)?.updates).toBe(1);
    expect(ding.seenBy(COORDINATOR).at(-1)).toContain('已接收待安排');

    // The same button on a phone that has not seen the change yet.
    const shownCard = ding.api.cards.get(card);
    if (shownCard) shownCard.params = stale as Record<string, string>;
    expect(await ding.press(COORDINATOR, card, '接收')).toMatchObject({ status: 200 });
    const seen = await ding.waitFor(COORDINATOR, 3);
    expect(seen.at(-1)).toMatch(/^这个按钮对应的状态已经变化，没有重复操作。/);
    // Nor does the press of somebody without a part in it take the state from those who have one.
    const before = ding.seenBy(STRANGER).length;
    expect(await ding.press(STRANGER, card, '接收')).toMatchObject({ status: 200 });
    expect((await ding.waitFor(STRANGER, before + 1)).at(-1)).toContain('没有查到');
    expect(ding.api.cards.get(card)?.updates).toBe(1);
    const rows: { count: number | string }[] = await bot.running.database
      .reader('audit')
      .where({ action: 'referral.accept' })
      .count('* as count');
    expect(Number(rows[0]?.count)).toBe(1);
  });

  it('refuses a press that is not signed with the address’s own secret', async () => {
    const timestamp = String(platformTime + performance.now()).split('.')[0] ?? '';
    const body = JSON.stringify({ outTrackId: 'x', userId: COORDINATOR, content: '{}' });
    for (const signature of ['', 'AAAA', ding.sign({}).headers.sign ?? '']) {
      const headers = {
        'content-type': 'application/json',
        'x-ddpaas-signature-timestamp': timestamp,
        'x-ddpaas-signature': signature,
      };
      const response = await fetch(`${bot.url}/channels/dingtalk`, { method: 'POST', headers, body });
      expect(response.status).toBe(401);
    }
  });
});
