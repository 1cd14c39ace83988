/** The Bot API side of the Telegram stand-in: methods, limits and refusals as the platform documents them, and faults. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to the next call of a method instead of, or after, its work. */
export type TelegramFault =
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly description: string;
      readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number } | undefined;
    }
  /** A page of a proxy, with this status and perhaps a Retry-After. */
  | { readonly kind: 'page'; readonly status: number; readonly retryAfter?: number | undefined }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'close' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Does its work, but the answer never arrives. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'endless' };

export interface ShownButton {
  readonly text: string;
  readonly callback_data: string;
}

/** A message as it stands in a chat now. */
export interface ShownMessage {
  readonly chat: string;
  readonly id: number;
  readonly kind: 'text' | 'photo' | 'document';
  readonly text: string;
  readonly entities: readonly { readonly type: string; readonly offset: number; readonly length: number }[];
  readonly buttons: readonly (readonly ShownButton[])[];
  readonly thread: number | undefined;
  readonly file?: { readonly name: string; readonly bytes: number } | undefined;
  /** How often it was changed in place. */
  readonly edits: number;
}

type Params = Readonly<Record<string, unknown>>;

class Refusal extends Error {
  readonly code: number;
  readonly parameters: object | undefined;
  constructor(code: number, description: string, parameters?: object) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

const SECONDS_OF_GROUP = 60;

export class TelegramApi {
  readonly token: string;
  readonly username: string;
  /** Every message, in the order of its first showing. */
  readonly shown: ShownMessage[] = [];
  /** Presses answered, with the words shown above the chat. */
  readonly answered: { readonly id: string; readonly text: string }[] = [];
  readonly calls: { readonly method: string; readonly params: Params }[] = [];
  /** Faults by method; `*` hits any. */
  readonly faults: { readonly method: string; readonly fault: TelegramFault }[] = [];
  readonly files = new Map<string, { readonly path: string; readonly bytes: Buffer; readonly size?: number }>();
  webhook: { url: string; secret: string; allowed: readonly string[] } = { url: '', secret: '', allowed: [] };
  pending = 0;
  lastError: string | undefined;
  /** Chats that exist; undefined: all do. */
  readonly chats: Set<string> | undefined;
  /** Chats that refuse the bot, with the platform's words. */
  readonly closed = new Map<string, string>();
  readonly moved = new Map<string, string>();
  revoked = false;
  onShown: () => void = () => undefined;
  readonly #now: () => Date;
  #lastId = 100;
  #sentToGroups = new Map<string, number[]>();

  constructor(options: {
    readonly token: string;
    readonly username: string;
    readonly chats?: readonly string[] | undefined;
    readonly now: () => Date;
  }) {
    this.token = options.token;
    this.username = options.username;
    this.chats = options.chats && new Set(options.chats);
    this.#now = options.now;
  }

