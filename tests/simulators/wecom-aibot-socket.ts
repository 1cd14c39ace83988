/**
 * A stand-in for the WeCom platform around an AI bot over a long connection（智能机器人、长连接）: subscription, one owner, req_ids
 * that die with their socket, windows, quotas, chunked uploads. Its faithfulness is tried with the platform's own client.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { SIMULATED_AIBOT } from './wecom-aibot.ts';
import { AibotFiles } from './wecom-aibot-files.ts';
import { AibotPhone, type Bubble, Refusal } from './wecom-aibot-phone.ts';

export interface AibotSocketSimulatorOptions {
  readonly now?: (() => Date) | undefined;
  /** A connection without a ping for so long is dropped. */
  readonly silentMs?: number | undefined;
}

/** Something that goes wrong with the next frame of a kind. `lost` and `delay`: after the platform did its work. */
export type FrameFault =
  | { readonly kind: 'errcode'; readonly errcode: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'drop' };

export interface HeardFrame {
  readonly cmd: string;
  readonly reqId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly errcode: number;
}

interface Request {
  readonly socket: WebSocket;
  readonly kind: 'message' | 'enter_chat' | 'template_card_event' | 'other';
  readonly chat: string;
  readonly at: number;
  readonly task: string | undefined;
  streamAt: number | undefined;
}

interface Upload {
  readonly type: string;
  readonly name: string;
  readonly total: number;
  readonly md5: string | undefined;
  readonly chunks: Map<number, Buffer>;
  readonly count: number;
}

const EVENT_MS = 5_000;
const STREAM_MS = 6 * 60_000;
const REPLY_MS = 24 * 60 * 60_000;
const PER_MINUTE = 30;
const CHUNK_BYTES = 512 * 1024;

export type AibotSocketSimulator = Awaited<ReturnType<typeof startAibotSocketSimulator>>;

