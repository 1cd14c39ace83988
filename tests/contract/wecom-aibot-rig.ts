/** What the channel contract needs to know about the AI bot, each way in with its simulator as the platform. */
import type { Channel, ChannelFailure, EdgeRequest } from '../../bot/channels/channel.ts';
import { createWecomAibotChannel } from '../../bot/channels/wecom-aibot/index.ts';
import { readPart } from '../../bot/channels/wecom-aibot/render.ts';
import type { IncomingMessage } from '../../handlers/message.ts';
import deliveries from '../fixtures/wecom-aibot/deliveries.json' with { type: 'json' };
import { type AibotSimulator, SIMULATED_AIBOT, startAibotSimulator } from '../simulators/wecom-aibot.ts';
import {
  type AibotSocketSimulator,
  type FrameFault,
  startAibotSocketSimulator,
} from '../simulators/wecom-aibot-socket.ts';
import type { ApiFault } from '../simulators/wecom-api.ts';
import { platformCipher } from '../simulators/wecom-cipher.ts';
import { viewMarkdown } from '../simulators/wecom-markdown.ts';
import type { ChannelRig, Failure, Forgery, RecordedDelivery } from './channel-cases.ts';

const { botId, token, aesKey, secret } = SIMULATED_AIBOT;
const PERSON = 'zhangsan';
const common = { botId, fileHosts: ['files.example'], botName: undefined, escapes: true } as const;
const config = { ...common, way: 'callback', token, aesKey, apiBase: 'http://127.0.0.1:9' } as const;
const socketConfig = { ...common, way: 'socket', secret, wsUrl: 'ws://127.0.0.1:9' } as const;
const cipher = platformCipher(token, aesKey, '');
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clock = { now: () => new Date() };
/** Long enough for this machine, short enough for a test of a platform that does not answer. */
const TIMEOUT_MS = 300;
const NO_TOKEN = 'an answer through response_url needs no token';

function ignore(): void {}

const drawing = {
  sizeOf: (part: string) => Buffer.byteLength(isPart(part) ? contentOf(part) : part),
  maxSize: 20_480,
  asShown,
} as const;

/** By HTTP callback. */
export const wecomAibotRig: ChannelRig = {
  ...drawing,
  name: 'wecom-aibot',
  way: 'by callback',
  skips: {
    'renews an ended token once and sends once, also under ten parallel sends': NO_TOKEN,
    'asks for a token again after a failed renewal': NO_TOKEN,
  },
  open({ base, ...ports }) {
    const options = { ...ports, timeoutMs: TIMEOUT_MS };
    return answeringEach(createWecomAibotChannel({ ...config, apiBase: base ?? config.apiBase }, options), base);
  },
  withoutSecret: Object.fromEntries(
    ['token', 'aesKey'].map((name) => [
      name,
      () => createWecomAibotChannel({ ...config, [name]: '' }, { clock, log: quiet }),
    ]),
  ),
  secrets: [token, aesKey, 'response_code='],
  comparedIn: ['bot/channels/wecom-cipher.ts'],
  deliveries: deliveries as readonly RecordedDelivery[],
  windowSeconds: 600,
  sign: (plain, now, age = { seconds: 0 }) => signed(plain, secondsOf(now) - age.seconds),
  forgeries,
  address: { chat: PERSON, kind: 'direct' },
  passiveAsShown: ({ body }) => readPassive(body),
  startPlatform,
};

