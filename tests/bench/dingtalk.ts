/** Callbacks of DingTalk: recorded and acknowledged, beside a bare Koa that checks the signature, reads the JSON and says 200. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDingtalkSimulator } from '../simulators/dingtalk.ts';
import { freePort } from '../support/services.ts';
import { flood, type LoadResult, type PreparedCallback } from './load.ts';
import { startProgram } from './processes.ts';

export interface DingtalkNumbers {
  readonly bare: number;
  readonly ours: LoadResult;
}

/** 帮助 from many people, each at a millisecond of its own, as fast as the connections allow. */
export async function measureDingtalk(
  bot: Readonly<Record<string, string>>,
  main: string,
  load: { readonly count: number; readonly senders: number; readonly connections: number },
): Promise<DingtalkNumbers> {
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-bench-dingtalk-'));
  const dingtalk = await startDingtalkSimulator();
  const echo = await startProgram({
    file: join(import.meta.dirname, 'dingtalk-echo.ts'),
    port: await freePort(),
    env: dingtalk.env,
    readyPath: '/',
  });
  const program = await startProgram({
    file: main,
    port: await freePort(),
    env: { ...bot, ...dingtalk.env, DATA_DIR: folder, PLAYGROUND: 'off' },
  });
  try {
    let at = Date.now() - 30 * 60_000;
    const prepare = (count: number): readonly PreparedCallback[] =>
      Array.from({ length: count }, (_, index) => {
        at += 1;
        const content = dingtalk.body(`sender-${index % load.senders}`, '帮助', { createAt: at });
        return { path: '/channels/dingtalk', ...dingtalk.sign(content, at) };
      });
    for (const { url } of [echo, program]) await flood(url, prepare(500), load.connections);
    const before = await flood(echo.url, prepare(load.count), load.connections);
    const ours = await flood(program.url, prepare(load.count), load.connections);
    const afterwards = await flood(echo.url, prepare(load.count), load.connections);
    return { bare: Math.max(before.perSecond, afterwards.perSecond), ours };
  } finally {
    await program.stop();
    await echo.stop();
    await dingtalk.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
