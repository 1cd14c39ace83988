/** Placeholders over the long connection（流式占位）: shown when an answer takes longer, kept alive, ended in time. */
import { ChannelError } from '../channel.ts';
import { FEEDBACK_LATER } from './feedback.ts';
import { LOOKING } from './render.ts';
import type { AibotSocket } from './socket.ts';
import { LIMITS } from './types.ts';

/** Refreshed in this rhythm (ms), the third time is the last: by one reading of the page the window is one of silence. */
const REFRESH_MS = LIMITS.polledMs / 3;
const REFRESHES = 2;
/** Ends a placeholder that no answer reached in its time; the answer comes as a message of its own. */
const TAKES_LONGER = '还在处理，有结果会再发给您。';
/** Messages remembered; older ones are answered by a push. */
const MOST = 1_000;

interface Stream {
  readonly reqId: string;
  timer: NodeJS.Timeout | undefined;
  /** A frame of it went out. */
  shown: boolean;
  /** Its last frame went out. */
  over: boolean;
}

export interface Streams {
  /** A message came: shows the placeholder unless it is answered first. */
  begin(messageId: string, reqId: string): void;
  /** Whether the message can still be answered by a stream's last frame. */
  isOpen(messageId: string): boolean;
  /** The placeholder is standing: only a stream's last frame can replace it. */
  isShown(messageId: string): boolean;
  /** @throws ChannelError */
  finish(messageId: string, content: string, feedback: string | undefined): Promise<void>;
  /** Answered otherwise: no placeholder any more. */
  drop(messageId: string): void;
  /** The connection is gone, and every stream with it. */
  clear(): void;
}

export function createStreams(
  socket: Pick<AibotSocket, 'request'>,
  placeholderMs: number = LIMITS.firstAnswerMs,
): Streams {
  const streams = new Map<string, Stream>();

  function frame(messageId: string, stream: Stream, more: object): Promise<unknown> {
    const body = { msgtype: 'stream', stream: { id: messageId, ...more } };
    return socket.request('aibot_respond_msg', body, stream.reqId);
  }

  function show(messageId: string, stream: Stream): void {
    const feedback = stream.shown ? {} : { feedback: { id: FEEDBACK_LATER } };
    stream.shown = true;
    frame(messageId, stream, { finish: false, content: LOOKING, ...feedback }).catch(() => drop(messageId));
    let refreshed = 0;
    const refresh = () => {
      if (refreshed === REFRESHES) {
        frame(messageId, stream, { finish: true, content: TAKES_LONGER }).catch(() => undefined);
        drop(messageId);
        return;
      }
      refreshed += 1;
      frame(messageId, stream, { finish: false, content: LOOKING }).catch(() => drop(messageId));
      stream.timer = setTimeout(refresh, REFRESH_MS).unref();
    };
    stream.timer = setTimeout(refresh, REFRESH_MS).unref();
  }

  function drop(messageId: string): void {
    const stream = streams.get(messageId);
    clearTimeout(stream?.timer);
    if (stream) stream.over = true;
    streams.delete(messageId);
  }

  return {
    begin(messageId, reqId) {
      const stream: Stream = { reqId, timer: undefined, shown: false, over: false };
      stream.timer = setTimeout(() => show(messageId, stream), placeholderMs).unref();
      streams.set(messageId, stream);
      for (const oldest of streams.keys()) if (streams.size > MOST) drop(oldest);
    },
    isOpen: (messageId) => streams.has(messageId),
    isShown: (messageId) => streams.get(messageId)?.shown === true,
    async finish(messageId, content, feedback) {
      const stream = streams.get(messageId);
      if (!stream) throw new ChannelError('rejected', { retryable: false, platformCode: 'no stream' });
      clearTimeout(stream.timer);
      const rated = stream.shown || feedback === undefined ? {} : { feedback: { id: feedback } };
      stream.shown = true;
      // It stays until it is known to have arrived: the same frame twice is the same answer.
      await frame(messageId, stream, { finish: true, content, ...rated });
      drop(messageId);
    },
    drop,
    clear() {
      for (const messageId of [...streams.keys()]) drop(messageId);
    },
  };
}
