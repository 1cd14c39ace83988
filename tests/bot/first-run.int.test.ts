/** A new installation in production: a code on the terminal, typed in private chat, makes the first administrator. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../bot/database/connect.ts';
import { type BotProcess, startBotProcess } from '../simulators/bot-process.ts';
import { startWecomSimulator, type WecomSimulator } from '../simulators/wecom.ts';
import { createPostgresDatabase, databaseKinds } from '../support/databases.ts';
import { until } from './parts.ts';

const DATA_KEY = Buffer.alloc(32, 8).toString('base64');
const OFFER = /还没有管理员.*绑定 (\S+)/;

describe.each(databaseKinds())('a first run in production on %s', (kind) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-first-'));
  const running: BotProcess[] = [];
  let wecom: WecomSimulator;
  let databaseUrl: string | undefined;
  beforeAll(async () => {
    wecom = await startWecomSimulator();
    databaseUrl = kind === 'pg' ? await createPostgresDatabase() : undefined;
  });
  afterEach(async () => {
    for (const bot of running.splice(0)) await bot.stop();
  });
  afterAll(async () => {
    await wecom.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<BotProcess> {
    const bot = await startBotProcess({
      ...wecom.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'debug',
      DATA_DIR: dataDir,
      DATA_KEY,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    });
    running.push(bot);
    wecom.setBot(bot.url);
    return bot;
  }
  const codeOf = (bot: BotProcess) => OFFER.exec(bot.output())?.[1];
  const say = async (who: string, text: string) => (await wecom.sendText(who, text)).at(-1)?.text ?? '';
  const read = async <T>(work: (db: ReturnType<typeof openDatabase>['reader']) => Promise<T>): Promise<T> => {
    const database = openDatabase({ dataDir, databaseUrl });
    try {
      return await work(database.reader);
    } finally {
      await database.close();
    }
  };

  it('has no playground, no page and no demonstration data', async () => {
    const bot = await start();
    for (const path of ['/', '/index.html', '/playground/staff', '/playground/clock', '/playground/outbox'])
      expect((await fetch(`${bot.url}${path}`)).status, path).toBe(404);
    const spoken = await fetch(`${bot.url}/playground/messages`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(spoken.status).toBe(404);
    expect((await fetch(`${bot.url}/readyz`)).status).toBe(200);
    expect(await read((db) => db('staff'))).toEqual([]);
    expect(bot.output()).not.toContain('演示');
  });

  it('makes the first administrator of whoever types the code in private chat, once', async () => {
    const [first, second] = [await start(), await start()];
    await until(() => codeOf(first) !== undefined && codeOf(second) !== undefined, 'the codes on the terminal');
    const [code, later] = [codeOf(first) ?? '', codeOf(second) ?? ''];
    expect(code).not.toBe(later);
    for (const one of [code, later]) expect(one).toMatch(/^\d{4}-\d{4}-\d{4}$/);
    const secrets = [code, later].flatMap((one) => [one, one.replaceAll('-', '')]);
    expect(await say('zhang-san', '帮助')).toContain('绑定');
    expect(await say('zhang-san', '绑定 00000000')).toContain('不对');
    // Two processes of one installation offered a code each: both are good until one is used.
    expect(await say('zhang-san', `绑定 ${code}`)).toContain('您是第一位管理员');
    expect(await say('zhang-san', '我是谁')).toContain('信息科');
    expect(await say('li-si', `绑定 ${code}`)).toContain('已经用过');
    expect(await say('li-si', `绑定 ${later.replaceAll('-', '')}`)).toContain('已经有管理员');
    const admins = await read((db) => db('staff_roles').where({ role: 'admin' }));
    expect(admins).toHaveLength(1);
    const audited = await read((db) => db('audit').where({ action: 'binding.first-admin' }));
    expect(audited).toHaveLength(1);

    // The code is on the terminal, and nowhere else.
    for (const bot of [first, second]) {
      const logged = bot
        .output()
        .split('\n')
        .filter((line) => !OFFER.test(line))
        .join('\n');
      for (const one of secrets) expect(logged).not.toContain(one);
    }
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const one of secrets) expect(bytes.includes(one), file.name).toBe(false);
    }
    const rows = JSON.stringify(
      await read((db) => Promise.all([db('binding_codes'), db('inbox'), db('outbox'), db('audit')])),
    );
    for (const one of secrets) expect(rows).not.toContain(one);
  });

  it('offers no code once there is an administrator', async () => {
    const bot = await start();
    expect(codeOf(bot)).toBeUndefined();
    expect(await say('zhang-san', '我是谁')).toContain('信息科');
  });

  it('takes no data key of its own making', () => {
    expect(readdirSync(dataDir)).not.toContain('data.key');
  });
});

describe('a start that cannot work', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-wrong-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it.each([
    ['no DATA_KEY in production', { NODE_ENV: 'production' }, 'DATA_KEY'],
    ['half a channel', { WECOM_CORP_ID: 'ww0000000000000001', WECOM_APP_SECRET: 'hidden-4711' }, 'WECOM_APP_TOKEN'],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://u:hidden-4711@127.0.0.1:1/x', DATA_KEY },
      'start failed',
    ],
  ] as [string, Record<string, string>, string][])('ends with one readable line: %s', async (_, env, words) => {
    const { code, output } = await run({ ...env, DATA_DIR: dataDir });
    expect(code).toBe(1);
    const lines = output.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
    expect(output).not.toContain('hidden-4711');
  });
});

/** Runs the program until it ends by itself. */
async function run(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['bot/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, PORT: '0', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
