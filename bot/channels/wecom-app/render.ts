/** Draws replies as the app's text messages, and wraps one as the encrypted answer to a callback. */
import type { Block } from '../../../handlers/message.ts';
import type { EdgeAnswer } from '../channel.ts';
import { plainText } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import type { WecomCipher } from '../wecom-cipher.ts';
import { LIMITS } from './types.ts';
import { cdata, xmlCharacters } from './xml.ts';

/** What is sent instead of nothing: the platform refuses an empty text (44004). */
const NOTHING_TO_SHOW = '（无内容）';

/** The empty 200 that tells the platform a callback is safe with us. Anything else but a reply makes it send again. */
export const ACKNOWLEDGED: EdgeAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: '' };

/**
 * Draws blocks as texts of at most 2,048 bytes, in order. Text and not markdown: the WeChat plugin, which many village
 * doctors use, shows 暂不支持此消息类型 instead of markdown.
 * @returns at least one part
 */
export function renderTexts(blocks: readonly Block[]): readonly string[] {
  const text = xmlCharacters(plainText(blocks));
  const parts = splitText(text, { maxBytes: LIMITS.textBytes }).filter((part) => part.trim() !== '');
  return parts.length > 0 ? parts : [NOTHING_TO_SHOW];
}

/** The reply as one passive text; undefined when it needs more than one part or says nothing. */
export function renderPassive(blocks: readonly Block[]): string | undefined {
  const [only, ...more] = renderTexts(blocks);
  return more.length === 0 && only !== NOTHING_TO_SHOW ? only : undefined;
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
