/** Turns a verified callback of the app into one message, or a named reason to ignore it. */
import { createHash } from 'node:crypto';
import type { Attachment, IncomingMessage } from '../../../handlers/message.ts';
import { parseButtonKey } from '../button-key.ts';
import { EdgeError } from '../channel.ts';
import type { XmlElement } from './types.ts';
import { parseXml, textOf } from './xml.ts';

export const CHANNEL = 'wecom-app';

export type PlainCallback =
  | {
      readonly kind: 'message';
      readonly message: IncomingMessage;
      /** Whether the platform shows a text that comes back in the same request; a card's click takes card updates only. */
      readonly takesPassiveText: boolean;
    }
  | { readonly kind: 'ignored'; readonly reason: string };

export interface ReceiveOptions {
  readonly corpId: string;
  readonly agentId: string;
}

/**
 * Reads the plain XML of a callback.
 *
 * A message for another AgentID is ignored, not refused: it is validly signed, so two apps of the corp share one callback
 * configuration; refusing would only bring it twice more, answering would serve people outside this app's visible range.
 * @throws EdgeError 400 for what is no callback of the documented shape
 */
export function readCallback(plain: string, { corpId, agentId }: ReceiveOptions): PlainCallback {
  const xml = parseXml(plain);
  const type = idOf(xml, 'MsgType');
  const from = idOf(xml, 'FromUserName');
  if (!type || !from) throw new EdgeError(400, 'callback without MsgType or FromUserName');
  const toAgent = idOf(xml, 'AgentID');
  if (toAgent !== undefined && toAgent !== agentId) return { kind: 'ignored', reason: 'meant for another app' };

  const header = {
    channel: CHANNEL,
    tenant: corpId,
    createdAt: instantOf(idOf(xml, 'CreateTime')),
    conversation: { id: from, kind: 'direct' },
    sender: { platformUserId: from },
  } as const;
  if (type === 'event') return readEvent(xml, header);

  const text = type === 'text' ? (textOf(xml, 'Content') ?? '') : '';
  const messageId = idOf(xml, 'MsgId') || digestOf('message', [plain]);
  const attachments = type === 'text' ? [] : [attachmentOf(type, xml)];
  return { kind: 'message', message: { ...header, messageId, text, attachments }, takesPassiveText: true };
}

type Header = Pick<IncomingMessage, 'channel' | 'tenant' | 'createdAt' | 'conversation' | 'sender'>;

function readEvent(xml: XmlElement, header: Header): PlainCallback {
  const event = idOf(xml, 'Event') ?? '';
  const key = textOf(xml, 'EventKey') ?? '';
  // Events have no MsgId. Redeliveries carry the same plain text; two presses of one button differ in time or task.
  const time = idOf(xml, 'CreateTime') ?? '';
  const id = [
    header.sender.platformUserId,
    time,
    event,
    key,
    idOf(xml, 'TaskId') ?? '',
    idOf(xml, 'ResponseCode') ?? '',
  ];
  const message = { ...header, messageId: digestOf('event', id), text: '', attachments: [] };
  switch (event) {
    case 'subscribe':
    case 'enter_agent':
      return { kind: 'message', message: { ...message, event: 'welcome' }, takesPassiveText: true };
    case 'click': {
      // A menu's key is what the administrator typed in the console: one of our buttons, or simply the words to say.
      const action = parseButtonKey(key);
      return {
        kind: 'message',
        message: action ? { ...message, action } : { ...message, text: key },
        takesPassiveText: true,
      };
    }
    case 'template_card_event':
    case 'template_card_menu_event': {
      const action = parseButtonKey(key) ?? { id: key, value: '' };
      const chosen = action.value === '' ? selectedOptions(xml).join(',') : action.value;
      const takesPassiveText = event === 'template_card_menu_event';
      const responseCode = idOf(xml, 'ResponseCode');
      const taskId = idOf(xml, 'TaskId');
      const replyHandle = responseCode ? { responseCode, ...(taskId ? { taskId } : {}) } : undefined;
      return {
        kind: 'message',
        message: { ...message, action: { ...action, value: chosen }, replyHandle },
        takesPassiveText,
      };
    }
    default:
      return { kind: 'ignored', reason: `event ${/^\w{1,40}$/.test(event) ? event : 'without a known name'}` };
  }
}

/** What a person sent besides text, named for the people who read the answer; location, link and new kinds included. */
function attachmentOf(type: string, xml: XmlElement): Attachment {
  const mediaId = idOf(xml, 'MediaId');
  const media = mediaId ? { mediaId } : {};
  switch (type) {
    case 'image':
      return { name: '图片.jpg', kind: 'image', ...media };
    case 'voice':
      return {
        name: `语音.${/^[a-z0-9]{1,8}$/i.exec(idOf(xml, 'Format') ?? '')?.[0] ?? 'amr'}`,
        kind: 'voice',
        ...media,
      };
    case 'video':
      return { name: '视频.mp4', kind: 'video', ...media };
    case 'location':
      return { name: '位置', kind: 'file' };
    case 'link':
      return { name: '链接', kind: 'file' };
    default:
      return { name: textOf(xml, 'FileName') || '文件', kind: 'file', ...media };
  }
}

function selectedOptions(xml: XmlElement): string[] {
  const items = childrenOf(xml.SelectedItems, 'SelectedItem');
  return items
    .flatMap((item) => childrenOf(typeof item === 'string' ? undefined : item.OptionIds, 'OptionId'))
    .filter((id) => typeof id === 'string');
}

function childrenOf(element: XmlElement[string] | undefined, name: string): readonly (string | XmlElement)[] {
  if (typeof element !== 'object' || Array.isArray(element)) return [];
  const children = (element as XmlElement)[name];
  return Array.isArray(children) ? children : [];
}

/** Ids and codes may stand between line breaks; a message's words are never trimmed. */
function idOf(xml: XmlElement, name: string): string | undefined {
  return textOf(xml, name)?.trim();
}

function instantOf(seconds: string | undefined): string | undefined {
  return seconds && /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000).toISOString() : undefined;
}

function digestOf(kind: string, parts: readonly string[]): string {
  return `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
