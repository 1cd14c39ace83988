/**
 * A stand-in for the WeCom platform（企业微信）on this machine: delivers callbacks to the bot and answers its API, with token
 * expiry, error codes, frequency limits and faults. Also a program: node tests/simulators/wecom.ts --port 9100 --bot URL
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type ShownMessage, WecomApi } from './wecom-api.ts';
import {
  type Attempt,
  type CallbackOptions,
  type DeliverOptions,
  deliver,
  type SignedCallback,
  signCallback,
} from './wecom-callbacks.ts';
import type { SimulatedCard } from './wecom-cards.ts';
import { platformCipher } from './wecom-cipher.ts';

/** The invented app that the simulator plays unless told otherwise. */
export const SIMULATED_APP = {
  corpId: 'ww0000000000000001',
  agentId: '1000002',
  secret: 'simulated-app-secret-0001',
  token: 'SimToken01',
  aesKey: 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU',
} as const;

export interface SimulatorOptions {
  readonly port?: number | undefined;
  /** Address of the bot, such as http://127.0.0.1:8080; may be set later. */
  readonly bot?: string | undefined;
  readonly members?: readonly string[] | undefined;
  /** The platform's clock; the real one unless told. */
  readonly now?: (() => Date) | undefined;
}

export interface MessageOptions extends DeliverOptions {
  readonly msgId?: string | undefined;
  /** Seconds. */
  readonly createTime?: number | undefined;
}

export interface EventOptions extends DeliverOptions {
  readonly key?: string | undefined;
  readonly createTime?: number | undefined;
  /** More elements, as XML. */
  readonly xml?: string | undefined;
}

export interface PressOptions extends EventOptions {
  /** An older one, as it stood. */
  readonly card?: SimulatedCard | undefined;
}

