/** The Bot API through grammY: one call at a time, bounded in time and size, every failure classified once, here. */
import type { Api } from 'grammy';
import { ChannelError } from '../channel.ts';
import { exchange, parseJson, retryAfterMs, statusFailure } from '../http.ts';
import type { TelegramConfig } from './config.ts';

/** A 429 that says nothing: a group's minute. */
const DEFAULT_WAIT_MS = 30_000;

/** A refusal that names another way: the group has another id now. */
export class MovedError extends Error {
  readonly to: string;
  constructor(to: string) {
    super('the group has another id');
    this.name = 'MovedError';
    this.to = to;
  }
}

export interface TelegramApi {
  /**
   * Does one thing with grammY's client.
   * @throws ChannelError, without words, token or address of the call; MovedError for a group that became a supergroup
   */
  call<T>(use: (api: Api, grammy: typeof import('grammy')) => Promise<T>): Promise<T>;
}

/** Loaded on first use: a bot without Telegram does without its memory. */
export function createApi(options: {
  readonly config: TelegramConfig;
  readonly fetch: typeof fetch;
  /** For one exchange, body included. */
  readonly timeoutMs: number;
}): TelegramApi {
  const { config } = options;
  let loaded: Promise<{ readonly api: Api; readonly grammy: typeof import('grammy') }> | undefined;

  async function load() {
    const grammy = await import('grammy');
    const api = new grammy.Api(config.token, {
      apiRoot: config.apiBase,
      fetch: boundedFetch as typeof fetch,
      timeoutSeconds: Math.ceil(options.timeoutMs / 1000) + 5, // ours comes first
    });
    return { api, grammy };
  }

  /** Stands below grammY: no redirect is followed, no endless answer read, no page of a proxy taken for an answer. */
  async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const body = await bodyOf(init?.body);
    const answer = await exchange({
      fetch: options.fetch,
      url: String(input),
      method: 'POST',
      headers: headersOf(init?.headers),
      ...(body === undefined ? {} : { body }),
      timeoutMs: options.timeoutMs,
    });
    const value = isJson(answer.bytes)
      ? (parseJson(answer.bytes) as { ok?: unknown; parameters?: unknown })
      : undefined;
    if (typeof value?.ok !== 'boolean') throw statusFailure(answer);
    // The platform says how long in its answer; a proxy in front of it in a header.
    if (answer.status === 429 && value.parameters === undefined && answer.headers.has('retry-after')) {
      throw new ChannelError('rate-limited', {
        retryable: true,
        retryAfterMs: retryAfterMs(answer.headers),
        platformCode: '429',
      });
    }
    return Response.json(value);
  }

  return {
    async call(use) {
      loaded ??= load();
      const { api, grammy } = await loaded;
      try {
        return await use(api, grammy);
      } catch (error) {
        if (error instanceof grammy.GrammyError) throw failureOf(error);
        if (error instanceof grammy.HttpError && error.error instanceof ChannelError) throw error.error;
        if (error instanceof ChannelError) throw error;
        // Not passed on as a cause: grammY's errors hold what was sent.
        throw new ChannelError('network', { retryable: true, platformCode: 'client' });
      }
    },
  };
}

/** What the Bot API's answer means for a send. Its codes are HTTP's; which 400 it is, only its English words tell. */
export function failureOf(error: {
  readonly error_code: number;
  readonly description: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number } | undefined;
}): ChannelError | MovedError {
  const { error_code: code, description } = error;
  const platformCode = String(code);
  const moved = error.parameters?.migrate_to_chat_id;
  if (moved !== undefined) return new MovedError(String(moved));
  if (code === 429) {
    const seconds = error.parameters?.retry_after;
    const retryAfterMs = seconds === undefined ? DEFAULT_WAIT_MS : Math.max(1, seconds) * 1000;
    return new ChannelError('rate-limited', { retryable: true, retryAfterMs, platformCode });
  }
  // 404: a token of another shape, or an address that is no Bot API. Both can be mended; what waits goes out afterwards.
  if (code === 401 || code === 404) return new ChannelError('auth', { retryable: true, platformCode });
  if (code >= 500) return new ChannelError('server', { retryable: true, platformCode });
  if (code === 403 || GONE.test(description))
    return new ChannelError('unreachable', { retryable: false, platformCode });
  return new ChannelError('rejected', { retryable: false, platformCode: `${platformCode}${kindOf(description)}` });
}

const GONE =
  /chat not found|user not found|user is deactivated|PEER_ID_INVALID|bot was (?:blocked|kicked)|not a member of/i;

/** The few words that are codes: `BUTTON_DATA_INVALID`, `message is not modified`. The rest may repeat what was sent. */
function kindOf(description: string): string {
  const code = /\b[A-Z]{3,}(?:_[A-Z]+)+\b/.exec(description)?.[0];
  if (code) return ` ${code}`;
  const known = KNOWN.find(([, words]) => words.test(description));
  return known ? ` ${known[0]}` : '';
}

const KNOWN: readonly (readonly [code: string, words: RegExp])[] = [
  ['not-modified', /message is not modified/i],
  ['no-card', /message to edit not found|message can't be edited|there is no text in the message|MESSAGE_ID_INVALID/i],
  ['no-topic', /message thread not found|topic_(?:closed|deleted)/i],
  ['too-large', /file is too big|too large/i],
  ['no-file', /invalid file_id|wrong file|file_id|file reference/i],
];

/** Whether a refusal is the known one of this name. */
export function isRefusal(error: unknown, name: string): boolean {
  return error instanceof ChannelError && (error.platformCode ?? '').endsWith(` ${name}`);
}

function isJson(bytes: Buffer): boolean {
  const first = bytes.subarray(0, 64).toString('utf8').trimStart();
  return first.startsWith('{');
}

function headersOf(headers: RequestInit['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(new Headers(headers).entries());
}

/** grammY streams uploads; they are a picture or a short file, and go out whole. */
async function bodyOf(body: unknown): Promise<string | Uint8Array<ArrayBuffer> | undefined> {
  if (body === undefined || body === null || typeof body === 'string') return body ?? undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
