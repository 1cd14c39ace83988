/** Callbacks of Telegram: recorded and acknowledged, beside a bare Koa that checks the secret, reads the JSON and says 200. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECRET_HEADER } from '../../bot/channels/telegram/verify.ts';
import { SIMULATED_BOT, startTelegramSimulator } from '../simulators/telegram.ts';
import { freePort } from '../support/services.ts';
import { flood, type LoadResult, type PreparedCallback } from './load.ts';
import { startProgram } from './processes.ts';

export interface TelegramNumbers {
  readonly bare: number;
  readonly ours: LoadResult;
}

/** 帮助 from many people, as fast as the connections allow. */
export async function measureTelegram(
  bot: Readonly<Record<string, string>>,
  main: string,
  load: { readonly count: number; readonly senders: number; readonly connections: number },
): Promise<TelegramNumbers> {
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-bench-telegram-'));
  const telegram = await startTelegramSimulator();
  const echo = await startProgram({
    file: join(import.meta.dirname, 'telegram-echo.ts'),
    port: await freePort(),
    env: telegram.env,
    readyPath: '/',
  });
  const program = await startProgram({
    file: main,
    port: await freePort(),
    env: { ...bot, ...telegram.env, DATA_DIR: folder, PLAYGROUND: 'off' },
  });
  try {
    let serial = 0;
    const prepare = (count: number): readonly PreparedCallback[] =>
      Array.from({ length: count }, (_, at) => {
        serial += 1;
        const update = telegram.messageUpdate(String(420_000 + (at % load.senders)), '帮助', { updateId: serial });
        const headers = { 'content-type': 'application/json', [SECRET_HEADER]: SIMULATED_BOT.secret };
        return { path: '/channels/telegram', body: JSON.stringify(update), headers, silent: true };
      });
    for (const { url } of [echo, program]) await flood(url, prepare(500), load.connections);
    const before = await flood(echo.url, prepare(load.count), load.connections);
    const ours = await flood(program.url, prepare(load.count), load.connections);
    const afterwards = await flood(echo.url, prepare(load.count), load.connections);
    return { bare: Math.max(before.perSecond, afterwards.perSecond), ours };
  } finally {
    await program.stop();
    await echo.stop();
    await telegram.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
