/** Telegram: webhook in, Bot API out, de-identified: what is said here lies abroad, so no patient comes in or goes out. */
import type { Block, IncomingMessage } from '../../../handlers/message.ts';
import type { Log } from '../../../handlers/ports.ts';
import {
  type Address,
  type ButtonStore,
  type Channel,
  type EdgeAnswer,
  EdgeError,
  type EdgeRequest,
  type Received,
} from '../channel.ts';
import { createApi } from './api.ts';
import { KEPT } from './buttons.ts';
import type { TelegramConfig } from './config.ts';
import { CHANNEL, readUpdate } from './receive.ts';
import { renderParts } from './render.ts';
import { createDownload, createSender } from './send.ts';
import { LIMITS } from './types.ts';
import { verifySecret } from './verify.ts';
import { CALLBACK_PATH, createPresence } from './webhook.ts';

export interface TelegramOptions {
  readonly log: Log;
  /** Where buttons' long words are kept. */
  readonly buttons: ButtonStore;
  readonly publicUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange with the platform; 10 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** Own name without @, where it is known before the platform is asked. */
  readonly botName?: string | undefined;
}

/** The empty 200 that tells the platform an update is safe with us. */
const ACKNOWLEDGED: EdgeAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: '' };

/**
 * Makes the channel for one bot.
 * @throws Error when token or secret is empty
 */
export function createTelegramChannel(config: TelegramConfig, options: TelegramOptions): Channel {
  if (config.token === '' || config.secret === '') throw new Error('the bot token or the secret is empty');
  const fetch = options.fetch ?? globalThis.fetch;
  const timeoutMs = options.timeoutMs ?? 10_000;
  const api = createApi({ config, fetch, timeoutMs });
  const senderOptions = { config, api, buttons: options.buttons, fetch, timeoutMs };
  const { log, publicUrl, botName } = options;
  const presence = createPresence({ config, api, log, publicUrl, botName });

  function receive(request: EdgeRequest): Received {
    verifySecret(request.headers, config.secret);
    if (request.method !== 'POST') throw new EdgeError(400, 'callback is no POST');
    const read = readUpdate(request.body, { botId: config.botId, botName: presence.botName() });
    const acknowledge = read.callbackId === undefined ? ACKNOWLEDGED : pressSeen(read.callbackId, read.kind);
    switch (read.kind) {
      case 'message':
        return { kind: 'message', message: read.message, acknowledge };
      case 'moved':
        return { kind: 'moved', from: read.from, to: read.to, answer: acknowledge };
      default:
        return { kind: 'ignored', reason: read.reason, answer: acknowledge };
    }
  }

  return {
    name: CHANNEL,
    tenant: config.botId,
    deidentified: true,
    callbackPath: CALLBACK_PATH,
    receive,
    complete: (message) => completeAction(message, options.buttons),
    replyAddress: (message) => ({ chat: message.conversation.id }),
    // A private chat has the number of its person.
    directAddress: (platformUserId) => ({ chat: platformUserId }),
    groupAddress: (platformConversationId) => ({ chat: platformConversationId }),
    render: (blocks: readonly Block[], answering) => renderParts(blocks, answering),
    paceOf: ({ chat }: Address) => (chat?.startsWith('-') ? LIMITS.toOneGroup : LIMITS.toOneChat),
    send: createSender(senderOptions),
    download: createDownload(senderOptions),
    start: async () => presence.start(),
    stop: async () => presence.stop(),
  };
}

/** A method in the answer to a callback is done by the platform: the button stops waiting at once, without another call. */
function pressSeen(callbackId: string, kind: string): EdgeAnswer {
  const words = kind === 'ignored' ? { text: '这个按钮已经失效，发送“帮助”看现在能做什么。' } : {};
  const body = JSON.stringify({ method: 'answerCallbackQuery', callback_query_id: callbackId, ...words });
  return { status: 200, type: 'application/json', body };
}

async function completeAction(message: IncomingMessage, buttons: ButtonStore): Promise<IncomingMessage> {
  if (message.action?.id !== KEPT) return message;
  const action = await buttons.find(message.action.value);
  return action ? { ...message, action } : message; // no feature knows its id: the person is told that it has ended
}
