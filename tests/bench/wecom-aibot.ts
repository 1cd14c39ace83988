/** Callbacks of the AI bot: answered in the request with a durable reply, beside a bare Koa with the same cipher. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAibotSimulator } from '../simulators/wecom-aibot.ts';
import { freePort } from '../support/services.ts';
import { flood, type LoadResult, type PreparedCallback } from './load.ts';
import { startProgram } from './processes.ts';

export interface AibotNumbers {
  readonly bare: number;
  readonly ours: LoadResult;
}

/** 帮助 from many people, as fast as the connections allow. */
export async function measureAibot(
  bot: Readonly<Record<string, string>>,
  main: string,
  load: { readonly count: number; readonly senders: number; readonly connections: number },
): Promise<AibotNumbers> {
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-bench-aibot-'));
  const platform = await startAibotSimulator();
  const echo = await startProgram({
    file: join(import.meta.dirname, 'wecom-aibot-echo.ts'),
    port: await freePort(),
    env: platform.env,
    readyPath: '/',
  });
  const program = await startProgram({
    file: main,
    port: await freePort(),
    env: { ...bot, ...platform.env, DATA_DIR: folder, PLAYGROUND: 'off' },
  });
  try {
    const prepare = (count: number): readonly PreparedCallback[] =>
      Array.from({ length: count }, (_, at) => {
        const plain = platform.messageBody(`sender-${at % load.senders}`, '帮助');
        const { query, body } = platform.sign(JSON.stringify(plain));
        const headers = { 'content-type': 'application/json' };
        return { path: `/channels/wecom-aibot?${new URLSearchParams(query)}`, body, headers };
      });
    for (const { url } of [echo, program]) await flood(url, prepare(500), load.connections);
    const before = await flood(echo.url, prepare(load.count), load.connections);
    const ours = await flood(program.url, prepare(load.count), load.connections);
    const afterwards = await flood(echo.url, prepare(load.count), load.connections);
    return { bare: Math.max(before.perSecond, afterwards.perSecond), ours };
  } finally {
    await program.stop();
    await echo.stop();
    await platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
