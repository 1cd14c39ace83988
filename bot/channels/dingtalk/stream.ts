/**
 * The stream connection（Stream 模式）: for hospitals without a public address. A frame is acknowledged only when its message
 * is recorded; a connection the platform ends is replaced before it is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Log } from '../../../handlers/ports.ts';
import { ChannelError } from '../channel.ts';
import type { DingtalkConfig } from './config.ts';
import { maybeJson, openGateway } from './gateway.ts';
import { type Frame, frameSchema, TOPICS } from './types.ts';

/** What became of a frame: `taken` or of no interest is acknowledged; a rejection is not, and the platform sends again. */
export interface StreamHandlers {
  /** A robot message. */
  robot(data: unknown): Promise<void>;
  /** A press on a card; `id` is the frame's. */
  card(data: unknown, id: string): Promise<void>;
}

export interface StreamOptions {
  readonly config: DingtalkConfig;
  readonly log: Log;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly handlers: StreamHandlers;
  /** Silence after which a ping asks whether anybody is there, and after as much again the connection is given up. */
  readonly beatMs?: number | undefined;
  /** First pause before another try; doubles up to a minute. */
  readonly firstRetryMs?: number | undefined;
}

export interface Stream {
  start(): void;
  stop(): Promise<void>;
  /** Whether a connection is open. */
  isOpen(): boolean;
}

const BEAT_MS = 30_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A connection that lived so long was a good one. */
const LIVED_MS = 10_000;
/** A connection that was told to end is cut after this time, should the platform forget it. */
const LAST_WORDS_MS = 15_000;
/** How long a stop waits for frames that are being recorded. */
const STOP_WAIT_MS = 3_000;
const MAX_FRAME_BYTES = 1024 * 1024;

