/** Keeps one person from filling the process: a bucket a sender, in memory, because it protects only this process. */
import type { IncomingMessage } from '../handlers/message.ts';

/** Messages a sender may send at once; far above what a person types, below what a stuck client sends. */
const BURST = 60;
/** Messages a second that are given back. */
const PER_SECOND = 30;
/** Senders remembered; the oldest are forgotten. */
const MOST_SENDERS = 10_000;

export function createRateLimit(): { allows(message: IncomingMessage, nowMs: number): boolean } {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    allows(message, nowMs) {
      const key = `${message.channel}|${message.tenant}|${message.sender.platformUserId}`;
      const bucket = buckets.get(key) ?? { tokens: BURST, at: nowMs };
      const tokens = Math.min(BURST, bucket.tokens + ((nowMs - bucket.at) / 1000) * PER_SECOND);
      buckets.delete(key);
      buckets.set(key, { tokens: Math.max(0, tokens - 1), at: nowMs });
      if (buckets.size > MOST_SENDERS) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return tokens >= 1;
    },
  };
}
