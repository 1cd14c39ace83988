/** The platform's callback side: encrypts, signs, delivers up to three times, and reads what comes back. */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { cutText } from './wecom-api.ts';
import type { PlatformCipher } from './wecom-cipher.ts';

export interface DeliverOptions {
  /** Deliveries before the platform gives up; 3 unless told. */
  readonly attempts?: number | undefined;
  /** How long an answer is waited for; 5 s unless told. */
  readonly timeoutMs?: number | undefined;
  /** Delivers all attempts whatever is answered, one after the other or at once: a platform in doubt. */
  readonly repeat?: 'in turn' | 'at once' | undefined;
  /** Breaks the connection when the answer begins: it was written, nobody read it. */
  readonly loseAnswer?: boolean | undefined;
  /** Seconds, instead of now. */
  readonly timestamp?: string | undefined;
}

export interface Attempt {
  /** `failed`: not 200, too late, connection lost, or a reply that breaks the rules; the platform sends again. */
  readonly outcome: 'acknowledged' | 'replied' | 'failed';
  readonly status: number | undefined;
  /** Why it failed. */
  readonly why?: string | undefined;
  /** The passive text as the phone shows it. */
  readonly text?: string | undefined;
  readonly tookMs: number;
}

export interface CallbackOptions {
  readonly cipher: PlatformCipher;
  readonly corpId: string;
  readonly agentId: string;
  readonly now: () => Date;
}

export interface SignedCallback {
  readonly query: Readonly<Record<'msg_signature' | 'timestamp' | 'nonce', string>>;
  readonly body: string;
}

/** One delivery of a plain XML as it travels; timestamp and nonce are fresh for each. */
export function signCallback(
  plain: string,
  { cipher, corpId, agentId, now }: CallbackOptions,
  timestamp?: string,
): SignedCallback {
  const seconds = timestamp ?? String(Math.floor(now().getTime() / 1000));
  const nonce = randomBytes(6).toString('hex');
  const encrypted = cipher.encrypt(plain);
  return {
    query: { msg_signature: cipher.sign(seconds, nonce, encrypted), timestamp: seconds, nonce },
    body: `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><AgentID><![CDATA[${agentId}]]></AgentID><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  };
}

/** Delivers one plain XML until it is taken, as the platform does. */
export async function deliver(
  bot: string,
  plain: string,
  userid: string,
  options: CallbackOptions & DeliverOptions,
): Promise<Attempt[]> {
  const attempts = options.attempts ?? 3;
  const once = () => attemptOnce(bot, signCallback(plain, options, options.timestamp), userid, options);
  if (options.repeat === 'at once') return Promise.all(Array.from({ length: attempts }, once));
  const made: Attempt[] = [];
  while (made.length < attempts) {
    const attempt = await once();
    made.push(attempt);
    if (attempt.outcome !== 'failed' && options.repeat === undefined) break;
  }
  return made;
}

async function attemptOnce(
  bot: string,
  signed: SignedCallback,
  userid: string,
  options: CallbackOptions & DeliverOptions,
): Promise<Attempt> {
  const startedAt = performance.now();
  const url = `${bot}?${new URLSearchParams(signed.query)}`;
  const exchange = await post(url, signed.body, options);
  const tookMs = Math.round(performance.now() - startedAt);
  if (typeof exchange === 'string') return { outcome: 'failed', status: undefined, why: exchange, tookMs };
  const { status, body } = exchange;
  if (status !== 200) return { outcome: 'failed', status, why: `status ${status}`, tookMs };
  if (body === '') return { outcome: 'acknowledged', status, tookMs };
  try {
    return { outcome: 'replied', status, text: readReply(body, userid, options), tookMs };
  } catch (error) {
    return { outcome: 'failed', status, why: error instanceof Error ? error.message : 'reply', tookMs };
  }
}

function post(url: string, body: string, options: DeliverOptions): Promise<{ status: number; body: string } | string> {
  return new Promise((resolve) => {
    const request = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0', 'content-length': Buffer.byteLength(body) },
    });
    const timer = setTimeout(() => {
      resolve('no answer in time');
      request.destroy();
    }, options.timeoutMs ?? 5_000);
    request.on('close', () => clearTimeout(timer));
    request.on('error', () => resolve('connection lost'));
    request.on('response', (response) => {
      if (options.loseAnswer) {
        resolve('answer lost');
        request.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve('connection lost'));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end(body);
  });
}

const parser = new XMLParser({ parseTagValue: false, trimValues: false, processEntities: false });

/** Opens and checks a passive reply; the text as the phone shows it. */
function readReply(body: string, userid: string, { cipher, corpId }: CallbackOptions): string {
  const envelope = readXml(body);
  const { Encrypt: encrypted = '', MsgSignature: signature, TimeStamp: timestamp = '', Nonce: nonce = '' } = envelope;
  if (!/^\d{10}$/.test(timestamp) || nonce === '') throw new Error('reply: no timestamp or nonce');
  if (cipher.sign(timestamp, nonce, encrypted) !== signature) throw new Error('reply: bad signature');
  const inner = readXml(cipher.decrypt(encrypted));
  if (inner.ToUserName !== userid || inner.FromUserName !== corpId)
    throw new Error('reply: sender and receiver not swapped');
  if (inner.MsgType !== 'text') throw new Error('reply: not a text');
  if (!/^\d{10}$/.test(inner.CreateTime ?? '')) throw new Error('reply: no CreateTime');
  if (!inner.Content) throw new Error('reply: empty');
  return cutText(inner.Content);
}

function readXml(text: string): Record<string, string | undefined> {
  if (XMLValidator.validate(text) !== true) throw new Error('reply: broken xml');
  return (parser.parse(text) as { xml?: Record<string, string> }).xml ?? {};
}
