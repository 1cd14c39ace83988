/** Decides whether a callback comes from DingTalk, for our app, now. Pure: the clock is an argument. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { EdgeError, type EdgeRequest, type ReplayMark } from '../channel.ts';
import { LIMITS } from './types.ts';

/** The signature of robot callbacks and of custom robots（加签）: over the time and the secret, not over the body. */
export function signTime(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
}

/** The signature of card callbacks: over the time alone. */
export function signCardTime(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(timestamp, 'utf8').digest('base64');
}

export interface VerifyOptions {
  readonly clientSecret: string;
  /** Absent: no cards, so no presses. */
  readonly cardSecret: string | undefined;
  readonly now: Date;
}

/**
 * Checks signature and age of a callback（验签）.
 *
 * Neither signature covers the body: whoever learns one pair of headers could send any body for an hour. The mark that comes
 * back lets the edge take one pair for one body only.
 * @returns what kind of callback it is, and its mark for the sender and body the caller adds
 * @throws EdgeError 401 for a missing or wrong signature, or a time outside ±1 h
 */
export function verifyCallback(
  { headers }: EdgeRequest,
  { clientSecret, cardSecret, now }: VerifyOptions,
): { readonly kind: 'robot' | 'card'; readonly key: string } {
  const cardSign = headers['x-ddpaas-signature'];
  const kind = cardSign !== undefined && headers.sign === undefined ? 'card' : 'robot';
  const timestamp = (kind === 'card' ? headers['x-ddpaas-signature-timestamp'] : headers.timestamp) ?? '';
  const sign = (kind === 'card' ? cardSign : headers.sign) ?? '';
  if (timestamp === '' || sign === '') throw new EdgeError(401, 'callback is not signed');
  if (!/^\d{13}$/.test(timestamp)) throw new EdgeError(401, 'callback without a time in milliseconds');
  if (kind === 'card' && cardSecret === undefined) throw new EdgeError(401, 'cards are not configured');
  const expected = kind === 'card' ? signCardTime(timestamp, cardSecret ?? '') : signTime(timestamp, clientSecret);
  if (!equal(expected, sign)) throw new EdgeError(401, 'wrong signature');
  if (Math.abs(now.getTime() - Number(timestamp)) > LIMITS.signatureWindowMs) {
    throw new EdgeError(401, 'callback is stale');
  }
  return { kind, key: sha256(`${kind}|${timestamp}|${sign}`) };
}

/** The mark of one callback: its headers, who is said to send it, and its body. */
export function replayMark(key: string, sender: string, body: Buffer): ReplayMark {
  return { key, sender: sha256(sender), body: sha256(body), validMs: 2 * LIMITS.signatureWindowMs };
}

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('base64url');
}
