/** The behaviour every channel must show; channels.test.ts runs it for each entry of bot/channels/index.ts. */
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  type Channel,
  ChannelError,
  type ChannelFailure,
  type EdgeAnswer,
  EdgeError,
  type EdgeRequest,
} from '../../bot/channels/channel.ts';
import type { Block, IncomingMessage } from '../../handlers/message.ts';
import type { Clock, Log } from '../../handlers/ports.ts';

/** One payload of a platform and what it must become: a message with at least these parts, or ignored for this reason. */
export interface RecordedDelivery {
  readonly name: string;
  readonly plain: string;
  readonly message?: Partial<IncomingMessage> | undefined;
  readonly ignored?: string | undefined;
}

export interface Forgery {
  readonly what: string;
  readonly request: EdgeRequest;
  readonly status: 400 | 401;
}

export interface Failure {
  readonly what: string;
  readonly reason: ChannelFailure;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  /** Makes the next send of this platform fail so. */
  readonly arrange: () => void;
}

/** The platform on this machine, as a channel sees it. */
export interface SimulatedPlatform {
  readonly base: string;
  readonly failures: readonly Failure[];
  /** Texts that reached the address of the rig, in order. */
  shown(): readonly string[];
  sendRequests(): number;
  tokenRequests(): number;
  /** Every way in which the platform ends a token. */
  readonly endToken: Readonly<Record<string, () => void>>;
  failNextToken(): void;
  /** The next send does its work, but the answer is lost. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

export interface ChannelPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly base?: string | undefined;
}

/** What the suite needs to know about one channel. */
export interface ChannelRig {
  readonly name: string;
  /** Which of its ways in, where a channel has several. */
  readonly way?: string | undefined;
  /** Cases that cannot be asked of this channel, with the reason; each fails here once it would pass. */
  readonly skips: Partial<Record<CaseId, string>>;
  open(ports: ChannelPorts): Channel;
  /** Constructions that must be refused: each lacks a secret. */
  readonly withoutSecret: Readonly<Record<string, () => Channel>>;
  /** Words that must never be seen in an error or a log line. */
  readonly secrets: readonly string[];
  /** Source files that compare signatures, from the root. */
  readonly comparedIn: readonly string[];
  readonly deliveries: readonly RecordedDelivery[];
  sign(plain: string, now: Date, age?: { readonly seconds: number }): EdgeRequest;
  forgeries(plain: string, now: Date): readonly Forgery[];
  /** How old, in seconds, a signed request may be; undefined where the platform signs no time. */
  readonly windowSeconds: number | undefined;
  readonly address: Address;
  /** Size of a rendered part, and the platform's limit for it. */
  sizeOf(part: string): number;
  readonly maxSize: number;
  /** The text a reader sees of a part. */
  asShown(part: string): string;
  /** The text a reader sees of a passive answer; throws when the platform would not take it. */
  passiveAsShown(answer: EdgeAnswer): string;
  startPlatform(): Promise<SimulatedPlatform>;
}

const NOW = new Date('2026-11-21T08:00:00.000Z');
const SPECIAL = '<b>&amp;"\'</b> ]]> \\n %s {x} 0012 …“引用”\n第二行 👨‍👩‍👧 é';
const PLANTED = '张三丰肺癌';

const EVERY_BLOCK: readonly Block[] = [
  { type: 'text', text: '甲 文字' },
  { type: 'markdown', text: '**乙** 标记' },
  { type: 'quote', text: '丙 原文', source: '丁 出处' },
  { type: 'fields', items: [{ label: '戊', value: '己' }] },
  { type: 'table', columns: ['庚', '辛'], rows: [['壬', '癸']] },
  { type: 'list', ordered: true, items: ['子', '丑'] },
  { type: 'image', name: 'a.png', alt: '寅 图', base64: '' },
  { type: 'file', name: '卯.xlsx', base64: '' },
  { type: 'buttons', items: [{ id: 'policy.source', label: '辰', value: '' }] },
];

type Case = (rig: ChannelRig) => void | Promise<void>;

const CASES = {
  'refuses construction without a secret': (rig) => {
    expect(Object.keys(rig.withoutSecret).length).toBeGreaterThan(0);
    for (const [what, open] of Object.entries(rig.withoutSecret)) expect(open, what).toThrow();
  },

  'takes what the platform signed, within its window': (rig) => {
    const receive = receiverOf(rig);
    const [delivery] = rig.deliveries;
    if (!delivery) throw new Error('no delivery recorded');
    const ages = rig.windowSeconds === undefined ? [0] : [0, rig.windowSeconds - 1, 1 - rig.windowSeconds];
    for (const seconds of ages) {
      expect(receive(rig.sign(delivery.plain, NOW, { seconds }), NOW).kind).toBe('message');
    }
  },

  'refuses wrong, missing and stale signatures, and what cannot be read': (rig) => {
    const receive = receiverOf(rig);
    const plain = rig.deliveries[0]?.plain ?? '';
    const forgeries = rig.forgeries(plain, NOW);
    for (const status of [400, 401]) expect(forgeries.some((one) => one.status === status)).toBe(true);
    for (const { what, request, status } of forgeries)
      expect(
        statusOf(() => receive(request, NOW)),
        what,
      ).toBe(status);
    if (rig.windowSeconds === undefined) return;
    for (const seconds of [rig.windowSeconds + 1, -rig.windowSeconds - 1]) {
      expect(
        statusOf(() => receive(rig.sign(plain, NOW, { seconds }), NOW)),
        `${seconds} s old`,
      ).toBe(401);
    }
  },

  'compares signatures in constant time': async (rig) => {
    expect(rig.comparedIn.length).toBeGreaterThan(0);
    for (const path of rig.comparedIn) {
      const source = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
      expect(source, path).toContain('timingSafeEqual(');
    }
  },

  'makes exactly one message or a named ignore of every recorded payload': (rig) => {
    const receive = receiverOf(rig);
    for (const delivery of rig.deliveries) {
      const received = receive(rig.sign(delivery.plain, NOW), NOW);
      if (delivery.ignored !== undefined) {
        expect(received, delivery.name).toMatchObject({
          kind: 'ignored',
          reason: delivery.ignored,
          answer: { status: 200 },
        });
        continue;
      }
      expect(received, delivery.name).toMatchObject({
        kind: 'message',
        message: delivery.message ?? {},
        acknowledge: { status: 200 },
      });
      if (received.kind !== 'message') continue;
      const { message } = received;
      expect(message.channel, delivery.name).toBe(rig.name);
      expect(message.messageId, delivery.name).not.toBe('');
      const says = message.text !== '' || message.attachments.length > 0 || message.action || message.event;
      expect(says, `${delivery.name}: nothing was understood`).toBeTruthy();
    }
  },

  'gives a redelivery the id of the first delivery, and another message another': (rig) => {
    const receive = receiverOf(rig);
    const ids = new Set<string>();
    const messages = rig.deliveries.filter((delivery) => delivery.ignored === undefined);
    for (const { plain, name } of messages) {
      const [first, again] = [0, 30].map((seconds) => receive(rig.sign(plain, NOW, { seconds: -seconds }), NOW));
      if (first?.kind !== 'message' || again?.kind !== 'message') throw new Error(`${name} is no message`);
      expect(again.message, name).toEqual(first.message);
      ids.add(first.message.messageId);
    }
    expect(ids.size).toBe(messages.length);
  },

  'renders every kind of block, in order; an unknown one as its text': (rig) => {
    const channel = openQuietly(rig);
    const shown = channel.render(EVERY_BLOCK).map(rig.asShown).join('\n');
    const marks = [...'甲乙丙丁戊己壬癸子丑寅卯'].map((mark) => shown.indexOf(mark));
    expect(marks).not.toContain(-1);
    expect(marks).toEqual([...marks].sort((a, b) => a - b));
    expect(shown).toContain('辰');
    const unknown = { type: 'hologram', text: '将来的内容' } as unknown as Block;
    expect(channel.render([unknown]).map(rig.asShown)).toEqual(['将来的内容']);
    expect(channel.render([]).length).toBe(1);
  },

  'splits long replies within the limit, in order, without losing or cutting a character': (rig) => {
    const channel = openQuietly(rig);
    const text = Array.from({ length: 250 }, (_, at) => `第${at}条：转诊👨‍👩‍👧须在24小时内接收。`).join('');
    expect([...text].length).toBeGreaterThan(5000);
    const parts = channel.render([{ type: 'text', text }]);
    for (const part of parts) {
      expect(rig.sizeOf(part)).toBeLessThanOrEqual(rig.maxSize);
      expect(rig.asShown(part).isWellFormed()).toBe(true);
    }
    expect(parts.map(rig.asShown).join('')).toBe(text);
    expect(parts.length).toBeLessThanOrEqual(Math.ceil(rig.sizeOf(text) / (rig.maxSize * 0.5)));
  },

  'keeps a citation in one part when it fits one': (rig) => {
    const channel = openQuietly(rig);
    for (let lead = 100; lead < 2100; lead += 97) {
      const blocks: Block[] = [
        { type: 'text', text: '答'.repeat(lead) },
        { type: 'quote', text: '到2027年底，基本建成。县域内住院人次占比。', source: '湘卫发 三/（二）/5' },
        { type: 'text', text: '完'.repeat(600) },
      ];
      const together = channel
        .render(blocks)
        .map(rig.asShown)
        .filter((part) => part.includes('到2027年底') && part.includes('三/（二）/5'));
      expect(together.length, `after ${lead} characters`).toBe(1);
    }
  },

  'shows special characters literally': (rig) => {
    const channel = openQuietly(rig);
    expect(channel.render([{ type: 'text', text: SPECIAL }]).map(rig.asShown)).toEqual([SPECIAL]);
    const controls = channel
      .render([{ type: 'text', text: 'a\u0000b\u0008\ud800c' }])
      .map(rig.asShown)
      .join('');
    expect(controls).toMatch(/^a.*b.*c$/s);
  },

  'answers inside the request with the same words, sealed afresh': (rig) => {
    const receive = receiverOf(rig);
    const received = receive(rig.sign(rig.deliveries[0]?.plain ?? '', NOW), NOW);
    if (received.kind !== 'message' || !received.passive) throw new Error('no passive way');
    const { passive } = received;
    const rendered = passive.render([{ type: 'text', text: SPECIAL }]);
    if (rendered === undefined) throw new Error('a short text must fit');
    const [one, other] = [passive.wrap(rendered), passive.wrap(rendered)];
    expect([one.status, rig.passiveAsShown(one), rig.passiveAsShown(other)]).toEqual([200, SPECIAL, SPECIAL]);
    expect(one.body).not.toBe(other.body);
    expect(passive.render([{ type: 'text', text: '长'.repeat(rig.maxSize) }])).toBeUndefined();
    expect(passive.render([])).toBeUndefined();
    expect(passive.deadlineMs).toBeLessThan(5_000);
  },

  'sends what it rendered, in order': async (rig) => {
    await withPlatform(rig, async ({ channel, platform }) => {
      const text = `开头${'转诊须在24小时内接收。'.repeat(420)}`;
      expect(text.length).toBeGreaterThan(5000);
      const parts = channel.render([{ type: 'text', text }]);
      for (const [index, part] of parts.entries()) await channel.send(rig.address, part, `d1-${index}`);
      expect(platform.shown().join('')).toBe(text);
    });
  },

  'sends equal words under another key again, the same key once': async (rig) => {
    await withPlatform(rig, async ({ channel, platform }) => {
      const [part = ''] = channel.render([{ type: 'text', text: '暂无待办' }]);
      platform.loseNextAnswer();
      await expect(channel.send(rig.address, part, 'd1-0')).rejects.toMatchObject({ retryable: true });
      await channel.send(rig.address, part, 'd1-0');
      expect(platform.shown()).toEqual(['暂无待办']);
      await channel.send(rig.address, part, 'd2-0');
      expect(platform.shown()).toEqual(['暂无待办', '暂无待办']);
    });
  },

  'gives every failure a reason and a decision about trying again': async (rig) => {
    await withPlatform(rig, async ({ channel, platform }) => {
      expect(platform.failures.length).toBeGreaterThan(5);
      for (const [index, { what, reason, retryable, retryAfterMs, arrange }] of platform.failures.entries()) {
        arrange();
        const error = await channel.send(rig.address, drawn(channel, 'x'), `f-${index}`).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error, what).toBeInstanceOf(ChannelError);
        expect(error, what).toMatchObject({ reason, retryable });
        if (retryAfterMs !== undefined) expect(error, what).toMatchObject({ retryAfterMs });
      }
      await channel.send(rig.address, drawn(channel, '还活着'), 'f-last');
      expect(platform.shown().at(-1)).toBe('还活着');
    });
  },

