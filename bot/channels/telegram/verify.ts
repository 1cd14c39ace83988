/** Decides whether a callback comes from the platform: by the secret it repeats in a header. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { EdgeError, type EdgeRequest } from '../channel.ts';

/** Header of every callback, since `setWebhook` named the secret. */
export const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/**
 * Compares the secret in constant time, whatever its length.
 * @throws EdgeError 401 for a missing or wrong one
 */
export function verifySecret(headers: EdgeRequest['headers'], secret: string): void {
  const given = headers[SECRET_HEADER];
  if (given === undefined || !timingSafeEqual(digest(given), digest(secret))) {
    throw new EdgeError(401, 'callback without the right secret');
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
