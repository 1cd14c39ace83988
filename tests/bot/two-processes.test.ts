/** Two processes on one PostgreSQL behave like one bot: one effect a message, one order, one digest, one clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { createPostgresDatabase } from '../support/databases.ts';
import { until } from './parts.ts';
import { type Talk, talkTo } from './talk.ts';

const env = async (more: Readonly<Record<string, string>> = {}) => ({
  DATABASE_URL: await createPostgresDatabase(),
  DATA_KEY: Buffer.alloc(32, 6).toString('base64'),
  DEMO: 'on',
  CLOCK: '2026-11-20T17:00:00+08:00',
  LOG_LEVEL: 'info',
  ...more,
});

describe.skipIf(!inject('postgresUrl'))('two processes on one PostgreSQL', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-two-'));
  const started: BotProcess[] = [];
  let [one, two]: readonly Talk[] = [];
  const both = (): readonly [Talk, Talk] => {
    if (!one || !two) throw new Error('not started');
    return [one, two];
  };
  beforeAll(async () => {
    const common = { ...(await env()), DATA_DIR: dataDir };
    // At the same moment, on an empty database: migrations, plans and demonstration data are made once.
    started.push(...(await Promise.all([startBotProcess(common), startBotProcess(common)])));
    [one, two] = started.map((bot) => talkTo(bot.url));
  });
  afterAll(async () => {
    await Promise.all(started.map((bot) => bot.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('fill an empty database together without getting in each other’s way', async () => {
    const [first, second] = both();
    expect(await first.get('/playground/staff')).toEqual(await second.get('/playground/staff'));
    expect((await first.get<unknown[]>('/playground/staff')).length).toBeGreaterThan(40);
    for (const bot of started) expect(bot.output()).not.toMatch(/"level":(50|60)/);
  });

  it('take the same message at the same moment once, and give the same answer', async () => {
    const [first, second] = both();
    const before = await first.lastN();
    for (let round = 0; round < 5; round += 1) {
      const once = { messageId: `same-${round}` };
      const [a, b] = await Promise.all([
        first.says('wx-clinician-1', `缺药 晶${'甲乙丙丁戊'[round]}片 10盒`, once),
        second.says('wx-clinician-1', `缺药 晶${'甲乙丙丁戊'[round]}片 10盒`, once),
      ]);
      expect(a.replies.length).toBeGreaterThan(0);
      expect(b).toEqual(a);
      const confirm = { messageId: `confirm-${round}` };
      const [c, d] = await Promise.all([
        first.says('wx-clinician-1', '确认', confirm),
        second.says('wx-clinician-1', '确认', confirm),
      ]);
      expect(d).toEqual(c);
      expect(c.replies.map((reply) => reply.text).join()).toMatch(/QY20261120\d{3}/);
    }
    const numbers = (await first.outboxSince(before)).flatMap((reply) => reply.text.match(/QY20261120\d{3}/g) ?? []);
    expect(new Set(numbers).size).toBe(5);
  });

  it('handle a conversation that is written to in turns in its order', async () => {
    const [first, second] = both();
    const before = await first.lastN();
    const texts = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0 ? `缺药 晶${'子丑寅卯辰巳'[index / 2]}片 10盒` : '确认',
    );
    const answers: string[] = [];
    for (const [index, text] of texts.entries()) {
      const { replies } = await (index % 2 === 0 ? first : second).says('hz-clinician-1', text);
      answers.push(replies.map((reply) => reply.text).join('\n'));
    }
    for (const [index, answer] of answers.entries())
      expect(answer).toMatch(index % 2 === 0 ? /待确认/ : /已登记，编号/);
    const mine = (await first.outboxSince(before)).filter((reply) => reply.to.id === 'direct:hz-clinician-1');
    expect(mine.filter((reply) => reply.text.includes('已登记'))).toHaveLength(6);
  });

  it('answer a hundred messages of twenty people, spread over both, once each', async () => {
    const [first, second] = both();
    const before = await first.lastN();
    const people = Array.from({ length: 20 }, (_, index) => `spread-${index}`);
    const work = people.flatMap((direct) =>
      Array.from({ length: 5 }, (_, index) =>
        (index % 2 === 0 ? first : second).says('md-clinician-1', '帮助', { direct, messageId: `${direct}-${index}` }),
      ),
    );
    const answers = await Promise.all(work);
    expect(answers.every((answer) => answer.replies.length === 1)).toBe(true);
    const sent = (await first.outboxSince(before)).filter((reply) => people.includes(reply.to.id));
    expect(sent).toHaveLength(100);
    expect(new Set(sent.map((reply) => reply.n)).size).toBe(100);
  });

  it('share one clock that only goes forward, whoever moves it, and send one digest', async () => {
    const [first, second] = both();
    const before = await first.lastN();
    await Promise.all([first.moveClock('2026-11-23T08:05:00+08:00'), second.moveClock('2026-11-23T08:05:00+08:00')]);
    for (const talk of both()) {
      const seen: number[] = [];
      await until(
        async () => {
          seen.push(Date.parse((await talk.get<{ now: string }>('/playground/clock')).now));
          return (seen.at(-1) ?? 0) >= Date.parse('2026-11-23T08:05:00+08:00');
        },
        'the clock of both',
        3_000,
      );
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    }
    const digests = (await first.outboxSince(before)).filter((reply) => reply.text.includes('【每日汇总】'));
    const receivers = digests.map((reply) => reply.to.id);
    expect(receivers).toContain('direct:wx-manager-1');
    expect(new Set(receivers).size).toBe(receivers.length);
  });
});

describe.skipIf(!inject('postgresUrl'))('one process for the web and one for the work', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-split-'));
  const started: BotProcess[] = [];
  let web: Talk;
  beforeAll(async () => {
    const common = { ...(await env()), DATA_DIR: dataDir };
    const page = await startBotProcess({ ...common, RUN: 'web' });
    started.push(page, await startBotProcess({ ...common, RUN: 'worker' }));
    web = talkTo(page.url);
  });
  afterAll(async () => {
    await Promise.all(started.map((bot) => bot.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('answers, moves the clock on the web, and sends each digest once', async () => {
    expect((await web.says('wx-clinician-1', '帮助')).replies).toHaveLength(1);
    const before = await web.lastN();
    await web.moveClock('2026-11-23T07:59:58+08:00');
    // From here on the worker alone finds out that it is eight.
    await until(
      async () => (await web.outboxSince(before)).some((reply) => reply.text.includes('11月23日')),
      'the digest of the worker',
      15_000,
    );
    await web.moveClock('2026-11-25T09:00:00+08:00');
    const digests = (await web.outboxSince(before)).filter(
      (reply) => reply.to.id === 'direct:wx-manager-1' && reply.text.includes('【每日汇总】'),
    );
    expect(digests.map((reply) => /11月\d+日/.exec(reply.text)?.[0])).toEqual(['11月23日', '11月24日', '11月25日']);
  });
});