/** Over the long connection: nothing is received over HTTP, so nothing of that can be asked. */
const NO_HTTP = 'frames come over a connection that the bot opened: there is no request to sign or to answer';
export const wecomAibotSocketRig: ChannelRig = {
  ...drawing,
  name: 'wecom-aibot',
  way: 'over a long connection',
  skips: {
    'takes what the platform signed, within its window': NO_HTTP,
    'refuses wrong, missing and stale signatures, and what cannot be read': NO_HTTP,
    'compares signatures in constant time': NO_HTTP,
    'makes exactly one message or a named ignore of every recorded payload': NO_HTTP,
    'gives a redelivery the id of the first delivery, and another message another': NO_HTTP,
    'answers inside the request with the same words, sealed afresh': NO_HTTP,
    'sends equal words under another key again, the same key once':
      'the platform has no duplicate guard for pushes: one whose answer was lost is made again, at least once',
  },
  open: ({ base, ...ports }) => subscribed(base, ports),
  withoutSecret: {
    secret: () => createWecomAibotChannel({ ...socketConfig, secret: '' }, { clock, log: quiet }),
  },
  secrets: [secret],
  comparedIn: [],
  deliveries: [],
  windowSeconds: undefined,
  sign: () => {
    throw new Error(NO_HTTP);
  },
  forgeries: () => [],
  address: { chat: PERSON, kind: 'direct' },
  passiveAsShown: () => '',
  startPlatform: startSocketPlatform,
};

const simulators = new Map<string, AibotSimulator>();

/** This way answers messages only: every key of the suite answers a message of its own. */
function answeringEach(channel: Channel, base: string | undefined): Channel {
  const asked = new Map<string, IncomingMessage>();
  const answered = (key: string): IncomingMessage => {
    const url = simulators.get(base ?? '')?.responseUrl(PERSON, true) ?? '';
    const known = asked.get(key) ?? {
      channel: 'wecom-aibot',
      tenant: botId,
      messageId: key,
      conversation: { id: PERSON, kind: 'direct' },
      sender: { platformUserId: PERSON },
      text: '',
      attachments: [],
      replyHandle: { url, at: new Date().toISOString() },
    };
    asked.set(key, known);
    return known;
  };
  return { ...channel, send: (address, part, key) => channel.send(address, part, key, answered(key)) };
}

