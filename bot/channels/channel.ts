/**
 * The contract of a channel: how one platform is verified, read, drawn and spoken to. Everything but `send` and `start` is
 * pure, so that transport, storage and order live in one place (dispatcher.ts, outbox.ts) for all of them.
 */
import type { Block, IncomingMessage } from '../../handlers/message.ts';

/** An HTTP request as it came, before anybody believed it. */
export interface EdgeRequest {
  readonly method: string;
  readonly path: string;
  /** Decoded once. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes: signatures are checked on these. */
  readonly body: Buffer;
}

export interface EdgeAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Why a request is refused at the edge; the status is what DESIGN 4 says. Never carries secrets or message text. */
export class EdgeError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 413 | 415 | 503;
  constructor(status: 400 | 401 | 403 | 404 | 413 | 415 | 503, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'EdgeError';
    this.status = status;
  }
}

/** The way to answer inside the platform's own request（被动回复）. */
export interface PassiveWay {
  /** From the arrival of the request: later answers go out actively. */
  readonly deadlineMs: number;
  /** The reply as this platform's passive payload; undefined when it does not fit one. Pure. */
  render(blocks: readonly Block[]): string | undefined;
  /** Wraps a rendered payload into the answer to this very request: cipher, signature, nonce. */
  wrap(rendered: string): EdgeAnswer;
}

/** What a verified request turned out to be. */
export type Received =
  | { readonly kind: 'answer'; readonly answer: EdgeAnswer }
  /** Recognised and of no interest; `reason` is logged, the platform is acknowledged. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly answer: EdgeAnswer }
  | {
      readonly kind: 'message';
      readonly message: IncomingMessage;
      readonly passive?: PassiveWay | undefined;
      /** Tells the platform that the message is safe with us. */
      readonly acknowledge: EdgeAnswer;
    };

/** What a channel needs to reach somebody, e.g. `{ touser: 'zhangsan' }`. Equal addresses are equal as sorted JSON. */
export type Address = Readonly<Record<string, string>>;

export type ChannelFailure = 'auth' | 'rate-limited' | 'rejected' | 'unreachable' | 'server' | 'network' | 'timeout';

/** A send that did not succeed, classified once, here（发送失败）. */
export class ChannelError extends Error {
  readonly reason: ChannelFailure;
  readonly retryable: boolean;
  /** What the platform asks us to wait (ms), where it says so. */
  readonly retryAfterMs: number | undefined;
  /** The platform's own code, for the operator. */
  readonly platformCode: string | undefined;
  constructor(
    reason: ChannelFailure,
    options: {
      readonly retryable: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly platformCode?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(`send failed: ${reason}${options.platformCode ? ` (${options.platformCode})` : ''}`, {
      cause: options.cause,
    });
    this.name = 'ChannelError';
    this.reason = reason;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.platformCode = options.platformCode;
  }
}

/** What a channel with its own connection (WebSocket, Stream) hands in: resolves once the message is recorded. */
export type Deliver = (received: Extract<Received, { kind: 'message' }>) => Promise<void>;

export interface Channel {
  /** Stable name, also in the database: wecom-app, wecom-aibot, dingtalk, telegram, playground. */
  readonly name: string;
  /** The corp or bot whose rows this process may touch. */
  readonly tenant: string;
  /** No patient data in or out (Telegram). */
  readonly deidentified: boolean;
  /** What is in the outbox has reached its reader (the playground): deliveries need no sending. */
  readonly instant?: boolean | undefined;
  /** HTTP path of its callbacks, where it has one, e.g. `/channels/wecom-app`. */
  readonly callbackPath?: string | undefined;
  /**
   * Verifies and reads one callback. Pure.
   * @param now - the bot's clock: the signature window is measured by it
   * @throws EdgeError 401 for what is not from the platform, 400 for what cannot be read
   */
  receive?(request: EdgeRequest, now: Date): Received;
  /** Where a reply to this message goes actively; undefined where the platform cannot. */
  replyAddress(message: IncomingMessage): Address | undefined;
  /** Where a push to this account goes; undefined where the platform cannot push. */
  directAddress(platformUserId: string): Address | undefined;
  /** Where a push to this group goes; undefined where the platform cannot. */
  groupAddress(platformConversationId: string): Address | undefined;
  /**
   * Draws a reply for this platform, split within its limits, in order. Pure; at least one part; special characters arrive
   * literally; parts are opaque to everybody else.
   */
  render(blocks: readonly Block[]): readonly string[];
  /**
   * Sends one rendered part.
   * @param key - the same for every try of the same part: use the platform's duplicate guard with it
   * @throws ChannelError
   */
  send(address: Address, part: string, key: string): Promise<void>;
  /** Opens its own connection, where it has one. */
  start?(deliver: Deliver): Promise<void>;
  stop?(): Promise<void>;
}
