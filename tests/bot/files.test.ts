/** Files are fetched once while their message is decided, and not held in memory afterwards. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFileFetcher } from '../../bot/files.ts';
import type { Attachment } from '../../handlers/message.ts';
import { letterbox, messageFrom } from './parts.ts';

describe('a file that came with a message', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is fetched once for several decisions in a row, and again only much later', async () => {
    let fetched = 0;
    const download = async () => {
      fetched += 1;
      return { bytes: Buffer.from('x') };
    };
    const fetchFile = createFileFetcher([letterbox({ more: { download } })]);
    const message = messageFrom('a', '');
    const file: Attachment = { name: 'a.docx', kind: 'file', mediaId: 'm' };
    await Promise.all([fetchFile(message, file, 100), fetchFile(message, file, 100)]);
    await fetchFile(message, file, 100);
    expect(fetched).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await fetchFile(message, file, 100);
    expect(fetched).toBe(2);
  });
});
