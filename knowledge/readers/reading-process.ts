/** Runs the reading of a file in a process of its own, with limits on time and memory: no file can hang or fill the bot. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ReadingNews, ReadingOrder } from './child.ts';
import type { Converted } from './convert.ts';
import { isUnreadableCode, UnreadableFile } from './failure.ts';

/** Limits of one reading. */
export interface ReadingLimits {
  /** In all (ms). */
  readonly totalMs: number;
  /** Without any progress (ms). */
  readonly idleMs: number;
  /** Of the process's own heap (MB). */
  readonly heapMb: number;
}

export const READING_LIMITS: ReadingLimits = { totalMs: 60_000, idleMs: 20_000, heapMb: 512 };

export interface ReadingOptions {
  readonly limits?: Partial<ReadingLimits> | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** The program that reads; another one only in tests. */
  readonly program?: string | undefined;
}

/** @throws UnreadableFile; also `too-slow` and `too-heavy`, after which nothing of the process is left */
export function readInProcess(order: ReadingOrder, options: ReadingOptions = {}): Promise<Converted> {
  const limits = { ...READING_LIMITS, ...options.limits };
  return new Promise((resolve, reject) => {
    const child = fork(options.program ?? join(import.meta.dirname, 'child.ts'), [], {
      execArgv: [`--max-old-space-size=${limits.heapMb}`, '--disable-warning=ExperimentalWarning'],
      env: {}, // no secret of ours reaches it
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let settled = false;
    const settle = (end: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(total);
      clearTimeout(idle);
      child.kill('SIGKILL');
      end();
    };
    const late = (ms: number): void =>
      settle(() => reject(new UnreadableFile('too-slow', { limit: String(Math.round(ms / 1000)) })));
    const total = setTimeout(() => late(limits.totalMs), limits.totalMs);
    let idle = setTimeout(() => late(limits.idleMs), limits.idleMs);
    child.on('message', (news: ReadingNews) => {
      if (news.type === 'progress') {
        clearTimeout(idle);
        idle = setTimeout(() => late(limits.idleMs), limits.idleMs);
        if (!settled) options.onProgress?.(news.done, news.total);
      } else if (news.type === 'text') settle(() => resolve({ text: news.text, doubts: news.doubts }));
      else if (news.type === 'failure' && isUnreadableCode(news.code)) {
        const { code, values } = news;
        settle(() => reject(new UnreadableFile(code, values)));
      } else settle(() => reject(new UnreadableFile('damaged')));
    });
    child.on('error', (error) => settle(() => reject(error)));
    // It ends by itself only after its answer; without one it ran out of memory.
    child.on('exit', () => settle(() => reject(new UnreadableFile('too-heavy'))));
    child.send(order, (error) => {
      if (error) settle(() => reject(error));
    });
  });
}
