/** Asks the stream gateway for an address with a ticket, which holds for one connection within 90 s. */
import { ChannelError } from '../channel.ts';
import { handedOutAddress } from '../hosts.ts';
import { exchange, parseAnswer, parseJson } from '../http.ts';
import { type DingtalkConfig, isLoopbackBase } from './config.ts';
import { apiFailure, codesOf } from './failures.ts';
import { gatewayAnswerSchema, TOPICS } from './types.ts';

/**
 * @returns the WebSocket address, ticket included: a secret
 * @throws ChannelError `auth` for credentials or a robot that is not in stream mode; `rejected` for an address elsewhere
 */
export async function openGateway(options: {
  readonly config: DingtalkConfig;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}): Promise<string> {
  const { config, fetch, timeoutMs } = options;
  const answer = await exchange({
    fetch,
    url: `${config.apiBase}/v1.0/gateway/connections/open`,
    method: 'POST',
    // Without `accept` the gateway answers in XML.
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      clientId: config.clientId,
      clientSecret: config.clientSecret,
      ua: 'yigongti-assistant/1.0',
      subscriptions: [
        { type: 'EVENT', topic: '*' },
        { type: 'CALLBACK', topic: TOPICS.robot },
        { type: 'CALLBACK', topic: TOPICS.card },
      ],
    }),
    timeoutMs,
  });
  const body = answer.status === 200 ? parseJson(answer.bytes) : maybeJson(answer.bytes);
  if (answer.status !== 200 || codesOf(body).punish) throw apiFailure(answer, body);
  const { endpoint, ticket } = parseAnswer(gatewayAnswerSchema, body);
  const loopbackBase = isLoopbackBase(config.apiBase);
  const url = handedOutAddress(endpoint, config.streamHosts, { protocol: 'wss', loopbackBase });
  if (!url) throw new ChannelError('rejected', { retryable: true, platformCode: 'endpoint of another host' });
  url.searchParams.set('ticket', ticket);
  return url.href;
}

/** @returns undefined for what is no JSON */
export function maybeJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}
