/** Placeholders over the long connection: when they appear, how they are kept, when they end without an answer. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStreams } from '../../../../bot/channels/wecom-aibot/streams.ts';

interface Sent {
  readonly id: string;
  readonly finish: boolean;
  readonly content: string;
  readonly feedback?: { readonly id: string };
}

describe('a placeholder', () => {
  const sent: Sent[] = [];
  const socket = {
    request: async (_cmd: string, body: object) => void sent.push((body as { stream: Sent }).stream),
  };

  beforeEach(() => {
    sent.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it('does not appear where the answer is ready in time', async () => {
    const streams = createStreams(socket);
    streams.begin('m1', 'r1');
    await vi.advanceTimersByTimeAsync(799);
    await streams.finish('m1', '好的', 'clause|a');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toEqual([{ id: 'm1', finish: true, content: '好的', feedback: { id: 'clause|a' } }]);
    expect(streams.isOpen('m1')).toBe(false);
  });

  it('appears after 0.8 s, is refreshed, and gives way to the answer', async () => {
    const streams = createStreams(socket);
    streams.begin('m1', 'r1');
    await vi.advanceTimersByTimeAsync(800);
    expect(sent).toEqual([{ id: 'm1', finish: false, content: '正在查阅…', feedback: { id: 'clause|' } }]);
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(sent.slice(1)).toEqual(Array.from({ length: 2 }, () => ({ id: 'm1', finish: false, content: '正在查阅…' })));
    await streams.finish('m1', '好的', 'clause|a');
    // Rated under the id that went out with the first words.
    expect(sent.at(-1)).toEqual({ id: 'm1', finish: true, content: '好的' });
  });

  it('ends before the platform’s window does, and says that more comes', async () => {
    const streams = createStreams(socket);
    streams.begin('m1', 'r1');
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    const last = sent.at(-1);
    expect([last?.finish, last?.content]).toEqual([true, '还在处理，有结果会再发给您。']);
    const before = sent.length;
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    expect(sent.length).toBe(before);
    await expect(streams.finish('m1', '好的', undefined)).rejects.toMatchObject({ reason: 'rejected' });
  });

  it('is forgotten with its connection', async () => {
    const streams = createStreams(socket);
    streams.begin('m1', 'r1');
    streams.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });
});
