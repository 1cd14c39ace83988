/** Posts one part to a robot's webhook. The key in its address is the only secret: it is in no error and no log. */
import { createHash } from 'node:crypto';
import { type Address, ChannelError } from '../channel.ts';
import { exchange, parseAnswer, parseJson, statusFailure } from '../http.ts';
import type { Robots } from '../robots.ts';
import { addressSchema, answerSchema, type Part } from './types.ts';

export interface SenderOptions {
  /** Without a slash at the end. */
  readonly apiBase: string;
  readonly robots: Robots;
  readonly fetch: typeof fetch;
  /** For one HTTP exchange, body included; a file gets six times of it. */
  readonly timeoutMs: number;
}

/** A file takes longer than a few words. */
const FILE_PATIENCE = 6;

/** Makes the channel's `send`. At least once: the platform has no duplicate guard for robots. */
export function createSender({ apiBase, robots, fetch, timeoutMs }: SenderOptions) {
  async function call(
    path: string,
    query: Readonly<Record<string, string>>,
    body: string | FormData,
  ): Promise<{ readonly media_id?: string | undefined }> {
    const answer = await exchange({
      fetch,
      url: `${apiBase}${path}?${new URLSearchParams(query)}`,
      method: 'POST',
      body,
      ...(typeof body === 'string' ? { headers: { 'content-type': 'application/json; charset=utf-8' } } : {}),
      timeoutMs: typeof body === 'string' ? timeoutMs : timeoutMs * FILE_PATIENCE,
    });
    if (answer.status !== 200) throw statusFailure(answer);
    const read = parseAnswer(answerSchema, parseJson(answer.bytes));
    if (read.errcode !== 0) throw failureOf(read.errcode);
    return read;
  }

  async function bodyOf(key: string, part: Part): Promise<object> {
    if ('text' in part) {
      return part.kind === 'text'
        ? { msgtype: 'text', text: { content: part.text } }
        : { msgtype: 'markdown_v2', markdown_v2: { content: part.text } };
    }
    const bytes = Buffer.from(part.base64, 'base64');
    if (part.kind === 'image') {
      const md5 = createHash('md5').update(bytes).digest('hex'); // the platform's check sum, no security
      return { msgtype: 'image', image: { base64: bytes.toString('base64'), md5 } };
    }
    const form = new FormData();
    form.append('media', new Blob([new Uint8Array(bytes)]), part.name);
    const uploaded = await call('/cgi-bin/webhook/upload_media', { key, type: 'file' }, form);
    if (uploaded.media_id === undefined)
      throw new ChannelError('server', { retryable: true, platformCode: 'no media' });
    return { msgtype: 'file', file: { media_id: uploaded.media_id } };
  }

  return async function send(address: Address, raw: string): Promise<void> {
    const found = addressSchema.safeParse(await robots.find(address.robot ?? ''));
    if (!found.success) {
      throw new ChannelError('unreachable', { retryable: false, platformCode: 'no such robot' });
    }
    const body = await bodyOf(found.data.key, JSON.parse(raw) as Part);
    await call('/cgi-bin/webhook/send', { key: found.data.key }, JSON.stringify(body));
  };
}

/** What an errcode means for a robot. */
export function failureOf(errcode: number): ChannelError {
  const platformCode = String(errcode);
  switch (errcode) {
    case -1:
      return new ChannelError('server', { retryable: true, platformCode });
    case 45009: // over 20 a minute
    case 45033:
      return new ChannelError('rate-limited', { retryable: true, retryAfterMs: 60_000, platformCode });
    case 93000: // the address is wrong, or the robot was taken out of its group
    case 93004: // disabled
    case 93008: // not in the group
      return new ChannelError('unreachable', { retryable: false, platformCode });
    default:
      return new ChannelError('rejected', { retryable: false, platformCode });
  }
}
