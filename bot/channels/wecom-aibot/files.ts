/** Fetches what people sent: an address good for five minutes, behind it the file sealed with AES-256-CBC（文件下载、解密）. */
import { createDecipheriv } from 'node:crypto';
import { z } from 'zod';
import type { Attachment } from '../../../handlers/message.ts';
import { ChannelError } from '../channel.ts';
import { handedOutAddress } from '../hosts.ts';
import { exchange, statusFailure } from '../http.ts';

export interface FileSource {
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly hosts: readonly string[];
  /** The configured base is on this machine. */
  readonly loopbackBase: boolean;
  /** Key of all files of this bot (callbacks); over the long connection each file has its own. */
  readonly key: Buffer | undefined;
}

const mediaId = z.object({ url: z.string(), key: z.string().optional() });
const AES_BLOCK = 16;
/** Files are padded to this, not to AES's 16. */
const PADDED_TO = 32;

/**
 * Downloads and opens one file.
 * @throws ChannelError `rejected` with `too-large`, `gone`, `foreign host` or `sealed otherwise`; what `exchange` throws
 */
export async function downloadFile(
  attachment: Attachment,
  maxBytes: number,
  source: FileSource,
): Promise<{ readonly name?: string | undefined; readonly bytes: Buffer }> {
  const given = mediaId.safeParse(parsed(attachment.mediaId ?? ''));
  if (!given.success) throw refused('gone');
  const url = handedOutAddress(given.data.url, source.hosts, { protocol: 'https', loopbackBase: source.loopbackBase });
  if (!url) throw refused('foreign host');
  const key = given.data.key === undefined ? source.key : fileKey(given.data.key);
  if (!key) throw refused('sealed otherwise');
  const answer = await exchange({
    fetch: source.fetch,
    url: url.href,
    timeoutMs: source.timeoutMs,
    maxBytes: maxBytes + PADDED_TO,
  }).catch((error: unknown) => {
    throw error instanceof ChannelError && error.platformCode === 'answer too long' ? refused('too-large') : error;
  });
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw refused('gone');
  if (answer.status !== 200) throw statusFailure(answer);
  const bytes = openFile(answer.bytes, key);
  if (bytes.length > maxBytes) throw refused('too-large');
  const name = fileName(answer.headers.get('content-disposition') ?? '') ?? nameByContent(attachment, bytes);
  return { name, bytes };
}

/**
 * A key as the long connection hands it out: base64 without its padding, sometimes in the URL alphabet, sometimes hex.
 * @returns undefined when it is no key of 32 bytes
 */
export function fileKey(text: string): Buffer | undefined {
  const trimmed = text.trim().replace(/=+$/, '');
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const base64 = trimmed.replaceAll('-', '+').replaceAll('_', '/');
  const key = /^[A-Za-z0-9+/]{43}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
  return key?.length === 32 ? key : undefined;
}

/** @throws ChannelError when it was sealed with another key, or cut short */
export function openFile(sealed: Buffer, key: Buffer): Buffer {
  if (sealed.length === 0 || sealed.length % AES_BLOCK !== 0) throw refused('sealed otherwise');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, AES_BLOCK)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const size = padded.at(-1) ?? 0;
  const right = size >= 1 && size <= PADDED_TO && padded.subarray(-size).every((byte) => byte === size);
  if (!right || size > padded.length) throw refused('sealed otherwise');
  return padded.subarray(0, padded.length - size);
}

/** `filename*=UTF-8''…` before `filename=…`; only the last part of a path, and nothing invisible. */
export function fileName(disposition: string): string | undefined {
  const extended = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
  const text = decoded(extended ?? plain?.[1] ?? plain?.[2] ?? '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  const name = text.replace(/^.*[/\\]/s, '').replace(/[\u0000-\u001f\u007f]/g, '');
  return name.trim() === '' ? undefined : name.slice(0, 255);
}

/** Headers carry Latin-1: UTF-8 in them arrives as such. */
function decoded(text: string): string {
  try {
    if (/%[0-9a-f]{2}/i.test(text)) return decodeURIComponent(text);
    const bytes = Buffer.from(text, 'latin1');
    return /[\u0080-\u00ff]/.test(text) ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : text;
  } catch {
    return text;
  }
}

/** Without a name from the platform: an ending that fits what came. */
function nameByContent(attachment: Attachment, bytes: Buffer): string {
  const head = bytes.subarray(0, 4).toString('latin1');
  const stem = attachment.name.replace(/\.[^.]*$/, '');
  if (head === '\x89PNG') return `${stem}.png`;
  if (head.startsWith('\xff\xd8\xff')) return `${stem}.jpg`;
  if (head === '%PDF') return `${stem}.pdf`;
  return attachment.name;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function refused(platformCode: string): ChannelError {
  return new ChannelError('rejected', { retryable: false, platformCode });
}
