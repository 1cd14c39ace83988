/** A locked database, a full disk, a server that goes away: refused so that it is sent again, nothing half, alive after. */
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { SQLITE_FILE } from '../../bot/database/connect.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';

describe('on a bad day', () => {
  let bot: TestBot;
  afterEach(() => bot.stop());

  const post = (text: string, messageId: string) =>
    fetch(`${bot.url}/playground/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        staff: 'wx-clinician-1',
        conversation: { kind: 'direct', id: 'direct:wx-clinician-1' },
        text,
        messageId,
      }),
    });
  const rows = async (messageId: string) => bot.running.database.reader('inbox').where({ message_id: messageId });

  it('answers 503 while another process holds the database, and handles the same message once it is free', async () => {
    bot = await startTestBot();
    const release = await holdLock(join(bot.dataDir, SQLITE_FILE));
    const refused = await post('帮助', 'locked-1');
    expect(refused.status).toBe(503);
    await release();
    expect(await rows('locked-1')).toEqual([]);
    expect((await post('帮助', 'locked-1')).status).toBe(200);
    expect(await rows('locked-1')).toHaveLength(1);
  });

  it('answers 503 when the disk is full, stores nothing, and goes on when there is room again', async () => {
    bot = await startTestBot();
    const { writer } = bot.running.database;
    const [{ page_count: pages }] = (await writer.raw('PRAGMA page_count')) as [{ page_count: number }];
    await writer.raw(`PRAGMA max_page_count = ${pages}`);
    const statuses: number[] = [];
    for (let index = 0; index < 40 && !statuses.includes(503); index += 1) {
      statuses.push((await post(`帮助 ${'很长的话'.repeat(300)}`, `full-${index}`)).status);
    }
    expect(statuses.at(-1)).toBe(503);
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    await writer.raw('PRAGMA max_page_count = 1000000');
    const again = await post('帮助', `full-${statuses.length - 1}`);
    expect(again.status).toBe(200);
    const stored = await bot.running.database.reader('inbox').where({ state: 'received' });
    expect(stored).toEqual([]);
  });
});

/** Takes the write lock of an SQLite file from a connection of our own; returns what gives it back. */
async function holdLock(file: string): Promise<() => Promise<void>> {
  const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(file, (error) => (error ? reject(error) : resolve(opened)));
  });
  const run = (sql: string) =>
    new Promise<void>((resolve, reject) => connection.exec(sql, (error) => (error ? reject(error) : resolve())));
  await run('BEGIN IMMEDIATE');
  return async () => {
    await run('ROLLBACK');
    await new Promise<void>((resolve) => connection.close(() => resolve()));
  };
}
