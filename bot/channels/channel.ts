/**
 * The contract of a channel: how one platform is verified, read, drawn and spoken to. Everything but `send` and `start` is
 * pure, so that transport, storage and order live in one place (dispatcher.ts, outbox.ts) for all of them.
 */
import type { Attachment, Block, ButtonAction, IncomingMessage } from '../../handlers/message.ts';

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
  /**
   * The platform comes back and asks（流式刷新）for this long after the arrival (ms): what is not ready by the deadline is
   * fetched then, on any node. All replies to the conversation travel in this one payload.
   */
  readonly polledMs?: number | undefined;
  /** The answer takes the place of the pressed card（更新卡片）; words that must not do so go out actively. */
  readonly updatesCard?: boolean | undefined;
  /**
   * What goes back in the request beside a reply that goes out actively: the pressed card in its new state, while the words are
   * too long for it. Best effort, said once, never recorded: the reply itself does not depend on it. Pure.
   */
  aside?(blocks: readonly Block[]): string | undefined;
}

/**
 * For platforms whose signature does not cover the body（签名不含正文）: one signature is taken for one body only, on all nodes.
 * See bot/replay-guard.ts for the exception of a shared millisecond.
 */
export interface ReplayMark {
  /** Fingerprint of the signature. */
  readonly key: string;
  /** Fingerprint of who is said to have sent it. */
  readonly sender: string;
  /** Fingerprint of the body. */
  readonly body: string;
  /** How long the signature may be used (ms). */
  readonly validMs: number;
}

/** What a verified request turned out to be. */
export type Received =
  | { readonly kind: 'answer'; readonly answer: EdgeAnswer }
  /** Recognised and of no interest; `reason` is logged, the platform is acknowledged. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly answer: EdgeAnswer }
  /** The platform asks for the answer to an earlier message. */
  | {
      readonly kind: 'poll';
      /** The earlier message. */
      readonly messageId: string;
      wrap(rendered: string): EdgeAnswer;
      /** Not ready yet: ask again. */
      readonly wait: EdgeAnswer;
      /** Went out another way, or is unknown here: stop asking. */
      readonly gone: EdgeAnswer;
    }
  /** A group goes on under another id（群迁移）: what is known of it is kept. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string; readonly answer: EdgeAnswer }
  | {
      readonly kind: 'message';
      readonly message: IncomingMessage;
      readonly passive?: PassiveWay | undefined;
      /** Checked before the message is recorded: 401 when its signature came with another body before. */
      readonly once?: ReplayMark | undefined;
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

/** At most `count` sends within `withinMs`（频率限制）. */
export interface PaceLimit {
  readonly count: number;
  readonly withinMs: number;
  /** Counted under this name for the whole channel, instead of for the address. */
  readonly shared?: string | undefined;
}

/** What a channel with its own connection (WebSocket, Stream) hands in: resolves once the message is recorded. */
export type Deliver = (received: Extract<Received, { kind: 'message' }>) => Promise<void>;

/** Keeps what is too long for a platform's button, sealed, as long as cards are pressed; the same on every node. */
export interface ButtonStore {
  /** @returns a short key of letters, digits, - and _; equal actions have equal keys */
  keep(action: ButtonAction): Promise<string>;
  /** `undefined`: unknown, or its time is over. */
  find(key: string): Promise<ButtonAction | undefined>;
}

export interface Channel {
  /** Stable name, also in the database: wecom-app, wecom-aibot, dingtalk, telegram, playground. */
  readonly name: string;
  /** The corp or bot whose rows this process may touch. */
  readonly tenant: string;
  /** No patient data in or out (Telegram). */
  readonly deidentified: boolean;
  /** Takes one answer to a message: everything said to its conversation goes out as one delivery. */
  readonly answersOnce?: boolean | undefined;
  /** What is in the outbox has reached its reader (the playground): deliveries need no sending. */
  readonly instant?: boolean | undefined;
  /** Robots of groups（群机器人）: nobody speaks here, and nobody is spoken to alone. */
  readonly sendOnly?: boolean | undefined;
  /** HTTP path of its callbacks, where it has one, e.g. `/channels/wecom-app`. */
  readonly callbackPath?: string | undefined;
  /**
   * Verifies and reads one callback. Pure.
   * @param now - the bot's clock: the signature window is measured by it
   * @throws EdgeError 401 for what is not from the platform, 400 for what cannot be read
   */
  receive?(request: EdgeRequest, now: Date): Received;
  /**
   * Adds what the platform could not carry along, such as the long words of a pressed button; asked for before the message
   * is decided, on any node.
   */
  complete?(message: IncomingMessage): Promise<IncomingMessage>;
  /** Where a reply to this message goes actively; undefined where the platform cannot. */
  replyAddress(message: IncomingMessage): Address | undefined;
  /** Where a push to this account goes; undefined where the platform cannot push. */
  directAddress(platformUserId: string): Address | undefined;
  /** Where a push to this group goes; undefined where the platform cannot. */
  groupAddress(platformConversationId: string): Address | undefined;
  /**
   * Draws a reply for this platform, split within its limits, in order. Pure; at least one part; special characters arrive
   * literally; parts are opaque to everybody else.
   * @param answering - the message of this conversation it answers: a pressed card may be updated in its place where it has
   * its `action`; without one the card stays as it is and the words come beside it
   */
  render(blocks: readonly Block[], answering?: IncomingMessage): readonly string[];
  /**
   * Sends one rendered part.
   * @param key - the same for every try of the same part: use the platform's duplicate guard with it
   * @param answering - as for `render`: its `replyHandle` may be the only way, or the better one while it lasts
   * @throws ChannelError
   */
  send(address: Address, part: string, key: string, answering?: IncomingMessage): Promise<void>;
  /** How often this address takes a part, sent as an answer to this message or on its own; counted for all processes. */
  paceOf?(address: Address, answering?: IncomingMessage): readonly PaceLimit[];
  /**
   * Fetches what came with a message.
   * @throws ChannelError `rejected` with the platform code `too-large`, or with any other when it is gone
   */
  download?(
    attachment: Attachment,
    maxBytes: number,
  ): Promise<{ readonly name?: string | undefined; readonly bytes: Buffer }>;
  /**
   * Its own connection, where it has one: `exclusive` when the platform serves one only, so that one process of all holds
   * it and sends for all; `shared` when every process may have its own.
   */
  readonly connection?: 'exclusive' | 'shared' | undefined;
  /**
   * Opens the connection and keeps it open, or tells the platform where its callbacks go; resolves at once or when done,
   * rejects only for what never can be. Not called in a worker.
   */
  start?(deliver: Deliver): Promise<void>;
  stop?(): Promise<void>;
  /** Whether this process can send now; absent: always. */
  canSend?(): boolean;
}
