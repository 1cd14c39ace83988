/** What the platform's codes mean for a send（错误码）: decided here once, never by the words beside a code. */
import { ChannelError } from '../channel.ts';
import { type HttpAnswer, retryAfterMs, statusFailure } from '../http.ts';

/** Throttling windows last a second. */
const QPS_WAIT_MS = 1_000;
const MINUTE_MS = 60_000;
/** The month's quota: it may be bought anew at any time, so it is asked for now and then. */
const QUOTA_WAIT_MS = 60 * 60_000;
/** A blocked address stays so for five minutes. */
const BLOCKED_MS = 5 * 60_000;
/** A custom robot that was too fast is silent for ten minutes. */
const ROBOT_WAIT_MS = 10 * 60_000;

/** The token is dead: the new API says so with either status. */
export function isTokenRefused(status: number, code: string): boolean {
  return status === 401 || /^InvalidAuthentication/i.test(code) || code === 'invalidParameter.token.invalid';
}

/** A person or group that nobody is at, or where the robot is not. */
const UNREACHABLE = new Set([
  'staffId.notExisted',
  'invalidParameter.userIds.empty',
  'invalidParameter.userIds.invalid',
  'robot.oto.notExist',
  'chatbotId.notAllow.sendOTO',
  'session.notExisted',
  'session.expired',
  'group.disbanded',
  'bot.forbidden.sendMessage',
  'miss.openConversationId',
  'invalid.openConversationId',
  'conversation.org.notMatch',
  'param.userIdNotExist',
  'param.openSpaceIdInvalid',
]);

/** What an administrator mends in the console or in our environment: what waits goes out afterwards. */
const MENDABLE =
  /^(?:invalidParameter\.robotCode\.(?!downloadCode)|bot\.stopped$|invalidClientId|authFailed$|Forbidden\.AccessDenied\.(?:AccessTokenPermission|IpNotInWhiteList))/i;

/** An answer of the new API that is not 200. */
export function apiFailure(answer: HttpAnswer, body: unknown): ChannelError {
  const { code, punish } = codesOf(body);
  const platformCode = code === '' ? `http ${answer.status}` : code;
  if (punish) {
    return new ChannelError('rate-limited', { retryable: true, retryAfterMs: BLOCKED_MS, platformCode: 'blocked' });
  }
  if (isTokenRefused(answer.status, code) || MENDABLE.test(code)) {
    return new ChannelError('auth', { retryable: true, retryAfterMs: MINUTE_MS, platformCode });
  }
  const throttled = throttleOf(code);
  if (throttled !== undefined) {
    return new ChannelError('rate-limited', { retryable: true, retryAfterMs: throttled, platformCode });
  }
  if (answer.status === 429) {
    return new ChannelError('rate-limited', {
      retryable: true,
      retryAfterMs: retryAfterMs(answer.headers),
      platformCode,
    });
  }
  if (answer.status === 403 && code.startsWith('Forbidden')) {
    return new ChannelError('auth', { retryable: true, retryAfterMs: MINUTE_MS, platformCode });
  }
  if (answer.status >= 500 || code === 'system.error' || code === 'system.busy' || code === '') {
    return new ChannelError('server', { retryable: true, platformCode });
  }
  if (UNREACHABLE.has(code)) return new ChannelError('unreachable', { retryable: false, platformCode });
  return answer.status >= 400
    ? new ChannelError('rejected', { retryable: false, platformCode })
    : statusFailure(answer);
}

function throttleOf(code: string): number | undefined {
  if (/QpsLimit/i.test(code)) return QPS_WAIT_MS;
  if (/QpmLimit/i.test(code)) return MINUTE_MS;
  if (/ApiCountLimit/i.test(code)) return QUOTA_WAIT_MS;
  if (/^(?:send\.too\.fast|send\.byToken\.tooFast|too\.many\.)/.test(code)) return MINUTE_MS;
  return undefined;
}

/** An errcode of the old API: session webhooks, media, custom robots. */
export function oapiFailure(errcode: number): ChannelError {
  const platformCode = String(errcode);
  const later = (retryAfterMs: number) =>
    new ChannelError('rate-limited', { retryable: true, retryAfterMs, platformCode });
  switch (errcode) {
    case -1: // busy
    case 15: // no answer from behind within 3 s
    case 88:
      return new ChannelError('server', { retryable: true, platformCode });
    case 40014: // token refused
    case 42001:
    case 40001:
      return new ChannelError('auth', { retryable: true, retryAfterMs: MINUTE_MS, platformCode });
    case 90002: // too many calls in this second
    case 90018:
      return later(QPS_WAIT_MS);
    case 90020: // the month's quota
      return later(QUOTA_WAIT_MS);
    case 130101: // a custom robot over 20 a minute is silent for ten minutes
    case 410100:
      return later(ROBOT_WAIT_MS);
    case 300001: // the session is over; or the custom robot's token does not exist
    case 300005:
    case 400013: // the group was dissolved
    case 400101: // token missing
    case 400106: // the robot is not in the group any more
      return new ChannelError('unreachable', { retryable: false, platformCode });
    case 400102: // stopped; an administrator may start it again
      return new ChannelError('auth', { retryable: true, retryAfterMs: ROBOT_WAIT_MS, platformCode });
    default:
      return new ChannelError('rejected', { retryable: false, platformCode });
  }
}

/** Codes may hold anything: only what looks like one is told on. */
export function codesOf(body: unknown): { readonly code: string; readonly punish: boolean } {
  const { code, punish } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return {
    code: typeof code === 'string' && /^[\w.-]{1,120}$/.test(code) ? code : '',
    punish: punish === 'deny',
  };
}
