/**
 * A stand-in for DingTalk（钉钉）on this machine: people write to the robot by HTTP callback or over the stream, press cards,
 * and see what it answers. Also a program: node tests/simulators/dingtalk.ts --port 9200 --bot URL [--mode stream]
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DingtalkApi, type Shown } from './dingtalk-api.ts';
import { DingtalkStream } from './dingtalk-stream.ts';

/** The invented app that the simulator plays. */
export const SIMULATED_DING = {
  clientId: 'dingsimulated0001',
  clientSecret: 'simulated-client-secret-0001',
  robotCode: 'dingsimulated0001',
  corpId: 'dingcorp0001',
  robotName: '医共体助手',
  cardTemplate: '1f2e3d4c.schema',
} as const;

const ROBOT_ID = '$:LWCP_v1:$RobotRobot';

export interface SimulatorOptions {
  readonly port?: number | undefined;
  readonly mode?: 'http' | 'stream' | undefined;
  /** Address of the bot, such as http://127.0.0.1:8080; may be set later. */
  readonly bot?: string | undefined;
  readonly members?: readonly string[] | undefined;
  /** The platform's clock; the real one unless told. */
  readonly now?: (() => Date) | undefined;
}

export interface SayOptions {
  /** In this group instead of a private chat; the robot hears it only when it is mentioned. */
  readonly group?: string | undefined;
  /** Without the mention in a group. */
  readonly withoutMention?: boolean | undefined;
  /** Somebody of another organisation: no staff id. */
  readonly external?: boolean | undefined;
  readonly msgtype?: string | undefined;
  /** Of other types than text. */
  readonly content?: unknown;
  readonly msgId?: string | undefined;
  readonly createAt?: number | undefined;
  readonly quoted?: unknown;
  /** Keys of the body that are replaced, or left out with undefined. */
  readonly change?: Readonly<Record<string, unknown>> | undefined;
}

