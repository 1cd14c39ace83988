/** One exchange with a platform over HTTP: bounded in time and size, no redirect followed, errors that name no address. */
import type { z } from 'zod';
import { ChannelError } from './channel.ts';

/** Answers of an API are a few hundred bytes; more is not the platform speaking. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface Exchange {
  readonly fetch: typeof fetch;
  readonly url: string;
  /** GET unless told. */
  readonly method?: 'GET' | 'POST' | 'PUT' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | FormData | Uint8Array<ArrayBuffer> | undefined;
  /** For the whole exchange, body included. */
  readonly timeoutMs: number;
  /** Of the answer; 64 KiB unless told. */
  readonly maxBytes?: number | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/**
 * Sends one request and reads its answer, whatever its status.
 * @throws ChannelError `network`, `timeout`, or `server` with the code `answer too long`; without address or cause, both may
 *   hold a secret or a token
 */
export async function exchange(request: Exchange): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await request.fetch(request.url, {
      method: request.method ?? 'GET',
      ...(request.headers ? { headers: request.headers } : {}),
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      signal,
    });
    const bytes = await readBytes(response, request.maxBytes ?? MAX_ANSWER_BYTES);
    return { status: response.status, headers: response.headers, bytes };
  } catch (error) {
    if (error instanceof ChannelError) throw error;
    const reason = signal.aborted ? 'timeout' : 'network';
    throw new ChannelError(reason, { retryable: true, platformCode: systemCodeOf(error) });
  }
}

/** A status that is no decision of the platform about this message, but of a proxy, a firewall, or its front door. */
export function statusFailure(answer: Pick<HttpAnswer, 'status' | 'headers'>): ChannelError {
  const platformCode = `http ${answer.status}`;
  if (answer.status !== 429) return new ChannelError('server', { retryable: true, platformCode });
  return new ChannelError('rate-limited', {
    retryable: true,
    retryAfterMs: retryAfterMs(answer.headers),
    platformCode,
  });
}

/** What `Retry-After` asks for (ms), a minute where it says nothing sensible. */
export function retryAfterMs(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'));
  return seconds > 0 && seconds <= 3600 ? seconds * 1000 : 60_000;
}

/** @throws ChannelError `server` with the code `not json`: an HTML page of a proxy, for instance */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ChannelError('server', { retryable: true, platformCode: 'not json' });
  }
}

/** @throws ChannelError `server` with the code `unexpected json` */
export function parseAnswer<T>(type: z.ZodType<T>, value: unknown): T {
  const parsed = type.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ChannelError('server', { retryable: true, platformCode: 'unexpected json' });
}

async function readBytes(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new ChannelError('server', { retryable: true, platformCode: 'answer too long' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** ECONNREFUSED and the like: says what happened without saying where. */
function systemCodeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : undefined;
}