export async function startAibotSocketSimulator(options: AibotSocketSimulatorOptions = {}) {
  const now = options.now ?? (() => new Date());
  const { botId, secret } = SIMULATED_AIBOT;
  const phone = new AibotPhone();
  const files = new AibotFiles(now);
  const heard: HeardFrame[] = [];
  /** By command. */
  const faults = new Map<string, FrameFault[]>();
  const requests = new Map<string, Request>();
  const uploads = new Map<string, Upload>();
  const media = new Map<string, Upload>();
  const sentAt = new Map<string, number[]>();
  /** Who wrote to the bot: others cannot be pushed to. */
  const chats = new Set<string>();
  const waiting = new Set<() => void>();
  let owner: WebSocket | undefined;
  let subscriptions = 0;
  let refuseWith: number | undefined;
  let serial = 0;
  const closing: (() => Promise<void> | undefined)[] = [];

  const server = createServer((request, response) => {
    if (!files.serve(request, response)) response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  files.base = `http://127.0.0.1:${port}`;

  sockets.on('connection', (socket) => {
    let silence: NodeJS.Timeout | undefined;
    const alive = () => {
      clearTimeout(silence);
      if (options.silentMs) silence = setTimeout(() => socket.terminate(), options.silentMs);
    };
    alive();
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as {
        cmd?: string;
        headers?: { req_id?: string };
        body?: Record<string, unknown>;
      };
      const cmd = frame.cmd ?? '';
      const reqId = frame.headers?.req_id ?? '';
      if (cmd === 'ping') alive();
      const fault = faults.get(cmd)?.shift();
      if (fault?.kind === 'silent') return; // as if it never came
      if (fault?.kind === 'drop') return socket.terminate();
      const { errcode, body } =
        fault?.kind === 'errcode' ? { errcode: fault.errcode } : take(socket, cmd, reqId, frame.body ?? {});
      heard.push({ cmd, reqId, body: frame.body ?? {}, errcode });
      for (const look of waiting) look();
      if (fault?.kind === 'lost') return;
      socket.send(
        JSON.stringify({
          headers: { req_id: reqId },
          errcode,
          errmsg: errcode === 0 ? 'ok' : 'refused',
          ...(body ? { body } : {}),
        }),
      );
      if (cmd === 'aibot_subscribe' && errcode !== 0 && errcode !== 45009) socket.close();
    });
    socket.on('close', () => {
      clearTimeout(silence);
      if (owner === socket) owner = undefined;
      for (const [id, request] of requests) if (request.socket === socket) requests.delete(id);
    });
    socket.on('error', () => undefined);
  });

  interface Answer {
    readonly errcode: number;
    readonly body?: object | undefined;
  }

  function take(socket: WebSocket, cmd: string, reqId: string, body: Record<string, unknown>): Answer {
    try {
      if (reqId === '') throw new Refusal(40058, 'req_id is missing');
      if (cmd === 'aibot_subscribe') return subscribe(socket, body);
      if (socket !== owner) throw new Refusal(846609, 'not subscribed');
      switch (cmd) {
        case 'ping':
          return { errcode: 0 };
        case 'aibot_respond_msg':
          respond(requestOf(reqId, ['message']), body);
          return { errcode: 0 };
        case 'aibot_respond_welcome_msg':
          welcome(requestOf(reqId, ['enter_chat']), body);
          return { errcode: 0 };
        case 'aibot_respond_update_msg':
          update(requestOf(reqId, ['template_card_event']), body);
          return { errcode: 0 };
        case 'aibot_send_msg':
          push(body);
          return { errcode: 0 };
        case 'aibot_upload_media_init':
          return { errcode: 0, body: { upload_id: beginUpload(body) } };
        case 'aibot_upload_media_chunk':
          chunk(body);
          return { errcode: 0 };
        case 'aibot_upload_media_finish':
          return { errcode: 0, body: finishUpload(body) };
        default:
          throw new Refusal(40058, 'unknown command');
      }
    } catch (error) {
      if (error instanceof Refusal) return { errcode: error.errcode };
      throw error;
    }
  }

  function subscribe(socket: WebSocket, body: Record<string, unknown>): Answer {
    subscriptions += 1;
    if (refuseWith !== undefined) return { errcode: refuseWith };
    if (body.bot_id !== botId) return { errcode: 93019 };
    if (body.secret !== secret) return { errcode: 853000 };
    const before = owner;
    owner = socket;
    if (before && before !== socket) {
      const event = { eventtype: 'disconnected_event' };
      const kicked = { msgid: nextId(), create_time: seconds(), aibotid: botId, msgtype: 'event', event };
      before.send(JSON.stringify({ cmd: 'aibot_event_callback', headers: { req_id: randomUUID() }, body: kicked }));
      before.close();
    }
    return { errcode: 0 };
  }

  function requestOf(reqId: string, kinds: readonly Request['kind'][]): Request {
    const request = requests.get(reqId);
    if (!request || request.socket !== owner || !kinds.includes(request.kind))
      throw new Refusal(846605, 'invalid req_id');
    const window = request.kind === 'message' ? REPLY_MS : EVENT_MS;
    if (now().getTime() - request.at > window) throw new Refusal(846605, 'too late');
    return request;
  }

  function respond(request: Request, body: Record<string, unknown>): void {
    const { chat } = request;
    if (body.msgtype === 'stream') {
      request.streamAt ??= now().getTime();
      if (now().getTime() - request.streamAt > STREAM_MS) throw new Refusal(846608, 'stream message update expired');
      phone.stream(chat, body.stream, { images: false });
      return;
    }
    count(chat);
    if (body.msgtype === 'template_card') phone.card(chat, body.template_card);
    else if (body.msgtype === 'markdown') phone.markdown(chat, body.markdown);
    else showMedia(chat, body);
  }

  function welcome(request: Request, body: Record<string, unknown>): void {
    if (body.msgtype === 'text') phone.text(request.chat, body.text);
    else if (body.msgtype === 'template_card') phone.card(request.chat, body.template_card);
    else throw new Refusal(40008, 'msgtype');
  }

  function update(request: Request, body: Record<string, unknown>): void {
    if (body.response_type !== 'update_template_card' || request.task === undefined)
      throw new Refusal(40058, 'response_type');
    phone.updateCard(request.task, body.template_card);
  }

  function push(body: Record<string, unknown>): void {
    const chat = String(body.chatid ?? '');
    const type = body.chat_type;
    if (!chats.has(chat)) throw new Refusal(93006, 'invalid chatid');
    if (type !== 1 && type !== 2 && type !== 0 && type !== undefined) throw new Refusal(40058, 'chat_type');
    if (type === 1 && chat.startsWith('wr')) throw new Refusal(93006, 'a group is no person');
    count(chat);
    if (body.msgtype === 'markdown') phone.markdown(chat, body.markdown);
    else if (body.msgtype === 'template_card') {
      if (chat.startsWith('wr')) throw new Refusal(40058, 'cards go to one person');
      phone.card(chat, body.template_card);
    } else showMedia(chat, body);
  }

  function showMedia(chat: string, body: Record<string, unknown>): void {
    const type = String(body.msgtype);
    const given = body[type] as { media_id?: string } | undefined;
    const found = media.get(given?.media_id ?? '');
    if ((type !== 'image' && type !== 'file') || !found || found.type !== type) throw new Refusal(40007, 'media_id');
    phone.media(chat, type, found.name);
  }

  /** The minute slides; replies and pushes count together. */
  function count(chat: string): void {
    const recent = (sentAt.get(chat) ?? []).filter((at) => now().getTime() - at < 60_000);
    if (recent.length >= PER_MINUTE) throw new Refusal(45009, 'too many');
    sentAt.set(chat, [...recent, now().getTime()]);
  }

  function beginUpload(body: Record<string, unknown>): string {
    const { type, filename, total_size: total, total_chunks: count } = body;
    const right =
      typeof filename === 'string' &&
      Buffer.byteLength(filename) <= 256 &&
      typeof total === 'number' &&
      total >= 5 &&
      total <= (type === 'image' ? 2 : 20) * 1024 * 1024 &&
      typeof count === 'number' &&
      count >= 1 &&
      count <= 100;
    if (!right || (type !== 'image' && type !== 'file')) throw new Refusal(40058, 'upload');
    const id = `up-${randomUUID()}`;
    uploads.set(id, { type, name: filename, total, md5: body.md5 as string | undefined, chunks: new Map(), count });
    return id;
  }

  function chunk(body: Record<string, unknown>): void {
    const upload = uploads.get(String(body.upload_id));
    const index = body.chunk_index;
    const bytes = Buffer.from(String(body.base64_data ?? ''), 'base64');
    if (!upload || typeof index !== 'number' || index < 0 || index >= upload.count) throw new Refusal(40058, 'chunk');
    if (bytes.length === 0 || bytes.length > CHUNK_BYTES) throw new Refusal(45001, 'chunk size');
    upload.chunks.set(index, bytes);
  }

  function finishUpload(body: Record<string, unknown>): object {
    const upload = uploads.get(String(body.upload_id));
    if (!upload || upload.chunks.size !== upload.count) throw new Refusal(40058, 'chunks are missing');
    const bytes = Buffer.concat([...upload.chunks].sort(([a], [b]) => a - b).map(([, part]) => part));
    if (bytes.length !== upload.total) throw new Refusal(40058, 'size');
    if (upload.md5 !== undefined && createHash('md5').update(bytes).digest('hex') !== upload.md5)
      throw new Refusal(301019, 'md5');
    const id = `media-${randomUUID()}`;
    media.set(id, upload);
    return { type: upload.type, media_id: id, created_at: String(seconds()) };
  }

  const seconds = () => Math.floor(now().getTime() / 1000);
  const nextId = () => {
    serial += 1;
    return `CAIQ${serial}/NGagIOAgAMg==`;
  };

  /** Brings a frame to whoever is subscribed; waits for somebody. */
  async function bring(
    cmd: string,
    body: Record<string, unknown>,
    request: Omit<Request, 'socket' | 'at' | 'streamAt'>,
  ): Promise<string> {
    await until(() => owner !== undefined);
    const reqId = randomBytes(12).toString('hex');
    if (!owner) throw new Error('nobody is subscribed');
    requests.set(reqId, { ...request, socket: owner, at: now().getTime(), streamAt: undefined });
    owner.send(JSON.stringify({ cmd, headers: { req_id: reqId }, body }));
    return reqId;
  }

  function until(there: () => boolean, timeoutMs = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        clearInterval(poll);
        waiting.delete(look);
        reject(new Error('waited too long for the bot'));
      }, timeoutMs);
      const look = () => {
        if (!there()) return;
        clearTimeout(timer);
        clearInterval(poll);
        waiting.delete(look);
        resolve();
      };
      const poll = setInterval(look, 20);
      waiting.add(look);
      look();
    });
  }

  function message(userid: string, group: string | undefined, more: object): Record<string, unknown> {
    chats.add(userid);
    if (group) chats.add(group);
    return {
      msgid: nextId(),
      aibotid: botId,
      ...(group ? { chatid: group } : {}),
      chattype: group ? 'group' : 'single',
      from: { userid },
      ...more,
    };
  }

  function eventFrame(userid: string, eventtype: string, detail: object, group?: string) {
    const body = message(userid, group, {
      create_time: seconds(),
      msgtype: 'event',
      event: { eventtype, [eventtype]: detail },
    });
    const kind = eventtype === 'enter_chat' || eventtype === 'template_card_event' ? eventtype : 'other';
    const task = (detail as { task_id?: string }).task_id;
    return bring('aibot_event_callback', body, { kind, chat: group ?? userid, task });
  }

  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    phone,
    files,
    heard,
    faults,
    env: { WECOM_AIBOT_ID: botId, WECOM_AIBOT_SECRET: secret, WECOM_AIBOT_WS_URL: `ws://127.0.0.1:${port}` },
    subscriptions: () => subscriptions,
    isSubscribed: () => owner !== undefined,
    until,
    /** Every subscription is refused from now on; undefined: no longer. */
    refuseSubscriptions(errcode: number | undefined) {
      refuseWith = errcode;
    },
    /** The platform forgets the subscription; the socket stays open. */
    forget() {
      owner = undefined;
    },
    /** The connection ends without a word. */
    drop() {
      owner?.terminate();
    },
    /** Lets the bot push to a chat, as if it had been spoken to there. */
    know(chat: string) {
      chats.add(chat);
    },
    say(userid: string, content: string, how: { readonly group?: string; readonly more?: object } = {}) {
      const text = { content: how.group ? `@医共体助手 ${content}` : content };
      const body = message(userid, how.group, { msgtype: 'text', text, ...how.more });
      return bring('aibot_msg_callback', body, { kind: 'message', chat: how.group ?? userid, task: undefined });
    },
    press(
      userid: string,
      label: string,
      how: { readonly group?: string; readonly pressed?: { readonly task: string; readonly key: string } } = {},
    ) {
      const found = how.pressed ? undefined : phone.button(how.group ?? userid, label);
      const task_id = how.pressed?.task ?? found?.card.task;
      const detail = { card_type: 'button_interaction', event_key: how.pressed?.key ?? found?.key, task_id };
      return eventFrame(userid, 'template_card_event', detail, how.group);
    },
    enterChat: (userid: string) => eventFrame(userid, 'enter_chat', {}),
    rate(userid: string, bubble: Bubble, type: 1 | 2 | 3) {
      if (bubble.feedback === undefined) throw new Error('this bubble takes no feedback');
      return eventFrame(userid, 'feedback_event', { id: bubble.feedback, type });
    },
    /** Any frame to the subscribed client, for what it does not know. */
    async raw(frame: unknown) {
      await until(() => owner !== undefined);
      owner?.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    },
    /** Run before the end. */
    onClose(work: () => Promise<void> | undefined) {
      closing.push(work);
    },
    async close() {
      for (const work of closing) await work();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
