/** Draws replies as the app's messages, and wraps one as the encrypted answer to a callback. */
import { createHash } from 'node:crypto';
import type { Block, FileBlock, ImageBlock, IncomingMessage } from '../../../handlers/message.ts';
import type { EdgeAnswer } from '../channel.ts';
import { plainText } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import type { WecomCipher } from '../wecom-cipher.ts';
import { drawCard } from './card.ts';
import { type Part, writePart } from './parts.ts';
import { LIMITS } from './types.ts';
import { cdata, xmlCharacters } from './xml.ts';

/** What is sent instead of nothing: the platform refuses an empty text (44004). */
const NOTHING_TO_SHOW = '（无内容）';
/** What a pressed button says once its card is no longer good. */
const PRESSED = '已处理';

/** The empty 200 that tells the platform a callback is safe with us. Anything else but a reply makes it send again. */
export const ACKNOWLEDGED: EdgeAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: '' };

/**
 * Draws blocks as messages, in order: texts of at most 2,048 bytes, pictures, files, and where it is set so a card. Text and
 * not markdown: the WeChat plugin, which many village doctors use, shows 暂不支持此消息类型 instead of markdown and cards.
 * @param cards - pushes with buttons go out as a card where they fit one
 * @returns at least one part
 */
export function renderParts(
  blocks: readonly Block[],
  { cards, answering }: { readonly cards: boolean; readonly answering?: IncomingMessage | undefined },
): readonly string[] {
  const text = xmlCharacters(plainText(blocks));
  if (answering?.action && answering.replyHandle?.responseCode !== undefined)
    return afterPress(blocks, text, answering).map(writePart);
  const card = cards && answering === undefined ? drawCard(blocks, taskIdOf(blocks)) : undefined;
  if (card) return [writePart({ kind: 'card', card, text })];
  return messages(blocks).map(writePart);
}

/** The pressed card takes the new state; what a card cannot hold comes as messages, and nothing is left to press then. */
function afterPress(blocks: readonly Block[], text: string, answering: IncomingMessage): readonly Part[] {
  const card = drawCard(blocks, answering.replyHandle?.taskId ?? taskIdOf(blocks));
  if (card) return [{ kind: 'update', card, text }];
  // Words with buttons leave something to do: to call the card done would be wrong.
  if (blocks.some((block) => block.type === 'buttons')) return messages(blocks);
  return [{ kind: 'update', replaceName: PRESSED, text: '' }, ...messages(blocks)];
}

/** Words between pictures and files stay between them; the buttons' words come last. */
function messages(blocks: readonly Block[]): readonly Part[] {
  const parts: Part[] = [];
  const words: Block[] = [];
  const flush = () => {
    const text = xmlCharacters(plainText(words.splice(0)));
    parts.push(
      ...splitText(text, { maxBytes: LIMITS.textBytes }).map((piece) => ({ kind: 'text' as const, text: piece })),
    );
  };
  const buttons = blocks.filter((block) => block.type === 'buttons');
  for (const block of blocks) {
    if (block.type === 'buttons') continue;
    const media = block.type === 'image' || block.type === 'file' ? mediaPart(block) : undefined;
    if (!media) words.push(block);
    else {
      flush();
      parts.push(media);
    }
  }
  words.push(...buttons);
  flush();
  const shown = parts.filter((part) => part.kind !== 'text' || part.text.trim() !== '');
  return shown.length > 0 ? shown : [{ kind: 'text', text: NOTHING_TO_SHOW }];
}

/** A picture or file as the platform takes it; undefined for what it refuses, which is then named in words. */
function mediaPart(block: ImageBlock | FileBlock): Part | undefined {
  const size = (block.base64.length / 4) * 3;
  const { least, image, file } = LIMITS.mediaBytes;
  if (size < least) return undefined;
  const isPicture = block.type === 'image' && /\.(?:png|jpe?g)$/i.test(block.name) && size <= image;
  if (!isPicture && size > file) return undefined;
  return { kind: isPicture ? 'image' : 'file', name: block.name, base64: block.base64 };
}

/** The same for the same words: a second try is the same request. */
function taskIdOf(blocks: readonly Block[]): string {
  return createHash('sha256').update(JSON.stringify(blocks)).digest('hex').slice(0, 40);
}

/** The reply as one passive text; undefined when it needs more than one part, carries media or says nothing. */
export function renderPassive(blocks: readonly Block[]): string | undefined {
  const [only, ...more] = messages(blocks);
  return more.length === 0 && only?.kind === 'text' && only.text !== NOTHING_TO_SHOW ? only.text : undefined;
}

export interface PassiveAnswer {
  readonly cipher: WecomCipher;
  readonly text: string;
  readonly toUser: string;
  readonly corpId: string;
  readonly now: Date;
  readonly nonce: string;
}

/** The encrypted, signed envelope around one text（被动回复）. */
export function wrapPassive({ cipher, text, toUser, corpId, now, nonce }: PassiveAnswer): EdgeAnswer {
  const seconds = String(Math.floor(now.getTime() / 1000));
  const inner =
    `<xml><ToUserName>${cdata(toUser)}</ToUserName><FromUserName>${cdata(corpId)}</FromUserName>` +
    `<CreateTime>${seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>${cdata(text)}</Content></xml>`;
  const encrypted = cipher.encrypt(inner);
  const body =
    `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt>` +
    `<MsgSignature><![CDATA[${cipher.sign(seconds, nonce, encrypted)}]]></MsgSignature>` +
    `<TimeStamp>${seconds}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
  return { status: 200, type: 'text/xml; charset=utf-8', body };
}
