/** The way of a message through a real bot: once, in order, to the right people, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

describe.each(databaseKinds())('the way of a message on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  it('answers 帮助 with what the person may do', async () => {
    const [reply] = await bot.says('wx-clinician-1', '帮助');
    expect(reply?.to).toMatchObject({ kind: 'direct', id: 'direct:wx-clinician-1' });
    expect(reply?.text).toContain('直接提问');
  });

  it('gives the recorded answer to the same message id, and acts once', async () => {
    const before = await bot.lastN();
    const first = await bot.says('wx-clinician-1', '帮助', { messageId: 'again-1' });
    const second = await bot.says('wx-clinician-1', '帮助', { messageId: 'again-1' });
    expect(second).toEqual(first);
    expect((await bot.outbox(before)).length).toBe(1);
  });

  it('takes the same words at the same platform time for one message, and without a time for two', async () => {
    const before = await bot.lastN();
    const createdAt = '2026-11-21T10:00:01+08:00';
    await bot.says('wx-clinician-1', '确认', { messageId: 'time-1', createdAt });
    await bot.says('wx-clinician-1', '确认', { messageId: 'time-2', createdAt });
    expect((await bot.outbox(before)).length).toBe(1);
    await bot.says('wx-clinician-1', '确认');
    await bot.says('wx-clinician-1', '确认');
    expect((await bot.outbox(before)).length).toBe(3);
  });

  it('handles one conversation in order, however fast it is written', async () => {
    const direct = 'order-1';
    const ids = Array.from({ length: 12 }, (_, index) => `order-${index}`);
    const before = await bot.lastN();
    const sent: Promise<unknown>[] = [];
    for (const messageId of ids) {
      sent.push(bot.says('wx-clinician-2', '帮助', { direct, messageId }));
    }
    await Promise.all(sent);
    const replies = (await bot.outbox(before)).filter((one) => one.to.id === direct);
    expect(replies.length).toBe(ids.length);
    expect(replies.map((one) => one.n)).toEqual([...replies.map((one) => one.n)].sort((a, b) => a - b));
  });

  it('answers every one of far too many messages from one person, and lives on', async () => {
    const burst = Array.from({ length: 120 }, (_, index) =>
      bot.says('wx-pharmacist-1', '帮助', { direct: `burst-${index}`, messageId: `burst-${index}` }),
    );
    const texts = (await Promise.all(burst)).map((replies) => replies[0]?.text ?? '');
    expect(texts.every((text) => text.length > 0)).toBe(true);
    expect(texts.some((text) => text.includes('有点快'))).toBe(true);
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
  });

  it('lets an unbound person ask for help and nothing else', async () => {
    expect(await bot.text('unbound-1', '帮助')).toContain('绑定');
  });

  it.each([
    ['broken JSON', '{"staff":', 400],
    ['a body that is no message', '{"staff":1}', 400],
    ['unknown staff', '{"staff":"nobody","conversation":{"kind":"direct","id":"x"},"text":"帮助"}', 404],
    [
      'an unknown group',
      '{"staff":"wx-clinician-1","conversation":{"kind":"group","id":"nowhere"},"text":"帮助"}',
      404,
    ],
  ])('refuses %s', async (_, body, status) => {
    const response = await fetch(`${bot.url}/playground/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(status);
  });

  it('refuses requests to the playground that did not come from this machine’s own page', async () => {
    const plain = await fetch(`${bot.url}/playground/messages`, { method: 'POST', body: '{}' });
    expect(plain.status).toBe(415);
    const forwarded = await fetch(`${bot.url}/playground/staff`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(forwarded.status).toBe(403);
  });

  it('moves its clock forward only', async () => {
    await bot.moveClock('2026-11-21T12:00:00+08:00');
    const { now } = (await (await fetch(`${bot.url}/playground/clock`)).json()) as { now: string };
    expect(Math.abs(Date.parse(now) - Date.parse('2026-11-21T12:00:00+08:00'))).toBeLessThan(60_000);
    await expect(bot.moveClock('2026-11-21T11:00:00+08:00')).rejects.toThrow(/400/);
  });
});
