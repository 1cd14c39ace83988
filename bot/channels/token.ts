/** Keeps an app's access_token: fetched on first use, renewed before it ends, one request however many wait. */
import type { Clock } from '../../handlers/ports.ts';

export interface FetchedToken {
  readonly token: string;
  readonly ttlSeconds: number;
}

export interface TokenSource {
  /**
   * The token to use now. Callers at the same moment share one request; a failed request is forgotten, the next call asks
   * again.
   */
  get(): Promise<string>;
  /** Says that the platform refused this token. Does nothing when a newer one is here already. */
  invalidate(token: string): void;
}

/** Renewed this long before its end, so that none expires on the way. */
const MARGIN_MS = 5 * 60_000;

/** Caches what `fetchToken` brings, by the clock（access_token 缓存）; one source per corp and secret. */
export function createTokenSource(fetchToken: () => Promise<FetchedToken>, clock: Clock): TokenSource {
  let current: { readonly token: string; readonly fetchedAt: number; readonly renewAt: number } | undefined;
  let inFlight: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const { token, ttlSeconds } = await fetchToken();
    const ttlMs = ttlSeconds * 1000;
    const fetchedAt = clock.now().getTime();
    current = { token, fetchedAt, renewAt: fetchedAt + Math.max(ttlMs - MARGIN_MS, ttlMs / 2) };
    return token;
  }

  return {
    async get() {
      const now = clock.now().getTime();
      // A clock set back must not keep a token for longer than it lives.
      if (current && now >= current.fetchedAt && now < current.renewAt) return current.token;
      inFlight ??= renew().finally(() => {
        inFlight = undefined;
      });
      return inFlight;
    },
    invalidate(token) {
      if (current?.token === token) current = undefined;
    },
  };
}
