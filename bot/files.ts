/** Fetches what came with a message for the handler that wants it: carried along, or from its platform（取文件）. */
import { UserFacingError } from '../handlers/errors.ts';
import type { FetchedFile } from '../handlers/feature.ts';
import type { Attachment, IncomingMessage } from '../handlers/message.ts';
import { type Channel, ChannelError } from './channels/channel.ts';

/** Files remembered while their message is decided again: after a conflict the address may have been used up. */
const REMEMBERED = 4;
/** And how long: it is decided again at once, or not at all (ms). */
const REMEMBERED_MS = 30_000;

export type FileFetcher = (message: IncomingMessage, attachment: Attachment, maxBytes: number) => Promise<FetchedFile>;

export function createFileFetcher(channels: readonly Channel[]): FileFetcher {
  const fetched = new Map<string, Promise<FetchedFile>>();

  async function fetchFile(message: IncomingMessage, file: Attachment, maxBytes: number): Promise<FetchedFile> {
    if (file.base64 !== undefined) {
      // Told by its length, before four characters of it are made into three bytes.
      if ((file.base64.length / 4) * 3 > maxBytes + 3) throw tooLarge(maxBytes);
      return { name: file.name, bytes: Buffer.from(file.base64, 'base64') };
    }
    const channel = channels.find((one) => one.name === message.channel && one.tenant === message.tenant);
    if (!channel?.download || file.mediaId === undefined) throw new UserFacingError('file-gone');
    try {
      const { name, bytes } = await channel.download(file, maxBytes);
      if (bytes.length > maxBytes) throw tooLarge(maxBytes);
      return { name: name ?? file.name, bytes };
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      throw error.platformCode === 'too-large'
        ? tooLarge(maxBytes, error)
        : new UserFacingError('file-gone', { cause: error });
    }
  }

  return async (message, file, maxBytes) => {
    const key = [message.channel, message.tenant, message.messageId, file.mediaId ?? '', file.name, maxBytes].join('|');
    const running = fetched.get(key) ?? fetchFile(message, file, maxBytes);
    fetched.set(key, running);
    for (const oldest of fetched.keys()) if (fetched.size > REMEMBERED) fetched.delete(oldest);
    const forget = () => {
      if (fetched.get(key) === running) fetched.delete(key);
    };
    try {
      const file = await running;
      setTimeout(forget, REMEMBERED_MS).unref();
      return file;
    } catch (error) {
      forget();
      throw error;
    }
  };
}

function tooLarge(maxBytes: number, cause?: unknown): UserFacingError {
  return new UserFacingError('file-too-large', {
    values: { limit: String(Math.floor(maxBytes / 1024 / 1024)) },
    cause,
  });
}
