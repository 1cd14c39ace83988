/**
 * A real bot is killed at each step of a message's way while many people write, and started again: every acknowledged command
 * was done exactly once, and every reply arrived.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import { STEPS, type Step } from '../../bot/steps.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { startWecomSimulator, type WecomSimulator } from '../simulators/wecom.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';
import { freePort } from '../support/services.ts';

/** People who write at the same time; each registers its shortages one after the other. */
const PEOPLE = ['hn', 'md', 'wx', 'hz', 'jy'].flatMap((region) =>
  ['village-doctor-1', 'clinician-1', 'clinician-2', 'pharmacist-2'].map((role) => `${region}-${role}`),
);
const ROUNDS = 2;
/** The step is reached this often before the kill, so that it falls into the middle of the load. */
const NTH: Readonly<Record<Step, number>> = {
  'inbox.before-commit': 4,
  'inbox.after-commit': 4,
  handler: 30,
  'decision.before-commit': 4,
  'decision.after-commit': 4,
  'send.before': 1,
  'send.after': 1,
  'slot.before-commit': 1,
};
const PATIENCE_MS = 40_000;

describe.each(databaseKinds())('a bot on %s', (kind) => {
  it.each(STEPS.filter((step) => step !== 'slot.before-commit'))(
    'killed at %s loses nothing and does nothing twice',
    async (step) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-crash-'));
      const wecom = await startWecomSimulator();
      const databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
      const env = {
        ...wecom.env,
        PORT: String(await freePort()),
        DATA_DIR: dataDir,
        DEMO: 'on',
        DATA_KEY: Buffer.alloc(32, 3).toString('base64'),
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      };
      const doomed = await startBotProcess({
        ...env,
        CRASH_AT: `${step}:${NTH[step]}`,
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/crash-at.ts')}`,
      });
      wecom.setBot(doomed.url);
      let second: BotProcess | undefined;
      try {
        const talking = Promise.all(PEOPLE.map((person, index) => talk(wecom, person, index)));
        await waitForEnd(doomed.pid);
        second = await startBotProcess(env);
        const acknowledged = (await talking).flat();
        expect(acknowledged.length).toBe(PEOPLE.length * ROUNDS * 2);

        const database = openDatabase({ dataDir, databaseUrl });
        try {
          await until(async () => {
            const open = await database.reader('inbox').where({ state: 'received' }).first('id');
            const unsent = await database.reader('deliveries').whereIn('state', ['pending', 'passive']).first('id');
            return open === undefined && unsent === undefined;
          });
          const handled: { message_id: string; state: string }[] = await database
            .reader('inbox')
            .select('message_id', 'state');
          expect(handled.filter((row) => acknowledged.includes(row.message_id)).map((row) => row.state)).toEqual(
            acknowledged.map(() => 'handled'),
          );
          const lines: { drug_name: string }[] = await database
            .reader('shortage_lines')
            .where('drug_name', 'like', '%晶%')
            .select('drug_name');
          const names = lines.map((line) => /晶[A-Z][康宁]片/.exec(line.drug_name)?.[0]).sort();
          expect(names).toEqual(PEOPLE.flatMap((_, index) => rounds(index)).sort());
          const numbers: { number: string }[] = await database
            .reader('shortages')
            .whereIn('id', database.reader('shortage_lines').where('drug_name', 'like', '%晶%').select('shortage_id'))
            .select('number');
          expect(new Set(numbers.map((row) => row.number)).size).toBe(names.length);
          for (const [index, person] of PEOPLE.entries()) {
            const seen = wecom.seenBy(person).join('\n');
            for (const name of rounds(index)) expect(seen).toContain(name);
            expect(new Set(seen.match(/编号 QY\d+/g)).size).toBe(ROUNDS);
          }
        } finally {
          await database.close();
        }
      } finally {
        await second?.stop();
        await wecom.close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
    90_000,
  );
});

/** Drug names nobody else registers, so that each registration stands alone. */
function rounds(index: number): string[] {
  const letter = String.fromCharCode(65 + index);
  return Array.from({ length: ROUNDS }, (_, round) => `晶${letter}${round === 0 ? '康' : '宁'}片`);
}

/** Registers and confirms, each message delivered again and again until the bot takes it. */
async function talk(wecom: WecomSimulator, person: string, index: number): Promise<string[]> {
  const taken: string[] = [];
  for (const [round, name] of rounds(index).entries()) {
    const before = wecom.seenBy(person).length;
    for (const [part, text] of [`缺药 ${name} 10盒`, '确认'].entries()) {
      const msgId = `crash-${index}-${round}-${part}`;
      // The same words in the same second would be one message.
      const createTime = Math.floor(Date.now() / 1000) + round * 2 + part;
      await until(async () => {
        const attempts = await wecom.sendText(person, text, { msgId, createTime, attempts: 1 });
        return attempts.at(-1)?.outcome !== 'failed';
      });
      taken.push(msgId);
      // A person reads the card before confirming it.
      if (part === 0) await until(async () => wecom.seenBy(person).length > before);
    }
  }
  return taken;
}

async function waitForEnd(pid: number): Promise<void> {
  await until(async () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('waited too long');
    await sleep(50);
  }
}
