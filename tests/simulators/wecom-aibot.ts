/**
 * A stand-in for the WeCom platform around an AI bot by callback（智能机器人、回调）: delivers messages and events, polls growing
 * answers, takes one late answer through `response_url`, keeps files for five minutes.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AibotFiles } from './wecom-aibot-files.ts';
import { AibotPhone, type Bubble, Refusal } from './wecom-aibot-phone.ts';
import type { ApiFault } from './wecom-api.ts';
import { platformCipher } from './wecom-cipher.ts';

/** The invented bot that the simulators play. */
export const SIMULATED_AIBOT = {
  botId: 'aibSIMULATED0001',
  token: 'SimToken02',
  aesKey: 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU',
  secret: 'simulated-aibot-secret-0001',
} as const;

export interface AibotSimulatorOptions {
  readonly bot?: string | undefined;
  readonly now?: (() => Date) | undefined;
  /** Between two polls; about a second in the wild. */
  readonly pollMs?: number | undefined;
  /** The rest of the platform's API, where the same bot has an app, too: one base serves both. */
  readonly rest?: { handle(request: IncomingMessage, response: ServerResponse): Promise<void> } | undefined;
}

export interface SayOptions {
  readonly group?: string | undefined;
  readonly msgid?: string | undefined;
  /** Further fields of the body: quote, another payload. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  /** Deliveries at most; 3 unless told. */
  readonly attempts?: number | undefined;
  /** Every answer is lost on its way. */
  readonly loseAnswer?: boolean | undefined;
  /** Nobody polls afterwards. */
  readonly noPolls?: boolean | undefined;
}

export interface Told {
  readonly status: number | undefined;
  /** The platform's words where it could not take the answer. */
  readonly why?: string | undefined;
  /** From the delivery to the answer. */
  readonly tookMs: number;
  /** The bubble of the answer, as it was then. */
  readonly first: string | undefined;
  /** Resolves when the stream has ended, or with nobody polling any more. */
  readonly ended: Promise<void>;
}

interface UrlTicket {
  readonly chat: string;
  readonly single: boolean;
  readonly until: number;
  used: boolean;
}

const ANSWER_MS = 5_000;
const WINDOW_MS = 6 * 60_000;
const URL_MS = 60 * 60_000;
const IN_FLIGHT = 3;

export type AibotSimulator = Awaited<ReturnType<typeof startAibotSimulator>>;

