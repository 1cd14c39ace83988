/** Calls both of DingTalk's APIs with one token: renewed once when it is refused, every failure classified. */
import type { z } from 'zod';
import type { Clock, Log } from '../../../handlers/ports.ts';
import { ChannelError } from '../channel.ts';
import { exchange, type HttpAnswer, parseAnswer, parseJson, statusFailure } from '../http.ts';
import { createTokenSource, type FetchedToken } from '../token.ts';
import type { DingtalkConfig } from './config.ts';
import { apiFailure, codesOf, isTokenRefused, oapiFailure } from './failures.ts';
import { oapiAnswerSchema, tokenAnswerSchema } from './types.ts';

export interface ApiOptions {
  readonly config: Pick<DingtalkConfig, 'clientId' | 'clientSecret' | 'apiBase' | 'oapiBase'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** For one HTTP exchange, body included. */
  readonly timeoutMs: number;
}

export interface DingtalkApi {
  /** One call of the new API with the token. @throws ChannelError */
  call(method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown>;
  /** Puts a file into the platform's store. @returns its media_id @throws ChannelError */
  upload(type: 'image' | 'file', name: string, bytes: Buffer): Promise<string>;
  /** Posts to a session webhook, which needs no token. @returns its errcode @throws ChannelError without one */
  postSession(url: string, body: unknown): Promise<number>;
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' } as const;
const TOKEN_REFUSED = new Set([40014, 42001, 40001]);
/** A file takes longer than a word. */
const UPLOAD_FACTOR = 6;

export function createDingtalkApi({ config, clock, log, fetch, timeoutMs }: ApiOptions): DingtalkApi {
  const tokens = createTokenSource(fetchToken, clock);

  async function fetchToken(): Promise<FetchedToken> {
    const answer = await exchange({
      fetch,
      url: `${config.apiBase}/v1.0/oauth2/accessToken`,
      method: 'POST',
      headers: JSON_HEADERS,
      body: JSON.stringify({ appKey: config.clientId, appSecret: config.clientSecret }),
      timeoutMs,
    });
    const { accessToken: token, expireIn: ttlSeconds } = read(tokenAnswerSchema, answer);
    log.info({ event: 'dingtalk.token', ttlSeconds }, 'access token renewed');
    return { token, ttlSeconds };
  }

  /** Does it with the token, and once more with a new one when the platform refuses the first. */
  async function withToken<T>(work: (token: string) => Promise<{ readonly refused: boolean; read(): T }>): Promise<T> {
    const first = await tokens.get();
    const answer = await work(first);
    if (!answer.refused) return answer.read();
    tokens.invalidate(first);
    return (await work(await tokens.get())).read();
  }

  async function call(method: 'POST' | 'PUT', path: string, body: unknown): Promise<unknown> {
    return withToken(async (token) => {
      const answer = await exchange({
        fetch,
        url: `${config.apiBase}${path}`,
        method,
        headers: { ...JSON_HEADERS, 'x-acs-dingtalk-access-token': token },
        body: JSON.stringify(body),
        timeoutMs,
      });
      const refused = answer.status !== 200 && isTokenRefused(answer.status, codesOf(tryJson(answer)).code);
      return { refused, read: () => readApi(answer) };
    });
  }

  async function upload(type: 'image' | 'file', name: string, bytes: Buffer): Promise<string> {
    return withToken(async (token) => {
      const form = new FormData();
      form.set('type', type);
      form.set('media', new Blob([new Uint8Array(bytes)]), name);
      const answer = await exchange({
        fetch,
        url: `${config.oapiBase}/media/upload?${new URLSearchParams({ access_token: token, type })}`,
        method: 'POST',
        body: form,
        timeoutMs: timeoutMs * UPLOAD_FACTOR,
      });
      const { errcode, media_id: mediaId } = readOapi(answer);
      return {
        refused: TOKEN_REFUSED.has(errcode),
        read: () => {
          if (errcode !== 0) throw oapiFailure(errcode);
          if (!mediaId) throw new ChannelError('server', { retryable: true, platformCode: 'unexpected json' });
          return mediaId;
        },
      };
    });
  }

  return {
    call,
    upload,
    postSession: async (url, body) => (await postOapi({ fetch, url, body, timeoutMs })).errcode,
  };
}

/** Posts a message to an address of the old API. @returns its code and words @throws ChannelError when there is none */
export async function postOapi(request: {
  readonly fetch: typeof fetch;
  readonly url: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}): Promise<{ readonly errcode: number; readonly errmsg: string }> {
  const { fetch, url, timeoutMs } = request;
  const body = JSON.stringify(request.body);
  const answer = await exchange({ fetch, url, method: 'POST', headers: JSON_HEADERS, body, timeoutMs });
  const { errcode, errmsg } = readOapi(answer);
  return { errcode, errmsg: errmsg ?? '' };
}

function readApi(answer: HttpAnswer): unknown {
  if (answer.status === 200) {
    const body = parseJson(answer.bytes);
    if (codesOf(body).punish) throw apiFailure(answer, body);
    return body;
  }
  throw apiFailure(answer, tryJson(answer));
}

function read<T>(type: z.ZodType<T>, answer: HttpAnswer): T {
  return parseAnswer(type, readApi(answer));
}

/** The old API says 200 even on errors: any other status is a proxy, a firewall or the platform's front door. */
function readOapi(answer: HttpAnswer): z.infer<typeof oapiAnswerSchema> {
  const body = tryJson(answer);
  if (codesOf(body).punish) throw apiFailure(answer, body);
  if (answer.status !== 200) throw statusFailure(answer);
  return parseAnswer(oapiAnswerSchema, parseJson(answer.bytes));
}

/** An HTML page has no code. */
function tryJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
