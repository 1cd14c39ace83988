/**
 * The bot is killed in the middle of people's messages on Telegram and started again: every acknowledged message is answered,
 * every step is taken once. This platform has no duplicate guard: what was sent in the very moment of the kill may come twice.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import type { Step } from '../../bot/steps.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { startTelegramSimulator, type TelegramSimulator } from '../simulators/telegram.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';
import { freePort } from '../support/services.ts';

const KILLS: readonly (readonly [step: Step, nth: number])[] = [
  ['inbox.after-commit', 1],
  ['decision.before-commit', 1],
  ['send.before', 2],
  ['send.after', 2],
];
/** Who says what; each step is open exactly once in the demonstration data. */
const SAID: readonly (readonly [person: string, text: string, answer: string])[] = [
  ['wx-coordinator-1', '接收 ZZ20261121001', 'ZZ20261121001'],
  ['wx-pharmacist-1', '有货 QY20261119001', 'QY20261119001'],
  ['wx-clinician-1', '帮助', '直接提问'],
  ['wx-village-doctor-1', '上转 张铁蛋 男 67岁 阑尾炎', '不处理患者信息'],
];
const PATIENCE_MS = 40_000;

describe.each(databaseKinds())('a bot on Telegram, %s', (kind) => {
  it.each(KILLS)(
    'killed at %s loses nothing and does nothing twice',
    async (step, nth) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-telegram-'));
      const telegram = await startTelegramSimulator();
      const databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
      const env = {
        ...telegram.env,
        PORT: String(await freePort()),
        DATA_DIR: dataDir,
        DEMO: 'on',
        CLOCK: '2026-11-21T10:00:00+08:00',
        DATA_KEY: Buffer.alloc(32, 3).toString('base64'),
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      };
      const doomed = await startBotProcess({
        ...env,
        CRASH_AT: `${step}:${nth}`,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/crash-at.ts')}`,
      });
      telegram.setBot(doomed.url);
      let second: BotProcess | undefined;
      try {
        const talking = Promise.all(SAID.map(([person, text], at) => deliver(telegram, person, text, 1000 + at)));
        await until(() => ended(doomed.pid));
        second = await startBotProcess(env);
        await talking;
        // The platform brings one of them again, as after a lost answer.
        await deliver(telegram, SAID[0]?.[0] ?? '', SAID[0]?.[1] ?? '', 1000);
        for (const [person, , answer] of SAID) {
          const seen = await telegram.waitFor(
            person,
            (all) => all.some(({ text }) => text.includes(answer)),
            PATIENCE_MS,
          );
          expect(seen.filter(({ text }) => text.includes(answer)).length).toBeLessThanOrEqual(
            step === 'send.after' ? 2 : 1,
          );
        }
        const database = openDatabase({ dataDir, databaseUrl });
        try {
          await until(async () => {
            const open = await database.reader('inbox').where({ state: 'received' }).first('id');
            return open === undefined;
          });
          const taken = await database
            .reader('audit')
            .whereIn('action', ['referral.accept', 'shortage.allocate'])
            .select('action');
          expect(taken.map(({ action }: { action: string }) => action).sort()).toEqual([
            'referral.accept',
            'shortage.allocate',
          ]);
          const recorded = await database.reader('inbox').where({ channel: 'telegram' }).select('message_id');
          expect(recorded.length).toBe(SAID.length);
        } finally {
          await database.close();
        }
      } finally {
        await second?.stop();
        await doomed.kill();
        await telegram.close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
    90_000,
  );
});

/** Brought again and again until the bot takes it, as the platform does. */
async function deliver(telegram: TelegramSimulator, person: string, text: string, updateId: number): Promise<void> {
  const update = telegram.messageUpdate(person, text, { updateId, date: 1_795_200_000 + updateId });
  await until(async () => (await telegram.post(update)).status === 200);
}

async function ended(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('waited too long');
    await sleep(50);
  }
}