export interface WecomSimulator {
  /** For WECOM_API_BASE. */
  readonly base: string;
  /** Everything the bot needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly api: WecomApi;
  /** What members saw on their phones, passive and active, in order. */
  readonly shown: readonly ShownMessage[];
  /** The texts one member saw, in order. */
  seenBy(userid: string): readonly string[];
  setBot(address: string): void;
  sendText(userid: string, text: string, options?: MessageOptions): Promise<Attempt[]>;
  /** Any message type; `xml` is what stands between the common elements. */
  sendMessage(userid: string, type: string, xml: string, options?: MessageOptions): Promise<Attempt[]>;
  sendEvent(userid: string, event: string, options?: EventOptions): Promise<Attempt[]>;
  /** Presses a button of a card, the newest one the member has unless told; as a phone does, whatever the card's state. */
  press(userid: string, button: string, options?: PressOptions): Promise<Attempt[]>;
  /** The administrator presses 保存: true when the bot answered the check rightly and within a second. */
  verifyUrl(): Promise<{ readonly ok: boolean; readonly why?: string | undefined }>;
  /** One signed delivery that is not sent, for tests of the edge. */
  sign(plain: string, timestamp?: string): SignedCallback;
  textXml(userid: string, text: string, options?: MessageOptions): string;
  /** Resolves when the member has seen `count` texts. */
  waitForTexts(userid: string, count: number, timeoutMs?: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startWecomSimulator(options: SimulatorOptions = {}): Promise<WecomSimulator> {
  const now = options.now ?? (() => new Date());
  const { corpId, agentId, secret, token, aesKey } = SIMULATED_APP;
  const shown: ShownMessage[] = [];
  const waiting = new Set<() => void>();
  const show = (message: ShownMessage) => {
    shown.push(message);
    for (const look of waiting) look();
  };
  const api = new WecomApi({ corpId, agentId, secret, now, members: options.members, show });
  const server = createServer((request, response) => {
    api.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const callback: CallbackOptions = { cipher: platformCipher(token, aesKey, corpId), corpId, agentId, now };
  let bot = options.bot;
  let serial = 7_300_000_000_000_000_000n; // over 2^53, as the platform's are

  const callbackUrl = () => {
    if (!bot) throw new Error('the simulator does not know where the bot is');
    return new URL('/channels/wecom-app', bot).href;
  };
  const seenBy = (userid: string) =>
    shown.filter(({ to }) => to.toLowerCase() === userid.toLowerCase()).map(({ text }) => text);

  async function send(userid: string, plain: string, how: DeliverOptions): Promise<Attempt[]> {
    const attempts = await deliver(callbackUrl(), plain, userid, { ...callback, ...how });
    // However often the platform asks, a reply to one message is shown once.
    const replied = attempts.find((attempt) => attempt.outcome === 'replied');
    if (replied?.text !== undefined) show({ to: userid, text: replied.text, way: 'passive' });
    return attempts;
  }

  function common(userid: string, type: string, createTime: number | undefined): string {
    const seconds = createTime ?? Math.floor(now().getTime() / 1000);
    return (
      `<ToUserName><![CDATA[${corpId}]]></ToUserName><FromUserName><![CDATA[${userid}]]></FromUserName>` +
      `<CreateTime>${seconds}</CreateTime><MsgType><![CDATA[${type}]]></MsgType>`
    );
  }

  function messageXml(userid: string, type: string, xml: string, how: MessageOptions = {}): string {
    serial += 1n;
    const msgId = how.msgId ?? String(serial);
    return `<xml>${common(userid, type, how.createTime)}${xml}<MsgId>${msgId}</MsgId><AgentID>${agentId}</AgentID></xml>`;
  }

  function sendEvent(userid: string, event: string, how: EventOptions = {}): Promise<Attempt[]> {
    const key = `<Event><![CDATA[${event}]]></Event><EventKey><![CDATA[${how.key ?? ''}]]></EventKey>${how.xml ?? ''}`;
    return send(
      userid,
      `<xml>${common(userid, 'event', how.createTime)}${key}<AgentID>${agentId}</AgentID></xml>`,
      how,
    );
  }

  const content = (text: string) => `<Content><![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]></Content>`;
  const textXml = (userid: string, text: string, how?: MessageOptions) =>
    messageXml(userid, 'text', content(text), how);

  return {
    base,
    env: {
      WECOM_CORP_ID: corpId,
      WECOM_APP_AGENT_ID: agentId,
      WECOM_APP_SECRET: secret,
      WECOM_APP_TOKEN: token,
      WECOM_APP_AES_KEY: aesKey,
      WECOM_API_BASE: base,
    },
    api,
    shown,
    seenBy,
    setBot(address) {
      bot = address;
    },
    textXml,
    sign: (plain, timestamp) => signCallback(plain, callback, timestamp),
    sendText: (userid, text, how = {}) => send(userid, textXml(userid, text, how), how),
    sendMessage: (userid, type, xml, how = {}) => send(userid, messageXml(userid, type, xml, how), how),
    sendEvent,
    press(userid, button, how = {}) {
      const newest = shown.findLast((one) => one.card !== undefined && one.to.toLowerCase() === userid.toLowerCase());
      const card = how.card ?? newest?.card;
      const key = card?.buttons.find((one) => one.text === button)?.key;
      if (!card || key === undefined) throw new Error(`${userid} has no card with the button ${button}`);
      // Every press brings a code of its own（page 94888）.
      const code = `RC-press-${api.cards.size + 1}`;
      api.cards.set(code, { to: userid, card, used: false });
      const xml =
        `<TaskId><![CDATA[${card.taskId}]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>` +
        `<ResponseCode><![CDATA[${code}]]></ResponseCode>`;
      return sendEvent(userid, 'template_card_event', { ...how, key, xml });
    },
    async verifyUrl() {
      serial += 1n;
      const expected = String(serial);
      const { query } = callbackOf(expected);
      const response = await fetch(`${callbackUrl()}?${new URLSearchParams(query)}`, {
        signal: AbortSignal.timeout(1_000),
      }).catch(() => undefined);
      if (!response) return { ok: false, why: 'no answer within a second' };
      if (response.status !== 200) return { ok: false, why: `status ${response.status}` };
      const bytes = Buffer.from(await response.arrayBuffer());
      return bytes.equals(Buffer.from(expected))
        ? { ok: true }
        : { ok: false, why: 'another body than the plain echo' };
    },
    waitForTexts(userid, count, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (seenBy(userid).length < count) return;
          stop();
          resolve(seenBy(userid));
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`${userid} saw ${seenBy(userid).length} of ${count} texts in ${timeoutMs} ms`));
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
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function callbackOf(echo: string): { readonly query: Readonly<Record<string, string>> } {
    const timestamp = String(Math.floor(now().getTime() / 1000));
    const nonce = String(serial);
    const echostr = callback.cipher.encrypt(echo);
    return { query: { msg_signature: callback.cipher.sign(timestamp, nonce, echostr), timestamp, nonce, echostr } };
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '9100' }, bot: { type: 'string', default: 'http://127.0.0.1:8080' } },
  });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const simulator = await startWecomSimulator({ port: Number(values.port), bot: values.bot });
  print('Start the bot with:');
  print(
    Object.entries(simulator.env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  print('Then type "userid: text", "userid! event" or "verify"; Ctrl-D ends.');
  let printed = 0;
  const printNew = () => {
    for (const { to, text, way } of simulator.shown.slice(printed)) print(`[${way}] → ${to}\n${text}\n`);
    printed = simulator.shown.length;
  };
  const ticker = setInterval(printNew, 100);
  for await (const line of createInterface({ input: process.stdin })) {
    const [, userid = '', mark, words = ''] = /^([^:：!]+)([:：!])\s*(.*)$/.exec(line) ?? [];
    if (line.trim() === 'verify') print(JSON.stringify(await simulator.verifyUrl()));
    else if (!mark) print('?');
    else {
      const made = await (mark === '!' ? simulator.sendEvent(userid, words) : simulator.sendText(userid, words));
      print(made.map(({ outcome, why, tookMs }) => `${outcome}${why ? ` (${why})` : ''} ${tookMs} ms`).join(', '));
      printNew();
    }
  }
  clearInterval(ticker);
  await simulator.close();
}