  'renews an ended token once and sends once, also under ten parallel sends': async (rig) => {
    await withPlatform(rig, async ({ channel, platform }) => {
      const tenTimes = (round: string) =>
        Promise.all(
          Array.from({ length: 10 }, (_, at) =>
            channel.send(rig.address, drawn(channel, `${round} ${at}`), `${round}-${at}`),
          ),
        );
      await tenTimes('first');
      expect(platform.tokenRequests()).toBe(1);
      let renewals = 1;
      for (const [how, end] of Object.entries(platform.endToken)) {
        end();
        await tenTimes(how);
        renewals += 1;
        expect(platform.tokenRequests(), how).toBe(renewals);
        expect(platform.shown().filter((text) => text.startsWith(how)).length, how).toBe(10);
      }
      expect(renewals).toBeGreaterThan(1);
    });
  },

  'asks for a token again after a failed renewal': async (rig) => {
    await withPlatform(rig, async ({ channel, platform }) => {
      platform.failNextToken();
      await expect(channel.send(rig.address, drawn(channel, '一'), 'a')).rejects.toBeInstanceOf(ChannelError);
      await channel.send(rig.address, drawn(channel, '一'), 'a');
      Object.values(platform.endToken)[0]?.();
      platform.failNextToken();
      await expect(channel.send(rig.address, drawn(channel, '二'), 'b')).rejects.toBeInstanceOf(ChannelError);
      await channel.send(rig.address, drawn(channel, '二'), 'b');
      expect(platform.shown()).toEqual(['一', '二']);
    });
  },

