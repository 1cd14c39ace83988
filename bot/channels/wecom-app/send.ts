/** Sends one rendered part to one member or into one of the app's own group chats, with the duplicate guard. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from '../../../handlers/message.ts';
import { type Address, ChannelError } from '../channel.ts';
import { failureOf, type WecomApi } from './api.ts';
import { type MediaPart, type Part, readPart } from './parts.ts';
import { LIMITS, type SendBody } from './types.ts';

export type Send = (address: Address, part: string, key: string, answering?: IncomingMessage) => Promise<void>;

/** Uploaded media are remembered: the guard knows a repeated request only by the same media id. */
const REMEMBERED_MEDIA = 200;
/** A card that was updated already, or whose 72 hours are over. */
const CARD_OVER = 60140;

/** Makes the channel's `send`. At least once: a timeout may have arrived; the same key within half an hour is dropped. */
export function createSender(options: { readonly api: WecomApi; readonly agentId: string }): Send {
  const { api, agentId } = options;
  const media = new Map<string, Promise<string>>();

  function mediaIdOf(part: MediaPart, key: string): Promise<string> {
    const known = media.get(key);
    if (known) return known;
    const uploading = api.upload(part.kind, { name: part.name, bytes: Buffer.from(part.base64, 'base64') });
    media.set(key, uploading);
    uploading.catch(() => media.delete(key));
    for (const oldest of media.keys()) if (media.size > REMEMBERED_MEDIA) media.delete(oldest);
    return uploading;
  }

  async function contentOf(part: Exclude<Part, { kind: 'update' }>, key: string): Promise<MessageContent> {
    if ('base64' in part) return { kind: part.kind, mediaId: await mediaIdOf(part, key) };
    if (part.kind === 'card') return { kind: 'card', card: part.card };
    return { kind: 'text', content: part.text };
  }

  async function toMember(touser: string, part: Exclude<Part, { kind: 'update' }>, key: string): Promise<void> {
    const body = messageBody(agentId, touser, await contentOf(part, key), key);
    const answer = await api.post('/cgi-bin/message/send', JSON.stringify(body));
    if (answer.errcode === 40007 && (part.kind === 'image' || part.kind === 'file')) {
      media.delete(key); // it has expired: the next try uploads it again
      throw new ChannelError('server', { retryable: true, platformCode: '40007' });
    }
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    const unreached = [answer.invaliduser, answer.unlicenseduser].flatMap((ids) => ids ?? []);
    if (unreached.some((id) => id.toLowerCase() === touser.toLowerCase())) {
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'invaliduser' });
    }
  }

  /** Group chats take no cards and know no duplicate guard. */
  async function toGroup(chatid: string, part: Part, key: string): Promise<void> {
    const content = await contentOf(
      part.kind === 'card' || part.kind === 'update' ? { kind: 'text', text: part.text } : part,
      key,
    );
    const answer = await api.post(
      '/cgi-bin/appchat/send',
      JSON.stringify({ chatid, ...contentBody(content), safe: 0 }),
    );
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
  }

  /** The pressed card takes its new state; where it cannot any more, the words go out as a message. */
  async function updateCard(
    part: Extract<Part, { kind: 'update' }>,
    answering: IncomingMessage | undefined,
  ): Promise<boolean> {
    const { responseCode } = answering?.replyHandle ?? {};
    if (responseCode === undefined) return false;
    const answer = await api.post(
      '/cgi-bin/message/update_template_card',
      JSON.stringify({
        userids: [answering?.sender.platformUserId],
        agentid: Number(agentId),
        response_code: responseCode,
        ...(part.card ? { template_card: part.card } : { button: { replace_name: part.replaceName } }),
      }),
    );
    if (answer.errcode === CARD_OVER) return false;
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    return true;
  }

  return async function send(address, raw, key, answering) {
    const part = readPart(raw);
    if (address.chatid !== undefined) return toGroup(address.chatid, part, key);
    const touser = address.touser ?? '';
    if (part.kind !== 'update') return toMember(touser, part, key);
    const updated = await updateCard(part, answering);
    if (!updated && part.text !== '') await toMember(touser, { kind: 'text', text: part.text }, key);
  };
}

type MessageContent =
  | { readonly kind: 'text'; readonly content: string }
  | { readonly kind: 'image' | 'file'; readonly mediaId: string }
  | { readonly kind: 'card'; readonly card: object };

function contentBody(content: MessageContent) {
  if (content.kind === 'text') return { msgtype: 'text' as const, text: { content: content.content } };
  if (content.kind === 'card') return { msgtype: 'template_card' as const, template_card: content.card };
  return { msgtype: content.kind, [content.kind]: { media_id: content.mediaId } };
}

/**
 * The request for one part. Equal keys give equal bodies, which the platform delivers once; different keys give different
 * bodies even for equal words, because the guard's own interval is varied by the key: 帮助 asked twice is answered twice.
 */
export function messageBody(agentId: string, touser: string, content: MessageContent, key: string): SendBody {
  const { from, to } = LIMITS.duplicateGuardSeconds;
  const spread = createHash('sha256').update(key).digest().readUInt32BE(0) % (to - from + 1);
  const { msgtype, ...rest } = contentBody(content);
  return {
    touser,
    msgtype,
    agentid: Number(agentId),
    ...rest,
    enable_duplicate_check: 1,
    duplicate_check_interval: from + spread,
  };
}
