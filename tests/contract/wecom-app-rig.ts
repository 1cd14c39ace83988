/** What the channel contract needs to know about the WeCom app, with the simulator as its platform. */
import { XMLParser } from 'fast-xml-parser';
import type { ChannelFailure, EdgeRequest } from '../../bot/channels/channel.ts';
import { createWecomAppChannel } from '../../bot/channels/wecom-app/index.ts';
import deliveries from '../fixtures/wecom-app/deliveries.json' with { type: 'json' };
import { SIMULATED_APP, startWecomSimulator } from '../simulators/wecom.ts';
import type { ApiFault } from '../simulators/wecom-api.ts';
import { type SignedCallback, signCallback } from '../simulators/wecom-callbacks.ts';
import { platformCipher } from '../simulators/wecom-cipher.ts';
import type { ChannelRig, Failure, Forgery, RecordedDelivery } from './channel-cases.ts';

const MEMBER = 'zhangsan';
const { corpId, agentId, secret, token, aesKey } = SIMULATED_APP;
const config = { corpId, agentId, secret, token, aesKey, apiBase: 'http://127.0.0.1:9' };
const cipher = platformCipher(token, aesKey, corpId);
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clock = { now: () => new Date() };
/** Long enough for this machine, short enough for a test of a platform that does not answer. */
const TIMEOUT_MS = 300;

function ignore(): void {}

/** A part as its words; what is sent by hand stands for itself. */
function shown(part: string): string {
  return part.startsWith('{') ? String((JSON.parse(part) as { text?: unknown }).text ?? '') : part;
}

export const wecomAppRig: ChannelRig = {
  name: 'wecom-app',
  skips: {},
  open: ({ base, ...ports }) =>
    createWecomAppChannel({ ...config, apiBase: base ?? config.apiBase }, { ...ports, timeoutMs: TIMEOUT_MS }),
  withoutSecret: Object.fromEntries(
    ['secret', 'token', 'aesKey'].map((name) => [
      name,
      () => createWecomAppChannel({ ...config, [name]: '' }, { clock, log: quiet }),
    ]),
  ),
  secrets: [secret, token, aesKey, 'token-1-', 'access_token='],
  comparedIn: ['bot/channels/wecom-cipher.ts'],
  deliveries: deliveries as readonly RecordedDelivery[],
  windowSeconds: 600,
  sign: (plain, now, age = { seconds: 0 }) => asRequest(signAt(plain, secondsOf(now) - age.seconds)),
  forgeries,
  address: { touser: MEMBER },
  sizeOf: (part) => Buffer.byteLength(shown(part)),
  maxSize: 2048,
  asShown: shown,
  passiveAsShown: ({ body }) => readPassive(body),
  startPlatform,
};

