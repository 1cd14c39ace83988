/** Turns a verified update into one message, a moved group, or a named reason to leave it alone. Pure. */
import type { Attachment, IncomingMessage } from '../../../handlers/message.ts';
import { EdgeError } from '../channel.ts';
import { parseButtonData } from './buttons.ts';
import { type TelegramCallback, type TelegramMessage, type TelegramUpdate, updateSchema } from './types.ts';

export const CHANNEL = 'telegram';

export type ReadUpdate =
  | { readonly kind: 'message'; readonly message: IncomingMessage }
  /** A group became a supergroup: the same people under another id. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'ignored'; readonly reason: string };

export interface ReceiveOptions {
  readonly botId: string;
  /** Own name without @; undefined until the platform told it. */
  readonly botName: string | undefined;
}

/** Latin words of the command menu, and what they say here. Telegram takes no Chinese ones there. */
export const COMMAND_WORDS: ReadonlyMap<string, string> = new Map([
  ['start', ''],
  ['help', '帮助'],
  ['contents', '目录'],
  ['mine', '我的转诊'],
  ['shortages', '缺药清单'],
  ['me', '我是谁'],
]);

/**
 * Reads the JSON of an update.
 * @throws EdgeError 400 for what is none; 503 where a group names somebody and our own name is not known yet
 */
export function readUpdate(body: Buffer, options: ReceiveOptions): ReadUpdate & { readonly callbackId?: string } {
  const update = parseUpdate(body);
  const messageId = `update:${update.update_id}`;
  if (update.callback_query) return readPress(update.callback_query, messageId, options);
  if (update.message) return readMessage(update.message, messageId, options);
  if (update.my_chat_member) return { kind: 'ignored', reason: membership(update.my_chat_member) };
  const kind = Object.keys(update).find((name) => name !== 'update_id') ?? '';
  return { kind: 'ignored', reason: /^[a-z_]{1,40}$/.test(kind) ? kind.replaceAll('_', ' ') : 'an unknown update' };
}

function parseUpdate(body: Buffer): TelegramUpdate {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new EdgeError(400, 'callback is not JSON');
  }
  const parsed = updateSchema.safeParse(value);
  if (!parsed.success) throw new EdgeError(400, 'callback is no update of the documented shape');
  return parsed.data;
}

function readMessage(message: TelegramMessage, messageId: string, options: ReceiveOptions): ReadUpdate {
  const { chat, from } = message;
  if (message.migrate_to_chat_id !== undefined) return { kind: 'moved', from: chat.id, to: message.migrate_to_chat_id };
  if (chat.type === 'channel' || !from) return ignored('without a sender');
  if (from.is_bot) return ignored('sent by a bot, or anonymously');
  const attachments = attachmentsOf(message);
  const typed = message.text ?? message.caption;
  if (typed === undefined && attachments.length === 0) return ignored('a service message');

  const group = chat.type !== 'private';
  const { text, addressed } = readWords(message, options);
  if (group && !addressed && message.reply_to_message?.from?.id !== options.botId) {
    return ignored('not said to the bot');
  }
  const start = /^\/start(?: +(\S{1,64}))?\s*$/i.exec(text);
  const quoted = message.quote?.text ?? message.reply_to_message?.text ?? message.reply_to_message?.caption;
  const header = {
    ...headerOf(message, from, messageId, options),
    createdAt: message.date > 0 ? new Date(message.date * 1000).toISOString() : undefined,
    attachments,
    ...(quoted === undefined ? {} : { quotedText: quoted }),
  };
  if (start && !start[1]) return { kind: 'message', message: { ...header, text: '', event: 'welcome' } };
  // t.me/bot?start=CODE opens the chat with an invitation.
  return { kind: 'message', message: { ...header, text: start?.[1] ? `绑定 ${start[1]}` : withoutSlash(text) } };
}

type Header = Pick<IncomingMessage, 'channel' | 'tenant' | 'messageId' | 'conversation' | 'sender' | 'replyHandle'>;

function headerOf(
  message: TelegramMessage,
  from: NonNullable<TelegramMessage['from']>,
  messageId: string,
  { botId }: ReceiveOptions,
): Header {
  const { chat } = message;
  const thread = message.is_topic_message ? message.message_thread_id : undefined;
  const displayName = [from.last_name, from.first_name].filter(Boolean).join(' ');
  return {
    channel: CHANNEL,
    tenant: botId,
    messageId,
    conversation: {
      id: chat.id,
      kind: chat.type === 'private' ? 'direct' : 'group',
      ...(chat.title === undefined ? {} : { title: chat.title }),
    },
    sender: { platformUserId: from.id, ...(displayName === '' ? {} : { displayName }) },
    ...(thread === undefined ? {} : { replyHandle: { thread: String(thread) } }),
  };
}

