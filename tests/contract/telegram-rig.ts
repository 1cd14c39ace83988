/** What the channel contract needs to know about Telegram, with the simulator as its platform. */
import type { ButtonStore, ChannelFailure, EdgeRequest } from '../../bot/channels/channel.ts';
import { createTelegramChannel } from '../../bot/channels/telegram/index.ts';
import type { Part } from '../../bot/channels/telegram/render.ts';
import { SECRET_HEADER } from '../../bot/channels/telegram/verify.ts';
import type { ButtonAction } from '../../handlers/message.ts';
import deliveries from '../fixtures/telegram/deliveries.json' with { type: 'json' };
import { SIMULATED_BOT, startTelegramSimulator } from '../simulators/telegram.ts';
import type { TelegramFault } from '../simulators/telegram-api.ts';
import type { ChannelRig, Failure, Forgery, RecordedDelivery } from './channel-cases.ts';

const PERSON = '420001';
const { token, secret, username } = SIMULATED_BOT;
const config = { botId: token.split(':')[0] ?? '', token, secret, apiBase: 'http://127.0.0.1:9' };
/** Long enough for this machine, short enough for a test of a platform that does not answer. */
const TIMEOUT_MS = 300;
const noToken = 'the bot token does not expire: there is nothing to renew';

/** The port in memory; the database's own is tested beside it. */
export function rememberedButtons(): ButtonStore {
  const kept = new Map<string, ButtonAction>();
  return {
    keep: async (action) => {
      const key = Buffer.from(JSON.stringify(action)).toString('base64url').slice(-22);
      kept.set(key, action);
      return key;
    },
    find: async (key) => kept.get(key),
  };
}

export const telegramRig: ChannelRig = {
  name: 'telegram',
  skips: {
    'answers inside the request with the same words, sealed afresh':
      'the platform takes one method in its answer and never tells what became of it: replies go out actively',
    'sends equal words under another key again, the same key once':
      'the platform has no duplicate guard: a send whose answer was lost is made again, at least once',
    'renews an ended token once and sends once, also under ten parallel sends': noToken,
    'asks for a token again after a failed renewal': noToken,
  },
  open: ({ base, log }) =>
    createTelegramChannel(
      { ...config, apiBase: base ?? config.apiBase },
      { log, buttons: rememberedButtons(), botName: username, timeoutMs: TIMEOUT_MS },
    ),
  withoutSecret: Object.fromEntries(
    ['token', 'secret'].map((name) => [
      name,
      () =>
        createTelegramChannel(
          { ...config, [name]: '' },
          { log: { debug: ignore, info: ignore, warn: ignore, error: ignore }, buttons: rememberedButtons() },
        ),
    ]),
  ),
  secrets: [token, token.split(':')[1] ?? '', secret],
  comparedIn: ['bot/channels/telegram/verify.ts'],
  deliveries: deliveries as readonly RecordedDelivery[],
  windowSeconds: undefined,
  sign: (plain) => request(plain),
  forgeries,
  address: { chat: PERSON },
  sizeOf: (part) => wordsOf(part).length,
  maxSize: 4096,
  asShown,
  passiveAsShown: () => {
    throw new Error('no passive answer carries words');
  },
  startPlatform,
};

function ignore(): void {}

/** A drawn part, or plain words. */
function read(part: string): Part | undefined {
  try {
    const value: unknown = JSON.parse(part);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Part) : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(part: string): string {
  const drawn = read(part);
  return drawn ? (drawn.kind === 'text' ? drawn.text : drawn.caption) : part;
}

function asShown(part: string): string {
  const labels = (read(part)?.buttons ?? []).flat().map(({ label }) => `[${label}]`);
  return [wordsOf(part), ...labels].join(' ');
}

function request(body: string | Buffer, change: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    method: 'POST',
    path: '/channels/telegram',
    query: {},
    headers: { 'content-type': 'application/json', [SECRET_HEADER]: secret },
    body: Buffer.from(body),
    ...change,
  };
}

