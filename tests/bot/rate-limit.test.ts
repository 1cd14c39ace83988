/** One person cannot fill the process, and nobody pays for another. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../bot/rate-limit.ts';
import type { IncomingMessage } from '../../handlers/message.ts';

const from = (person: string, channel = 'playground'): IncomingMessage => ({
  channel,
  tenant: 'demo',
  messageId: 'm',
  conversation: { id: `direct:${person}`, kind: 'direct' },
  sender: { platformUserId: person },
  text: '帮助',
  attachments: [],
});

describe('the rate limit', () => {
  it('lets a person type as fast as people can', () => {
    const limit = createRateLimit();
    for (let at = 0; at < 600; at += 1) expect(limit.allows(from('a'), at * 100)).toBe(true);
  });

  it('refuses a stuck client after a burst and takes it again a second later', () => {
    const limit = createRateLimit();
    const burst = Array.from({ length: 100 }, () => limit.allows(from('a'), 0));
    expect(burst.filter(Boolean)).toHaveLength(60);
    expect(burst.indexOf(false)).toBe(60);
    expect(limit.allows(from('b'), 0)).toBe(true);
    expect(limit.allows(from('a', 'wecom-app'), 0)).toBe(true);
    expect(limit.allows(from('a'), 1000)).toBe(true);
  });

  it('never lets more through than the burst and the rate together, whenever they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 }), (gaps) => {
        const limit = createRateLimit();
        let at = 0;
        let taken = 0;
        for (const gap of gaps) {
          at += gap;
          if (limit.allows(from('a'), at)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(60 + (at / 1000) * 30 + 1e-6);
        expect(taken).toBeGreaterThan(0);
      }),
    );
  });

  it('forgets old senders instead of growing for ever', () => {
    const limit = createRateLimit();
    for (let at = 0; at < 60; at += 1) limit.allows(from('first'), 0);
    expect(limit.allows(from('first'), 0)).toBe(false);
    for (let other = 0; other < 10_000; other += 1) limit.allows(from(`p${other}`), 0);
    expect(limit.allows(from('first'), 0)).toBe(true);
  });
});
