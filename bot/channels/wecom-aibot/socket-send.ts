/** Says one part over the long connection: as the answer to its message while that can be, else as a push. */
import type { IncomingMessage } from '../../../handlers/message.ts';
import type { Clock } from '../../../handlers/ports.ts';
import { type Address, ChannelError } from '../channel.ts';
import { buttonsOnly, taskId } from './card.ts';
import { readPart } from './render.ts';
import type { Send } from './send.ts';
import { type AibotSocket, NOT_CONNECTED, UNSUBSCRIBED } from './socket.ts';
import type { Streams } from './streams.ts';
import { type Card, LIMITS, type Part } from './types.ts';
import { uploadMedia } from './uploads.ts';

export interface SocketSenderOptions {
  readonly socket: AibotSocket;
  readonly streams: Streams;
  readonly clock: Clock;
}

type Handle = NonNullable<IncomingMessage['replyHandle']>;
interface Way {
  readonly address: Address;
  readonly key: string;
  readonly answering: IncomingMessage | undefined;
  /** Handle of a message or event of this very connection: its req_id is good here only. */
  readonly live: Handle | undefined;
}

/**
 * Makes the sender. At least once: the platform has no duplicate guard for pushes; the last frame of a stream may be repeated
 * without harm.
 */
export function createSocketSender({ socket, streams, clock }: SocketSenderOptions): Send {
  return async (address, json, key, answering) => {
    const handle = answering?.replyHandle;
    if (handle?.feedback) return; // the platform says thank you itself
    const live = handle?.conn !== undefined && handle.conn === socket.connection() ? handle : undefined;
    const part = readPart(json);
    const way: Way = { address, key, answering, live };
    switch (part.kind) {
      case 'update':
        return update(part, way);
      case 'words':
        return words(part, way);
      case 'card':
        return card(part, way);
      case 'media':
        return media(part, way);
    }
  };

  async function update(part: Extract<Part, { kind: 'update' }>, way: Way): Promise<void> {
    const { live } = way;
    if (live && isFresh(live)) {
      const body = { response_type: 'update_template_card', template_card: { ...part.card, task_id: live.task } };
      if (await answered('aibot_respond_update_msg', body, live)) return;
    }
    if (part.otherwise !== undefined) await push(way, { msgtype: 'markdown', markdown: { content: part.otherwise } });
  }

  async function words(part: Extract<Part, { kind: 'words' }>, way: Way): Promise<void> {
    const { live, answering } = way;
    if (live && answering?.event === 'welcome' && isFresh(live)) {
      const text = { msgtype: 'text', text: { content: part.content } };
      if (await answered('aibot_respond_welcome_msg', text, live)) return;
    }
    if (live && answering && part.at === 0 && (await finished(answering, part.content, part.feedback))) return;
    const content = canHoldCard(way) || part.line === '' ? part.content : `${part.content}\n\n${part.line}`;
    await push(way, { msgtype: 'markdown', markdown: { content } });
  }

  async function card(part: Extract<Part, { kind: 'card' }>, way: Way): Promise<void> {
    const { live, answering, key } = way;
    const drawn: Card = { ...part.card, task_id: taskId('sent', key) };
    const rated = part.feedback === undefined ? drawn : { ...drawn, feedback: { id: part.feedback } };
    const body = { msgtype: 'template_card', template_card: rated };
    if (live && answering?.event === 'welcome' && isFresh(live)) {
      if (await answered('aibot_respond_welcome_msg', body, live)) return;
    }
    if (live && answering && isMessage(answering)) {
      // A placeholder that stands can only be replaced by words: the buttons then come below them.
      if (!part.beside && streams.isShown(answering.messageId)) {
        if (await finished(answering, part.content, part.feedback)) {
          const below = { msgtype: 'template_card', template_card: buttonsOnly(drawn) };
          if (await answered('aibot_respond_msg', below, live)) return;
        }
      } else {
        if (!part.beside) streams.drop(answering.messageId);
        if (await answered('aibot_respond_msg', body, live)) return;
      }
    }
    if (canHoldCard(way)) return push(way, body);
    if (part.beside) return; // its words went out with the buttons in words
    await push(way, { msgtype: 'markdown', markdown: { content: `${part.content}\n\n${part.line}` } });
  }

  async function media(part: Extract<Part, { kind: 'media' }>, way: Way): Promise<void> {
    const { type, name, content } = part;
    let mediaId: string;
    try {
      mediaId = await uploadMedia(socket, { type, name, bytes: Buffer.from(part.base64, 'base64') });
    } catch (error) {
      if (!(error instanceof ChannelError) || error.retryable) throw error;
      return push(way, { msgtype: 'markdown', markdown: { content } }); // the platform will not have it
    }
    await push(way, { msgtype: type, [type]: { media_id: mediaId } });
  }

  /** The message's own stream ends with these words. */
  async function finished(answering: IncomingMessage, content: string, feedback: string | undefined): Promise<boolean> {
    if (!streams.isOpen(answering.messageId)) return false;
    try {
      await streams.finish(answering.messageId, content, feedback);
      return true;
    } catch (error) {
      if (!isLost(error)) throw error;
      streams.drop(answering.messageId);
      return false;
    }
  }

  /** The answer by req_id; false where the platform no longer knows it. */
  async function answered(cmd: string, body: object, live: Handle): Promise<boolean> {
    try {
      await socket.request(cmd, body, live.req);
      return true;
    } catch (error) {
      if (!isLost(error)) throw error;
      return false;
    }
  }

  async function push({ address }: Way, body: object): Promise<void> {
    const whole = { chatid: address.chat, chat_type: address.kind === 'group' ? 2 : 1, ...body };
    try {
      await socket.request('aibot_send_msg', whole);
    } catch (error) {
      // Never sent, or refused for want of a subscription: once more when the connection is back.
      const code = error instanceof ChannelError ? error.platformCode : undefined;
      if (code !== NOT_CONNECTED && code !== UNSUBSCRIBED) throw error;
      await socket.request('aibot_send_msg', whole);
    }
  }

  /** enter_chat and a pressed card take their answer for five seconds. */
  function isFresh(handle: Handle): boolean {
    return clock.now().getTime() - Date.parse(handle.at ?? '') < LIMITS.eventAnswerMs;
  }
}

/** Neither an event nor a press, whose card is left alone. */
function isMessage({ action, event, replyHandle }: IncomingMessage): boolean {
  return action === undefined && event === undefined && replyHandle?.task === undefined;
}

/** Pushed cards reach private chats only; as the answer to a message they stand in groups, too. */
function canHoldCard({ address, live, answering }: Way): boolean {
  return address.kind !== 'group' || (live !== undefined && answering !== undefined && isMessage(answering));
}

/** The req_id is unknown, the stream over, the connection another one: a push still works. */
function isLost(error: unknown): boolean {
  return error instanceof ChannelError && (error.reason === 'rejected' || error.platformCode === UNSUBSCRIBED);
}