/** What came of one delivery. */
export interface Delivered {
  readonly status: number;
  /** Body of the HTTP answer, or data of the frame's. */
  readonly body: string;
  readonly msgId: string;
}

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DingtalkSimulator {
  readonly base: string;
  /** Everything the bot needs in its environment; without cards. */
  readonly env: Readonly<Record<string, string>>;
  readonly api: DingtalkApi;
  readonly stream: DingtalkStream;
  /** What people saw, in order. */
  readonly shown: readonly Shown[];
  setBot(address: string): void;
  /** A message as the platform delivers it; undefined when it delivers nothing: no mention, a voice in a group. */
  say(user: string, text: string, options?: SayOptions): Promise<Delivered | undefined>;
  /** A press on a card's button, by its label. */
  press(user: string, card: string, label: string): Promise<Delivered>;
  /** The last card shown in a place. */
  lastCard(place: string): string;
  body(user: string, text: string, options?: SayOptions): Readonly<Record<string, unknown>>;
  sign(body: unknown, timestamp?: number): SignedRequest;
  /** Delivers a body over HTTP with signed headers. */
  post(request: SignedRequest): Promise<Delivered>;
  /** Texts shown in a person's private chat, or in a group (`cid…`). */
  seenBy(place: string): readonly string[];
  waitFor(place: string, count: number, timeoutMs?: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startDingtalkSimulator(options: SimulatorOptions = {}): Promise<DingtalkSimulator> {
  const { clientId, clientSecret, robotCode, corpId } = SIMULATED_DING;
  const mode = options.mode ?? 'http';
  const now = options.now ?? (() => new Date());
  const shown: Shown[] = [];
  const waiting = new Set<() => void>();
  let base = '';
  const api = new DingtalkApi({
    clientId,
    clientSecret,
    robotCode,
    now,
    members: options.members,
    base: () => base,
    show: (one) => {
      shown.push(one);
      for (const look of waiting) look();
    },
  });
  api.publishedTemplates.add(SIMULATED_DING.cardTemplate);
  const stream = new DingtalkStream(() => base, { clientId, clientSecret });
  const server = createServer((request, response) => {
    const work = request.url?.startsWith('/v1.0/gateway/')
      ? stream.open(request, response)
      : api.handle(request, response);
    work.catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => stream.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let bot = options.bot;
  let serial = 0;

  const placeOf = (one: Shown) => ('user' in one.place ? one.place.user : one.place.group);
  const seenBy = (place: string) => shown.filter((one) => placeOf(one) === place).map((one) => one.text);
  const encrypted = (user: string) => `$:LWCP_v1:$${createHash('sha256').update(user).digest('base64').slice(0, 12)}`;

  function body(user: string, text: string, how: SayOptions = {}): Readonly<Record<string, unknown>> {
    serial += 1;
    const place = how.group === undefined ? { user } : { group: how.group };
    const session = api.openSession(place);
    const msgtype = how.msgtype ?? 'text';
    const quoted = how.quoted === undefined ? {} : { isReplyMsg: true, repliedMsg: how.quoted };
    const said =
      msgtype === 'text'
        ? { text: { content: how.group === undefined ? text : ` ${text} `, ...quoted } }
        : { content: { ...(how.content as object | undefined), ...quoted } };
    const whole: Record<string, unknown> = {
      senderPlatform: 'Android',
      conversationId: how.group ?? `cid1${createHash('sha256').update(user).digest('base64').slice(0, 20)}=`,
      conversationType: how.group === undefined ? '1' : '2',
      ...(how.group === undefined
        ? {}
        : {
            conversationTitle: '值班群',
            isInAtList: true,
            atUsers: [{ dingtalkId: ROBOT_ID }],
          }),
      chatbotCorpId: corpId,
      chatbotUserId: ROBOT_ID,
      msgId:
        how.msgId ?? `msg${serial}${createHash('sha256').update(`${base}${serial}`).digest('base64').slice(0, 12)}==`,
      msgtype,
      ...said,
      senderId: encrypted(user),
      senderNick: user,
      ...(how.external ? {} : { senderStaffId: user, senderCorpId: corpId, isAdmin: false }),
      createAt: how.createAt ?? now().getTime(),
      sessionWebhook: session.url,
      sessionWebhookExpiredTime: session.expires,
      robotCode,
    };
    for (const [name, value] of Object.entries(how.change ?? {})) {
      if (value === undefined) delete whole[name];
      else whole[name] = value;
    }
    return whole;
  }

  function sign(content: unknown, timestamp = now().getTime()): SignedRequest {
    const value = createHmac('sha256', clientSecret).update(`${timestamp}\n${clientSecret}`).digest('base64');
    return {
      headers: { 'content-type': 'application/json; charset=utf-8', timestamp: String(timestamp), sign: value },
      body: typeof content === 'string' ? content : JSON.stringify(content),
    };
  }

  async function post({ headers, body: text }: SignedRequest, url?: string): Promise<Delivered> {
    if (!bot) throw new Error('the simulator does not know where the bot is');
    const target = url ?? new URL('/channels/dingtalk', bot).href;
    const parsed = JSON.parse(text || '{}') as { msgId?: string };
    const response = await fetch(target, {
      method: 'POST',
      headers,
      body: text,
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    return { status: response?.status ?? 0, body: (await response?.text()) ?? '', msgId: parsed.msgId ?? '' };
  }

  async function overStream(topic: string, data: unknown, msgId: string): Promise<Delivered> {
    const ack = await stream.push('CALLBACK', topic, data);
    return { status: ack?.code ?? 0, body: ack?.data ?? '', msgId };
  }

  return {
    base,
    env: {
      DINGTALK_CLIENT_ID: clientId,
      DINGTALK_CLIENT_SECRET: clientSecret,
      DINGTALK_ROBOT_CODE: robotCode,
      DINGTALK_MODE: mode,
      DINGTALK_API_BASE: base,
      DINGTALK_OAPI_BASE: base,
    },
    api,
    stream,
    shown,
    setBot(address) {
      bot = address;
    },
    body,
    sign,
    post,
    seenBy,
    async say(user, text, how = {}) {
      const inGroup = how.group !== undefined;
      // Of a group only what mentions the robot is delivered; voice, video and files cannot mention it.
      if (inGroup && (how.withoutMention || ['audio', 'video', 'file'].includes(how.msgtype ?? 'text')))
        return undefined;
      const whole = body(user, text, how);
      if (mode === 'http') return post(sign(whole));
      return overStream('/v1.0/im/bot/messages/get', whole, String(whole.msgId));
    },
    async press(user, cardId, label) {
      const card = api.cards.get(cardId);
      if (!card) throw new Error(`no card ${cardId}`);
      const at = [1, 2, 3, 4, 5, 6].find((n) => card.params[`button${n}`] === label);
      if (at === undefined) throw new Error(`no button ${label} on the card`);
      const content = {
        cardPrivateData: { actionIds: [`button${at}`], params: { press: card.params[`press${at}`] } },
      };
      const callback = {
        type: 'actionCallback',
        outTrackId: cardId,
        corpId,
        userId: user,
        content: JSON.stringify(content),
      };
      if (card.callbackType === 'STREAM') return overStream('/v1.0/card/instances/callback', callback, '');
      const route = api.routes.get(card.routeKey ?? '');
      if (!route) throw new Error('no callback address is registered for presses');
      const timestamp = String(now().getTime());
      const signature = createHmac('sha256', route.secret ?? '')
        .update(timestamp)
        .digest('base64');
      const headers = {
        'content-type': 'application/json',
        'x-ddpaas-signature-timestamp': timestamp,
        'x-ddpaas-signature': signature,
      };
      return post({ headers, body: JSON.stringify(callback) }, route.url);
    },
    lastCard(place) {
      const last = shown.findLast((one) => one.card !== undefined && placeOf(one) === place);
      if (!last?.card) throw new Error(`no card was shown to ${place}`);
      return last.card;
    },
    waitFor(place, count, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (seenBy(place).length < count) return;
          stop();
          resolve(seenBy(place));
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`${place} saw ${seenBy(place).length} of ${count} messages in ${timeoutMs} ms`));
        }, timeoutMs);
        const stop = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      });
    },
    async close() {
      stream.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9200' },
      bot: { type: 'string', default: 'http://127.0.0.1:8080' },
      mode: { type: 'string', default: 'http' },
    },
  });
  const mode = values.mode === 'stream' ? 'stream' : 'http';
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const simulator = await startDingtalkSimulator({ port: Number(values.port), bot: values.bot, mode });
  print('Start the bot with:');
  print(
    Object.entries({
      ...simulator.env,
      DINGTALK_CARD_TEMPLATE_ID: SIMULATED_DING.cardTemplate,
      PUBLIC_URL: values.bot,
    })
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  print('Then type "staff: text", "staff@cidGroup: text" or "staff! label" (presses the last card); Ctrl-D ends.');
  let printed = 0;
  const ticker = setInterval(() => {
    for (const { place, way, text } of simulator.shown.slice(printed))
      print(`[${way}] → ${JSON.stringify(place)}\n${text}\n`);
    printed = simulator.shown.length;
  }, 100);
  for await (const line of createInterface({ input: process.stdin })) {
    const [, user = '', group, mark, words = ''] = /^([^:：!@]+)(?:@(\w+))?([:：!])\s*(.*)$/.exec(line) ?? [];
    if (!mark) print('?');
    else {
      const made =
        mark === '!'
          ? await simulator.press(user, simulator.lastCard(group ?? user), words)
          : await simulator.say(user, words, { group });
      print(made ? `${made.status} ${made.body}` : 'nothing is delivered');
    }
  }
  clearInterval(ticker);
  await simulator.close();
}
