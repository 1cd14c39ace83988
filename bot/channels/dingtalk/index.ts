/** The DingTalk robot（钉钉企业机器人）: private chats and groups, by HTTP callback or over a stream. */
import type { Block, IncomingMessage } from '../../../handlers/message.ts';
import type { Clock, Log } from '../../../handlers/ports.ts';
import {
  type Address,
  type Channel,
  ChannelError,
  type Deliver,
  type EdgeAnswer,
  EdgeError,
  type EdgeRequest,
  type Received,
} from '../channel.ts';
import { createDingtalkApi } from './api.ts';
import type { DingtalkConfig } from './config.ts';
import { downloadFile } from './download.ts';
import { CHANNEL, type Reading, readCardPress, readRobotMessage } from './receive.ts';
import { renderParts } from './render.ts';
import { createSender } from './send.ts';
import { createStream, type Stream } from './stream.ts';
import { LIMITS } from './types.ts';
import { replayMark, verifyCallback } from './verify.ts';

export interface DingtalkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange with the platform's API; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** Of the stream; see `StreamOptions`. */
  readonly beatMs?: number | undefined;
  readonly firstRetryMs?: number | undefined;
}

/** Staff ids; an encrypted id of a stranger begins with `$` and reaches nobody. */
const STAFF_ID = /^[\w\-@.]{1,64}$/;
const CONVERSATION_ID = /^[\w\-+/=.:$]{1,128}$/;
/** Says nothing in the request itself: how long the platform waits for it, and whether it asks again, is nowhere written. */
const ACKNOWLEDGED: EdgeAnswer = { status: 200, type: 'application/json; charset=utf-8', body: '{"msgtype":"empty"}' };
/** A press is answered at once; the card itself changes a moment later, for everybody. */
const PRESS_TAKEN: EdgeAnswer = { ...ACKNOWLEDGED, body: '{}' };

/**
 * Makes the channel for one app.
 * @throws Error when a secret is empty
 */
export function createDingtalkChannel(config: DingtalkConfig, options: DingtalkOptions): Channel {
  if (config.clientSecret === '') throw new Error('the client secret is empty');
  if (config.card?.secret === '') throw new Error('the card secret is empty');
  const { clock, log } = options;
  const fetch = options.fetch ?? globalThis.fetch;
  const timeoutMs = options.timeoutMs ?? 10_000;
  const api = createDingtalkApi({ config, clock, log, fetch, timeoutMs });
  const send = createSender({ config, api, clock, log });
  let stream: Stream | undefined;

  function receive(request: EdgeRequest, now: Date): Received {
    if (request.method !== 'POST') throw new EdgeError(400, 'callback is no POST');
    const { clientSecret, card } = config;
    const { kind, key } = verifyCallback(request, { clientSecret, cardSecret: card?.secret, now });
    const body = parseBody(request.body);
    const mark = replayMark(key, '', request.body);
    const reading =
      kind === 'robot' ? readRobotMessage(body, config) : readCardPress(body, config, `${mark.key}.${mark.body}`);
    const acknowledge = kind === 'robot' ? ACKNOWLEDGED : PRESS_TAKEN;
    if (reading.kind === 'ignored') return { ...reading, answer: acknowledge };
    const once = replayMark(key, reading.message.sender.platformUserId, request.body);
    return { kind: 'message', message: reading.message, once, acknowledge };
  }

  /** Recorded, or known to be of no interest, when it resolves. What cannot be read would not be readable again either. */
  async function hand(read: () => Reading, deliver: Deliver, acknowledge: EdgeAnswer): Promise<void> {
    let reading: Reading;
    try {
      reading = read();
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      reading = { kind: 'ignored', reason: error.message };
    }
    if (reading.kind === 'message') return deliver({ kind: 'message', message: reading.message, acknowledge });
    log.info({ event: 'callback.ignored', channel: CHANNEL, reason: reading.reason }, 'a callback was left alone');
  }

  /** Tells the platform where presses come to; without it cards show and do nothing. */
  async function registerCards(): Promise<void> {
    const { card } = config;
    if (!card?.callbackUrl) return;
    const { callbackUrl, routeKey: callbackRouteKey, secret: apiSecret } = card;
    const body = { callbackRouteKey, callbackUrl, apiSecret, forceUpdate: true };
    try {
      await api.call('POST', '/v1.0/card/callbacks/register', body);
    } catch (error) {
      const { reason, platformCode: code } = error instanceof ChannelError ? error : {};
      log.error({ event: 'dingtalk.card-route', reason, code }, 'the address for presses on cards was not taken');
    }
  }

  const addressOfUser = (id: string): Address | undefined => (STAFF_ID.test(id) ? { user: id } : undefined);
  const addressOfGroup = (id: string): Address | undefined => (CONVERSATION_ID.test(id) ? { group: id } : undefined);

  const overHttp = config.mode === 'http';
  return {
    name: CHANNEL,
    tenant: config.clientId,
    deidentified: false,
    ...(overHttp ? { callbackPath: '/channels/dingtalk', receive } : {}),
    replyAddress({ conversation, sender }: IncomingMessage) {
      if (conversation.kind === 'group') return addressOfGroup(conversation.id);
      // A stranger has no staff id: only the session of the message reaches them.
      return addressOfUser(sender.platformUserId) ?? { sender: sender.platformUserId };
    },
    directAddress: addressOfUser,
    groupAddress: addressOfGroup,
    render: (blocks: readonly Block[], answering?: IncomingMessage) =>
      renderParts(blocks, { cards: config.card !== undefined, media: true, answering }),
    send,
    // A session is no call of the open API, whose limit this is.
    paceOf: (_, answering) => (answering?.replyHandle?.session ? [] : [{ ...LIMITS.appPerSecond, shared: 'api' }]),
    download: (attachment, maxBytes) => downloadFile(attachment, maxBytes, { config, api, fetch, timeoutMs }),
    connection: 'shared',
    async start(deliver) {
      if (overHttp) return registerCards();
      stream = createStream({
        config,
        log,
        fetch,
        timeoutMs,
        beatMs: options.beatMs,
        firstRetryMs: options.firstRetryMs,
        handlers: {
          robot: (data) => hand(() => readRobotMessage(data, config), deliver, ACKNOWLEDGED),
          card: (data, id) => hand(() => readCardPress(data, config, id), deliver, PRESS_TAKEN),
        },
      });
      stream.start();
    },
    async stop() {
      await stream?.stop();
    },
  };
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new EdgeError(400, 'callback is no JSON');
  }
}