function forgeries(plain: string): readonly Forgery[] {
  const withSecret = (value: string | undefined) => request(plain, { headers: { [SECRET_HEADER]: value } });
  const update = JSON.parse(plain) as Record<string, unknown>;
  const changed = (change: Record<string, unknown>) => request(JSON.stringify({ ...update, ...change }));
  return [
    { what: 'no secret', request: withSecret(undefined), status: 401 },
    { what: 'an empty secret', request: withSecret(''), status: 401 },
    { what: 'another secret', request: withSecret('Another-secret_0001'), status: 401 },
    { what: 'a secret cut short', request: withSecret(secret.slice(0, -1)), status: 401 },
    { what: 'a longer secret', request: withSecret(`${secret}x`), status: 401 },
    { what: 'the secret in another case', request: withSecret(secret.toUpperCase()), status: 401 },
    { what: 'the secret in the query', request: request(plain, { headers: {}, query: { secret } }), status: 401 },
    { what: 'a GET without anything', request: request('', { method: 'GET', headers: {} }), status: 401 },
    { what: 'a GET with the secret', request: request('', { method: 'GET' }), status: 400 },
    { what: 'an empty body', request: request(''), status: 400 },
    { what: 'junk', request: request(Buffer.from([0xff, 0x00, 0xfe, 0x7b])), status: 400 },
    { what: 'XML', request: request('<xml/>'), status: 400 },
    { what: 'a truncated update', request: request(plain.slice(0, -10)), status: 400 },
    { what: 'null', request: request('null'), status: 400 },
    { what: 'a list', request: request(`[${plain}]`), status: 400 },
    { what: 'no update_id', request: changed({ update_id: undefined }), status: 400 },
    { what: 'an update_id in words', request: changed({ update_id: '1' }), status: 400 },
    { what: 'an update_id that is no whole number', request: changed({ update_id: 1.5 }), status: 400 },
    { what: 'a message that is a text', request: changed({ message: 'x' }), status: 400 },
    { what: 'a message without a chat', request: changed({ message: { message_id: 1 } }), status: 400 },
    { what: 'a deep nest', request: request('['.repeat(100_000)), status: 400 },
  ];
}

async function startPlatform() {
  const simulator = await startTelegramSimulator({ chats: [PERSON] });
  const { api } = simulator;
  const via =
    (...faults: readonly TelegramFault[]) =>
    () =>
      void api.faults.push(...faults.map((fault) => ({ method: 'sendMessage', fault })));
  const refused = (
    code: number,
    description: string,
    parameters?: { readonly retry_after?: number },
  ): TelegramFault => ({
    kind: 'error',
    code,
    description,
    parameters,
  });
  const said: readonly [ChannelFailure, boolean, number, string][] = [
    ['unreachable', false, 403, 'Forbidden: bot was blocked by the user'],
    ['unreachable', false, 403, 'Forbidden: bot was kicked from the supergroup chat'],
    ['unreachable', false, 403, 'Forbidden: user is deactivated'],
    ['unreachable', false, 400, 'Bad Request: chat not found'],
    ['unreachable', false, 400, 'Bad Request: PEER_ID_INVALID'],
    ['auth', true, 401, 'Unauthorized'],
    ['auth', true, 404, 'Not Found'],
    ['rejected', false, 400, 'Bad Request: message is too long'],
    ['rejected', false, 400, 'Bad Request: BUTTON_DATA_INVALID'],
    ['rejected', false, 413, 'Request Entity Too Large'],
    ['server', true, 500, 'Internal Server Error'],
    ['server', true, 502, 'Bad Gateway'],
  ];
  const failures: Failure[] = [
    ...said.map(([reason, retryable, code, description]) => ({
      what: `${code} ${description}`,
      reason,
      retryable,
      arrange: via(refused(code, description)),
    })),
    {
      what: '429 with retry_after',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 7_000,
      arrange: via(refused(429, 'Too Many Requests: retry after 7', { retry_after: 7 })),
    },
    {
      what: '429 without retry_after',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 30_000,
      arrange: via(refused(429, 'Too Many Requests')),
    },
    {
      what: '429 of a proxy, with Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 9_000,
      arrange: via({ kind: 'page', status: 429, retryAfter: 9 }),
    },
    {
      what: '429 of a proxy, without Retry-After',
      reason: 'rate-limited',
      retryable: true,
      arrange: via({ kind: 'page', status: 429 }),
    },
    { what: '502 with a page', reason: 'server', retryable: true, arrange: via({ kind: 'page', status: 502 }) },
    { what: '200 with a page', reason: 'server', retryable: true, arrange: via({ kind: 'page', status: 200 }) },
    { what: '403 of a firewall', reason: 'server', retryable: true, arrange: via({ kind: 'page', status: 403 }) },
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
    shown: () => simulator.seenBy(PERSON).map(({ text }) => text),
    sendRequests: () => api.count('sendMessage'),
    tokenRequests: () => 0,
    endToken: {},
    failNextToken: () => undefined,
    loseNextAnswer: via({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}