/** A press; the card it was on may be changed by the answer. What cannot be read is acknowledged with words. */
function readPress(
  press: TelegramCallback,
  messageId: string,
  options: ReceiveOptions,
): ReadUpdate & { readonly callbackId: string } {
  const callbackId = press.id;
  const action = press.data === undefined ? undefined : parseButtonData(press.data);
  const card = press.message;
  if (!action || !card || card.chat.type === 'channel') {
    return { kind: 'ignored', reason: 'a button that is not ours', callbackId };
  }
  const header = headerOf(card, press.from, messageId, options);
  const replyHandle = { ...header.replyHandle, card: String(card.message_id) };
  return { kind: 'message', callbackId, message: { ...header, replyHandle, text: '', attachments: [], action } };
}

function ignored(reason: string): ReadUpdate {
  return { kind: 'ignored', reason };
}

function membership({ chat, new_chat_member }: NonNullable<TelegramUpdate['my_chat_member']>): string {
  const gone = new_chat_member.status === 'left' || new_chat_member.status === 'kicked';
  if (chat.type === 'private') return gone ? 'blocked by the person' : 'unblocked by the person';
  return gone ? 'removed from the group' : 'added to the group, or its rights changed';
}

/** The words without our own name, and whether we were named. */
function readWords(
  message: TelegramMessage,
  { botId, botName }: ReceiveOptions,
): { readonly text: string; readonly addressed: boolean } {
  const text = message.text ?? message.caption ?? '';
  const entities = (message.text === undefined ? message.caption_entities : message.entities) ?? [];
  let rest = text;
  let addressed = false;
  // From the end, so that places before stay right.
  for (const { type, offset, length, user } of [...entities].sort((a, b) => b.offset - a.offset)) {
    const words = text.slice(offset, offset + length);
    const cut = (from: number) => {
      addressed = true;
      rest = rest.slice(0, from) + rest.slice(offset + length);
    };
    if (type === 'text_mention' && user?.id === botId) cut(offset);
    else if (type === 'mention' && isOurs(words.slice(1), botName, message)) cut(offset);
    else if (type === 'bot_command') {
      const [command = '', name] = words.split('@');
      if (name === undefined) addressed ||= offset === 0 && COMMAND_WORDS.has(command.slice(1).toLowerCase());
      else if (isOurs(name, botName, message)) cut(offset + command.length);
    }
  }
  return { text: rest.trim(), addressed };
}

function isOurs(name: string, botName: string | undefined, { chat }: TelegramMessage): boolean {
  if (botName !== undefined) return name.toLowerCase() === botName.toLowerCase();
  if (chat.type === 'private') return false;
  throw new EdgeError(503, 'the own name is not known yet');
}

/** `/help`, `/问 基金超支怎么办`: the platform's habit of a slash, and its Latin commands. */
function withoutSlash(text: string): string {
  const [, word, rest = ''] = /^\/([\p{L}\p{N}_]{1,64})(?:@\w+)?(?=\s|$)\s*([\s\S]*)$/u.exec(text) ?? [];
  if (word === undefined) return text.replace(/^\/+(?=[\p{Script=Han}])/u, '');
  if (word === '问' || word === '提问' || word === 'ask') return rest === '' ? '帮助' : rest;
  const said = COMMAND_WORDS.get(word.toLowerCase());
  return `${said ?? word} ${rest}`.trim() || '帮助';
}

function attachmentsOf(message: TelegramMessage): readonly Attachment[] {
  const file = (kind: Attachment['kind'], name: string, one: { readonly file_id: string } | undefined): Attachment[] =>
    one ? [{ name, kind, mediaId: one.file_id }] : [];
  const { document, voice, audio, video, animation } = message;
  const video_note = message.video_note;
  const pictures = file('image', '图片.jpg', message.photo?.at(-1)); // the last one is the largest
  const found = [
    ...pictures,
    ...file('voice', '语音.ogg', voice),
    ...file('voice', audio?.file_name ?? '音频.mp3', audio),
    ...file('video', video?.file_name ?? '视频.mp4', video ?? video_note),
    // A moving picture comes with itself as a document, for older programs.
    ...(animation ? file('video', '动图.mp4', animation) : file('file', document?.file_name ?? '文件', document)),
  ];
  if (found.length > 0) return found;
  if (message.location !== undefined) return [{ name: '位置', kind: 'file' }];
  return message.contact === undefined ? [] : [{ name: '名片', kind: 'file' }];
}
