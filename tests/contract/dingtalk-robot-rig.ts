/** What the channel contract needs to know about custom robots of DingTalk groups, with the simulator as their platform. */
import type { ChannelFailure } from '../../bot/channels/channel.ts';
import { createDingtalkRobotChannel } from '../../bot/channels/dingtalk-robot/index.ts';
import { startDingtalkSimulator } from '../simulators/dingtalk.ts';
import type { ApiFault } from '../simulators/dingtalk-api.ts';
import type { ChannelRig, Failure, SimulatedPlatform } from './channel-cases.ts';
import { asShown } from './dingtalk-rig.ts';

const TOKEN = 'robottoken0001';
const SECRET = 'SECrobot0001';
const GROUP = 'cidRobotGroup==';
const TIMEOUT_MS = 300;
const robots = { find: async (id: string) => (id === 'r1' ? { accessToken: TOKEN, secret: SECRET } : undefined) };
const sendOnly = 'a robot only sends';

function none(): never {
  throw new Error('a robot has no such thing');
}

export const dingtalkRobotRig: ChannelRig = {
  name: 'dingtalk-robot',
  skips: {
    'refuses construction without a secret': 'its secret is a row of the database, looked up when it sends',
    'takes what the platform signed, within its window': sendOnly,
    'refuses wrong, missing and stale signatures, and what cannot be read': sendOnly,
    'compares signatures in constant time': sendOnly,
    'makes exactly one message or a named ignore of every recorded payload': sendOnly,
    'gives a redelivery the id of the first delivery, and another message another': sendOnly,
    'answers inside the request with the same words, sealed afresh': sendOnly,
    'renews an ended token once and sends once, also under ten parallel sends': 'a robot has no token that ends',
    'asks for a token again after a failed renewal': 'a robot has no token that ends',
  },
  open: ({ base, clock }) =>
    createDingtalkRobotChannel(
      { clientId: 'dingsimulated0001', oapiBase: base ?? 'http://127.0.0.1:9' },
      { clock, robots, timeoutMs: TIMEOUT_MS },
    ),
  withoutSecret: {},
  secrets: [TOKEN, SECRET, 'access_token='],
  comparedIn: [],
  deliveries: [],
  sign: none,
  forgeries: () => [],
  windowSeconds: undefined,
  address: { robot: 'r1' },
  sizeOf: (part) => Buffer.byteLength(part),
  maxSize: 15_000,
  asShown,
  passiveAsShown: none,
  startPlatform,
};

async function startPlatform(): Promise<SimulatedPlatform> {
  const simulator = await startDingtalkSimulator();
  const { api } = simulator;
  api.robots.set(TOKEN, { group: GROUP, secret: SECRET });
  const via = (fault: ApiFault) => () => void api.faults.push(fault);
  const codes: readonly [ChannelFailure, boolean, number | undefined, readonly number[]][] = [
    ['server', true, undefined, [-1, 15, 88]],
    ['rate-limited', true, 600_000, [130101, 410100]],
    ['rate-limited', true, 1_000, [90018, 90002]],
    ['rate-limited', true, 3_600_000, [90020]],
    ['unreachable', false, undefined, [300001, 300005, 400013, 400106]],
    ['auth', true, 600_000, [400102]],
    ['rejected', false, undefined, [40035, 43004, 310000, 400402, 430102, 460101, 999999]],
  ];
  const failures: Failure[] = [
    ...codes.flatMap(([reason, retryable, retryAfterMs, all]) =>
      all.map((errcode) => ({
        what: `errcode ${errcode}`,
        reason,
        retryable,
        retryAfterMs,
        arrange: via({ kind: 'errcode', errcode }),
      })),
    ),
    {
      what: 'errcode as text',
      reason: 'server',
      retryable: true,
      arrange: via({ kind: 'json', body: { errcode: '-1' } }),
    },
    { what: 'status 500', reason: 'server', retryable: true, arrange: via({ kind: 'status', status: 500 }) },
    {
      what: '429 with Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 7_000,
      arrange: via({ kind: 'status', status: 429, retryAfter: 7 }),
    },
    { what: 'an HTML page', reason: 'server', retryable: true, arrange: via({ kind: 'html' }) },
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
    shown: () => simulator.seenBy(GROUP),
    sendRequests: () => api.count('/robot/send'),
    tokenRequests: () => 0,
    endToken: {},
    failNextToken: none,
    loseNextAnswer: () => void api.faults.push({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}
