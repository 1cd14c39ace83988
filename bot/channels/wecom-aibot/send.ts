/** Answers late, outside the callback: once through the message's own `response_url`（主动回复）. */
import type { IncomingMessage } from '../../../handlers/message.ts';
import type { Clock } from '../../../handlers/ports.ts';
import { type Address, ChannelError } from '../channel.ts';
import { handedOutAddress, isLoopbackHost, isOnBase } from '../hosts.ts';
import { exchange, parseAnswer, parseJson, statusFailure } from '../http.ts';
import { taskId } from './card.ts';
import { AIBOT_API } from './config.ts';
import { readPart } from './render.ts';
import { answerSchema, LIMITS } from './types.ts';

export interface UrlSenderOptions {
  readonly apiBase: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** For one HTTP exchange, body included. */
  readonly timeoutMs: number;
}

export type Send = (address: Address, part: string, key: string, answering?: IncomingMessage) => Promise<void>;

/** Invalid, expired or used; which of them is not said. */
const URL_SPENT = 60140;

/**
 * Makes the sender of the callback way. The address works once: a try whose answer was lost is refused when it is repeated,
 * within the hour this can only mean that it arrived, because all that is said to a message is one delivery.
 */
export function createUrlSender({ apiBase, clock, fetch, timeoutMs }: UrlSenderOptions): Send {
  const local = isLoopbackHost(new URL(apiBase).hostname);

  function addressOf(given: string): URL | undefined {
    if (isOnBase(given, apiBase)) return new URL(given);
    // Behind a proxy of our own the platform still names itself.
    const { hostname } = new URL(AIBOT_API);
    return local ? undefined : handedOutAddress(given, [hostname], { protocol: 'https', loopbackBase: false });
  }

  return async (_address, json, key, answering) => {
    const handle = answering?.replyHandle;
    if (handle?.feedback) return; // the platform says thank you itself
    const part = readPart(json);
    const age = clock.now().getTime() - Date.parse(handle?.at ?? '');
    if (handle?.url === undefined || !(age < LIMITS.urlMs)) throw refused('no response_url');
    if (part.at > 0) throw refused('one answer only');
    const url = addressOf(handle.url);
    if (!url) throw refused('foreign host');
    const answer = await exchange({
      fetch,
      url: url.href,
      method: 'POST',
      body: JSON.stringify(bodyOf(part, key)),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      timeoutMs,
    });
    if (answer.status !== 200) throw statusFailure(answer);
    const { errcode } = parseAnswer(answerSchema, parseJson(answer.bytes));
    if (errcode !== 0 && errcode !== URL_SPENT) throw failureOf(errcode);
  };
}

function bodyOf(part: ReturnType<typeof readPart>, key: string): object {
  if (part.kind === 'card') {
    return { msgtype: 'template_card', template_card: { ...part.card, task_id: taskId('sent', key) } };
  }
  const content = part.kind === 'update' ? (part.otherwise ?? '') : part.content;
  return { msgtype: 'markdown', markdown: { content } };
}

function refused(platformCode: string): ChannelError {
  return new ChannelError('rejected', { retryable: false, platformCode });
}

/** What an errcode means for a send, on either way. Never decided by errmsg: its words change. */
export function failureOf(errcode: number): ChannelError {
  const platformCode = String(errcode);
  switch (errcode) {
    case -1: // system busy
    case 6000: // two frames about one request at the same moment
      return new ChannelError('server', { retryable: true, platformCode });
    case 45009: // over the frequency: the block lasts as long as its window
      return new ChannelError('rate-limited', { retryable: true, retryAfterMs: 60_000, platformCode });
    case 45033: // too many at once
      return new ChannelError('rate-limited', { retryable: true, retryAfterMs: 5_000, platformCode });
    case 846609: // not subscribed, though the socket is open
      return new ChannelError('network', { retryable: true, platformCode });
    case 853000: // the secret is wrong: an administrator can mend it, what waits goes out afterwards
    case 93019: // bot id
    case 60020: // our address is not trusted
      return new ChannelError('auth', { retryable: true, retryAfterMs: 60_000, platformCode });
    case 40003:
    case 60011:
    case 60111:
    case 81013:
    case 86001:
    case 86003:
    case 93006: // unknown conversation, or the bot is no longer in it
    case 93008:
      return new ChannelError('unreachable', { retryable: false, platformCode });
    default:
      return new ChannelError('rejected', { retryable: false, platformCode });
  }
}