  'shows no secret and no text of a message in any error or log line': async (rig) => {
    await withPlatform(rig, async ({ channel, platform, logged }) => {
      const seen: unknown[] = logged;
      for (const [index, { arrange }] of platform.failures.entries()) {
        arrange();
        await channel
          .send(rig.address, drawn(channel, PLANTED), `s-${index}`)
          .catch((error: unknown) => seen.push(error));
      }
      await platform.close();
      await channel.send(rig.address, drawn(channel, PLANTED), 's-closed').catch((error: unknown) => seen.push(error));
      for (const { request } of rig.forgeries(rig.deliveries[0]?.plain ?? '', NOW)) {
        try {
          channel.receive?.(request, NOW);
        } catch (error) {
          seen.push(error);
        }
      }
      const everything = seen.map((one) => inspect(one, { depth: 10, showHidden: true })).join('\n');
      expect(seen.length).toBeGreaterThan(platform.failures.length);
      for (const secret of [...rig.secrets, PLANTED]) expect(everything).not.toContain(secret);
    });
  },
} satisfies Record<string, Case>;

export type CaseId = keyof typeof CASES;

/** Runs the suite for one channel. */
export function describeChannel(rig: ChannelRig): void {
  describe(`channel ${[rig.name, rig.way].filter(Boolean).join(' ')}`, () => {
    for (const [id, run] of Object.entries(CASES) as [CaseId, Case][]) {
      const reason = rig.skips[id];
      if (reason === undefined) it(id, () => run(rig));
      else it.fails(`${id} (not asked: ${reason})`, () => run(rig)); // passes only while the case fails
    }
  });
}