  get id(): number {
    return Number(this.token.split(':')[0]);
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, file, given, rest = ''] = /^\/(file\/)?bot([^/]*)\/(.*)$/.exec(request.url ?? '') ?? [];
    const body = await readAll(request);
    const fault = this.#faultFor(file ? 'file' : rest);
    if (fault && (await this.#showFault(fault, response))) return;
    if (given !== this.token || this.revoked) return say(response, 401, refused(401, 'Unauthorized'));
    if (file) return this.#giveFile(rest, response);
    if (request.method !== 'POST') return say(response, 404, refused(404, 'Not Found'));
    const params = readParams(request.headers['content-type'], body);
    try {
      const result = this.perform(rest, params);
      if (fault?.kind === 'lost') {
        response.destroy();
        return;
      }
      say(response, 200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(response, error.code, refused(error.code, error.message, error.parameters));
    }
  }

  /** Does what a method says, whether it was called or came in the answer to a callback. @throws Refusal */
  perform(method: string, params: Params): unknown {
    this.calls.push({ method, params });
    switch (method) {
      case 'getMe':
        return {
          id: this.id,
          is_bot: true,
          first_name: '医共体助手',
          username: this.username,
          can_join_groups: true,
          can_read_all_group_messages: false,
          supports_inline_queries: false,
        };
      case 'setWebhook': {
        const url = String(params.url ?? '');
        if (!url.startsWith('https:'))
          throw new Refusal(400, 'Bad Request: bad webhook: An HTTPS URL must be provided');
        const allowed = listOf(params.allowed_updates).map(String);
        this.webhook = { url, secret: String(params.secret_token ?? ''), allowed };
        return true;
      }
      case 'getWebhookInfo':
        return {
          url: this.webhook.url,
          has_custom_certificate: false,
          pending_update_count: this.pending,
          ...(this.lastError ? { last_error_message: this.lastError, last_error_date: 1_790_000_000 } : {}),
          allowed_updates: this.webhook.allowed,
        };
      case 'setMyCommands':
        for (const command of listOf(params.commands)) {
          const { command: name, description } = command as { command: string; description: string };
          if (!/^[a-z0-9_]{1,32}$/.test(name) || description === '')
            throw new Refusal(400, 'Bad Request: BOT_COMMAND_INVALID');
        }
        return true;
      case 'answerCallbackQuery':
        if (String(params.text ?? '').length > 200) throw new Refusal(400, 'Bad Request: MESSAGE_TOO_LONG');
        this.answered.push({ id: String(params.callback_query_id), text: String(params.text ?? '') });
        return true;
      case 'sendMessage':
        return this.#add(params, 'text', this.#text(params, 'text', 4096, 1));
      case 'sendPhoto':
      case 'sendDocument': {
        const kind = method === 'sendPhoto' ? 'photo' : 'document';
        const file = params[kind] as { name: string; bytes: number } | string | undefined;
        if (typeof file !== 'object' || file.bytes === 0) throw new Refusal(400, 'Bad Request: file must be non-empty');
        return this.#add(params, kind, this.#text(params, 'caption', 1024, 0), file);
      }
      case 'editMessageText':
        return this.#edit(params);
      case 'getFile': {
        const file = this.files.get(String(params.file_id));
        if (!file) throw new Refusal(400, 'Bad Request: invalid file_id');
        const size = file.size ?? file.bytes.length;
        if (size > 20 * 1024 * 1024) throw new Refusal(400, 'Bad Request: file is too big');
        return { file_id: params.file_id, file_unique_id: 'u', file_size: size, file_path: file.path };
      }
      default:
        throw new Refusal(404, 'Not Found: method not found');
    }
  }

  #text(
    params: Params,
    name: string,
    most: number,
    least: number,
  ): { text: string; entities: ShownMessage['entities'] } {
    // The platform takes blanks off both ends before it counts.
    const text = String(params[name] ?? '').trim();
    if (text.length < least) throw new Refusal(400, 'Bad Request: message text is empty');
    if (text.length > most)
      throw new Refusal(400, `Bad Request: ${name === 'text' ? 'message' : 'caption'} is too long`);
    const entities = listOf(params.entities) as ShownMessage['entities'];
    for (const { offset, length } of entities) {
      if (length < 1 || offset < 0 || offset + length > String(params[name]).length) {
        throw new Refusal(400, 'Bad Request: ENTITY_BOUNDS_INVALID');
      }
    }
    return { text, entities };
  }

  #add(
    params: Params,
    kind: ShownMessage['kind'],
    words: { readonly text: string; readonly entities: ShownMessage['entities'] },
    file?: { readonly name: string; readonly bytes: number },
  ): unknown {
    const chat = this.#chatOf(params);
    this.#countToGroup(chat);
    this.#lastId += 1;
    const thread = params.message_thread_id === undefined ? undefined : Number(params.message_thread_id);
    const message = { chat, id: this.#lastId, kind, ...words, buttons: buttonsOf(params), thread, file, edits: 0 };
    this.shown.push(message);
    this.onShown();
    return this.messageOf(message);
  }

  #edit(params: Params): unknown {
    const chat = this.#chatOf(params);
    const at = this.shown.findIndex((one) => one.chat === chat && one.id === Number(params.message_id));
    const old = this.shown[at];
    if (!old) throw new Refusal(400, 'Bad Request: message to edit not found');
    if (old.kind !== 'text') throw new Refusal(400, 'Bad Request: there is no text in the message to edit');
    const words = this.#text(params, 'text', 4096, 1);
    const buttons = buttonsOf(params);
    if (old.text === words.text && JSON.stringify(old.buttons) === JSON.stringify(buttons)) {
      throw new Refusal(
        400,
        'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      );
    }
    const changed = { ...old, ...words, buttons, edits: old.edits + 1 };
    this.shown[at] = changed;
    this.onShown();
    return this.messageOf(changed);
  }

  #chatOf(params: Params): string {
    const chat = String(params.chat_id ?? '');
    const to = this.moved.get(chat);
    if (to !== undefined) {
      throw new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: Number(to),
      });
    }
    const closed = this.closed.get(chat);
    if (closed !== undefined) throw new Refusal(403, closed);
    if (chat === '' || (this.chats && !this.chats.has(chat))) throw new Refusal(400, 'Bad Request: chat not found');
    return chat;
  }

  /** Twenty a minute and group; the platform says how long. */
  #countToGroup(chat: string): void {
    if (!chat.startsWith('-')) return;
    const now = this.#now().getTime() / 1000;
    const recent = (this.#sentToGroups.get(chat) ?? []).filter((at) => at > now - SECONDS_OF_GROUP);
    if (recent.length >= 20) {
      const wait = Math.ceil((recent[0] ?? now) + SECONDS_OF_GROUP - now);
      throw new Refusal(429, `Too Many Requests: retry after ${wait}`, { retry_after: wait });
    }
    this.#sentToGroups.set(chat, [...recent, now]);
  }

  /** A message of the bot as the platform describes it in callbacks. */
  messageOf({ chat, id, text, buttons }: ShownMessage): Record<string, unknown> {
    return {
      message_id: id,
      date: Math.floor(this.#now().getTime() / 1000),
      chat: chatOf(chat),
      from: { id: this.id, is_bot: true, first_name: '医共体助手', username: this.username },
      text,
      ...(buttons.length > 0 ? { reply_markup: { inline_keyboard: buttons } } : {}),
    };
  }

  #faultFor(method: string): TelegramFault | undefined {
    const at = this.faults.findIndex((one) => one.method === method || one.method === '*');
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]?.fault;
  }

  /** @returns whether the call is over with it */
  async #showFault(fault: TelegramFault, response: ServerResponse): Promise<boolean> {
    switch (fault.kind) {
      case 'error':
        say(response, fault.code, refused(fault.code, fault.description, fault.parameters));
        return true;
      case 'page': {
        const more = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
        response.writeHead(fault.status, { 'content-type': 'text/html', ...more }).end('<html>down</html>');
        return true;
      }
      case 'redirect':
        response.writeHead(302, { location: fault.location }).end();
        return true;
      case 'close':
        response.destroy();
        return true;
      case 'delay':
        await sleep(fault.ms);
        return false;
      case 'endless': {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"ok":true,"result":"${'x'.repeat(300_000)}"}`);
        return true;
      }
      default:
        return false;
    }
  }

  #giveFile(path: string, response: ServerResponse): void {
    const file = [...this.files.values()].find((one) => one.path === path);
    if (file) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes);
    else say(response, 404, refused(404, 'Not Found'));
  }
}

/** A chat as the platform describes it: people have numbers from 1, groups below 0. */
export function chatOf(id: string): { id: number | string; type: string; title?: string; first_name?: string } {
  if (id.startsWith('-100')) return { id: Number(id), type: 'supergroup', title: '测试群' };
  if (id.startsWith('-')) return { id: Number(id), type: 'group', title: '测试群' };
  return { id: numberOf(id), type: 'private', first_name: '演示' };
}

/** Demonstration staff have words for ids, which no real platform gives. */
export function numberOf(id: string): number | string {
  return /^-?\d+$/.test(id) ? Number(id) : id;
}

function buttonsOf(params: Params): readonly (readonly ShownButton[])[] {
  const markup = params.reply_markup as { inline_keyboard?: ShownButton[][] } | undefined;
  const rows = markup?.inline_keyboard ?? [];
  for (const { text, callback_data } of rows.flat()) {
    const bytes = Buffer.byteLength(callback_data ?? '');
    if (bytes < 1 || bytes > 64) throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID');
    if (!text) throw new Refusal(400, 'Bad Request: BUTTON_TEXT_INVALID');
  }
  return rows;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** JSON, or a form with files in it; a file becomes its name and size. */
function readParams(type = '', body: Buffer): Params {
  if (!type.startsWith('multipart/')) return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Params);
  const boundary = /boundary=([^;\s]+)/.exec(type)?.[1] ?? '';
  const files = new Map<string, { name: string; bytes: number }>();
  const params: Record<string, unknown> = {};
  // Bytes as Latin letters, so that a file stays as long as it is.
  for (const part of body.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n');
    const head = Buffer.from(part.slice(0, end), 'latin1').toString('utf8');
    const content = part.slice(end + 4, -2);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    const file = /filename="?([^";\s]+)/.exec(head)?.[1];
    const value = Buffer.from(content, 'latin1').toString('utf8');
    if (file !== undefined) files.set(`attach://${name}`, { name: file, bytes: content.length });
    else params[name] = /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
  }
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && files.has(value)) params[name] = files.get(value);
  }
  return params;
}

function refused(error_code: number, description: string, parameters?: object): object {
  return { ok: false, error_code, description, ...(parameters ? { parameters } : {}) };
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
