/** The platform's REST side: token, messages, cards, media and group chats, with its limits, codes and faults on request. */
import type { IncomingMessage as HttpRequest, ServerResponse } from 'node:http';
import { checkCard, type SimulatedCard } from './wecom-cards.ts';

/** Something that goes wrong with one request. `lost` and `delay` happen after the platform did its work. */
export type ApiFault =
  | { readonly kind: 'errcode'; readonly errcode: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'endless' }
  | { readonly kind: 'close' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface ApiCall {
  readonly path: string;
  readonly body: string;
  readonly errcode: number | undefined;
}

/** A text as a member sees it on the phone. */
export interface ShownMessage {
  readonly to: string;
  readonly text: string;
  readonly way: 'passive' | 'active';
  /** A card: its words are `text` too. */
  readonly card?: SimulatedCard | undefined;
  readonly media?: { readonly type: string; readonly name: string; readonly bytes: Buffer } | undefined;
}

/** A file that a member sent, or that was uploaded. */
export interface StoredMedia {
  readonly type: string;
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ApiOptions {
  readonly corpId: string;
  readonly agentId: string;
  readonly secret: string;
  readonly now: () => Date;
  /** Members in the app's visible range; undefined: everybody is. */
  readonly members: readonly string[] | undefined;
  readonly show: (message: ShownMessage) => void;
}

const TOKEN_SECONDS = 7200;
const TEXT_BYTES = 2048;
const MEMBER_PER_MINUTE = 30;
const MESSAGE_TYPES = new Set([
  'text',
  'markdown',
  'textcard',
  'image',
  'voice',
  'video',
  'file',
  'news',
  'mpnews',
  'template_card',
]);

export class WecomApi {
  /** Every request, in order. */
  readonly calls: ApiCall[] = [];
  /** Consumed one per request, first come first served. */
  readonly sendFaults: ApiFault[] = [];
  readonly tokenFaults: ApiFault[] = [];
  /** Sends that the platform took and showed nobody, with its reason. */
  readonly dropped: { readonly to: string; readonly why: 'duplicate' | 'frequency' }[] = [];
  /** By media id. */
  readonly media = new Map<string, StoredMedia>();
  /** Cards on members' phones, by response code; a code works once. */
  readonly cards = new Map<string, { readonly to: string; card: SimulatedCard; used: boolean }>();
  /** Group chats of the app, by chat id. */
  readonly chats = new Map<
    string,
    { readonly name: string; readonly owner: string; readonly members: readonly string[] }
  >();
  readonly #options: ApiOptions;
  readonly #tokens = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #sentAt = new Map<string, number[]>();
  #current: string | undefined;
  #serial = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** The current token ends now, as after two hours: the next send answers 42001. */
  expireToken(): void {
    if (this.#current) this.#tokens.set(this.#current, 0);
  }

  /** The platform takes the current token back early: the next send answers 40014. */
  revokeToken(): void {
    if (this.#current) this.#tokens.delete(this.#current);
    this.#current = undefined;
  }

  count(path: string): number {
    return this.calls.filter((call) => call.path === path).length;
  }

  async handle(request: HttpRequest, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const isUpload = url.pathname === '/cgi-bin/media/upload';
    const body = isUpload ? '' : raw.toString('utf8');
    const faults = url.pathname === '/cgi-bin/gettoken' ? this.tokenFaults : this.sendFaults;
    const fault = faults.shift();
    const early = fault && isEarly(fault);
    if (!early && url.pathname === '/cgi-bin/media/get') {
      const file = this.#tokenRefusal(url.searchParams)
        ? undefined
        : this.media.get(url.searchParams.get('media_id') ?? '');
      if (file) return giveFile(file, response);
    }
    const upload = isUpload && !early ? await readUpload(raw, request.headers['content-type'] ?? '') : undefined;
    const answer = early ? earlyAnswer(fault) : this.#answer(request.method ?? '', url, body, upload);
    this.calls.push({ path: url.pathname, body, errcode: 'errcode' in answer ? Number(answer.errcode) : undefined });
    if (early && fault.kind !== 'errcode') return applyEarly(fault, request, response);
    if (fault?.kind === 'lost') return void request.socket.destroy();
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(answer));
  }

  #answer(method: string, url: URL, body: string, upload: File | undefined): Record<string, unknown> {
    if (url.pathname === '/cgi-bin/gettoken' && method === 'GET') return this.#token(url.searchParams);
    if (url.pathname === '/cgi-bin/message/send' && method === 'POST') return this.#send(url.searchParams, body);
    const refused = this.#tokenRefusal(url.searchParams);
    if (refused !== undefined) return refusal(refused);
    if (url.pathname === '/cgi-bin/media/get') return refusal(40007);
    if (url.pathname === '/cgi-bin/media/upload') return this.#upload(url.searchParams.get('type') ?? '', upload);
    const json = parseObject(body) ?? {};
    if (url.pathname === '/cgi-bin/message/update_template_card') return this.#updateCard(json);
    if (url.pathname === '/cgi-bin/appchat/create') return this.#createChat(json);
    if (url.pathname === '/cgi-bin/appchat/send') return this.#sendToChat(json);
    return refusal(40066); // no such address
  }

  #tokenRefusal(query: URLSearchParams): number | undefined {
    const token = query.get('access_token');
    if (!token) return 41001;
    const endsAt = this.#tokens.get(token);
    if (endsAt === undefined) return 40014;
    return endsAt <= this.#options.now().getTime() ? 42001 : undefined;
  }

  /** @param bytes - kept as they are; the phone would show them */
  #upload(type: string, file: (File & { readonly content?: Buffer }) | undefined): Record<string, unknown> {
    if (!['image', 'voice', 'video', 'file'].includes(type)) return refusal(40004);
    const bytes = file?.content;
    if (!file || !bytes || bytes.length === 0) return refusal(44001);
    if (bytes.length <= 5 || bytes.length > (type === 'image' ? 10 : 20) * 1024 * 1024) return refusal(45001);
    if (type === 'image' && !/\.(?:jpe?g|png)$/i.test(file.name)) return refusal(40005);
    const mediaId = `MEDIA-${this.media.size + 1}`;
    this.media.set(mediaId, { type, name: file.name, bytes });
    return { errcode: 0, errmsg: '', type, media_id: mediaId, created_at: String(Math.floor(Date.now() / 1000)) };
  }

  #updateCard(body: Record<string, unknown>): Record<string, unknown> {
    const shown = this.cards.get(String(body.response_code));
    if (!shown || shown.used) return refusal(60140);
    if (!Array.isArray(body.userids) || body.userids.length === 0) return refusal(82001);
    const { button, template_card: replaced } = body as {
      readonly button?: { readonly replace_name?: string };
      readonly template_card?: unknown;
    };
    if (replaced !== undefined) {
      const card = checkCard(replaced);
      if (typeof card === 'number') return refusal(card);
      shown.card = card;
    } else if (!button?.replace_name) return refusal(40058);
    shown.used = true;
    const text = replaced === undefined ? `［按钮：${button?.replace_name}］` : shown.card.text;
    this.#options.show({ to: shown.to, text, way: 'active', card: replaced === undefined ? undefined : shown.card });
    return { errcode: 0, errmsg: 'ok', invaliduser: [] };
  }

  #createChat(body: Record<string, unknown>): Record<string, unknown> {
    const members = Array.isArray(body.userlist) ? body.userlist.map(String) : [];
    if (members.length < 2 || members.length > 2000) return refusal(86006);
    const chatid = typeof body.chatid === 'string' ? body.chatid : `chat${this.chats.size + 1}`;
    if (!/^[0-9A-Za-z]{1,32}$/.test(chatid) || this.chats.has(chatid)) return refusal(86001);
    this.chats.set(chatid, { name: String(body.name ?? ''), owner: String(body.owner ?? members[0]), members });
    return { errcode: 0, errmsg: 'ok', chatid };
  }

  #sendToChat(body: Record<string, unknown>): Record<string, unknown> {
    if ('agentid' in body || 'touser' in body) return refusal(40058);
    const chat = this.chats.get(String(body.chatid));
    if (!chat) return refusal(86008);
    if (!MESSAGE_TYPES.has(String(body.msgtype)) || body.msgtype === 'template_card') return refusal(40008);
    this.#show(`chat:${String(body.chatid)}`, body);
    return { errcode: 0, errmsg: 'ok' };
  }

  /** Puts a message on a phone. */
  #show(to: string, body: Record<string, unknown>, card?: SimulatedCard): void {
    const { media_id: mediaId } = (body[String(body.msgtype)] ?? {}) as { readonly media_id?: string };
    const media = mediaId === undefined ? undefined : this.media.get(mediaId);
    const text = card ? card.text : media ? `［${media.type}：${media.name}］` : cutText(textOf(body));
    this.#options.show({ to, text, way: 'active', card, media });
  }

  #token(query: URLSearchParams): Record<string, unknown> {
    const { corpId, secret, now } = this.#options;
    if (!query.get('corpid')) return refusal(41002);
    if (!query.get('corpsecret')) return refusal(41004);
    if (query.get('corpid') !== corpId) return refusal(40013);
    if (query.get('corpsecret') !== secret) return refusal(40001);
    const endsAt = this.#current ? (this.#tokens.get(this.#current) ?? 0) : 0;
    if (!this.#current || endsAt <= now().getTime()) {
      this.#serial += 1;
      this.#current = `token-${this.#serial}-${'t'.repeat(180)}`;
      this.#tokens.set(this.#current, now().getTime() + TOKEN_SECONDS * 1000);
    }
    const left = ((this.#tokens.get(this.#current) ?? 0) - now().getTime()) / 1000;
    return { errcode: 0, errmsg: 'ok', access_token: this.#current, expires_in: Math.ceil(left) };
  }

  #send(query: URLSearchParams, raw: string): Record<string, unknown> {
    const refused = this.#tokenRefusal(query);
    if (refused !== undefined) return refusal(refused);
    const now = this.#options.now().getTime();

    const body = parseObject(raw);
    if (!body) return refusal(40058);
    if (typeof body.agentid !== 'number' || String(body.agentid) !== this.#options.agentId) return refusal(301002);
    if (!MESSAGE_TYPES.has(String(body.msgtype))) return refusal(40008);
    const receivers = typeof body.touser === 'string' ? body.touser.split('|').filter((id) => id !== '') : [];
    if (receivers.length === 0) return refusal(82001);
    if (receivers.length > 1000) return refusal(40058);
    if (body.msgtype === 'text' && textOf(body).trim() === '') return refusal(44004);
    if (body.msgtype === 'image' || body.msgtype === 'file') {
      const { media_id: mediaId } = (body[String(body.msgtype)] ?? {}) as { readonly media_id?: string };
      if (mediaId === undefined || this.media.get(mediaId)?.type !== body.msgtype) return refusal(40007);
    }
    const card = body.msgtype === 'template_card' ? checkCard(body.template_card) : undefined;
    if (typeof card === 'number') return refusal(card);

    const { members } = this.#options;
    const known = members?.map((id) => id.toLowerCase());
    const unknown = receivers.filter((id) => known !== undefined && !known.includes(id.toLowerCase()));
    if (unknown.length === receivers.length) return refusal(81013);
    const duplicate = this.#isDuplicate(body, raw, now);
    for (const to of receivers.filter((id) => !unknown.includes(id))) {
      if (duplicate) this.dropped.push({ to, why: 'duplicate' });
      else if (this.#isTooMany(to, now)) this.dropped.push({ to, why: 'frequency' });
      else {
        const responseCode = `RC-${this.cards.size + 1}`;
        if (card) this.cards.set(responseCode, { to, card: { ...card, responseCode }, used: false });
        this.#show(to, body, card && { ...card, responseCode });
      }
    }
    const invaliduser = unknown.map((id) => id.toLowerCase()).join('|');
    return { errcode: 0, errmsg: 'ok', invaliduser, invalidparty: '', invalidtag: '', msgid: `M${this.calls.length}` };
  }

  #isDuplicate(body: Record<string, unknown>, raw: string, now: number): boolean {
    if (body.enable_duplicate_check !== 1) return false;
    const seconds = Number(body.duplicate_check_interval ?? 1800);
    const last = this.#seen.get(raw);
    this.#seen.set(raw, last ?? now);
    return last !== undefined && now - last < Math.min(seconds, 14_400) * 1000;
  }

  /** The minute slides; what is over it is dropped without a word. */
  #isTooMany(to: string, now: number): boolean {
    const recent = (this.#sentAt.get(to) ?? []).filter((at) => now - at < 60_000);
    if (recent.length < MEMBER_PER_MINUTE) recent.push(now);
    else return true;
    this.#sentAt.set(to, recent);
    return false;
  }
}

/** What a phone shows of a longer text: cut by bytes, as the platform does, half characters dropped. */
export function cutText(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= TEXT_BYTES) return text;
  return bytes
    .subarray(0, TEXT_BYTES)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

function refusal(errcode: number): Record<string, unknown> {
  const hint = `hint: [1700000000123456789012], from ip: 203.0.113.9`;
  return {
    errcode,
    errmsg: `refused, ${hint}, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`,
  };
}

function textOf(body: Record<string, unknown>): string {
  const content = body[String(body.msgtype)];
  const text = typeof content === 'object' && content !== null && 'content' in content ? content.content : '';
  return typeof text === 'string' ? text : '';
}

/** The one part of a multipart upload. */
async function readUpload(raw: Buffer, type: string): Promise<(File & { readonly content: Buffer }) | undefined> {
  try {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
    const media = form.get('media');
    if (!(media instanceof File)) return undefined;
    return Object.assign(media, { content: Buffer.from(await media.arrayBuffer()) });
  } catch {
    return undefined;
  }
}

function giveFile(file: StoredMedia, response: ServerResponse): void {
  response
    .writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    })
    .end(file.bytes);
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Faults before the platform did anything with the request. */
function isEarly(fault: ApiFault): boolean {
  return fault.kind !== 'lost' && fault.kind !== 'delay';
}

function earlyAnswer(fault: ApiFault): Record<string, unknown> {
  return fault.kind === 'errcode' ? refusal(fault.errcode) : {};
}

function applyEarly(fault: ApiFault, request: HttpRequest, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'text/plain' }).end('unavailable');
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>网络认证</body></html>');
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end();
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(1 << 20));
      return;
    default:
      request.socket.destroy();
  }
}
