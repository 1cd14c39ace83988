/** A real bot on DingTalk is killed in the middle of a conversation and started again: nothing is lost, nothing doubled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { type DingtalkSimulator, startDingtalkSimulator } from '../simulators/dingtalk.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';
import { freePort } from '../support/services.ts';

const PEOPLE = ['wx-clinician-1', 'wx-village-doctor-1', 'md-clinician-1'];
const PATIENCE_MS = 40_000;
const EVERY = databaseKinds().flatMap((kind) =>
  (['http', 'stream'] as const).flatMap((mode) =>
    (['inbox.after-commit', 'decision.after-commit', 'send.after'] as const).map((step) => ({ kind, mode, step })),
  ),
);

describe('a bot on DingTalk', () => {
  it.each(EVERY)(
    'killed at $step over $mode on $kind answers every message once',
    async ({ kind, mode, step }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-ding-'));
      const ding = await startDingtalkSimulator({ mode });
      const databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
      const env = {
        ...ding.env,
        PORT: String(await freePort()),
        DATA_DIR: dataDir,
        DEMO: 'on',
        DATA_KEY: Buffer.alloc(32, 3).toString('base64'),
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      };
      const doomed = await startBotProcess({
        ...env,
        CRASH_AT: `${step}:2`,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/crash-at.ts')}`,
      });
      ding.setBot(doomed.url);
      let second: BotProcess | undefined;
      try {
        const talking = Promise.all(PEOPLE.map((person, index) => talk(ding, person, index)));
        await until(async () => !isAlive(doomed.pid));
        second = await startBotProcess(env);
        await talking;
        const database = openDatabase({ dataDir, databaseUrl });
        try {
          await until(async () => {
            const open = await database.reader('inbox').where({ state: 'received' }).first('id');
            const unsent = await database.reader('deliveries').whereIn('state', ['pending', 'passive']).first('id');
            return open === undefined && unsent === undefined;
          });
          const lines: { drug_name: string }[] = await database
            .reader('shortage_lines')
            .where('drug_name', 'like', '%晶%')
            .select('drug_name');
          expect(lines.length).toBe(PEOPLE.length);
        } finally {
          await database.close();
        }
        for (const [index, person] of PEOPLE.entries()) {
          const seen = ding.seenBy(person);
          expect(seen.filter((text) => text.includes(drugOf(index)) && text.includes('待确认')).length).toBe(1);
          expect(seen.filter((text) => text.includes('已登记，编号 QY')).length).toBe(1);
        }
      } finally {
        await second?.stop();
        await ding.close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
    90_000,
  );
});

/** Registers and confirms, each message delivered again and again until the bot takes it. */
async function talk(ding: DingtalkSimulator, person: string, index: number): Promise<void> {
  for (const [part, text] of [`缺药 ${drugOf(index)} 10盒`, '确认'].entries()) {
    const before = ding.seenBy(person).length;
    const same = { msgId: `crash-${index}-${part}`, createAt: Date.now() };
    await until(async () => (await ding.say(person, text, same))?.status === 200);
    // A person reads the card before confirming it.
    await until(async () => ding.seenBy(person).length > before);
  }
}

function drugOf(index: number): string {
  return `晶${String.fromCharCode(65 + index)}康片`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('waited too long');
    await sleep(50);
  }
}
