/** What the channel contract needs to know about the DingTalk robot over HTTP, with the simulator as its platform. */
import type { ChannelFailure, EdgeRequest } from '../../bot/channels/channel.ts';
import type { DingtalkConfig } from '../../bot/channels/dingtalk/config.ts';
import { createDingtalkChannel } from '../../bot/channels/dingtalk/index.ts';
import type { Part } from '../../bot/channels/dingtalk/render.ts';
import { signTime } from '../../bot/channels/dingtalk/verify.ts';
import deliveries from '../fixtures/dingtalk/deliveries.json' with { type: 'json' };
import { SIMULATED_DING, startDingtalkSimulator } from '../simulators/dingtalk.ts';
import type { ApiFault } from '../simulators/dingtalk-api.ts';
import { markdownAsShown } from '../simulators/dingtalk-phone.ts';
import type { ChannelRig, Failure, Forgery, RecordedDelivery, SimulatedPlatform } from './channel-cases.ts';

const MEMBER = '042297';
const { clientId, clientSecret, robotCode } = SIMULATED_DING;
/** Long enough for this machine, short enough for a test of a platform that does not answer. */
const TIMEOUT_MS = 300;
const clock = { now: () => new Date() };
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** The channel's settings for a platform on this machine. */
export function dingtalkConfigFor(base: string, change: Partial<DingtalkConfig> = {}): DingtalkConfig {
  return {
    clientId,
    clientSecret,
    robotCode,
    mode: 'http',
    apiBase: base,
    oapiBase: base,
    streamHosts: ['dingtalk.com'],
    fileHosts: ['dingtalk.com'],
    corpId: undefined,
    card: undefined,
    ...change,
  };
}

export const dingtalkRig: ChannelRig = {
  name: 'dingtalk',
  skips: {
    'answers inside the request with the same words, sealed afresh':
      'how long the platform waits for an answer in the request is nowhere written: replies go out by session or open API',
    'sends equal words under another key again, the same key once':
      'the open API has no duplicate guard: at least once; by a session it is msgUuid, tested in tests/bot/channels/dingtalk/',
  },
  open: ({ base, ...ports }) =>
    createDingtalkChannel(dingtalkConfigFor(base ?? 'http://127.0.0.1:9'), { ...ports, timeoutMs: TIMEOUT_MS }),
  withoutSecret: {
    clientSecret: () =>
      createDingtalkChannel(dingtalkConfigFor('http://127.0.0.1:9', { clientSecret: '' }), { clock, log: quiet }),
    cardSecret: () =>
      createDingtalkChannel(
        dingtalkConfigFor('http://127.0.0.1:9', {
          card: { templateId: 'x.schema', callbackUrl: undefined, routeKey: 'r', secret: '' },
        }),
        { clock, log: quiet },
      ),
  },
  secrets: [clientSecret, 'at-1-', 'access_token=', 'session='],
  comparedIn: ['bot/channels/dingtalk/verify.ts'],
  deliveries: deliveries as readonly RecordedDelivery[],
  windowSeconds: 3600,
  sign: (plain, now, age = { seconds: 0 }) => signed(plain, now.getTime() - age.seconds * 1000),
  forgeries,
  address: { user: MEMBER },
  sizeOf: (part) => (read(part) ? paramBytes(part) : Buffer.byteLength(part)),
  maxSize: 15_000,
  asShown,
  passiveAsShown: () => {
    throw new Error('no passive answer carries words');
  },
  startPlatform,
};