/** One short text as this channel draws it. */
function drawn(channel: Channel, text: string): string {
  const [part = ''] = channel.render([{ type: 'text', text }]);
  return part;
}

function receiverOf(rig: ChannelRig): NonNullable<Channel['receive']> {
  const channel = openQuietly(rig);
  if (!channel.receive) throw new Error(`${rig.name} receives nothing over HTTP`);
  return channel.receive.bind(channel);
}

function openQuietly(rig: ChannelRig): Channel {
  const ignore = () => undefined;
  return rig.open({ clock: { now: () => NOW }, log: { debug: ignore, info: ignore, warn: ignore, error: ignore } });
}

interface PlatformTest {
  readonly channel: Channel;
  readonly platform: SimulatedPlatform;
  /** Everything the channel logged. */
  readonly logged: unknown[];
}

async function withPlatform(rig: ChannelRig, test: (context: PlatformTest) => Promise<void>): Promise<void> {
  const platform = await rig.startPlatform();
  const logged: unknown[] = [];
  const keep = (...line: unknown[]) => void logged.push(line);
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
  try {
    const clock = { now: () => new Date() };
    await test({ channel: rig.open({ clock, log, base: platform.base }), platform, logged });
  } finally {
    await platform.close();
  }
}

function statusOf(run: () => unknown): number | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof EdgeError) return error.status;
    throw error;
  }
  return undefined;
}