export function createStream(options: StreamOptions): Stream {
  const { config, log, fetch, timeoutMs, handlers } = options;
  const beatMs = options.beatMs ?? BEAT_MS;
  const firstRetryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
  const sockets = new Set<WebSocket>();
  const working = new Set<Promise<void>>();
  let current: WebSocket | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let opening = false;
  let attempt = 0;
  let stopped = true;

  async function open(): Promise<void> {
    if (opening || stopped) return;
    opening = true;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    try {
      const address = await openGateway({ config, fetch, timeoutMs });
      if (stopped) return;
      connect(address);
    } catch (error) {
      const { reason, platformCode } =
        error instanceof ChannelError ? error : { reason: 'server', platformCode: undefined };
      const fields = { event: 'stream.refused', channel: 'dingtalk', reason, code: platformCode, attempt };
      if (reason === 'auth') log.error(fields, 'the stream gateway refuses our credentials or the robot');
      else log.warn(fields, 'the stream gateway gave no connection');
      retry();
    } finally {
      opening = false;
    }
  }

  function retry(): void {
    if (stopped || retryTimer) return;
    const wait = Math.min(firstRetryMs * 2 ** attempt, LONGEST_RETRY_MS);
    attempt += 1;
    retryTimer = setTimeout(
      () => {
        retryTimer = undefined;
        void open();
      },
      wait * (1 + Math.random() / 4), // many processes must not come back at once
    );
    retryTimer.unref();
  }

  function connect(address: string): void {
    const socket = new WebSocket(address, {
      followRedirects: false,
      handshakeTimeout: timeoutMs,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    const before = current;
    current = socket;
    sockets.add(socket);
    let heardAt = performance.now();
    let openedAt = Number.POSITIVE_INFINITY;
    let beat: NodeJS.Timeout | undefined;
    const hear = () => {
      heardAt = performance.now();
    };
    socket.on('open', () => {
      hear();
      openedAt = performance.now();
      log.info({ event: 'stream.open', channel: 'dingtalk' }, 'the stream is connected');
      if (before) retire(before);
      beat = setInterval(() => {
        const silentMs = performance.now() - heardAt;
        if (silentMs > 2 * beatMs) socket.terminate();
        else if (silentMs >= beatMs / 2) socket.ping();
      }, beatMs / 2);
      beat.unref();
    });
    socket.on('pong', hear);
    socket.on('ping', hear);
    socket.on('message', (raw) => {
      hear();
      const work = take(socket, raw.toString()).catch((error: unknown) => {
        const code = (error as { code?: unknown }).code;
        log.error(
          { event: 'stream.unrecorded', channel: 'dingtalk', code: typeof code === 'string' ? code : undefined },
          'a message could not be recorded and was not acknowledged',
        );
      });
      working.add(work);
      void work.finally(() => working.delete(work));
    });
    socket.on('error', () => undefined); // 'close' always follows
    socket.on('close', (code) => {
      clearInterval(beat);
      sockets.delete(socket);
      // One that is taken and cut at once again and again is no reason to ask ever faster.
      if (performance.now() - openedAt > LIVED_MS) attempt = 0;
      if (socket !== current) return;
      current = undefined;
      if (!stopped) log.warn({ event: 'stream.closed', channel: 'dingtalk', code }, 'the stream was closed');
      retry();
    });
  }

  /** The platform closes it itself about ten seconds after it said so; what still comes is still acknowledged. */
  function retire(socket: WebSocket): void {
    setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
  }

  async function take(socket: WebSocket, raw: string): Promise<void> {
    const frame = readFrame(raw);
    if (!frame) {
      log.warn({ event: 'stream.unreadable', channel: 'dingtalk' }, 'a frame could not be read');
      return;
    }
    const topic = String(frame.headers.topic ?? '');
    const data = frame.data ?? '';
    switch (frame.type) {
      case 'SYSTEM':
        if (topic === 'ping') acknowledge(socket, frame, data);
        // Nothing more comes over this connection: the next one is opened before it is gone.
        else if (topic === 'disconnect' && socket === current) void open();
        return;
      case 'EVENT': {
        const name = nameOf(frame.headers.eventType ?? topic);
        log.info(
          { event: 'callback.ignored', channel: 'dingtalk', reason: `event ${name}` },
          'an event was left alone',
        );
        return acknowledge(socket, frame, JSON.stringify({ status: 'SUCCESS' }));
      }
      case 'CALLBACK':
        if (topic === TOPICS.robot) await handlers.robot(maybeJson(data));
        else if (topic === TOPICS.card) await handlers.card(maybeJson(data), String(frame.headers.messageId ?? ''));
        else return acknowledge(socket, frame, '{}', 404);
        return acknowledge(socket, frame, JSON.stringify({ response: topic === TOPICS.card ? {} : null }));
      default:
        log.info(
          { event: 'callback.ignored', channel: 'dingtalk', reason: `frame ${nameOf(frame.type)}` },
          'left alone',
        );
    }
  }

  return {
    start() {
      stopped = false;
      void open();
    },
    async stop() {
      stopped = true;
      clearTimeout(retryTimer);
      retryTimer = undefined;
      await Promise.race([Promise.allSettled(working), sleep(STOP_WAIT_MS, undefined, { ref: false })]);
      for (const socket of sockets) {
        socket.close(1000);
        setTimeout(() => socket.terminate(), 500).unref();
      }
    },
    isOpen: () => current?.readyState === WebSocket.OPEN,
  };
}

/** The platform waits for the frame's own id back; a socket that is gone means that it sends again. */
function acknowledge(socket: WebSocket, frame: Frame, data: string, code = 200): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  const headers = { contentType: 'application/json', messageId: String(frame.headers.messageId ?? '') };
  socket.send(JSON.stringify({ code, message: code === 200 ? 'OK' : 'unknown topic', headers, data }));
}

function readFrame(raw: string): Frame | undefined {
  const parsed = frameSchema.safeParse(maybeJson(raw));
  return parsed.success ? parsed.data : undefined;
}

function nameOf(value: unknown): string {
  return /^\w{1,60}$/.exec(String(value))?.[0] ?? 'without a known name';
}
