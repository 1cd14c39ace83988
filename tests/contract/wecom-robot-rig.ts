/** What the channel contract needs to know about group robots of WeCom, with the simulator as their platform. */
import type { ChannelFailure } from '../../bot/channels/channel.ts';
import { createWecomRobotChannel } from '../../bot/channels/wecom-robot/index.ts';
import type { Part } from '../../bot/channels/wecom-robot/types.ts';
import { type RobotFault, startWecomRobotSimulator } from '../simulators/wecom-robot.ts';
import type { ChannelRig, Failure } from './channel-cases.ts';

const KEY = '693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa';
const TIMEOUT_MS = 300;
const robots = { find: async (id: string) => (id === 'r1' ? { key: KEY } : undefined) };
const sendOnly = 'a robot only sends';

function none(): never {
  throw new Error('a robot has no such thing');
}

export const wecomRobotRig: ChannelRig = {
  name: 'wecom-robot',
  skips: {
    'refuses construction without a secret': 'its secret is a row of the database, looked up when it sends',
    'takes what the platform signed, within its window': sendOnly,
    'refuses wrong, missing and stale signatures, and what cannot be read': sendOnly,
    'compares signatures in constant time': sendOnly,
    'makes exactly one message or a named ignore of every recorded payload': sendOnly,
    'gives a redelivery the id of the first delivery, and another message another': sendOnly,
    'answers inside the request with the same words, sealed afresh': sendOnly,
    'sends equal words under another key again, the same key once': 'the platform has no duplicate guard for robots',
    'renews an ended token once and sends once, also under ten parallel sends': 'a robot has no token',
    'asks for a token again after a failed renewal': 'a robot has no token',
  },
  open: ({ base }) => createWecomRobotChannel({ apiBase: base ?? 'http://127.0.0.1:9', robots, timeoutMs: TIMEOUT_MS }),
  withoutSecret: {},
  secrets: [KEY, '/cgi-bin/webhook'],
  comparedIn: [],
  deliveries: [],
  sign: none,
  forgeries: () => [],
  windowSeconds: undefined,
  address: { robot: 'r1' },
  sizeOf: (part) => Buffer.byteLength(shown(part)),
  maxSize: 2048,
  asShown: shown,
  passiveAsShown: none,
  startPlatform,
};

/** The words of a part as a reader sees them, markup undone. */
function shown(raw: string): string {
  if (!raw.startsWith('{')) return raw;
  const part = JSON.parse(raw) as Part;
  if (!('text' in part)) return `〔${part.name}〕`;
  if (part.kind === 'text') return part.text;
  return part.text
    .replace(/^> /gm, '')
    .replace(/\*\*/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

async function startPlatform() {
  const simulator = await startWecomRobotSimulator();
  simulator.keys.add(KEY);
  const via = (fault: RobotFault) => () => void simulator.faults.push(fault);
  const codes: readonly [ChannelFailure, boolean, readonly number[]][] = [
    ['server', true, [-1]],
    ['rate-limited', true, [45009, 45033]],
    ['unreachable', false, [93000, 93004, 93008]],
    ['rejected', false, [40008, 44004, 45002, 301019, 999999]],
  ];
  const failures: Failure[] = [
    ...codes.flatMap(([reason, retryable, all]) =>
      all.map((errcode) => ({
        what: `errcode ${errcode}`,
        reason,
        retryable,
        arrange: via({ kind: 'errcode', errcode }),
      })),
    ),
    { what: 'status 500', reason: 'server', retryable: true, arrange: via({ kind: 'status', status: 500 }) },
    {
      what: '429 with Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 7_000,
      arrange: via({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }),
    },
    {
      what: '429 without Retry-After',
      reason: 'rate-limited',
      retryable: true,
      retryAfterMs: 60_000,
      arrange: via({ kind: 'status', status: 429 }),
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
    shown: () => simulator.posts.map((post) => shown(JSON.stringify({ kind: 'text', text: post.text }))),
    sendRequests: () => simulator.requests,
    tokenRequests: () => 0,
    endToken: {},
    failNextToken: () => undefined,
    loseNextAnswer: () => void simulator.faults.push({ kind: 'lost' }),
    close: () => (closing ??= simulator.close()),
  };
}
