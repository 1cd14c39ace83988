/** The platform's API for one app: its token, posts, media up and down, every failure classified. */
import type { Clock, Log } from '../../../handlers/ports.ts';
import { ChannelError } from '../channel.ts';
import { exchange, type HttpAnswer, parseAnswer, parseJson, statusFailure } from '../http.ts';
import { createTokenSource, type FetchedToken } from '../token.ts';
import type { WecomAppConfig } from './config.ts';
import { type ApiAnswer, apiAnswerSchema, LIMITS, mediaAnswerSchema, tokenAnswerSchema } from './types.ts';

export interface ApiOptions {
  readonly config: WecomAppConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** For one HTTP exchange, body included; a file gets six times of it. */
  readonly timeoutMs: number;
}

export interface WecomApi {
  /** Posts a JSON body; a refused token is renewed once. Gives back every errcode but those of the token. */
  post(path: string, body: string): Promise<ApiAnswer>;
  /** @returns the media id, good for three days */
  upload(kind: 'image' | 'file', file: { readonly name: string; readonly bytes: Buffer }): Promise<string>;
  /** @throws ChannelError `rejected` with `too-large`, or what the platform says */
  download(mediaId: string, maxBytes: number): Promise<{ readonly name: string | undefined; readonly bytes: Buffer }>;
}

const TOKEN_REFUSED = new Set([40014, 42001]);
/** A file takes longer than a few words. */
const FILE_PATIENCE = 6;

export function createWecomApi({ config, clock, log, fetch, timeoutMs }: ApiOptions): WecomApi {
  const tokens = createTokenSource(fetchToken, clock);

  async function fetchToken(): Promise<FetchedToken> {
    const query = new URLSearchParams({ corpid: config.corpId, corpsecret: config.secret });
    const answer = readApiAnswer(await call(`/cgi-bin/gettoken?${query}`, {}));
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    const { access_token: token, expires_in: ttlSeconds } = parseAnswer(tokenAnswerSchema, answer);
    log.info({ event: 'wecom-app.token', ttlSeconds }, 'access token renewed');
    return { token, ttlSeconds };
  }

  async function call(
    path: string,
    request: {
      readonly method?: 'POST';
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | FormData;
      readonly maxBytes?: number;
      readonly patience?: number;
    },
  ): Promise<HttpAnswer> {
    const { patience = 1, ...rest } = request;
    const answer = await exchange({ fetch, url: `${config.apiBase}${path}`, ...rest, timeoutMs: timeoutMs * patience });
    // The platform says 200 even on errors: any other status is a proxy or firewall, not a decision about this message.
    if (answer.status !== 200) throw statusFailure(answer);
    return answer;
  }

  /** Does it with the token, and once more with a new one where the platform refuses the first. */
  async function withToken(
    path: string,
    query: Readonly<Record<string, string>>,
    make: () => Omit<Parameters<typeof call>[1], never>,
  ): Promise<HttpAnswer> {
    const once = async (token: string) =>
      call(`${path}?${new URLSearchParams({ access_token: token, ...query })}`, make());
    const first = await tokens.get();
    const answer = await once(first);
    if (!isJson(answer) || !TOKEN_REFUSED.has(readApiAnswer(answer).errcode)) return answer;
    tokens.invalidate(first);
    return once(await tokens.get());
  }

  return {
    async post(path, body) {
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      return readApiAnswer(await withToken(path, {}, () => ({ method: 'POST', headers, body })));
    },
    async upload(kind, { name, bytes }) {
      const form = () => {
        const data = new FormData();
        data.append('media', new Blob([new Uint8Array(bytes)]), name);
        return data;
      };
      const answer = readApiAnswer(
        await withToken('/cgi-bin/media/upload', { type: kind }, () => ({
          method: 'POST',
          body: form(),
          patience: FILE_PATIENCE,
        })),
      );
      if (answer.errcode !== 0) throw failureOf(answer.errcode);
      return parseAnswer(mediaAnswerSchema, answer).media_id;
    },
    async download(mediaId, maxBytes) {
      const limit = Math.max(maxBytes, LIMITS.answerBytes);
      let answer: HttpAnswer;
      try {
        answer = await withToken('/cgi-bin/media/get', { media_id: mediaId }, () => ({
          maxBytes: limit,
          patience: FILE_PATIENCE,
        }));
      } catch (error) {
        if (error instanceof ChannelError && error.platformCode === 'answer too long') {
          throw new ChannelError('rejected', { retryable: false, platformCode: 'too-large', cause: error });
        }
        throw error;
      }
      // A file of JSON carries a name; an error does not.
      const name = fileNameOf(answer.headers.get('content-disposition'));
      if (isJson(answer) && name === undefined) throw failureOf(readApiAnswer(answer).errcode);
      if (answer.bytes.length > maxBytes) {
        throw new ChannelError('rejected', { retryable: false, platformCode: 'too-large' });
      }
      return { name, bytes: answer.bytes };
    },
  };
}

