/** The WeCom self-built app（企业微信自建应用）: private chats in; passive replies, active messages and cards out. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from '../../../handlers/message.ts';
import type { Clock, Log } from '../../../handlers/ports.ts';
import { type Address, type Channel, EdgeError, type EdgeRequest, type PassiveWay, type Received } from '../channel.ts';
import { openCallback } from '../wecom-callback.ts';
import { WecomCipher } from '../wecom-cipher.ts';
import { createWecomApi } from './api.ts';
import type { WecomAppConfig } from './config.ts';
import { CHANNEL, readCallback } from './receive.ts';
import { ACKNOWLEDGED, renderParts, renderPassive, wrapPassive } from './render.ts';
import { createSender } from './send.ts';
import { LIMITS } from './types.ts';
import { parseXml, textOf } from './xml.ts';

export interface WecomAppOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange with the platform's API; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
}

/** Group chats of the app（appchat, page 90245）. */
const CHAT_ID = /^[0-9A-Za-z]{1,32}$/;
/** What the platform allows as userid; `|` and `@all` would reach others. */
const USER_ID = /^[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}$/;

/**
 * Makes the channel for one app of one corp.
 * @throws Error when a secret is empty or the AES key has another length
 */
export function createWecomAppChannel(config: WecomAppConfig, options: WecomAppOptions): Channel {
  const { corpId, agentId } = config;
  if (config.secret === '') throw new Error('the app secret is empty');
  const { clock, log } = options;
  const cipher = new WecomCipher({ token: config.token, aesKey: config.aesKey, receiveId: corpId });
  const api = createWecomApi({
    config,
    clock,
    log,
    fetch: options.fetch ?? globalThis.fetch,
    timeoutMs: options.timeoutMs ?? 10_000,
  });

  function receive(request: EdgeRequest, now: Date): Received {
    const { query } = request;
    if (request.method === 'GET') {
      // A proxy that decodes twice turns + into a space; base64 has none.
      const encrypted = query.echostr?.replaceAll(' ', '+');
      if (!encrypted) throw new EdgeError(query.msg_signature ? 400 : 401, 'verification without echostr');
      const body = openCallback({ cipher, query, encrypted, now });
      return { kind: 'answer', answer: { ...ACKNOWLEDGED, body } };
    }
    if (request.method !== 'POST') throw new EdgeError(400, 'callback is neither GET nor POST');
    const encrypted = textOf(parseXml(request.body.toString('utf8')), 'Encrypt')?.trim();
    if (!encrypted) throw new EdgeError(400, 'callback without Encrypt');
    const read = readCallback(openCallback({ cipher, query, encrypted, now }), { corpId, agentId });
    if (read.kind === 'ignored') return { ...read, answer: ACKNOWLEDGED };
    const passive = read.takesPassiveText ? passiveWay(read.message.sender.platformUserId) : undefined;
    return { kind: 'message', message: read.message, passive, acknowledge: ACKNOWLEDGED };
  }

  function passiveWay(toUser: string): PassiveWay {
    return {
      deadlineMs: LIMITS.passiveDeadlineMs,
      render: renderPassive,
      wrap: (text) =>
        wrapPassive({ cipher, text, toUser, corpId, now: clock.now(), nonce: randomBytes(8).toString('hex') }),
    };
  }

  function directAddress(platformUserId: string): Address | undefined {
    return USER_ID.test(platformUserId) ? { touser: platformUserId } : undefined;
  }

  return {
    name: CHANNEL,
    tenant: corpId,
    deidentified: false,
    callbackPath: '/channels/wecom-app',
    receive,
    replyAddress: (message: IncomingMessage) => directAddress(message.sender.platformUserId),
    directAddress,
    // It hears no group, and reaches only those it made itself（应用群聊）.
    groupAddress: (id) => (CHAT_ID.test(id) ? { chatid: id } : undefined),
    render: (blocks, answering) => renderParts(blocks, { cards: config.cards === true, answering }),
    paceOf: (address) => (address.chatid === undefined ? LIMITS.toOneMember : []),
    send: createSender({ api, agentId }),
    download: async ({ mediaId = '' }, maxBytes) => api.download(mediaId, maxBytes),
  };
}