/** A drawn part, or plain words. */
function read(part: string): Part | undefined {
  try {
    const value: unknown = JSON.parse(part);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Part) : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of the `msgParam` that carries it. */
function paramBytes(part: string): number {
  const { kind: _, ...param } = JSON.parse(part) as Record<string, unknown>;
  return Buffer.byteLength(JSON.stringify(param));
}

/** What a phone shows of a part. */
export function asShown(part: string): string {
  const drawn = read(part);
  switch (drawn?.kind) {
    case 'text':
      return drawn.text;
    case 'markdown':
      return markdownAsShown(drawn.text);
    case 'card':
      return markdownAsShown(drawn.instead);
    default:
      return part;
  }
}

async function startPlatform(): Promise<SimulatedPlatform> {
  const simulator = await startDingtalkSimulator({ members: [MEMBER] });
  const { api } = simulator;
  api.perSecond = 1_000; // frequency is kept outside of the channel, by its paceOf
  const viaSend =
    (...faults: readonly ApiFault[]) =>
    () =>
      void api.faults.push(...faults);
  const viaToken =
    (...faults: readonly ApiFault[]) =>
    () => {
      api.revokeToken(); // the first send is refused, the renewal meets the fault
      api.tokenFaults.push(...faults);
    };
  const code = (status: number, name: string): ApiFault => ({ kind: 'code', status, code: name });
  const codes: readonly [ChannelFailure, boolean, number | undefined, number, readonly string[]][] = [
    ['server', true, undefined, 500, ['system.error']],
    ['server', true, undefined, 504, ['GatewayTimeout']],
    [
      'rate-limited',
      true,
      1_000,
      403,
      ['Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 'Forbidden.AccessDenied.QpsLimitForApi'],
    ],
    ['rate-limited', true, 60_000, 403, ['Forbidden.AccessDenied.QpmLimitForAppkeyAndApi']],
    ['rate-limited', true, 3_600_000, 403, ['Forbidden.AccessDenied.ApiCountLimitForOrg']],
    ['rate-limited', true, 60_000, 400, ['send.too.fast', 'send.byToken.tooFast', 'too.many.people']],
    [
      'auth',
      true,
      undefined,
      400,
      ['invalidParameter.robotCode.notExsit', 'invalidParameter.robotCode.auth', 'bot.stopped'],
    ],
    ['auth', true, undefined, 403, ['Forbidden.AccessDenied.AccessTokenPermissionDenied']],
    [
      'unreachable',
      false,
      undefined,
      400,
      [
        'staffId.notExisted',
        'robot.oto.notExist',
        'group.disbanded',
        'invalid.openConversationId',
        'conversation.org.notMatch',
      ],
    ],
    [
      'rejected',
      false,
      undefined,
      400,
      [
        'invalidParameter.msgParam.invalid',
        'invalidParameter.msgParam.tooLong',
        'contain.notAllowed.text',
        'something.new',
      ],
    ],
  ];
  const json = (status: number, body: unknown): ApiFault => ({ kind: 'json', status, body });
  const failures: Failure[] = [
    ...codes.flatMap(([reason, retryable, retryAfterMs, status, names]) =>
      names.map((name) => ({ what: name, reason, retryable, retryAfterMs, arrange: viaSend(code(status, name)) })),
    ),
    {
      what: 'token refused again after its renewal',
      reason: 'auth',
      retryable: true,
      arrange: viaSend(code(401, 'InvalidAuthentication'), code(400, 'InvalidAuthentication')),
    },
    {
      what: 'a person in invalidStaffIdList',
      reason: 'unreachable',
      retryable: false,
      arrange: viaSend(json(200, { processQueryKey: 'pk', invalidStaffIdList: [MEMBER] })),
    },
    {
      what: 'a person in flowControlledStaffIdList',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: viaSend(json(200, { processQueryKey: 'pk', flowControlledStaffIdList: [MEMBER] })),
    },
    {
      what: 'an address that is blocked for five minutes',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 300_000,
      arrange: viaSend(json(200, { status: 1111, wait: 5, source: 'x5', punish: 'deny' })),
    },
    { what: 'status 502', reason: 'server', retryable: true, arrange: viaSend({ kind: 'status', status: 502 }) },
    {
      what: '429 with Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 7_000,
      arrange: viaSend({ kind: 'status', status: 429, retryAfter: 7 }),
    },
    {
      what: '429 without Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: viaSend({ kind: 'status', status: 429 }),
    },
    { what: 'an HTML page', reason: 'server', retryable: true, arrange: viaSend({ kind: 'html' }) },
    {
      what: 'an HTML page that forbids',
      reason: 'server',
      retryable: true,
      arrange: viaSend({ kind: 'html', status: 403 }),
    },
    { what: 'an endless answer', reason: 'server', retryable: true, arrange: viaSend({ kind: 'endless' }) },
    {
      what: 'a redirect, not followed',
      reason: 'server',
      retryable: true,
      arrange: viaSend({ kind: 'redirect', location: `${simulator.base}/v1.0/elsewhere` }),
    },
    { what: 'a closed connection', reason: 'network', retryable: true, arrange: viaSend({ kind: 'close' }) },
    {
      what: 'no answer in time',
      reason: 'timeout',
      retryable: true,
      arrange: viaSend({ kind: 'delay', ms: TIMEOUT_MS * 2 }),
    },
    {
      what: 'token: bad secret',
      reason: 'auth',
      retryable: true,
      arrange: viaToken(code(400, 'invalidClientIdOrSecret')),
    },
    { what: 'token: an HTML page', reason: 'server', retryable: true, arrange: viaToken({ kind: 'html' }) },
    { what: 'token: a closed connection', reason: 'network', retryable: true, arrange: viaToken({ kind: 'close' }) },
  ];
  let closing: Promise<void> | undefined;
  return {
    base: simulator.base,
    failures,
    shown: () => simulator.seenBy(MEMBER),
    sendRequests: () => api.count('/v1.0/robot/oToMessages/batchSend'),
    tokenRequests: () => api.count('/v1.0/oauth2/accessToken'),
    endToken: { expired: () => api.expireToken(), revoked: () => api.revokeToken() },
    failNextToken: () => void api.tokenFaults.push({ kind: 'status', status: 500 }),
    loseNextAnswer: () => void api.faults.push({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}

function signed(plain: string, at: number): EdgeRequest {
  const timestamp = String(at);
  return {
    method: 'POST',
    path: '/channels/dingtalk',
    query: {},
    headers: { 'content-type': 'application/json', timestamp, sign: signTime(timestamp, clientSecret) },
    body: Buffer.from(plain),
  };
}

function forgeries(plain: string, now: Date): readonly Forgery[] {
  const at = now.getTime();
  const good = signed(plain, at);
  const withHeaders = (change: Record<string, string | undefined>): EdgeRequest => ({
    ...good,
    headers: { ...good.headers, ...change },
  });
  const withBody = (body: string | Buffer): EdgeRequest => ({ ...good, body: Buffer.from(body) });
  const without = (name: string): EdgeRequest => {
    const body = JSON.parse(plain) as Record<string, unknown>;
    delete body[name];
    return withBody(JSON.stringify(body));
  };
  const sign = good.headers.sign ?? '';
  const seconds = String(Math.floor(at / 1000));
  return [
    { what: 'no headers', request: { ...good, headers: {} }, status: 401 },
    { what: 'no signature', request: withHeaders({ sign: undefined }), status: 401 },
    { what: 'no timestamp', request: withHeaders({ timestamp: undefined }), status: 401 },
    { what: 'another signature', request: withHeaders({ sign: signTime(String(at), 'another') }), status: 401 },
    { what: 'a signature cut short', request: withHeaders({ sign: sign.slice(0, -1) }), status: 401 },
    { what: 'an empty signature', request: withHeaders({ sign: '' }), status: 401 },
    { what: 'another timestamp', request: withHeaders({ timestamp: String(at + 1) }), status: 401 },
    {
      what: 'a timestamp in seconds',
      request: withHeaders({ timestamp: seconds, sign: signTime(seconds, clientSecret) }),
      status: 401,
    },
    {
      what: 'a timestamp that is no number',
      request: withHeaders({ timestamp: '0x17950000000', sign: signTime('0x17950000000', clientSecret) }),
      status: 401,
    },
    {
      what: 'the signature of a press, without cards',
      request: withHeaders({
        sign: undefined,
        'x-ddpaas-signature': sign,
        'x-ddpaas-signature-timestamp': String(at),
      }),
      status: 401,
    },
    { what: 'an empty body', request: withBody(''), status: 400 },
    { what: 'junk', request: withBody(Buffer.from([0xff, 0x00, 0xfe, 0x3c])), status: 400 },
    { what: 'half a body', request: withBody(plain.slice(0, plain.length / 2)), status: 400 },
    { what: 'an array', request: withBody('[]'), status: 400 },
    { what: 'a text', request: withBody('"x"'), status: 400 },
    { what: 'null', request: withBody('null'), status: 400 },
    { what: 'a body without msgId', request: without('msgId'), status: 400 },
    { what: 'a body from nobody', request: without('senderId'), status: 400 },
    { what: 'a body from nowhere', request: without('conversationId'), status: 400 },
    { what: 'another method', request: { ...good, method: 'GET' }, status: 400 },
  ];
}
