/** Starts a program of ours as a process of its own and measures it from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  readonly child: ChildProcess;
  readonly url: string;
  /** From spawn until /readyz (or the first answer) was good. */
  readonly readyMs: number;
  /** Resident memory in MB. */
  residentMb(): number;
  stop(): Promise<void>;
}

/** @param readyPath - asked until it answers 200 */
export async function startProgram(options: {
  readonly file: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly readyPath?: string | undefined;
}): Promise<Program> {
  const began = performance.now();
  const child = spawn(process.execPath, [options.file], {
    env: { PATH: process.env.PATH ?? '', PORT: String(options.port), HOST: '127.0.0.1', ...options.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${options.port}`;
  process.once('exit', () => child.kill('SIGKILL'));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${options.file} ended with ${child.exitCode}`);
    if (performance.now() - began > 60_000) throw new Error(`${options.file} was not ready within a minute`);
    const answered = await fetch(`${url}${options.readyPath ?? '/readyz'}`).then(
      (response) => response.status < 500 && (options.readyPath !== undefined || response.status === 200),
      () => false,
    );
    if (answered) break;
    await sleep(20);
  }
  const readyMs = performance.now() - began;
  return {
    child,
    url,
    readyMs,
    residentMb: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(10_000).then(() => child.kill('SIGKILL'))]);
    },
  };
}
