/** Small real parts for the job tests: a clock that stands until moved, ids in order, a log that remembers. */
import { createHash } from 'node:crypto';
import type { Clock, Ids, Log, Vault } from '../../handlers/ports.ts';

/** A clock that stands still until it is set. */
export function standingClock(at: string): Clock & { set(at: string | Date): void } {
  let now = new Date(at);
  return {
    now: () => now,
    set: (next) => {
      now = new Date(next);
    },
  };
}

export function countingIds(prefix = 'id'): Ids {
  let n = 0;
  return {
    next: () => {
      n += 1;
      return `${prefix}${String(n).padStart(6, '0')}`;
    },
  };
}

/** Turns text around, so that a test sees at a glance what was sealed. */
export const mirrorVault: Vault = {
  seal: (plain) => `sealed:${[...plain].reverse().join('')}`,
  open: (sealed) => [...sealed.slice(7)].reverse().join(''),
  fingerprint: (plain) => createHash('sha256').update(plain).digest('hex'),
};

type Level = 'debug' | 'info' | 'warn' | 'error';
export interface LogLine {
  readonly level: Level;
  readonly event: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function rememberingLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: Level) => (fields: Readonly<Record<string, unknown>>) => {
    lines.push({ level, event: fields.event, fields });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Waits in real time until it is so, at most 10 s. */
export async function until(so: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error(`waited 10 s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