async function startPlatform() {
  const simulator = await startWecomSimulator({ members: [MEMBER] });
  const { api } = simulator;
  const viaSend =
    (...faults: readonly ApiFault[]) =>
    () =>
      void api.sendFaults.push(...faults);
  const viaToken =
    (...faults: readonly ApiFault[]) =>
    () => {
      api.expireToken();
      api.tokenFaults.push(...faults);
    };
  const code = (errcode: number): ApiFault => ({ kind: 'errcode', errcode });
  const sendCodes: readonly [ChannelFailure, boolean, readonly number[]][] = [
    ['server', true, [-1, 6000]],
    ['rate-limited', true, [45009, 45033]],
    ['auth', true, [40001, 40056, 48002, 50003, 60020, 301002]],
    ['auth', false, [41001]],
    ['unreachable', false, [40003, 43004, 60011, 60111, 81013, 82001]],
    ['rejected', false, [40007, 40008, 40058, 42028, 44004, 45002, 999999]],
  ];
  const failures: Failure[] = [
    ...sendCodes.flatMap(([reason, retryable, codes]) =>
      codes.map((errcode) => ({ what: `errcode ${errcode}`, reason, retryable, arrange: viaSend(code(errcode)) })),
    ),
    {
      what: '45009 waits out its minute',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: viaSend(code(45009)),
    },
    {
      what: 'token refused again after its renewal',
      reason: 'auth',
      retryable: true,
      arrange: viaSend(code(42001), code(40014)),
    },
    { what: 'status 500', reason: 'server', retryable: true, arrange: viaSend({ kind: 'status', status: 500 }) },
    {
      what: 'status 403 of a firewall',
      reason: 'server',
      retryable: true,
      arrange: viaSend({ kind: 'status', status: 403 }),
    },
    { what: 'status 429', reason: 'rate-limited', retryable: true, arrange: viaSend({ kind: 'status', status: 429 }) },
    { what: 'an HTML page', reason: 'server', retryable: true, arrange: viaSend({ kind: 'html' }) },
    { what: 'an endless answer', reason: 'server', retryable: true, arrange: viaSend({ kind: 'endless' }) },
    {
      what: 'a redirect, not followed',
      reason: 'server',
      retryable: true,
      arrange: viaSend({ kind: 'redirect', location: `${simulator.base}/cgi-bin/elsewhere` }),
    },
    { what: 'a closed connection', reason: 'network', retryable: true, arrange: viaSend({ kind: 'close' }) },
    {
      what: 'no answer in time',
      reason: 'timeout',
      retryable: true,
      arrange: viaSend({ kind: 'delay', ms: TIMEOUT_MS * 2 }),
    },
    { what: 'gettoken: bad corp', reason: 'auth', retryable: true, arrange: viaToken(code(40013)) },
    { what: 'gettoken: bad secret', reason: 'auth', retryable: true, arrange: viaToken(code(40091)) },
    {
      what: 'gettoken: address not trusted',
      reason: 'auth',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: viaToken(code(60020)),
    },
    { what: 'gettoken: an HTML page', reason: 'server', retryable: true, arrange: viaToken({ kind: 'html' }) },
    {
      what: 'gettoken: status 502',
      reason: 'server',
      retryable: true,
      arrange: viaToken({ kind: 'status', status: 502 }),
    },
    { what: 'gettoken: a closed connection', reason: 'network', retryable: true, arrange: viaToken({ kind: 'close' }) },
  ];
  let closing: Promise<void> | undefined;
  return {
    base: simulator.base,
    failures,
    shown: () => simulator.seenBy(MEMBER),
    sendRequests: () => api.count('/cgi-bin/message/send'),
    tokenRequests: () => api.count('/cgi-bin/gettoken'),
    endToken: { expired: () => api.expireToken(), revoked: () => api.revokeToken() },
    failNextToken: () => void api.tokenFaults.push({ kind: 'status', status: 500 }),
    loseNextAnswer: () => void api.sendFaults.push({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}

function forgeries(plain: string, now: Date): readonly Forgery[] {
  const at = secondsOf(now);
  const good = signAt(plain, at);
  const { query, body } = good;
  const request = (change: Partial<EdgeRequest>): EdgeRequest => ({ ...asRequest(good), ...change });
  const withQuery = (change: Record<string, string | undefined>) => request({ query: { ...query, ...change } });
  const withBody = (text: string | Buffer) => request({ body: Buffer.from(text) });
  const flipped = (text: string, at: number) => text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
  const encrypted = /Encrypt><!\[CDATA\[(.*?)\]\]/.exec(body)?.[1] ?? '';
  const signedBody = (text: string) => asRequest(signCallback(text, { cipher, corpId, agentId, now: () => now }));
  const otherCorp = signCallback(plain, {
    cipher: platformCipher(token, aesKey, 'ww0000000000000002'),
    corpId,
    agentId,
    now: () => now,
  });
  const otherKey = signCallback(plain, {
    cipher: platformCipher(token, `${aesKey.slice(1)}A`, corpId),
    corpId,
    agentId,
    now: () => now,
  });
  const echo = { ...query, echostr: encrypted };
  return [
    { what: 'no query at all', request: request({ query: {} }), status: 401 },
    { what: 'no signature', request: withQuery({ msg_signature: undefined }), status: 401 },
    { what: 'no timestamp', request: withQuery({ timestamp: undefined }), status: 401 },
    { what: 'no nonce', request: withQuery({ nonce: '' }), status: 401 },
    {
      what: 'a flipped bit in the signature',
      request: withQuery({ msg_signature: flipped(query.msg_signature, 3) }),
      status: 401,
    },
    {
      what: 'a signature cut short',
      request: withQuery({ msg_signature: query.msg_signature.slice(0, 39) }),
      status: 401,
    },
    { what: 'another timestamp', request: withQuery({ timestamp: String(at + 1) }), status: 401 },
    { what: 'another nonce', request: withQuery({ nonce: 'x' }), status: 401 },
    {
      what: 'a flipped bit in the ciphertext',
      request: withBody(body.replace(encrypted, flipped(encrypted, 20))),
      status: 401,
    },
    {
      what: 'a timestamp that is no number',
      request: asRequest(signCallback(plain, { cipher, corpId, agentId, now: () => now }, '0x699')),
      status: 401,
    },
    {
      what: 'a timestamp in milliseconds',
      request: asRequest(signCallback(plain, { cipher, corpId, agentId, now: () => now }, `${at}000`)),
      status: 401,
    },
    { what: 'another corp', request: asRequest(otherCorp), status: 401 },
    { what: 'another key', request: asRequest(otherKey), status: 401 },
    { what: 'a GET without anything', request: request({ method: 'GET', query: {} }), status: 401 },
    { what: 'a GET without echostr', request: request({ method: 'GET' }), status: 400 },
    {
      what: 'a GET with a flipped bit',
      request: request({ method: 'GET', query: { ...echo, echostr: flipped(encrypted, 20) } }),
      status: 401,
    },
    { what: 'an empty body', request: withBody(''), status: 400 },
    { what: 'junk', request: withBody(Buffer.from([0xff, 0x00, 0xfe, 0x3c])), status: 400 },
    { what: 'JSON', request: withBody(JSON.stringify({ encrypt: encrypted })), status: 400 },
    { what: 'no Encrypt', request: withBody('<xml><ToUserName>x</ToUserName></xml>'), status: 400 },
    { what: 'an empty Encrypt', request: withBody('<xml><Encrypt></Encrypt></xml>'), status: 400 },
    {
      what: 'Encrypt twice',
      request: withBody(body.replace('</xml>', `<Encrypt>${encrypted}</Encrypt></xml>`)),
      status: 400,
    },
    {
      what: 'Encrypt with elements in it',
      request: withBody(`<xml><Encrypt><a>${encrypted}</a></Encrypt></xml>`),
      status: 400,
    },
    { what: 'broken XML', request: withBody(body.replace('</Encrypt>', '')), status: 400 },
    { what: 'another root', request: withBody(body.replaceAll('xml>', 'html>')), status: 400 },
    { what: 'two roots', request: withBody(body + body), status: 400 },
    { what: 'a DOCTYPE', request: withBody(`<!DOCTYPE xml [<!ENTITY a "b">]>${body}`), status: 400 },
    {
      what: 'an entity bomb',
      request: withBody(
        `<!DOCTYPE x [<!ENTITY a "${'b'.repeat(999)}"><!ENTITY c "&a;&a;">]><xml><Encrypt>&c;</Encrypt></xml>`,
      ),
      status: 400,
    },
    {
      what: 'a reserved name',
      request: withBody('<xml><__proto__><Encrypt>x</Encrypt></__proto__></xml>'),
      status: 400,
    },
    { what: 'ten thousand open elements', request: withBody('<xml>'.repeat(10_000)), status: 400 },
    { what: 'signed, but broken inside', request: signedBody('<xml><MsgType>text</xml>'), status: 400 },
    { what: 'signed, but empty inside', request: signedBody(''), status: 400 },
    {
      what: 'signed, but from nobody',
      request: signedBody('<xml><MsgType>text</MsgType><Content>x</Content></xml>'),
      status: 400,
    },
    {
      what: 'signed, with two texts',
      request: signedBody(plain.replace('</xml>', '<Content>x</Content></xml>')),
      status: 400,
    },
    { what: 'signed, with a DOCTYPE', request: signedBody(`<!DOCTYPE xml>${plain}`), status: 400 },
    { what: 'another method', request: request({ method: 'PUT' }), status: 400 },
  ];
}

function signAt(plain: string, seconds: number): SignedCallback {
  return signCallback(plain, { cipher, corpId, agentId, now: clock.now }, String(seconds));
}

function asRequest({ query, body }: SignedCallback): EdgeRequest {
  return {
    method: 'POST',
    path: '/channels/wecom-app',
    query,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(body),
  };
}

function secondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

function readPassive(body: string): string {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, processEntities: false });
  const { xml } = parser.parse(body) as { xml: Record<string, string> };
  const { Encrypt = '', MsgSignature, TimeStamp = '', Nonce = '' } = xml;
  if (cipher.sign(TimeStamp, Nonce, Encrypt) !== MsgSignature) throw new Error('bad signature');
  const inner = parser.parse(cipher.decrypt(Encrypt)) as { xml: Record<string, string> };
  if (inner.xml.MsgType !== 'text' || inner.xml.FromUserName !== corpId) throw new Error('not a text from the corp');
  return inner.xml.Content ?? '';
}
