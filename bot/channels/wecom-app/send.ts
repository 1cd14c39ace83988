/** Speaks to the platform's API: one text to one member, with its duplicate guard, and every failure classified. */
import { createHash } from 'node:crypto';
import type { Clock, Log } from '../../../handlers/ports.ts';
import { type Address, ChannelError } from '../channel.ts';
import { exchange, parseAnswer, parseJson, statusFailure } from '../http.ts';
import { createTokenSource, type FetchedToken } from '../token.ts';
import type { WecomAppConfig } from './config.ts';
import { type ApiAnswer, apiAnswerSchema, LIMITS, type TextMessageBody, tokenAnswerSchema } from './types.ts';

export interface SenderOptions {
  readonly config: WecomAppConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** For one HTTP exchange, body included. */
  readonly timeoutMs: number;
}

export type Send = (address: Address, part: string, key: string) => Promise<void>;

const TOKEN_REFUSED = new Set([40014, 42001]);

/**
 * Makes the channel's `send`. At least once: a timeout may have arrived, and the same key within half an hour is then
 * dropped by the platform's duplicate guard. A refused token is renewed once, then the same body is sent again.
 */
export function createSender({ config, clock, log, fetch, timeoutMs }: SenderOptions): Send {
  const tokens = createTokenSource(fetchToken, clock);

  async function fetchToken(): Promise<FetchedToken> {
    const query = new URLSearchParams({ corpid: config.corpId, corpsecret: config.secret });
    const answer = await call(`/cgi-bin/gettoken?${query}`);
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    const { access_token: token, expires_in: ttlSeconds } = parseAnswer(tokenAnswerSchema, answer);
    log.info({ event: 'wecom-app.token', ttlSeconds }, 'access token renewed');
    return { token, ttlSeconds };
  }

  async function post(body: string): Promise<ApiAnswer> {
    const first = await tokens.get();
    const answer = await call(`/cgi-bin/message/send?${new URLSearchParams({ access_token: first })}`, body);
    if (!TOKEN_REFUSED.has(answer.errcode)) return answer;
    tokens.invalidate(first);
    const second = await tokens.get();
    return call(`/cgi-bin/message/send?${new URLSearchParams({ access_token: second })}`, body);
  }

  async function call(path: string, body?: string): Promise<ApiAnswer> {
    const answer = await exchange({
      fetch,
      url: `${config.apiBase}${path}`,
      ...(body === undefined
        ? {}
        : { method: 'POST', body, headers: { 'content-type': 'application/json; charset=utf-8' } }),
      timeoutMs,
    });
    // The platform says 200 even on errors: any other status is a proxy or firewall, not a decision about this message.
    if (answer.status !== 200) throw statusFailure(answer);
    return parseAnswer(apiAnswerSchema, parseJson(answer.bytes));
  }

  return async function send(address, part, key) {
    const touser = address.touser ?? '';
    const answer = await post(JSON.stringify(textMessage(config.agentId, touser, part, key)));
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    const unreached = [answer.invaliduser, answer.unlicenseduser].flatMap((ids) => ids?.split('|') ?? []);
    if (unreached.some((id) => id.toLowerCase() === touser.toLowerCase())) {
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'invaliduser' });
    }
  };
}

/**
 * The request for one part. Equal keys give equal bodies, which the platform delivers once; different keys give different
 * bodies even for equal words, because the guard's own interval is varied by the key: 帮助 asked twice is answered twice.
 */
export function textMessage(agentId: string, touser: string, content: string, key: string): TextMessageBody {
  const { from, to } = LIMITS.duplicateGuardSeconds;
  const spread = createHash('sha256').update(key).digest().readUInt32BE(0) % (to - from + 1);
  return {
    touser,
    msgtype: 'text',
    agentid: Number(agentId),
    text: { content },
    enable_duplicate_check: 1,
    duplicate_check_interval: from + spread,
  };
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
