/** Decides whether a WeCom callback comes from the platform, for us, now（验签、解密）. Pure: the clock is an argument. */
import { EdgeError, type EdgeRequest } from './channel.ts';
import { type WecomCipher, WecomCipherError } from './wecom-cipher.ts';

/** No window is documented; a captured request stays validly signed for ever, so we set one (both sides of now). */
const SIGNATURE_WINDOW_MS = 10 * 60_000;

export interface VerifyOptions {
  readonly cipher: WecomCipher;
  readonly query: EdgeRequest['query'];
  /** Ciphertext as it arrived: `Encrypt` of the body or `echostr` of the query. */
  readonly encrypted: string;
  readonly now: Date;
}

/**
 * Checks signature and age of a callback and opens it.
 * @returns the plain text
 * @throws EdgeError 401 for a missing or wrong signature, a time outside ±10 min, another receiver, or what does not open
 */
export function openCallback({ cipher, query, encrypted, now }: VerifyOptions): string {
  const { msg_signature: signature, timestamp, nonce } = query;
  if (!signature || !timestamp || !nonce) throw new EdgeError(401, 'callback is not signed');
  try {
    cipher.verify(signature, timestamp, nonce, encrypted);
    if (!isInWindow(timestamp, now)) throw new EdgeError(401, 'callback is stale');
    return cipher.decrypt(encrypted);
  } catch (error) {
    if (error instanceof WecomCipherError) throw new EdgeError(401, error.message);
    throw error;
  }
}

function isInWindow(timestamp: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() - Number(timestamp) * 1000) <= SIGNATURE_WINDOW_MS;
}
