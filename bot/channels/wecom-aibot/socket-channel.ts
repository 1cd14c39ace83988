/** The AI bot over a long connection: hears and says everything on one WebSocket, held by one process of all. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from '../../../handlers/message.ts';
import type { Channel, Deliver } from '../channel.ts';
import { isLoopbackHost } from '../hosts.ts';
import type { AibotSocketConfig } from './config.ts';
import { downloadFile } from './files.ts';
import type { WecomAibotOptions } from './index.ts';
import { CHANNEL, type ReadCallback, readCallback } from './receive.ts';
import { createRenderer } from './render.ts';
import { createSocket } from './socket.ts';
import { createSocketSender } from './socket-send.ts';
import { createStreams } from './streams.ts';
import { type Frame, LIMITS } from './types.ts';

/** What the platform allows as userid; case matters here. */
const USER_ID = /^[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}$/;
const CALLBACKS = new Set(['aibot_msg_callback', 'aibot_event_callback']);
/** The platform brings a message once: recording it is tried for this long (ms), then its sender is told to say it again. */
const RECORD_FOR_MS = 20_000;
const RECORD_AGAIN_MS = 1_000;
const NOT_RECORDED = '系统忙，这条没有记下。请过几分钟再发一次。';
/** Required by the contract, unused: a frame has no answer but the reply. */
const NO_ANSWER = { status: 200, type: 'text/plain; charset=utf-8', body: '' } as const;

/**
 * Makes the channel for one AI bot that this bot calls.
 * @throws Error when the secret is empty
 */
export function createSocketChannel(config: AibotSocketConfig, options: WecomAibotOptions): Channel {
  const { clock, log, timeoutMs } = options;
  if (config.secret === '') throw new Error('the secret of the AI bot is empty');
  const renderer = createRenderer(config);
  /** The last delivery of each conversation: what came first is recorded first. */
  const lanes = new Map<string, Promise<void>>();
  let deliver: Deliver | undefined;
  const socket = createSocket({
    url: config.wsUrl,
    botId: config.botId,
    secret: config.secret,
    log,
    timing: options.timing,
    onFrame: hear,
    onClosed: () => streams.clear(),
  });
  const streams = createStreams(socket);
  const send = createSocketSender({ socket, streams, clock });

  function hear(frame: Frame, connection: string): void {
    if (!CALLBACKS.has(frame.cmd ?? '')) {
      log.info({ event: 'callback.ignored', channel: CHANNEL, reason: 'unknown command' }, 'a frame was left alone');
      return;
    }
    const req = frame.headers?.req_id ?? '';
    let read: ReadCallback;
    try {
      const handle = { at: clock.now().toISOString(), conn: connection, req };
      read = readCallback(frame.body, { botId: config.botId, botName: config.botName, handle });
    } catch {
      log.warn({ event: 'callback.unreadable', channel: CHANNEL }, 'a callback could not be read');
      return;
    }
    if (read.kind !== 'message') {
      const reason = read.kind === 'ignored' ? read.reason : 'a poll, which this way does not have';
      log.info({ event: 'callback.ignored', channel: CHANNEL, reason }, 'a callback was left alone');
      return;
    }
    const { message, takes } = read;
    if (takes === 'stream') streams.begin(message.messageId, req);
    const lane = `${message.conversation.kind} ${message.conversation.id}`;
    const recorded = (lanes.get(lane) ?? Promise.resolve()).then(() => record(message));
    lanes.set(lane, recorded);
    void recorded.finally(() => {
      if (lanes.get(lane) === recorded) lanes.delete(lane);
    });
  }

  async function record(message: IncomingMessage): Promise<void> {
    const until = performance.now() + RECORD_FOR_MS;
    for (;;) {
      try {
        await deliver?.({ kind: 'message', message, acknowledge: NO_ANSWER });
        return;
      } catch {
        if (performance.now() > until) break;
        await sleep(RECORD_AGAIN_MS, undefined, { ref: false });
      }
    }
    log.error(
      { event: 'message.unrecorded', channel: CHANNEL },
      'a message could not be recorded, its sender was told',
    );
    await streams.finish(message.messageId, NOT_RECORDED, undefined).catch(() => undefined);
  }

  return {
    name: CHANNEL,
    tenant: config.botId,
    deidentified: false,
    replyAddress: ({ conversation }) => ({ chat: conversation.id, kind: conversation.kind }),
    directAddress: (platformUserId) =>
      USER_ID.test(platformUserId) ? { chat: platformUserId, kind: 'direct' } : undefined,
    groupAddress: (id) => (/^[\x21-\x7e]{1,128}$/.test(id) ? { chat: id, kind: 'group' } : undefined),
    render: (blocks, answering) => renderer.forSocket(blocks, answering),
    send,
    paceOf: () => LIMITS.toOneConversation,
    download: (attachment, maxBytes) =>
      downloadFile(attachment, maxBytes, {
        fetch: options.fetch ?? globalThis.fetch,
        timeoutMs: timeoutMs ?? 30_000,
        hosts: config.fileHosts,
        loopbackBase: isLoopbackHost(new URL(config.wsUrl).hostname),
        key: undefined,
      }),
    connection: 'exclusive',
    async start(given) {
      deliver = given;
      socket.open();
    },
    async stop() {
      await socket.close();
      await Promise.all(lanes.values());
    },
    canSend: () => socket.connection() !== undefined,
  };
}
