/**
 * DingTalk's two APIs as a channel meets them: token, private and group sends, session webhooks, custom robots, media, cards,
 * downloads; with their limits, codes and whatever fault a test asks for.
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage as HttpRequest, ServerResponse } from 'node:http';
import { cardAsShown, markdownAsShown } from './dingtalk-phone.ts';

/** Something that goes wrong with one request. `lost` and `delay` happen after the platform did its work. */
export type ApiFault =
  | { readonly kind: 'code'; readonly status: number; readonly code: string }
  | { readonly kind: 'errcode'; readonly errcode: number; readonly errmsg?: string | undefined }
  | { readonly kind: 'json'; readonly status?: number | undefined; readonly body: unknown }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number | undefined }
  | { readonly kind: 'html'; readonly status?: number | undefined }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'endless' }
  | { readonly kind: 'close' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'delay'; readonly ms: number };

/** What somebody sees: in a private chat, a group, by which way. */
export interface Shown {
  readonly place: { readonly user: string } | { readonly group: string };
  readonly way: 'session' | 'push' | 'card' | 'robot';
  readonly title?: string | undefined;
  /** As the phone shows it: markdown without its marks. */
  readonly text: string;
  /** As it was sent. */
  readonly raw: string;
  /** Who is notified by it. */
  readonly notified: readonly string[];
  readonly card?: string | undefined;
}

export interface Card {
  readonly outTrackId: string;
  readonly place: Shown['place'];
  readonly callbackType: string;
  readonly routeKey: string | undefined;
  params: Record<string, string>;
  updates: number;
}

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Status, or the errcode of the old API. */
  answered: number;
}

export interface DingtalkApiOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly robotCode: string;
  readonly now: () => Date;
  /** Staff of the organisation; undefined: everybody is. */
  readonly members: readonly string[] | undefined;
  readonly base: () => string;
  readonly show: (shown: Shown) => void;
}

interface Session {
  readonly place: Shown['place'];
  expiresAt: number;
}

