/** The AI bot by HTTP callback: answers that grow in the platform's polls, cards updated in place, late answers once. */
import type { Block, IncomingMessage } from '../../../handlers/message.ts';
import { type Channel, EdgeError, type EdgeRequest, type PassiveWay, type Received } from '../channel.ts';
import { isLoopbackHost } from '../hosts.ts';
import { openCallback } from '../wecom-callback.ts';
import { WecomCipher } from '../wecom-cipher.ts';
import type { AibotCallbackConfig } from './config.ts';
import {
  ACKNOWLEDGED,
  cardUpdate,
  type Envelope,
  endedAnswer,
  envelopeFor,
  firstAnswer,
  greeting,
  placeholder,
  polledAnswer,
  stillLooking,
} from './envelope.ts';
import { downloadFile, fileKey } from './files.ts';
import type { WecomAibotOptions } from './index.ts';
import { CHANNEL, type ReadCallback, readCallback } from './receive.ts';
import { createRenderer, type Payload } from './render.ts';
import { createUrlSender } from './send.ts';
import { envelopeSchema, LIMITS } from './types.ts';

/**
 * Makes the channel for one AI bot that the platform calls.
 * @throws Error when the token is empty or the AES key has another length
 */
export function createCallbackChannel(config: AibotCallbackConfig, options: WecomAibotOptions): Channel {
  const { clock, timeoutMs } = options;
  const fetch = options.fetch ?? globalThis.fetch;
  // The receive id of a bot of one's own enterprise is empty.
  const cipher = new WecomCipher({ token: config.token, aesKey: config.aesKey, receiveId: '' });
  const renderer = createRenderer(config);
  const send = createUrlSender({ apiBase: config.apiBase, clock, fetch, timeoutMs: timeoutMs ?? 10_000 });

  function receive(request: EdgeRequest, now: Date): Received {
    const { query } = request;
    if (request.method === 'GET') {
      // A proxy that decodes twice turns + into a space; base64 has none.
      const encrypted = query.echostr?.replaceAll(' ', '+');
      if (!encrypted) throw new EdgeError(query.msg_signature ? 400 : 401, 'verification without echostr');
      return { kind: 'answer', answer: { ...ACKNOWLEDGED, body: openCallback({ cipher, query, encrypted, now }) } };
    }
    if (request.method !== 'POST') throw new EdgeError(400, 'callback is neither GET nor POST');
    const envelope = envelopeSchema.safeParse(parsed(request.body.toString('utf8')));
    const encrypted = envelope.success ? (envelope.data.encrypt ?? envelope.data.Encrypt)?.trim() : undefined;
    if (!encrypted) throw new EdgeError(400, 'callback without encrypt');
    const plain = parsed(openCallback({ cipher, query, encrypted, now }));
    const { botId, botName } = config;
    const read = readCallback(plain, { botId, botName, handle: { at: now.toISOString() } });
    return received(
      read,
      envelopeFor(cipher, query.nonce ?? '', () => clock.now()),
    );
  }

  function received(read: ReadCallback, seal: Envelope): Received {
    if (read.kind === 'ignored') return { ...read, answer: ACKNOWLEDGED };
    if (read.kind === 'poll') {
      const { streamId } = read;
      return {
        kind: 'poll',
        messageId: streamId,
        wrap: (rendered) => seal(polledAnswer(readPayload(rendered), streamId)),
        wait: seal(stillLooking(streamId)),
        gone: seal(endedAnswer(streamId)),
      };
    }
    const { message, takes } = read;
    const acknowledge = takes === 'stream' ? seal(placeholder(message.messageId)) : ACKNOWLEDGED;
    return { kind: 'message', message, acknowledge, passive: passiveWay(read, seal) };
  }

  function passiveWay(read: Extract<ReadCallback, { kind: 'message' }>, seal: Envelope): PassiveWay | undefined {
    const { message, takes } = read;
    const { messageId } = message;
    switch (takes) {
      case 'stream':
        return {
          deadlineMs: LIMITS.firstAnswerMs,
          polledMs: LIMITS.polledMs,
          render: (blocks) => asText(renderer.payloadOf(blocks, message)),
          wrap: (rendered) => seal(firstAnswer(readPayload(rendered), messageId)),
        };
      case 'greeting':
        return {
          deadlineMs: LIMITS.eventAnswerMs,
          render: (blocks) => asText(renderer.greetingOf(blocks, message)),
          wrap: (rendered) => seal(greeting(readPayload(rendered))),
        };
      case 'card': {
        const update = (blocks: readonly Block[], complete: boolean) => {
          const drawn = renderer.updateOf(blocks, message);
          return drawn?.complete === complete ? asText({ whole: drawn.card }) : undefined;
        };
        return {
          deadlineMs: LIMITS.eventAnswerMs,
          updatesCard: true,
          render: (blocks) => update(blocks, true),
          aside: (blocks) => update(blocks, false),
          wrap: (rendered) => seal(cardUpdate(readPayload(rendered), message.replyHandle?.task ?? '')),
        };
      }
      case 'nothing':
        return undefined;
    }
  }

  return {
    name: CHANNEL,
    tenant: config.botId,
    deidentified: false,
    answersOnce: true,
    callbackPath: '/channels/wecom-aibot',
    receive,
    replyAddress: (message: IncomingMessage) =>
      message.replyHandle?.url === undefined && message.replyHandle?.feedback === undefined
        ? undefined
        : { chat: message.conversation.id, kind: message.conversation.kind },
    directAddress: () => undefined, // this way cannot push: other surfaces do
    groupAddress: () => undefined,
    render: (blocks, answering) => renderer.forUrl(blocks, answering),
    send,
    download: (attachment, maxBytes) =>
      downloadFile(attachment, maxBytes, {
        fetch,
        timeoutMs: timeoutMs ?? 30_000,
        hosts: config.fileHosts,
        loopbackBase: isLoopbackHost(new URL(config.apiBase).hostname),
        key: fileKey(config.aesKey),
      }),
  };
}

function asText(payload: Payload | undefined): string | undefined {
  return payload === undefined ? undefined : JSON.stringify(payload);
}

function readPayload(rendered: string): Payload {
  return JSON.parse(rendered) as Payload;
}

/** @throws EdgeError 400 for what is no JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EdgeError(400, 'callback is not JSON');
  }
}
