/** Sends one drawn part: into the session of the message while it lasts, else to the person or group by the open API. */
import type { IncomingMessage } from '../../../handlers/message.ts';
import type { Clock, Log } from '../../../handlers/ports.ts';
import { type Address, ChannelError } from '../channel.ts';
import { parseAnswer } from '../http.ts';
import type { DingtalkApi } from './api.ts';
import { type CardPlace, createRequest, outTrackId, updateRequest } from './cards.ts';
import type { DingtalkConfig } from './config.ts';
import { oapiFailure } from './failures.ts';
import { isSession } from './receive.ts';
import type { Part } from './render.ts';
import { batchSendAnswerSchema, deliverAnswerSchema, LIMITS } from './types.ts';

export interface SenderOptions {
  readonly config: DingtalkConfig;
  readonly api: DingtalkApi;
  readonly clock: Clock;
  readonly log: Log;
}

export type Send = (address: Address, part: string, key: string, answering?: IncomingMessage) => Promise<void>;

type Words = Extract<Part, { kind: 'text' | 'markdown' }>;
type Media = Extract<Part, { kind: 'image' | 'file' }>;
type CardPart = Extract<Part, { kind: 'card' }>;

/** Sessions that are over, or that the robot may not use any more: the open API may still reach the place. */
const SESSION_OVER = new Set([300001, 300005, 400101, 400102, 400106]);
/** A message with this code is there already: a try before this one was heard, its answer lost. */
const CARD_EXISTS = 'param.cardAlreadyExist';
/** The template or the permission for cards is not right: the words go out without a card. */
const CARD_UNUSABLE = /^(?:param\.template|Forbidden\.AccessDenied\.AccessTokenPermission)/;
const CARD_GONE = 'param.cardNotExist';
/** How long an unusable template is not tried again (ms). */
const CARD_REST_MS = 10 * 60_000;

/**
 * Makes the channel's `send`. At least once: by the session a repeated part is recognised by its `msgUuid`, a card by its id;
 * the open API has no such guard.
 */