type Json = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  sampleText: ['content'],
  sampleMarkdown: ['title', 'text'],
  sampleImageMsg: ['photoURL'],
  sampleLink: ['title', 'text', 'picUrl', 'messageUrl'],
  sampleFile: ['mediaId', 'fileName', 'fileType'],
};
const FILE_ENDINGS = new Set(['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'zip', 'pdf', 'rar']);
const IMAGE_ENDINGS = new Set(['jpg', 'jpeg', 'gif', 'png', 'bmp']);
const TOKEN_SECONDS = 7200;
const ROBOT_PER_MINUTE = 20;
const ROBOT_SILENCE_MS = 10 * 60_000;

export class DingtalkApi {
  /** Every request, in order. */
  readonly calls: ApiCall[] = [];
  /** Consumed one per request to anything but token and gateway. */
  readonly faults: ApiFault[] = [];
  readonly tokenFaults: ApiFault[] = [];
  readonly cards = new Map<string, Card>();
  /** Addresses that presses go to in HTTP mode, with their secret. */
  readonly routes = new Map<string, { readonly url: string; readonly secret: string | undefined }>();
  /** What people uploaded, by downloadCode. */
  readonly files = new Map<string, Buffer>();
  readonly media = new Map<string, { readonly type: string; readonly name: string; readonly bytes: number }>();
  /** Custom robots, by access_token. */
  readonly robots = new Map<string, { readonly group: string; readonly secret?: string; readonly keyword?: string }>();
  readonly publishedTemplates = new Set<string>();
  /** Calls of the app to one API within a second. */
  perSecond = 20;
  /** Permissions of the app. */
  readonly permissions = new Set(['qyapi_robot_sendmsg', 'Card.Instance.Write']);
  readonly #options: DingtalkApiOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #seenUuids = new Set<string>();
  readonly #second = new Map<string, number[]>();
  readonly #robotSends = new Map<string, number[]>();
  readonly #robotSilent = new Map<string, number>();
  #token: { value: string; endsAt: number } | undefined;
  #serial = 0;

  constructor(options: DingtalkApiOptions) {
    this.#options = options;
  }

  expireToken(): void {
    if (this.#token) this.#token = { ...this.#token, endsAt: 0 };
  }

  revokeToken(): void {
    this.#token = undefined;
  }

  count(path: string): number {
    return this.calls.filter((call) => call.path === path).length;
  }

  /** A session as a callback hands it out. */
  openSession(place: Shown['place'], lifeMs = 90 * 60_000): { readonly url: string; readonly expires: number } {
    this.#serial += 1;
    const id = `s${this.#serial}${createHash('sha256').update(`session${this.#serial}`).digest('hex').slice(0, 24)}`;
    const expires = this.#options.now().getTime() + lifeMs;
    this.#sessions.set(id, { place, expiresAt: expires });
    return { url: `${this.#options.base()}/robot/sendBySession?session=${id}`, expires };
  }

  /** All sessions are over from now on, whatever their field said. */
  endSessions(): void {
    for (const session of this.#sessions.values()) session.expiresAt = 0;
  }

  async handle(request: HttpRequest, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const method = request.method ?? '';
    const call: ApiCall = { method, path: url.pathname, body: raw.toString('utf8'), answered: 0 };
    this.calls.push(call);
    const isToken = url.pathname === '/v1.0/oauth2/accessToken';
    const fault = isToken ? this.tokenFaults.shift() : this.faults.shift();
    if (fault && fault.kind !== 'lost' && fault.kind !== 'delay') return applyFault(fault, request, response, call);
    const header = (name: string) => String(request.headers[name] ?? '');
    const answer = this.answer(method, url, raw, header);
    call.answered = answer.status;
    if (fault?.kind === 'lost') return void request.socket.destroy();
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (Buffer.isBuffer(answer.body)) {
      response.writeHead(answer.status, { 'content-type': 'application/octet-stream' }).end(answer.body);
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }

  answer(method: string, url: URL, raw: Buffer, header: (name: string) => string): Answer {
    const path = url.pathname;
    if (path.startsWith('/files/')) return this.#file(path.slice('/files/'.length), header);
    if (path === '/v1.0/oauth2/accessToken') return this.#newToken(parse(raw));
    if (path === '/robot/sendBySession') return this.#session(url.searchParams, raw, header);
    if (path === '/robot/send') return this.#robot(url.searchParams, raw);
    if (path === '/media/upload') return this.#upload(url.searchParams, raw, header('content-type'));
    if (!path.startsWith('/v1.0/')) return refused(404, 'NotFound');
    if (!this.#holds(header('x-acs-dingtalk-access-token'))) return refused(400, 'InvalidAuthentication');
    const scope = path.startsWith('/v1.0/card/') ? 'Card.Instance.Write' : 'qyapi_robot_sendmsg';
    if (!this.permissions.has(scope)) return refused(403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied');
    if (this.#tooFast(path)) return refused(403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi');
    const body = parse(raw);
    if (!body) return refused(400, 'invalidParameter.body');
    switch (`${method} ${path}`) {
      case 'POST /v1.0/robot/oToMessages/batchSend':
        return this.#privately(body);
      case 'POST /v1.0/robot/groupMessages/send':
        return this.#toGroup(body);
      case 'POST /v1.0/robot/messageFiles/download':
        return this.#download(body);
      case 'POST /v1.0/card/instances/createAndDeliver':
        return this.#createCard(body);
      case 'PUT /v1.0/card/instances':
        return this.#updateCard(body);
      case 'POST /v1.0/card/callbacks/register': {
        const { callbackRouteKey, callbackUrl, apiSecret } = body;
        if (typeof callbackRouteKey !== 'string' || typeof callbackUrl !== 'string') return refused(400, 'param.error');
        this.routes.set(callbackRouteKey, { url: callbackUrl, secret: apiSecret as string | undefined });
        return ok({ success: true, result: { apiSecret, callbackUrl } });
      }
      default:
        return refused(404, 'NotFound');
    }
  }

  #newToken(body: Json | undefined): Answer {
    const { clientId, clientSecret, now } = this.#options;
    if (body?.appKey !== clientId || body.appSecret !== clientSecret) return refused(400, 'invalidClientIdOrSecret');
    const at = now().getTime();
    if (!this.#token || this.#token.endsAt <= at) {
      this.#serial += 1;
      this.#token = { value: `at-${this.#serial}-${'t'.repeat(32)}`, endsAt: at + TOKEN_SECONDS * 1000 };
    } else this.#token.endsAt = at + TOKEN_SECONDS * 1000;
    return ok({ accessToken: this.#token.value, expireIn: TOKEN_SECONDS });
  }

  #holds(token: string): boolean {
    return this.#token?.value === token && this.#token.endsAt > this.#options.now().getTime();
  }

  /** Counted per API; throttled calls are not counted. */
  #tooFast(path: string): boolean {
    const now = performance.now();
    const recent = (this.#second.get(path) ?? []).filter((at) => now - at < 1000);
    if (recent.length < this.perSecond) recent.push(now);
    else return true;
    this.#second.set(path, recent);
    return false;
  }

  #message(body: Json): { readonly text: string; readonly raw: string; readonly title?: string } | Answer {
    if (body.robotCode === undefined || body.robotCode === '') return refused(400, 'invalidParameter.robotCode.empty');
    if (body.robotCode !== this.#options.robotCode) return refused(400, 'invalidParameter.robotCode.notExsit');
    const fields = typeof body.msgKey === 'string' ? KEYS[body.msgKey] : undefined;
    if (!fields) return refused(400, 'invalidParameter.msgKey.invalid');
    if (typeof body.msgParam !== 'string') return refused(400, 'invalidParameter.msgParam.invalid');
    if (Buffer.byteLength(body.msgParam) > 15_000) return refused(400, 'invalidParameter.msgParam.tooLong');
    const param = parse(Buffer.from(body.msgParam));
    if (!param || fields.some((name) => typeof param[name] !== 'string' || param[name] === '')) {
      return refused(400, 'invalidParameter.msgParam.invalid');
    }
    const raw = String(param.content ?? param.text ?? '');
    switch (body.msgKey) {
      case 'sampleText':
        return { text: raw, raw };
      case 'sampleMarkdown':
        return { text: markdownAsShown(raw), raw, title: String(param.title) };
      case 'sampleImageMsg': {
        const medium = this.media.get(String(param.photoURL));
        return medium ? { text: `[图片 ${medium.name}]`, raw } : refused(400, 'contain.unsafe.url');
      }
      case 'sampleFile':
        return this.media.has(String(param.mediaId))
          ? { text: `[文件 ${param.fileName}]`, raw }
          : refused(400, 'invalidParameter.msgParam.invalid');
      default:
        return { text: raw, raw };
    }
  }

  #privately(body: Json): Answer {
    const users = Array.isArray(body.userIds) ? body.userIds.map(String) : [];
    if (users.length === 0) return refused(400, 'invalidParameter.userIds.empty');
    if (users.length > 20) return refused(400, 'invalidParameter.userIds.overMax');
    const message = this.#message(body);
    if ('status' in message) return message;
    const { members } = this.#options;
    const invalid = users.filter((id) => members !== undefined && !members.includes(id));
    for (const user of users.filter((id) => !invalid.includes(id))) {
      this.#options.show({ place: { user }, way: 'push', notified: [], ...message });
    }
    return ok({
      processQueryKey: `pk${this.calls.length}`,
      invalidStaffIdList: invalid,
      flowControlledStaffIdList: [],
    });
  }

  #toGroup(body: Json): Answer {
    if (typeof body.openConversationId !== 'string') return refused(400, 'miss.openConversationId');
    if (!body.openConversationId.startsWith('cid')) return refused(400, 'invalid.openConversationId');
    const message = this.#message(body);
    if ('status' in message) return message;
    this.#options.show({ place: { group: body.openConversationId }, way: 'push', notified: [], ...message });
    return ok({ processQueryKey: `pk${this.calls.length}` });
  }

  #session(query: URLSearchParams, raw: Buffer, header: (name: string) => string): Answer {
    const session = this.#sessions.get(query.get('session') ?? '');
    if (!session || session.expiresAt <= this.#options.now().getTime()) return errcode(300001, 'session 不存在');
    return this.#webhook(raw, header('content-type'), (shown) =>
      this.#options.show({ ...shown, place: session.place, way: 'session' }),
    );
  }

  #robot(query: URLSearchParams, raw: Buffer): Answer {
    const token = query.get('access_token') ?? '';
    const robot = this.robots.get(token);
    if (!robot) return errcode(300005, 'token is not exist');
    const now = this.#options.now().getTime();
    if ((this.#robotSilent.get(token) ?? 0) > now) return errcode(130101, 'send too fast, exceed 20 times per minute');
    if (robot.secret !== undefined) {
      const timestamp = query.get('timestamp') ?? '';
      if (Math.abs(now - Number(timestamp)) > 3_600_000) return errcode(310000, 'invalid timestamp');
      const sign = createHmac('sha256', robot.secret).update(`${timestamp}\n${robot.secret}`).digest('base64');
      if (query.get('sign') !== sign) return errcode(310000, 'sign not match');
    }
    if (robot.keyword !== undefined && !raw.toString('utf8').includes(robot.keyword)) {
      return errcode(310000, 'keywords not in content');
    }
    const recent = (this.#robotSends.get(token) ?? []).filter((at) => now - at < 60_000);
    if (recent.length >= ROBOT_PER_MINUTE) {
      this.#robotSilent.set(token, now + ROBOT_SILENCE_MS);
      return errcode(130101, 'send too fast, exceed 20 times per minute');
    }
    this.#robotSends.set(token, [...recent, now]);
    const place = { group: robot.group };
    return this.#webhook(raw, 'application/json', (shown) => this.#options.show({ ...shown, place, way: 'robot' }));
  }

  #webhook(raw: Buffer, type: string, show: (shown: Omit<Shown, 'place' | 'way'>) => void): Answer {
    if (!type.startsWith('application/json')) return errcode(43004, 'invalid content type');
    if (raw.length > 20_000) return errcode(460101, 'message is too long');
    const body = parse(raw);
    if (!body) return errcode(40035, 'missing json');
    const uuid = body.msgUuid;
    if (typeof uuid === 'string' && this.#seenUuids.has(uuid)) return errcode(0, 'ok');
    const at = (body.at ?? {}) as { atUserIds?: string[] };
    const notified = (words: string) => (at.atUserIds ?? []).filter((id) => words.includes(`@${id}`));
    if (body.msgtype === 'text') {
      const content = String((body.text as Json | undefined)?.content ?? '');
      if (content === '') return errcode(400401, 'miss param : text->content');
      show({ text: content, raw: content, notified: notified(content) });
    } else if (body.msgtype === 'markdown') {
      const { title, text } = (body.markdown ?? {}) as Json;
      if (typeof title !== 'string' || title === '') return errcode(400402, 'miss param : markdown->title');
      if (typeof text !== 'string' || text === '') return errcode(400403, 'miss param : markdown->text');
      show({ title, text: markdownAsShown(text), raw: text, notified: notified(text) });
    } else return errcode(400105, 'unsupported msgtype');
    if (typeof uuid === 'string') this.#seenUuids.add(uuid);
    return errcode(0, 'ok');
  }

  #upload(query: URLSearchParams, raw: Buffer, contentType: string): Answer {
    if (!this.#holds(query.get('access_token') ?? '')) return errcode(40014, 'invalid access_token');
    const text = raw.toString('latin1');
    const type = query.get('type') ?? '';
    const name = Buffer.from(/filename="([^"]*)"/.exec(text)?.[1] ?? '', 'latin1').toString('utf8');
    const ending = (/\.(\w+)$/.exec(name)?.[1] ?? '').toLowerCase();
    if (!contentType.startsWith('multipart/form-data') || name === '') return errcode(40035, 'no media');
    const takes = type === 'image' ? IMAGE_ENDINGS : type === 'file' ? FILE_ENDINGS : new Set<string>();
    if (!takes.has(ending)) return errcode(40004, 'invalid media type');
    if (raw.length > 20 * 1024 * 1024) return errcode(40006, 'too large');
    const id = `@lADP${this.media.size + 1}`;
    this.media.set(id, { type, name, bytes: raw.length });
    return { status: 200, body: { errcode: 0, errmsg: 'ok', media_id: id, created_at: 1700000000000, type } };
  }

  #download(body: Json): Answer {
    if (body.robotCode !== this.#options.robotCode) return refused(400, 'invalidParameter.robotCode.auth');
    if (!this.files.has(String(body.downloadCode))) return refused(400, 'invalidParameter.robotCode.downloadCode');
    return ok({ downloadUrl: `${this.#options.base()}/files/${encodeURIComponent(String(body.downloadCode))}` });
  }

  /** The file host: whoever sends it credentials did wrong. */
  #file(code: string, header: (name: string) => string): Answer {
    if (header('x-acs-dingtalk-access-token') || header('authorization')) return refused(400, 'CredentialsAtFileHost');
    const bytes = this.files.get(decodeURIComponent(code));
    return bytes ? { status: 200, body: bytes } : refused(404, 'NoSuchKey');
  }

  #createCard(body: Json): Answer {
    const { outTrackId, cardTemplateId, openSpaceId } = body;
    if (typeof outTrackId !== 'string' || outTrackId === '' || outTrackId.length > 100) {
      return refused(400, 'param.outTrackIdInvalid');
    }
    if (!this.publishedTemplates.has(String(cardTemplateId))) return refused(400, 'param.templateNotExist');
    if (this.cards.has(outTrackId)) return refused(400, 'param.cardAlreadyExist');
    const params = paramsOf(body);
    if (!params) return refused(400, 'param.cardDataInvalid');
    const [, kind, id = ''] = /^dtv1\.card\/\/(IM_GROUP|IM_ROBOT)\.(.+)$/.exec(String(openSpaceId)) ?? [];
    if (!kind) return refused(400, 'param.openSpaceIdInvalid');
    const model = (kind === 'IM_GROUP' ? body.imGroupOpenDeliverModel : body.imRobotOpenDeliverModel) as
      | Json
      | undefined;
    if (model?.robotCode !== this.#options.robotCode) return refused(400, 'param.robotCodeInvalid');
    const unknown = kind === 'IM_ROBOT' && this.#options.members?.includes(id) === false;
    const result = { spaceType: kind, spaceId: id, success: !unknown, carrierId: 'pk', errorMsg: '' };
    if (!unknown) {
      const place = kind === 'IM_GROUP' ? { group: id } : { user: id };
      const routeKey = body.callbackRouteKey as string | undefined;
      this.cards.set(outTrackId, {
        outTrackId,
        place,
        callbackType: String(body.callbackType),
        routeKey,
        params,
        updates: 0,
      });
      const at = Object.keys((model?.atUserIds ?? {}) as Json);
      this.#options.show({
        place,
        way: 'card',
        text: cardAsShown(params),
        raw: JSON.stringify(params),
        notified: at,
        card: outTrackId,
      });
    }
    return ok({ success: true, result: { outTrackId, deliverResults: [result] } });
  }

  #updateCard(body: Json): Answer {
    const card = this.cards.get(String(body.outTrackId));
    if (!card) return refused(400, 'param.cardNotExist');
    const params = paramsOf(body);
    if (!params) return refused(400, 'param.cardDataInvalid');
    const byKey = (body.cardUpdateOptions as Json | undefined)?.updateCardDataByKey === true;
    card.params = byKey ? { ...card.params, ...params } : params;
    card.updates += 1;
    this.#options.show({
      place: card.place,
      way: 'card',
      text: cardAsShown(card.params),
      raw: JSON.stringify(card.params),
      notified: [],
      card: card.outTrackId,
    });
    return ok({ success: true, result: true });
  }
}

/** Values are text, always, of at most 1 KB. */
function paramsOf(body: Json): Record<string, string> | undefined {
  const map = (body.cardData as Json | undefined)?.cardParamMap as Json | undefined;
  if (!map) return undefined;
  const fine = Object.entries(map).every(
    ([key, value]) => Buffer.byteLength(key) <= 100 && typeof value === 'string' && Buffer.byteLength(value) <= 1024,
  );
  return fine ? (map as Record<string, string>) : undefined;
}

function applyFault(
  fault: Exclude<ApiFault, { kind: 'lost' | 'delay' }>,
  request: HttpRequest,
  response: ServerResponse,
  call: ApiCall,
): void {
  const json = (status: number, body: unknown) => {
    call.answered = status;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  switch (fault.kind) {
    case 'code':
      json(fault.status, refused(fault.status, fault.code).body);
      return;
    case 'errcode':
      json(200, { errcode: fault.errcode, errmsg: fault.errmsg ?? 'simulated' });
      return;
    case 'json':
      json(fault.status ?? 200, fault.body);
      return;
    case 'status':
      response
        .writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) })
        .end();
      return;
    case 'html':
      response.writeHead(fault.status ?? 200, { 'content-type': 'text/html' }).end('<html><body>请登录</body></html>');
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end();
      return;
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = setInterval(() => response.write(' '.repeat(64 * 1024)), 1);
      response.once('close', () => clearInterval(more));
      return;
    }
    case 'close':
      request.socket.destroy();
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function errcode(code: number, errmsg: string): Answer {
  return { status: 200, body: { errcode: code, errmsg } };
}

function refused(status: number, code: string): Answer {
  return { status, body: { code, requestid: 'AAAA-BBBB', message: 'simulated' } };
}

function parse(raw: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
