/** Turns a verified callback or stream frame of the robot into one message, or a named reason to ignore it. */
import type { Attachment, IncomingMessage } from '../../../handlers/message.ts';
import { parseButtonKey } from '../button-key.ts';
import { EdgeError } from '../channel.ts';
import { isOnBase } from '../hosts.ts';
import type { DingtalkConfig } from './config.ts';
import { cardCallbackSchema, cardContentSchema, quotedSchema, type RobotMessage, robotMessageSchema } from './types.ts';

export const CHANNEL = 'dingtalk';

export type Reading =
  | { readonly kind: 'message'; readonly message: IncomingMessage }
  | { readonly kind: 'ignored'; readonly reason: string };

/** Path of a session webhook on the configured host; anything else in its place is left alone. */
const SESSION_PATH = '/robot/sendBySession';

/**
 * Reads a robot callback, from HTTP or the stream.
 * @throws EdgeError 400 for what is no callback of the documented shape
 */
export function readRobotMessage(body: unknown, config: DingtalkConfig): Reading {
  const parsed = robotMessageSchema.safeParse(body);
  if (!parsed.success) throw new EdgeError(400, `callback without ${nameOf(parsed.error.issues[0]?.path[0])}`);
  const raw = parsed.data;
  if (raw.robotCode !== undefined && raw.robotCode !== config.robotCode) {
    return { kind: 'ignored', reason: 'meant for another robot' };
  }
  if (config.corpId !== undefined && raw.chatbotCorpId !== config.corpId) {
    return { kind: 'ignored', reason: 'meant for another organisation' };
  }
  if (Number(raw.errorCode ?? 0) !== 0) {
    // The words are not in it: nothing can be answered.
    return { kind: 'ignored', reason: `the platform keeps the words back: code ${codeOf(raw.errorCode)}` };
  }
  const said = wordsOf(raw);
  const person = personOf(raw);
  const group = raw.conversationType === '2';
  return {
    kind: 'message',
    message: {
      channel: CHANNEL,
      tenant: config.clientId,
      messageId: raw.msgId,
      createdAt: instantOf(raw.createAt),
      conversation: group
        ? { id: raw.conversationId, kind: 'group', title: raw.conversationTitle }
        : { id: person, kind: 'direct' },
      sender: { platformUserId: person, displayName: raw.senderNick },
      text: said.text.trim(),
      attachments: said.attachments,
      quotedText: quotedOf(raw),
      replyHandle: sessionOf(raw, config),
    },
  };
}

/**
 * Reads a press on an interactive card.
 * @throws EdgeError 400 for what is no callback of the documented shape
 */
export function readCardPress(body: unknown, config: DingtalkConfig, pressId: string): Reading {
  const parsed = cardCallbackSchema.safeParse(body);
  if (!parsed.success) throw new EdgeError(400, `press without ${nameOf(parsed.error.issues[0]?.path[0])}`);
  const { outTrackId, userId, corpId, content, value } = parsed.data;
  if (config.corpId !== undefined && corpId !== undefined && corpId !== config.corpId) {
    return { kind: 'ignored', reason: 'meant for another organisation' };
  }
  const inner = cardContentSchema.safeParse(jsonOf(content ?? value));
  const { actionIds, params } = inner.success ? inner.data.cardPrivateData : { actionIds: [], params: {} };
  const keys = [params?.press, ...(actionIds ?? [])].filter((key) => typeof key === 'string');
  const action = keys.map(parseButtonKey).find((one) => one !== undefined);
  if (!action) return { kind: 'ignored', reason: 'a press that is not ours' };
  const conversation = groupOfCard(outTrackId);
  return {
    kind: 'message',
    message: {
      channel: CHANNEL,
      tenant: config.clientId,
      messageId: `press:${pressId}`,
      conversation: conversation ? { id: conversation, kind: 'group' } : { id: userId, kind: 'direct' },
      sender: { platformUserId: userId },
      text: '',
      attachments: [],
      action,
      replyHandle: { card: outTrackId },
    },
  };
}

/** The group a card lies in stands in its id after the first dot; without one it lies in a private chat. */
function groupOfCard(outTrackId: string): string | undefined {
  const dot = outTrackId.indexOf('.');
  return dot < 0 ? undefined : outTrackId.slice(dot + 1);
}

/** Staff ids are of one organisation: somebody else's is no id here, but a stranger's. */
function personOf(raw: RobotMessage): string {
  const stranger =
    raw.senderCorpId !== undefined && raw.chatbotCorpId !== undefined && raw.senderCorpId !== raw.chatbotCorpId;
  return (stranger ? undefined : raw.senderStaffId) ?? raw.senderId;
}

