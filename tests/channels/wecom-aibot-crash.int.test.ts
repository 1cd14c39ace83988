/**
 * The bot is killed while the AI bot's people write, by callback and over the long connection: nothing acknowledged is lost,
 * nothing is done twice, and another process takes the one connection over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import type { Step } from '../../bot/steps.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import { startAibotSocketSimulator } from '../simulators/wecom-aibot-socket.ts';

const DOCTOR = 'wx-clinician-1';
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Processes on one database; each start may be told where to be killed. */
function household(platform: Readonly<Record<string, string>>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-aibot-'));
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const env = { ...platform, DATA_DIR: dataDir, DEMO: 'on', DATA_KEY: Buffer.alloc(32, 3).toString('base64') };
  return {
    async start(crashAt?: `${Step}:${number}`): Promise<BotProcess> {
      const doomed = crashAt && {
        CRASH_AT: crashAt,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/crash-at.ts')}`,
      };
      const bot = await startBotProcess({ ...env, ...doomed });
      closers.push(() => bot.kill());
      return bot;
    },
    /** How many shortages of this drug there are, once everything is handled and sent. */
    async shortages(drug: string): Promise<number> {
      const database = openDatabase({ dataDir, databaseUrl: undefined });
      try {
        await until(async () => {
          const open = await database.reader('inbox').where({ state: 'received' }).first('id');
          const unsent = await database.reader('deliveries').whereIn('state', ['pending', 'passive']).first('id');
          return !open && !unsent;
        });
        return (await database.reader('shortage_lines').where('drug_name', 'like', `%${drug}%`)).length;
      } finally {
        await database.close();
      }
    },
  };
}

async function ended(bot: BotProcess): Promise<void> {
  await until(async () => {
    try {
      process.kill(bot.pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('waited too long');
    await sleep(50);
  }
}

describe('by callback', () => {
  it.each([
    ['after the message was recorded', 'inbox.after-commit:3'],
    ['while it was handled', 'handler:3'],
    ['after it was decided, before the answer', 'decision.after-commit:3'],
  ] as const)(
    'a kill %s loses no answer and registers once',
    async (_, crashAt) => {
      const platform = await startAibotSimulator();
      closers.push(() => platform.close());
      const house = household(platform.env);
      const doomed = await house.start(crashAt);
      platform.setBot(doomed.url);
      await platform.say(DOCTOR, '帮助'); // the first; the draft is the second, 确认 the third
      await (await platform.say(DOCTOR, '缺药 晶康片 10盒')).ended;
      const msgid = 'CAIQcrash/1==';
      const first = await platform.say(DOCTOR, '确认', { msgid, attempts: 1 });
      expect(first.status).toBeUndefined();
      await ended(doomed);
      platform.setBot((await house.start()).url);
      const again = await platform.say(DOCTOR, '确认', { msgid });
      expect(again.status).toBe(200);
      await again.ended;
      await platform.phone.waitFor(DOCTOR, (all) => all.some(({ text }) => text.includes('编号 QY')));
      expect(await house.shortages('晶康片')).toBe(1);
      // Asked for again, it is the recorded answer: not a second message beside it.
      const answers = platform.phone.seen(DOCTOR).filter(({ text }) => text.includes('编号 QY'));
      expect(answers.length).toBe(1);
      expect(platform.phone.seen(DOCTOR).filter((bubble) => bubble.open)).toEqual([]);
    },
    90_000,
  );
});

describe('over the long connection', () => {
  it.each([
    ['before the answer was sent', 'send.before:3'],
    ['after it was sent, before that was recorded', 'send.after:3'],
    ['after the message was recorded', 'inbox.after-commit:3'],
  ] as const)(
    'a kill %s: another process takes the connection and nothing is lost',
    async (_, crashAt) => {
      const platform = await startAibotSocketSimulator();
      closers.push(() => platform.close());
      const house = household(platform.env);
      const doomed = await house.start(crashAt);
      await platform.say(DOCTOR, '帮助');
      await platform.phone.waitFor(DOCTOR, (all) => all.length >= 1);
      await platform.say(DOCTOR, '缺药 晶康片 10盒');
      await platform.phone.waitFor(DOCTOR, (all) => all.some(({ text }) => text.includes('晶康片')));
      await platform.say(DOCTOR, '确认').catch(() => undefined);
      await ended(doomed);
      expect(platform.isSubscribed()).toBe(false);
      await house.start();
      await platform.until(platform.isSubscribed, 40_000);
      await platform.phone.waitFor(DOCTOR, (all) => all.some(({ text }) => /晶康片|编号 QY/.test(text)));
      const registered = await house.shortages('晶康片');
      // The platform brings a frame once: what was not recorded by then is for its sender to say again.
      if (registered === 0) {
        await platform.say(DOCTOR, '确认');
        await platform.phone.waitFor(DOCTOR, (all) => all.some(({ text }) => text.includes('编号 QY')));
      }
      expect(await house.shortages('晶康片')).toBe(1);
      const numbers = platform.phone.seen(DOCTOR).flatMap(({ text }) => text.match(/编号 QY\d+/g) ?? []);
      expect(new Set(numbers).size).toBe(1);
    },
    90_000,
  );

  it('is held by one of two processes and taken over when that one dies', async () => {
    const platform = await startAibotSocketSimulator();
    closers.push(() => platform.close());
    const house = household(platform.env);
    const first = await house.start();
    await platform.until(platform.isSubscribed);
    const second = await house.start();
    await platform.say(DOCTOR, '帮助');
    await platform.phone.waitFor(DOCTOR, (all) => all.length >= 1);
    expect(platform.subscriptions()).toBe(1);
    expect(second.output()).not.toContain('connection.taken');
    await first.kill();
    await platform.until(() => platform.subscriptions() === 2, 40_000);
    expect(second.output()).toContain('connection.taken');
    const before = platform.phone.seen(DOCTOR).length;
    await platform.say(DOCTOR, '缺药清单');
    await platform.phone.waitFor(DOCTOR, (all) => all.length > before);
  }, 90_000);
});