export async function startAibotSimulator(options: AibotSimulatorOptions = {}) {
  const now = options.now ?? (() => new Date());
  const pollMs = options.pollMs ?? 40;
  const { botId, token, aesKey } = SIMULATED_AIBOT;
  const cipher = platformCipher(token, aesKey, '');
  const phone = new AibotPhone();
  const files = new AibotFiles(now);
  const tickets = new Map<string, UrlTicket>();
  const urlFaults: ApiFault[] = [];
  const inFlight = new Map<string, number>();
  let urlCalls = 0;
  let bot = options.bot;
  let serial = 0;
  let closed = false;

  const server = createServer((request, response) => {
    if (files.serve(request, response)) return;
    if (options.rest && !request.url?.startsWith('/cgi-bin/aibot/')) {
      options.rest.handle(request, response).catch(() => response.destroy());
      return;
    }
    answerUrl(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  files.base = base;

  /** One use, within an hour; a card in private only. */
  async function answerUrl(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    urlCalls += 1;
    const fault = urlFaults.shift();
    if (fault?.kind === 'close') return void request.socket.destroy();
    if (fault?.kind === 'status') return void response.writeHead(fault.status, { 'retry-after': '7' }).end('busy');
    if (fault?.kind === 'html')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    if (fault?.kind === 'redirect') return void response.writeHead(302, { location: fault.location }).end();
    if (fault?.kind === 'endless') {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '.repeat(16_384)), 2);
      return void response.once('close', () => clearInterval(timer));
    }
    const errcode =
      fault?.kind === 'errcode' ? fault.errcode : takeUrlAnswer(request, Buffer.concat(chunks).toString('utf8'));
    if (fault?.kind === 'lost') return void request.socket.destroy();
    if (fault?.kind === 'delay') await sleep(fault.ms);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errcode, errmsg: errcode === 0 ? 'ok' : 'refused' }));
  }

  function takeUrlAnswer(request: IncomingMessage, raw: string): number {
    const code = new URL(request.url ?? '/', base).searchParams.get('response_code') ?? '';
    const ticket = tickets.get(code);
    if (request.method !== 'POST' || !ticket || ticket.used || ticket.until < now().getTime()) return 60140;
    try {
      const body = JSON.parse(raw) as Record<string, unknown>;
      if (body.msgtype === 'markdown') phone.markdown(ticket.chat, body.markdown);
      else if (body.msgtype === 'template_card' && ticket.single) phone.card(ticket.chat, body.template_card);
      else return body.msgtype === undefined ? 40008 : 40058;
      ticket.used = true;
      return 0;
    } catch (error) {
      return error instanceof Refusal ? error.errcode : 40058;
    }
  }

  function responseUrl(chat: string, single: boolean): string {
    const code = randomBytes(12).toString('hex');
    tickets.set(code, { chat, single, until: now().getTime() + URL_MS, used: false });
    return `${base}/cgi-bin/aibot/response?response_code=${code}`;
  }

  const nextId = () => {
    serial += 1;
    return `CAIQ${serial}/NGagIOAgAMg==`;
  };

  function messageBody(userid: string, content: string, how: SayOptions = {}): Record<string, unknown> {
    const chat = how.group ?? userid;
    return {
      msgid: how.msgid ?? nextId(),
      aibotid: botId,
      ...(how.group ? { chatid: how.group } : {}),
      chattype: how.group ? 'group' : 'single',
      from: { userid },
      response_url: responseUrl(chat, !how.group),
      msgtype: 'text',
      text: { content: how.group ? `@医共体助手 ${content}` : content },
      ...how.more,
    };
  }

  function eventBody(
    userid: string,
    eventtype: string,
    detail: object,
    group?: string,
    url = false,
  ): Record<string, unknown> {
    return {
      msgid: nextId(),
      create_time: Math.floor(now().getTime() / 1000),
      aibotid: botId,
      ...(group ? { chatid: group } : {}),
      ...(eventtype === 'enter_chat' ? {} : { chattype: group ? 'group' : 'single' }),
      from: { userid },
      ...(url ? { response_url: responseUrl(group ?? userid, !group) } : {}),
      msgtype: 'event',
      event: { eventtype, [eventtype]: detail },
    };
  }

  /** The signed request for a plain text, as the platform makes it. */
  function sign(plain: string, timestamp = String(Math.floor(now().getTime() / 1000))) {
    const nonce = randomBytes(6).toString('hex');
    const encrypt = cipher.encrypt(plain);
    return {
      query: { msg_signature: cipher.sign(timestamp, nonce, encrypt), timestamp, nonce },
      body: JSON.stringify({ encrypt }),
    };
  }

  async function post(
    plain: object,
    loseAnswer = false,
  ): Promise<{ readonly status: number; readonly reply: Record<string, unknown> | undefined }> {
    if (!bot) throw new Error('the simulator does not know where the bot is');
    const { query, body } = sign(JSON.stringify(plain));
    const response = await fetch(`${bot}/channels/wecom-aibot?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (loseAnswer) {
      await response.body?.cancel();
      throw new Error('answer lost');
    }
    const text = await response.text();
    if (response.status !== 200 || text === '') return { status: response.status, reply: undefined };
    return { status: 200, reply: open(text, query.nonce) };
  }

  /** Opens an answer and checks it as the platform does. */
  function open(text: string, nonce: string): Record<string, unknown> | undefined {
    const envelope = JSON.parse(text) as Record<string, unknown>;
    const { encrypt, msgsignature, timestamp } = envelope;
    if (envelope.nonce !== nonce) throw new Error('reply: another nonce');
    if (typeof timestamp !== 'number' || timestamp > 1e11) throw new Error('reply: timestamp is not in seconds');
    if (cipher.sign(String(timestamp), nonce, String(encrypt)) !== msgsignature)
      throw new Error('reply: bad signature');
    const reply = JSON.parse(cipher.decrypt(String(encrypt))) as Record<string, unknown>;
    return Object.keys(reply).length === 0 ? undefined : reply;
  }

  /** Shows a reply to a message or poll; one card a message. */
  function show(chat: string, reply: Record<string, unknown>, carded: { yet: boolean }, polled: boolean): Bubble {
    const type = reply.msgtype;
    if (type === 'template_card' && !polled) return phone.card(chat, reply.template_card);
    if (type !== 'stream' && type !== 'stream_with_template_card')
      throw new Error(`reply: ${String(type)} is not taken here`);
    const bubble = phone.stream(chat, reply.stream, { images: true });
    if (reply.template_card !== undefined) {
      if (type !== 'stream_with_template_card' || carded.yet) throw new Error('reply: a second card');
      carded.yet = true;
      phone.card(chat, reply.template_card);
    }
    return bubble;
  }

  async function say(userid: string, content: string, how: SayOptions = {}): Promise<Told> {
    const running = inFlight.get(userid) ?? 0;
    if (running >= IN_FLIGHT) throw new Error(`${userid} waits for three answers already`);
    inFlight.set(userid, running + 1);
    const done = () => inFlight.set(userid, (inFlight.get(userid) ?? 1) - 1);
    const plain = messageBody(userid, content, how);
    const chat = how.group ?? userid;
    const began = performance.now();
    const carded = { yet: false };
    let why = '';
    for (let attempt = 0; attempt < (how.attempts ?? 3); attempt += 1) {
      try {
        const { status, reply } = await post(plain, how.loseAnswer);
        const tookMs = performance.now() - began;
        if (status !== 200) {
          why = `status ${status}`;
          continue;
        }
        const bubble = reply && show(chat, reply, carded, false);
        const ended =
          bubble?.open && !how.noPolls ? poll(plain, chat, bubble, carded).finally(done) : Promise.resolve(void done());
        return { status, tookMs, first: bubble?.text, ended };
      } catch (error) {
        why = error instanceof Error ? error.message : 'failed';
      }
    }
    done();
    return { status: undefined, why, tookMs: performance.now() - began, first: undefined, ended: Promise.resolve() };
  }

  /** Asks until the stream ends, for six minutes from the message. */
  async function poll(
    asked: Record<string, unknown>,
    chat: string,
    bubble: Bubble,
    carded: { yet: boolean },
  ): Promise<void> {
    const until = now().getTime() + WINDOW_MS;
    const { chatid, chattype, from } = asked;
    while (bubble.open && !closed && now().getTime() < until) {
      await sleep(pollMs);
      const plain = {
        msgid: nextId(),
        aibotid: botId,
        ...(chatid ? { chatid } : {}),
        chattype,
        from,
        msgtype: 'stream',
        stream: { id: bubble.streamId },
      };
      const answer = await post(plain).catch(() => undefined);
      if (answer?.reply) show(chat, answer.reply, carded, true);
    }
  }

  /** Delivered once; what is not answered in five seconds is not answered. */
  async function event(plain: Record<string, unknown>, chat: string, task?: string): Promise<Told> {
    const began = performance.now();
    const answer = await post(plain).catch(() => undefined);
    const tookMs = performance.now() - began;
    const { reply } = answer ?? {};
    let first: Bubble | undefined;
    if (reply?.response_type === 'update_template_card' && task !== undefined)
      first = phone.updateCard(task, reply.template_card);
    else if (reply?.msgtype === 'text' && task === undefined) first = phone.text(chat, reply.text);
    else if (reply?.msgtype === 'template_card' && task === undefined) first = phone.card(chat, reply.template_card);
    else if (reply) throw new Error('reply: not taken for an event');
    return { status: answer?.status, tookMs, first: first?.text, ended: Promise.resolve() };
  }

  return {
    base,
    phone,
    files,
    /** Everything the bot needs in its environment. */
    env: {
      WECOM_AIBOT_ID: botId,
      WECOM_AIBOT_TOKEN: token,
      WECOM_AIBOT_AES_KEY: aesKey,
      WECOM_API_BASE: base,
    },
    /** Consumed one per call of a `response_url`. */
    urlFaults,
    urlCalls: () => urlCalls,
    setBot(address: string) {
      bot = address;
    },
    sign,
    messageBody,
    responseUrl,
    /** The key all files of a bot by callback are sealed with. */
    fileKey: Buffer.from(`${aesKey}=`, 'base64'),
    say,
    /** The newest card of the chat that has this button is pressed, or the one given. */
    press(
      userid: string,
      label: string,
      how: { readonly group?: string; readonly pressed?: { readonly task: string; readonly key: string } } = {},
    ) {
      const chat = how.group ?? userid;
      const found = how.pressed ? undefined : phone.button(chat, label);
      const task = how.pressed?.task ?? found?.card.task ?? '';
      const detail = { card_type: 'button_interaction', event_key: how.pressed?.key ?? found?.key, task_id: task };
      return event(eventBody(userid, 'template_card_event', detail, how.group, true), chat, task);
    },
    enterChat: (userid: string) => event(eventBody(userid, 'enter_chat', {}), userid),
    /** A thumb up or down on a bubble that takes one. */
    rate(userid: string, bubble: Bubble, type: 1 | 2 | 3) {
      if (bubble.feedback === undefined) throw new Error('this bubble takes no feedback');
      return event(eventBody(userid, 'feedback_event', { id: bubble.feedback, type }), userid);
    },
    /** Any event, for what a bot does not know. */
    event: (userid: string, type: string, detail: object) => event(eventBody(userid, type, detail), userid),
    async verifyUrl(): Promise<boolean> {
      const echo = '1616140317555161061';
      const nonce = 'n0nce';
      const timestamp = String(Math.floor(now().getTime() / 1000));
      const echostr = cipher.encrypt(echo);
      const query = new URLSearchParams({
        msg_signature: cipher.sign(timestamp, nonce, echostr),
        timestamp,
        nonce,
        echostr,
      });
      const response = await fetch(`${bot}/channels/wecom-aibot?${query}`, { signal: AbortSignal.timeout(1_000) });
      return response.status === 200 && (await response.text()) === echo;
    },
    async close() {
      closed = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
