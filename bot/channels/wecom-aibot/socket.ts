/** The long connection itself（长连接）: subscribes, keeps it alive, opens it again, matches answers to what was asked. */
import { randomInt, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Log } from '../../../handlers/ports.ts';
import { ChannelError } from '../channel.ts';
import { failureOf } from './send.ts';
import { type Frame, frameSchema } from './types.ts';

/** Waits of the connection (ms). */
export interface Timing {
  /** Between two pings; two without an answer end the connection. */
  readonly pingMs: number;
  /** For the answer to one frame of ours. */
  readonly answerMs: number;
  /** For opening and subscribing. */
  readonly openMs: number;
  /** First wait before opening again; doubled up to `longestMs`. */
  readonly againMs: number;
  readonly longestMs: number;
  /** After the platform refused to subscribe: too often, or with a wrong secret. */
  readonly refusedMs: number;
  /** After somebody else subscribed for this bot: taking it back at once would go to and fro for ever. */
  readonly kickedMs: number;
  /** How long a send waits for a connection that is being opened again. */
  readonly patienceMs: number;
}

const TIMING: Timing = {
  pingMs: 30_000,
  answerMs: 5_000,
  openMs: 10_000,
  againMs: 1_000,
  longestMs: 30_000,
  refusedMs: 60_000,
  kickedMs: 60_000,
  patienceMs: 3_000,
};
/** Refused subscriptions wait at most this long (ms). */
const LONGEST_REFUSED_MS = 10 * 60_000;
/** Largest frame: callbacks are a few kilobytes. */
const MAX_FRAME_BYTES = 1024 * 1024;
const SUBSCRIBE = 'aibot_subscribe';
const NOT_SUBSCRIBED = 846609;
/** A frame that was never sent: to send it again is safe. */
export const NOT_CONNECTED = 'not connected';
/** A frame that the platform refused for want of a subscription; safe to send again, too. */
export const UNSUBSCRIBED = String(NOT_SUBSCRIBED);

export interface SocketOptions {
  readonly url: string;
  readonly botId: string;
  readonly secret: string;
  readonly log: Log;
  readonly timing?: Partial<Timing> | undefined;
  /** A callback came, in order. `connection` names the connection it came over: its req_id is good on that one only. */
  readonly onFrame: (frame: Frame, connection: string) => void;
  /** The connection ended: what hangs on it is over. */
  readonly onClosed: () => void;
}

export interface AibotSocket {
  open(): void;
  close(): Promise<void>;
  /** The name of the connection while it is subscribed. */
  connection(): string | undefined;
  /**
   * Sends one frame and waits for its answer; frames about one req_id go one after the other.
   * @param reqId - of the callback it answers; a new one unless told
   * @returns the answer's body
   * @throws ChannelError
   */
  request(cmd: string, body: object, reqId?: string): Promise<unknown>;
}

interface Waiting {
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  readonly timer: NodeJS.Timeout;
}