/**
 * The way to answer this very message while it lasts. Nothing signs it, so only this host and path are believed; the address
 * holds a session, so it is sealed with the message.
 */
function sessionOf(raw: RobotMessage, { oapiBase }: DingtalkConfig): IncomingMessage['replyHandle'] {
  const { sessionWebhook: url, sessionWebhookExpiredTime: expires } = raw;
  if (url === undefined || expires === undefined || !Number.isFinite(expires)) return undefined;
  if (!isSession(url, oapiBase)) return undefined;
  return { session: url, sessionExpires: String(expires) };
}

/** Whether an address is a session webhook of the configured host. */
export function isSession(url: string, oapiBase: string): boolean {
  if (!isOnBase(url, oapiBase)) return false;
  return new URL(url).pathname === `${new URL(oapiBase).pathname.replace(/\/$/, '')}${SESSION_PATH}`;
}

interface Said {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

function wordsOf(raw: RobotMessage): Said {
  const content = asRecord(raw.content);
  switch (raw.msgtype) {
    case 'text': {
      // One page of the platform shows the words at the top for HTTP.
      const text = stringOf(asRecord(raw.text).content) ?? stringOf(raw.text) ?? stringOf(raw.content) ?? '';
      return { text, attachments: [] };
    }
    case 'richText':
      return richText(content.richText, raw.conversationType === '2');
    case 'picture':
      return { text: '', attachments: [attachment('图片.jpg', 'image', content)] };
    case 'audio': {
      const recognised = stringOf(content.recognition)?.trim() ?? '';
      return { text: recognised, attachments: recognised === '' ? [attachment('语音.amr', 'voice', content)] : [] };
    }
    case 'video': {
      const ending = /^[a-z0-9]{1,8}$/i.exec(stringOf(content.videoType) ?? '')?.[0] ?? 'mp4';
      return { text: '', attachments: [attachment(`视频.${ending}`, 'video', content)] };
    }
    case 'file':
      return { text: '', attachments: [attachment(stringOf(content.fileName) || '文件', 'file', content)] };
    default:
      return { text: '', attachments: [{ name: '未知类型的消息', kind: 'file' }] };
  }
}

function richText(items: unknown, mentioned: boolean): Said {
  const parts = (Array.isArray(items) ? items : []).map(asRecord);
  const texts = parts.map((part) => stringOf(part.text)).filter((text) => text !== undefined);
  if (mentioned) texts[0] = withoutMention(texts[0] ?? '');
  const attachments = parts
    .filter((part) => part.type === 'picture' || (part.text === undefined && part.downloadCode !== undefined))
    .map((part, at) => attachment(at === 0 ? '图片.jpg' : `图片${at + 1}.jpg`, 'image', part));
  return { text: texts.join(''), attachments };
}

/** The platform strips the mention from a text, but not from rich text: there it is the first item, or begins it. */
function withoutMention(item: string): string {
  return item.replace(/^\s*@\S+(?:\s+|$)/, '');
}

function attachment(name: string, kind: Attachment['kind'], content: Readonly<Record<string, unknown>>): Attachment {
  const mediaId = stringOf(content.downloadCode);
  return mediaId ? { name, kind, mediaId } : { name, kind };
}

function quotedOf(raw: RobotMessage): string | undefined {
  const holder = [asRecord(raw.text), asRecord(raw.content)].find((one) => one.repliedMsg !== undefined);
  const quoted = quotedSchema.safeParse(jsonOf(holder?.repliedMsg));
  if (!quoted.success) return undefined;
  const plain = stringOf(quoted.data.content);
  const inner = jsonOf(quoted.data.content);
  const content = asRecord(inner);
  const words =
    stringOf(content.text) ??
    stringOf(content.content) ??
    (Array.isArray(content.richText) ? richText(content.richText, false).text : undefined) ??
    stringOf(content.recognition) ??
    stringOf(content.fileName) ??
    (typeof inner === 'object' ? undefined : plain);
  return words?.trim() || undefined;
}

/** JSON in a string as what it holds; anything else as it is. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function instantOf(ms: number | undefined): string | undefined {
  return ms !== undefined && Number.isInteger(ms) && ms > 1e12 && ms < 1e13 ? new Date(ms).toISOString() : undefined;
}

function codeOf(code: unknown): string {
  return /^\w{1,20}$/.exec(String(code))?.[0] ?? 'unknown';
}

function nameOf(path: PropertyKey | undefined): string {
  return path === undefined ? 'an object' : String(path);
}
