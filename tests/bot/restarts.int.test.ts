/** A stop in the middle of work loses nothing, and a database server that is restarted does not take the bot with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';
import { until } from './parts.ts';
import { talkTo } from './talk.ts';

describe.each(databaseKinds())('a bot on %s', (kind) => {
  let dataDir = '';
  let databaseUrl: string | undefined;
  let bot: BotProcess;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'yigongti-restart-'));
    databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
    bot = await start();
  });
  afterEach(async () => {
    await bot.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const start = () =>
    startBotProcess({
      DATA_DIR: dataDir,
      DEMO: 'on',
      DATA_KEY: Buffer.alloc(32, 3).toString('base64'),
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    });

  it('that is told to stop finishes what it took, ends well, and leaves the rest to the next start', async () => {
    const talk = talkTo(bot.url);
    const waiting = talk.get('/playground/outbox?since=1000000&wait=60000').catch(() => undefined);
    const answered: string[] = [];
    const load = Array.from({ length: 60 }, async (_, index) => {
      const messageId = `stop-${index}`;
      await talk.says('wx-clinician-1', '帮助', { messageId, direct: `d-${index % 10}` });
      answered.push(messageId);
    });
    const settled = Promise.allSettled(load);
    await until(() => answered.length > 5, 'the first answers');
    const began = performance.now();
    expect(await bot.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(8_000);
    await Promise.all([settled, waiting]);
    expect(bot.output()).not.toMatch(/"level":(50|60)|unhandled/i);
    bot = await start();
    const database = openDatabase({ dataDir, databaseUrl });
    try {
      await until(async () => !(await database.reader('inbox').where({ state: 'received' }).first('id')), 'the rest');
      const rows: { message_id: string; state: string }[] = await database
        .reader('inbox')
        .select('message_id', 'state');
      expect(rows.every((row) => row.state === 'handled')).toBe(true);
      const recorded = new Set(rows.map((row) => row.message_id));
      for (const messageId of answered) expect(recorded.has(messageId), messageId).toBe(true);
      expect(await database.reader('outbox').whereNotNull('inbox_id')).toHaveLength(rows.length);
    } finally {
      await database.close();
    }
  });

  it.skipIf(kind !== 'pg')(
    'lives through a restart of the server, and does what was asked meanwhile once',
    async () => {
      const talk = talkTo(bot.url);
      const admin = new pg.Client({ connectionString: databaseUrl?.replace(/\/[^/]+$/, '/postgres') });
      await admin.connect();
      try {
        let cutting = true;
        const cuts = (async () => {
          while (cutting) {
            await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
              databaseUrl?.split('/').pop(),
            ]);
            await new Promise((done) => setTimeout(done, 40));
          }
        })();
        const texts = await Promise.all(
          Array.from({ length: 12 }, async (_, index) => {
            const ask = () =>
              talk
                .says('wx-clinician-1', '帮助', { messageId: `cut-${index}`, direct: `c-${index}` })
                .catch(() => undefined);
            let answer = await ask();
            // As a platform does: what was not taken is sent again, until the trouble is over.
            for (let again = 0; !answer; again += 1) {
              if (again === 5) cutting = false;
              answer = await ask();
            }
            return answer.replies.map((reply) => reply.text).join();
          }),
        );
        cutting = false;
        await cuts;
        for (const text of texts) expect(text).toContain('直接提问');
        expect((await fetch(`${bot.url}/readyz`)).status).toBe(200);
        const sent = (await talk.outboxSince(0)).filter((reply) => reply.to.id.startsWith('c-'));
        expect(sent).toHaveLength(12);
      } finally {
        await admin.end();
      }
    },
  );
});