export function createSocket(options: SocketOptions): AibotSocket {
  const { botId, secret, log } = options;
  const timing = { ...TIMING, ...options.timing };
  const waiting = new Map<string, Waiting>();
  /** The last frame about a req_id: the next one waits for it. */
  const queues = new Map<string, Promise<unknown>>();
  let socket: WebSocket | undefined;
  let connection: string | undefined;
  let wanted = false;
  let failures = 0;
  let refusals = 0;
  let kicked = false;
  let missedPongs = 0;
  let pinging: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let onSubscribed: (() => void)[] = [];

  function open(): void {
    wanted = true;
    if (socket || again) return;
    const opened = new WebSocket(options.url, {
      handshakeTimeout: timing.openMs,
      maxPayload: MAX_FRAME_BYTES,
      followRedirects: false,
      perMessageDeflate: false,
    });
    socket = opened;
    let refused = false;
    opened.on('open', () => {
      void subscribe(opened).then((good) => {
        refused = !good;
        if (!good) opened.terminate();
      });
    });
    opened.on('message', (data) => {
      if (opened === socket) read(data.toString());
    });
    opened.on('error', (error) => {
      log.warn({ event: 'wecom-aibot.socket', code: codeOf(error) }, 'the long connection failed');
    });
    opened.on('close', () => {
      if (opened !== socket) return;
      ended();
      if (wanted) reopen(refused);
    });
  }

  async function subscribe(opened: WebSocket): Promise<boolean> {
    try {
      await exchange(opened, SUBSCRIBE, { bot_id: botId, secret }, `${SUBSCRIBE}_${randomUUID()}`, timing.openMs);
    } catch (error) {
      const code = error instanceof ChannelError ? (error.platformCode ?? error.reason) : 'unknown';
      log.error({ event: 'wecom-aibot.refused', code }, 'the platform refused the long connection');
      return error instanceof ChannelError && (error.reason === 'network' || error.reason === 'timeout');
    }
    if (opened !== socket) return true;
    failures = 0;
    refusals = 0;
    log.info({ event: 'wecom-aibot.subscribed' }, 'the long connection is open');
    missedPongs = 0;
    pinging = setInterval(() => ping(opened), timing.pingMs);
    pinging.unref();
    for (const go of onSubscribed) go();
    onSubscribed = [];
    return true;
  }

  function ping(opened: WebSocket): void {
    if (missedPongs >= 2) {
      log.warn({ event: 'wecom-aibot.silent' }, 'the platform answers no ping, the connection is opened again');
      opened.terminate();
      return;
    }
    missedPongs += 1;
    exchange(opened, 'ping', undefined, `ping_${randomUUID()}`, timing.pingMs * 2)
      .then(() => {
        missedPongs = 0;
      })
      .catch(() => undefined); // counted as missed
  }

  function ended(): void {
    socket = undefined;
    connection = undefined;
    clearInterval(pinging);
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.reject(new ChannelError('network', { retryable: true, platformCode: 'connection closed' }));
    }
    waiting.clear();
    options.onClosed();
  }

  function reopen(refused: boolean): void {
    failures += 1;
    if (refused) refusals += 1;
    const growing = Math.min(timing.againMs * 2 ** Math.min(failures - 1, 10), timing.longestMs);
    const wait = kicked
      ? timing.kickedMs
      : refused
        ? Math.min(timing.refusedMs * 2 ** Math.min(refusals - 1, 10), Math.max(LONGEST_REFUSED_MS, timing.refusedMs))
        : growing;
    kicked = false;
    again = setTimeout(
      () => {
        again = undefined;
        if (wanted) open();
      },
      wait + randomInt(Math.ceil(wait / 5) + 1),
    );
    again.unref();
  }

  function read(text: string): void {
    const frame = parseFrame(text);
    if (!frame) {
      log.warn({ event: 'wecom-aibot.unreadable' }, 'a frame could not be read');
      return;
    }
    const reqId = frame.headers?.req_id ?? '';
    if (frame.cmd === undefined) {
      answered(reqId, frame);
      return;
    }
    if (isDisconnected(frame)) {
      kicked = true;
      log.warn({ event: 'wecom-aibot.kicked' }, 'another program took the long connection of this bot');
      socket?.terminate();
      return;
    }
    if (connection !== undefined) options.onFrame(frame, connection);
  }

  function answered(reqId: string, frame: Frame): void {
    const one = waiting.get(reqId);
    if (!one) return; // late: its sender has given up
    waiting.delete(reqId);
    clearTimeout(one.timer);
    // At once: a message may follow in the same breath.
    if (frame.errcode === 0 && reqId.startsWith(SUBSCRIBE)) connection = randomUUID();
    if (frame.errcode === 0) one.resolve(frame.body);
    else one.reject(failureOf(frame.errcode ?? -1));
    if (frame.errcode === NOT_SUBSCRIBED && connection !== undefined) {
      // The socket lives, the subscription does not: answers on their way are still read, then all begins anew.
      connection = undefined;
      const closing = socket;
      closing?.close();
      setTimeout(() => closing?.terminate(), 500).unref();
    }
  }

  function exchange(
    over: WebSocket,
    cmd: string,
    body: object | undefined,
    reqId: string,
    timeoutMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (over.readyState !== WebSocket.OPEN) {
        if (over === socket) connection = undefined;
        reject(new ChannelError('network', { retryable: true, platformCode: NOT_CONNECTED }));
        return;
      }
      const timer = setTimeout(() => {
        waiting.delete(reqId);
        reject(new ChannelError('timeout', { retryable: true }));
      }, timeoutMs);
      timer.unref();
      waiting.set(reqId, { resolve, reject, timer });
      over.send(JSON.stringify({ cmd, headers: { req_id: reqId }, ...(body ? { body } : {}) }));
    });
  }

  async function whenSubscribed(): Promise<WebSocket> {
    if (connection === undefined && wanted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timing.patienceMs);
        timer.unref();
        onSubscribed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    if (connection === undefined || !socket) {
      throw new ChannelError('network', { retryable: true, platformCode: 'not subscribed' });
    }
    return socket;
  }

  return {
    open,
    async close() {
      wanted = false;
      clearTimeout(again);
      again = undefined;
      for (const go of onSubscribed) go();
      onSubscribed = [];
      const closing = socket;
      if (!closing) return;
      ended();
      await new Promise<void>((resolve) => {
        closing.once('close', () => resolve());
        setTimeout(() => closing.terminate(), 500).unref();
        closing.close();
      });
    },
    connection: () => connection,
    async request(cmd, body, reqId = `${cmd}_${randomUUID()}`) {
      const over = await whenSubscribed();
      const before = queues.get(reqId) ?? Promise.resolve();
      const mine = before.then(() => exchange(over, cmd, body, reqId, timing.answerMs));
      const settled = mine.catch(() => undefined);
      queues.set(reqId, settled);
      try {
        return await mine;
      } finally {
        if (queues.get(reqId) === settled) queues.delete(reqId);
      }
    },
  };
}

function parseFrame(text: string): Frame | undefined {
  try {
    const parsed = frameSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function isDisconnected(frame: Frame): boolean {
  const body = frame.body as { event?: { eventtype?: unknown } } | undefined;
  return frame.cmd === 'aibot_event_callback' && body?.event?.eventtype === 'disconnected_event';
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z_]{3,60}$/.test(code) ? code : 'unknown';
}
