/** Turns what the platform brings, by callback or in a frame, into one message, a poll, or a named reason to ignore it. */
import type { Attachment, ButtonAction, IncomingMessage } from '../../../handlers/message.ts';
import { parseButtonKey } from '../button-key.ts';
import { EdgeError } from '../channel.ts';
import { readFeedbackId } from './feedback.ts';
import { withoutMention } from './mention.ts';
import { type Callback, callbackSchema } from './types.ts';

export const CHANNEL = 'wecom-aibot';

export type ReadCallback =
  | {
      readonly kind: 'message';
      readonly message: IncomingMessage;
      /** What the platform takes as an answer: an answer that grows, a greeting, the pressed card anew, nothing. */
      readonly takes: 'stream' | 'greeting' | 'card' | 'nothing';
    }
  | { readonly kind: 'poll'; readonly streamId: string }
  | { readonly kind: 'ignored'; readonly reason: string };

export interface ReceiveOptions {
  readonly botId: string;
  readonly botName: string | undefined;
  /** Kept with the message as its `replyHandle`. */
  readonly handle: Readonly<Record<string, string>>;
}

/**
 * Reads one callback.
 * @param value - parsed JSON
 * @throws EdgeError 400 for what has not the documented shape
 */
export function readCallback(value: unknown, options: ReceiveOptions): ReadCallback {
  const parsed = callbackSchema.safeParse(value);
  if (!parsed.success) throw new EdgeError(400, 'callback of an unknown shape');
  const body = parsed.data;
  if (body.aibotid !== undefined && body.aibotid !== options.botId) {
    return { kind: 'ignored', reason: 'meant for another bot' };
  }
  if (body.msgtype === 'stream') {
    if (!body.stream) throw new EdgeError(400, 'poll without a stream');
    return { kind: 'poll', streamId: body.stream.id };
  }
  if (!body.from) throw new EdgeError(400, 'callback from nobody');
  const base = headerOf(body, body.from.userid, options);
  if (body.msgtype === 'event') return readEvent(body, base);
  const inGroup = base.conversation.kind === 'group';
  const attachments = attachmentsOf(body);
  const quoted = body.quote ? attachmentsOf(body.quote) : [];
  return {
    kind: 'message',
    takes: 'stream',
    message: {
      ...base,
      text: inGroup ? withoutMention(textOf(body), options.botName) : textOf(body),
      // A group hands over a file by quoting it.
      attachments: attachments.length > 0 ? attachments : quoted,
      ...(body.quote ? { quotedText: quotedText(body.quote) } : {}),
    },
  };
}

type Header = Omit<IncomingMessage, 'text' | 'attachments'>;
type Payload = Pick<Callback, 'msgtype' | 'text' | 'voice' | 'image' | 'file' | 'video' | 'mixed'>;

function headerOf(body: Callback, userid: string, { botId, handle }: ReceiveOptions): Header {
  const group = body.chatid !== undefined && body.chattype !== 'single';
  return {
    channel: CHANNEL,
    tenant: botId,
    messageId: body.msgid,
    ...(body.create_time === undefined ? {} : { createdAt: new Date(body.create_time * 1000).toISOString() }),
    conversation: { id: group && body.chatid ? body.chatid : userid, kind: group ? 'group' : 'direct' },
    sender: { platformUserId: userid },
    replyHandle: { ...handle, ...(body.response_url ? { url: body.response_url } : {}) },
  };
}

function readEvent(body: Callback, base: Header): ReadCallback {
  const message = { ...base, text: '', attachments: [] };
  const type = body.event?.eventtype ?? '';
  if (type === 'enter_chat') return { kind: 'message', takes: 'greeting', message: { ...message, event: 'welcome' } };
  if (type === 'template_card_event' && body.event?.template_card_event) {
    const { event_key: key = '', task_id: task = '', selected_items: selected } = body.event.template_card_event;
    const action: ButtonAction = parseButtonKey(key) ?? { id: key, value: '' };
    const chosen = selected?.selected_item.flatMap((item) => item.option_ids?.option_id ?? []).join(',');
    return {
      kind: 'message',
      takes: 'card',
      message: {
        ...message,
        action: action.value === '' && chosen ? { ...action, value: chosen } : action,
        replyHandle: { ...base.replyHandle, task },
      },
    };
  }
  if (type === 'feedback_event' && body.event?.feedback_event) {
    const { id, type: verdict } = body.event.feedback_event;
    const action = readFeedbackId(id, verdict);
    if (!action) return { kind: 'ignored', reason: 'feedback without a verdict on a clause' };
    return {
      kind: 'message',
      takes: 'nothing',
      // Without its time: a thumb and a pressed 有用 in the same second are two things.
      message: { ...message, createdAt: undefined, action, replyHandle: { ...base.replyHandle, feedback: 'on' } },
    };
  }
  return { kind: 'ignored', reason: `event ${/^\w{1,40}$/.test(type) ? type : 'without a known name'}` };
}

function textOf(body: Payload): string {
  switch (body.msgtype) {
    case 'text':
      return body.text?.content ?? '';
    case 'voice':
      // Already in words, as sentences; nobody says the full stop after 确认.
      return (body.voice?.content ?? '').replace(/[。.！!]$/, '');
    case 'mixed':
      return (body.mixed?.msg_item ?? []).flatMap((item) => item.text?.content ?? []).join('\n');
    default:
      return '';
  }
}

function attachmentsOf(body: Payload): readonly Attachment[] {
  switch (body.msgtype) {
    case 'text':
    case 'voice':
      return [];
    case 'mixed':
      return (body.mixed?.msg_item ?? []).flatMap((item) =>
        item.msgtype === 'image' ? [{ name: '图片.jpg', kind: 'image' as const, ...mediaId(item.image) }] : [],
      );
    case 'image':
      return [{ name: '图片.jpg', kind: 'image', ...mediaId(body.image) }];
    case 'video':
      return [{ name: '视频.mp4', kind: 'video', ...mediaId(body.video) }];
    default: // a file, or a kind that is not known yet: it gets a polite text
      return [{ name: '文件', kind: 'file', ...mediaId(body.file) }];
  }
}

/** Address and key of a file; opaque to everybody but files.ts. */
function mediaId(media: Callback['image']): { readonly mediaId?: string } {
  const url = media?.url ?? media?.pic_url;
  if (!url) return {};
  return { mediaId: JSON.stringify(media?.aeskey ? { url, key: media.aeskey } : { url }) };
}

/** What was quoted, in words; a picture or file by its kind. */
function quotedText(quote: Payload): string {
  const text = textOf(quote);
  if (text !== '') return text;
  return attachmentsOf(quote)
    .map(({ kind }) => ({ image: '〔图片〕', video: '〔视频〕', voice: '〔语音〕', file: '〔文件〕' })[kind])
    .join('');
}