function isJson({ headers, bytes }: HttpAnswer): boolean {
  return (
    !headers.has('content-disposition') || (headers.get('content-type') ?? '').includes('json') || bytes[0] === 0x7b
  );
}

function readApiAnswer(answer: HttpAnswer): ApiAnswer {
  return parseAnswer(apiAnswerSchema, parseJson(answer.bytes));
}

/** The name in Content-Disposition, RFC 5987 first; a path in it is cut off. */
export function fileNameOf(header: string | null): string | undefined {
  if (header === null) return undefined;
  const [, encoded] = /filename\*\s*=\s*(?:utf-8)''([^;]+)/i.exec(header) ?? [];
  const [, plain] = /filename\s*=\s*"?([^";]+)"?/i.exec(header) ?? [];
  const name = decoded(encoded) ?? decoded(plain);
  const base = name?.split(/[\\/]/).at(-1)?.trim();
  return base === undefined || base === '' ? undefined : base.slice(0, 200);
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}

/** What an errcode means for a send（全局错误码, page 90313）. Never decided by errmsg: its words change. */
export function failureOf(errcode: number): ChannelError {
  const platformCode = String(errcode);
  switch (errcode) {
    case -1: // system busy
    case 6000: // data version conflict
      return new ChannelError('server', { retryable: true, platformCode });
    // All of these an administrator can mend in a console or in our environment: what waits goes out afterwards.
    case 40014: // token refused again after a renewal
    case 42001:
    case 40001: // bad secret
    case 40091:
    case 40013: // bad corp id
    case 40056: // bad agent id
    case 301002: // agent id of another app
    case 48002: // API not permitted
    case 50003: // app disabled
      return new ChannelError('auth', { retryable: true, platformCode });
    case 60020: // our address is not among 企业可信IP; it works a minute after it was added
      return new ChannelError('auth', { retryable: true, retryAfterMs: 60_000, platformCode });
    case 41001: // our own fault: no token, no corp id, no secret in the request
    case 41002:
    case 41004:
      return new ChannelError('auth', { retryable: false, platformCode });
    case 45009: // over the frequency: the block lasts as long as its window
      return new ChannelError('rate-limited', { retryable: true, retryAfterMs: 60_000, platformCode });
    case 45033: // too many at once
      return new ChannelError('rate-limited', { retryable: true, retryAfterMs: 5_000, platformCode });
    case 40003: // unknown member, or outside the app's visible range
    case 40050: // no such group chat
    case 86001:
    case 86003:
    case 86008: // a group chat of another app
    case 43004:
    case 60011:
    case 60111:
    case 81013:
    case 82001:
      return new ChannelError('unreachable', { retryable: false, platformCode });
    default:
      return new ChannelError('rejected', { retryable: false, platformCode });
  }
}