export function createSender({ config, api, clock, log }: SenderOptions): Send {
  let cardsRestUntil = Number.NEGATIVE_INFINITY;

  async function sendWords(address: Address, part: Words, key: string, answering?: IncomingMessage): Promise<void> {
    if (await saidInSession(part, key, answering)) return;
    const [msgKey, param] =
      part.kind === 'text'
        ? ['sampleText', { content: part.text }]
        : ['sampleMarkdown', { title: part.title, text: part.text }];
    await push(address, msgKey, param);
  }

  /** @returns false when there is no session, or it is over */
  async function saidInSession(part: Words, key: string, answering?: IncomingMessage): Promise<boolean> {
    const { session, sessionExpires } = answering?.replyHandle ?? {};
    if (session === undefined || !isSession(session, config.oapiBase)) return false;
    if (clock.now().getTime() > Number(sessionExpires) - LIMITS.sessionMarginMs) return false;
    const errcode = await api.postSession(session, webhookBody(part, key));
    if (errcode === 0) return true;
    if (SESSION_OVER.has(errcode)) return false;
    throw oapiFailure(errcode);
  }

  /** One message by the open API. */
  async function push(address: Address, msgKey: string, param: Readonly<Record<string, string>>): Promise<void> {
    const { robotCode } = config;
    const message = { robotCode, msgKey, msgParam: JSON.stringify(param) };
    if (address.group !== undefined) {
      await api.call('POST', '/v1.0/robot/groupMessages/send', { ...message, openConversationId: address.group });
      return;
    }
    const { user } = address;
    if (user === undefined) {
      // Somebody outside the organisation: only the session reached them.
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'session over' });
    }
    const answer = parseAnswer(
      batchSendAnswerSchema,
      await api.call('POST', '/v1.0/robot/oToMessages/batchSend', { ...message, userIds: [user] }),
    );
    if (answer.invalidStaffIdList?.includes(user)) {
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'invalidStaffIdList' });
    }
    if (answer.flowControlledStaffIdList?.includes(user)) {
      throw new ChannelError('rate-limited', {
        retryable: true,
        retryAfterMs: 60_000,
        platformCode: 'flowControlledStaffIdList',
      });
    }
  }

  async function sendMedia(address: Address, part: Media): Promise<void> {
    const mediaId = await api.upload(part.kind, part.name, Buffer.from(part.base64, 'base64'));
    if (part.kind === 'image') return push(address, 'sampleImageMsg', { photoURL: mediaId });
    const fileType = /\.(\w+)$/.exec(part.name)?.[1]?.toLowerCase() ?? '';
    return push(address, 'sampleFile', { mediaId, fileName: part.name, fileType });
  }

  async function sendCard(address: Address, part: CardPart, key: string, answering?: IncomingMessage): Promise<void> {
    const id = outTrackId(key, address.group);
    const usable = config.card && clock.now().getTime() >= cardsRestUntil && id !== undefined && !address.sender;
    if (usable && config.card && id !== undefined) {
      try {
        if (part.update !== undefined && (await updated(part, part.update))) return;
        return await created(
          part,
          { outTrackId: id, robotCode: config.robotCode, ...address, at: part.at },
          config.card,
        );
      } catch (error) {
        if (!(error instanceof ChannelError) || !CARD_UNUSABLE.test(error.platformCode ?? '')) throw error;
        cardsRestUntil = clock.now().getTime() + CARD_REST_MS;
        log.error(
          { event: 'dingtalk.card-unusable', code: error.platformCode },
          'cards cannot be shown: check the template and the permission; words go out instead',
        );
      }
    }
    const words: Words = { kind: 'markdown', title: part.face.title, text: part.instead, at: part.at };
    return sendWords(address, words, key, answering);
  }

  /** @returns false when the card is gone */
  async function updated(part: CardPart, card: string): Promise<boolean> {
    try {
      await api.call('PUT', '/v1.0/card/instances', updateRequest(part.face, card));
      return true;
    } catch (error) {
      if (error instanceof ChannelError && error.platformCode === CARD_GONE) return false;
      throw error;
    }
  }

  async function created(part: CardPart, place: CardPlace, card: NonNullable<DingtalkConfig['card']>): Promise<void> {
    let answer: unknown;
    try {
      answer = await api.call('POST', '/v1.0/card/instances/createAndDeliver', createRequest(part.face, place, card));
    } catch (error) {
      if (error instanceof ChannelError && error.platformCode === CARD_EXISTS) return;
      throw error;
    }
    const [delivered] = parseAnswer(deliverAnswerSchema, answer).result?.deliverResults ?? [];
    if (delivered?.success === false) {
      // 200 and yet nowhere: the robot is not there, or the person cannot be written to.
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'card not delivered' });
    }
  }

  return async function send(address, drawn, key, answering) {
    const part = JSON.parse(drawn) as Part;
    switch (part.kind) {
      case 'text':
      case 'markdown':
        return sendWords(address, part, key, answering);
      case 'image':
      case 'file':
        return sendMedia(address, part);
      case 'card':
        return sendCard(address, part, key, answering);
    }
  };
}

/** The body of a session webhook; who is notified must also stand in the words. */
export function webhookBody(part: Words, key: string): Readonly<Record<string, unknown>> {
  const at = part.at === undefined ? {} : { at: { atUserIds: [part.at], isAtAll: false } };
  const mention = part.at === undefined ? '' : `@${part.at} `;
  return part.kind === 'text'
    ? { msgtype: 'text', text: { content: `${mention}${part.text}` }, ...at, msgUuid: key }
    : {
        msgtype: 'markdown',
        markdown: { title: part.title, text: `${mention === '' ? '' : `${mention}\n\n`}${part.text}` },
        ...at,
        msgUuid: key,
      };
}