async function startPlatform() {
  const simulator = await startAibotSimulator();
  simulators.set(simulator.base, simulator);
  const via = (fault: ApiFault) => () => void simulator.urlFaults.push(fault);
  const code = (errcode: number): ApiFault => ({ kind: 'errcode', errcode });
  const codes: readonly [ChannelFailure, boolean, readonly number[]][] = [
    ['server', true, [-1, 6000]],
    ['rate-limited', true, [45009, 45033]],
    ['auth', true, [60020]],
    ['unreachable', false, [93006, 93008, 81013]],
    ['rejected', false, [40008, 40058, 45002, 999999]],
  ];
  const failures: Failure[] = [
    ...codes.flatMap(([reason, retryable, list]) =>
      list.map((errcode) => ({ what: `errcode ${errcode}`, reason, retryable, arrange: via(code(errcode)) })),
    ),
    { what: 'status 500', reason: 'server', retryable: true, arrange: via({ kind: 'status', status: 500 }) },
    {
      what: 'status 429, with its Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 7_000,
      arrange: via({ kind: 'status', status: 429 }),
    },
    { what: 'an HTML page', reason: 'server', retryable: true, arrange: via({ kind: 'html' }) },
    { what: 'an endless answer', reason: 'server', retryable: true, arrange: via({ kind: 'endless' }) },
    {
      what: 'a redirect, not followed',
      reason: 'server',
      retryable: true,
      arrange: via({ kind: 'redirect', location: `${simulator.base}/elsewhere` }),
    },
    { what: 'a closed connection', reason: 'network', retryable: true, arrange: via({ kind: 'close' }) },
    {
      what: 'no answer in time',
      reason: 'timeout',
      retryable: true,
      arrange: via({ kind: 'delay', ms: TIMEOUT_MS * 2 }),
    },
  ];
  let closing: Promise<void> | undefined;
  return {
    base: simulator.base,
    failures,
    shown: () => simulator.phone.seen(PERSON).map((bubble) => bubble.text),
    sendRequests: simulator.urlCalls,
    tokenRequests: () => 0,
    endToken: {},
    failNextToken: ignore,
    loseNextAnswer: () => void simulator.urlFaults.push({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}

const socketSimulators = new Map<string, AibotSocketSimulator>();

/** Opens the connection with the first send, as the process does at its start. */
function subscribed(base: string | undefined, ports: Parameters<ChannelRig['open']>[0]): Channel {
  // A refused subscription is tried again later than a send waits for it, and before the next send gives up.
  const timing = { againMs: 10, refusedMs: 400, answerMs: TIMEOUT_MS, patienceMs: 300 };
  const channel = createWecomAibotChannel({ ...socketConfig, wsUrl: base ?? socketConfig.wsUrl }, { ...ports, timing });
  const simulator = socketSimulators.get(base ?? '');
  simulator?.onClose(() => channel.stop?.());
  let started: Promise<void> | undefined;
  return {
    ...channel,
    async send(...given) {
      started ??= channel.start?.(async () => undefined);
      await started;
      await channel.send(...given);
    },
  };
}

async function startSocketPlatform() {
  const simulator = await startAibotSocketSimulator();
  socketSimulators.set(simulator.wsUrl, simulator);
  simulator.know(PERSON);
  const via = (fault: FrameFault) => () => void simulator.faults.set('aibot_send_msg', [fault]);
  const code = (errcode: number): FrameFault => ({ kind: 'errcode', errcode });
  const codes: readonly [ChannelFailure, boolean, readonly number[]][] = [
    ['server', true, [-1, 6000]],
    ['rate-limited', true, [45009, 45033]],
    ['unreachable', false, [93006, 93008]],
    ['rejected', false, [40008, 40058, 846605, 999999]],
  ];
  const failures: Failure[] = [
    ...codes.flatMap(([reason, retryable, list]) =>
      list.map((errcode) => ({ what: `errcode ${errcode}`, reason, retryable, arrange: via(code(errcode)) })),
    ),
    {
      what: '45009 waits out its minute',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: via(code(45009)),
    },
    { what: 'no answer in time', reason: 'timeout', retryable: true, arrange: via({ kind: 'silent' }) },
    { what: 'a connection that ends', reason: 'network', retryable: true, arrange: via({ kind: 'drop' }) },
  ];
  let closing: Promise<void> | undefined;
  return {
    base: simulator.wsUrl,
    failures,
    shown: () => simulator.phone.seen(PERSON).map((bubble) => bubble.text),
    sendRequests: () => simulator.heard.filter((frame) => frame.cmd === 'aibot_send_msg').length,
    tokenRequests: simulator.subscriptions,
    endToken: { forgotten: () => simulator.forget() },
    failNextToken: () => {
      simulator.drop();
      simulator.faults.set('aibot_subscribe', [{ kind: 'errcode', errcode: 853000 }]);
    },
    loseNextAnswer: via({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}

function forgeries(plain: string, now: Date): readonly Forgery[] {
  const at = secondsOf(now);
  const good = signed(plain, at);
  const { encrypt = '' } = JSON.parse(good.body.toString()) as { encrypt?: string };
  const request = (change: Partial<EdgeRequest>): EdgeRequest => ({ ...good, ...change });
  const withQuery = (change: Record<string, string | undefined>) => request({ query: { ...good.query, ...change } });
  const withBody = (text: string | Buffer) => request({ body: Buffer.from(text) });
  const flipped = (text: string, place: number) =>
    text.slice(0, place) + (text[place] === 'a' ? 'b' : 'a') + text.slice(place + 1);
  const sealed = (otherToken: string, key: string, receiver: string) => {
    const other = platformCipher(otherToken, key, receiver);
    const encrypted = other.encrypt(plain);
    const query = { ...good.query, msg_signature: other.sign(String(at), 'n0nce', encrypted) };
    return request({ query, body: Buffer.from(JSON.stringify({ encrypt: encrypted })) });
  };
  const signature = good.query.msg_signature ?? '';
  const plainBody = JSON.parse(plain) as Record<string, unknown>;
  return [
    { what: 'no query at all', request: request({ query: {} }), status: 401 },
    { what: 'no signature', request: withQuery({ msg_signature: undefined }), status: 401 },
    { what: 'no timestamp', request: withQuery({ timestamp: undefined }), status: 401 },
    { what: 'no nonce', request: withQuery({ nonce: '' }), status: 401 },
    {
      what: 'a flipped bit in the signature',
      request: withQuery({ msg_signature: flipped(signature, 3) }),
      status: 401,
    },
    { what: 'another timestamp', request: withQuery({ timestamp: String(at + 1) }), status: 401 },
    { what: 'another nonce', request: withQuery({ nonce: 'x' }), status: 401 },
    {
      what: 'a flipped bit in the ciphertext',
      request: withBody(JSON.stringify({ encrypt: flipped(encrypt, 20) })),
      status: 401,
    },
    { what: 'another token', request: sealed('OtherToken', aesKey, ''), status: 401 },
    { what: 'another key', request: sealed(token, `${aesKey.slice(1)}A`, ''), status: 401 },
    { what: 'a receiver where none belongs', request: sealed(token, aesKey, 'ww0000000000000001'), status: 401 },
    { what: 'a GET without anything', request: request({ method: 'GET', query: {} }), status: 401 },
    { what: 'a GET without echostr', request: request({ method: 'GET' }), status: 400 },
    { what: 'an empty body', request: withBody(''), status: 400 },
    { what: 'junk', request: withBody(Buffer.from([0xff, 0x00, 0xfe])), status: 400 },
    { what: 'XML', request: withBody(`<xml><Encrypt>${encrypt}</Encrypt></xml>`), status: 400 },
    { what: 'no encrypt', request: withBody('{"a":1}'), status: 400 },
    { what: 'encrypt that is no text', request: withBody('{"encrypt":{"a":1}}'), status: 400 },
    { what: 'JSON cut short', request: withBody(good.body.subarray(0, -3)), status: 400 },
    { what: 'a reserved name', request: withBody('{"__proto__":{"encrypt":"x"}}'), status: 400 },
    { what: 'signed, but no JSON inside', request: signed('hello', at), status: 400 },
    { what: 'signed, but empty inside', request: signed('', at), status: 400 },
    { what: 'signed, but a list', request: signed('[]', at), status: 400 },
    {
      what: 'signed, but from nobody',
      request: signed(JSON.stringify({ ...plainBody, from: undefined }), at),
      status: 400,
    },
    {
      what: 'signed, but without an id',
      request: signed(JSON.stringify({ ...plainBody, msgid: undefined }), at),
      status: 400,
    },
    {
      what: 'signed, but its id a number',
      request: signed(JSON.stringify({ ...plainBody, msgid: 1 }), at),
      status: 400,
    },
    {
      what: 'a poll without a stream',
      request: signed(JSON.stringify({ ...plainBody, msgtype: 'stream' }), at),
      status: 400,
    },
    { what: 'another method', request: request({ method: 'PUT' }), status: 400 },
  ];
}

function signed(plain: string, seconds: number): EdgeRequest {
  const encrypt = cipher.encrypt(plain);
  const [timestamp, nonce] = [String(seconds), 'n0nce'];
  return {
    method: 'POST',
    path: '/channels/wecom-aibot',
    query: { msg_signature: cipher.sign(timestamp, nonce, encrypt), timestamp, nonce },
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ encrypt })),
  };
}

function secondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

function readPassive(body: string): string {
  const { encrypt, msgsignature, timestamp, nonce } = JSON.parse(body) as Record<string, string>;
  if (nonce !== 'n0nce') throw new Error('another nonce');
  if (cipher.sign(String(timestamp), nonce, encrypt ?? '') !== msgsignature) throw new Error('bad signature');
  const reply = JSON.parse(cipher.decrypt(encrypt ?? '')) as { msgtype?: string; stream?: Record<string, unknown> };
  if (reply.msgtype !== 'stream' || reply.stream?.finish !== true) throw new Error('not a finished stream');
  return viewMarkdown(String(reply.stream.content));
}

function isPart(text: string): boolean {
  return text.startsWith('{"');
}

function contentOf(json: string): string {
  const part = readPart(json);
  return part.kind === 'update' ? (part.otherwise ?? '') : part.content;
}

function asShown(json: string): string {
  const part = readPart(json);
  const buttons = part.kind === 'card' ? part.card.button_list.map(({ text }) => `[${text}]`).join(' ') : '';
  return [viewMarkdown(contentOf(json)), buttons].filter((text) => text !== '').join('\n');
}
