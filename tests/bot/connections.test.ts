/** The only connection a platform serves: held only while its lease is confirmed, tried again when it did not open. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionOptions, openConnections } from '../../bot/connections.ts';
import { LEASE_MS } from '../../bot/inbox.ts';
import { rememberingLog } from '../jobs/support.ts';
import { letterbox } from './parts.ts';

describe('an exclusive connection', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function open(lease: () => Promise<boolean>, start: () => Promise<void> = async () => undefined) {
    const seen: string[] = [];
    const channel = letterbox({
      name: 'socket',
      more: {
        connection: 'exclusive',
        start: async () => {
          await start();
          seen.push('opens');
        },
        stop: async () => void seen.push('closes'),
      },
    });
    const options: ConnectionOptions = {
      channels: [channel],
      inbox: { lease, release: async () => undefined },
      dispatcher: { take: () => Promise.reject(new Error('nothing comes')) },
      outbox: { nudge: () => undefined },
      log: rememberingLog(),
    };
    return { seen, closing: openConnections(options) };
  }

  it('is given up before its lease ends when the database says nothing, and taken again later', async () => {
    let answer: ((mine: boolean) => void) | undefined;
    let silent = false;
    const { seen, closing } = open(() =>
      silent
        ? new Promise((done) => {
            answer = done;
          })
        : Promise.resolve(true),
    );
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(seen).toEqual(['opens']);
    silent = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect(seen).toEqual(['opens', 'closes']);
    silent = false;
    answer?.(true); // far too late to be relied on
    await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    expect(seen).toEqual(['opens', 'closes', 'opens']);
    await (await closing)();
  });

  it('is given up when the database is away, and kept over a moment of it', async () => {
    let away = false;
    const { seen, closing } = open(() => (away ? Promise.reject(new Error('away')) : Promise.resolve(true)));
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    away = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    away = false;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(seen).toEqual(['opens']);
    away = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect(seen).toEqual(['opens', 'closes']);
    await (await closing)();
  });

  it('that could not be opened is tried again', async () => {
    let tries = 0;
    const { seen, closing } = open(
      () => Promise.resolve(true),
      () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('refused')) : Promise.resolve();
      },
    );
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect([tries, seen]).toEqual([2, ['opens']]);
    await (await closing)();
    expect(seen).toEqual(['opens', 'closes']);
  });
});
