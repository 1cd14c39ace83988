/** Brings a picture or file to the platform over the long connection, in chunks（临时素材分片上传）. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ChannelError } from '../channel.ts';
import { parseAnswer } from '../http.ts';
import type { AibotSocket } from './socket.ts';
import { LIMITS } from './types.ts';

const begun = z.looseObject({ upload_id: z.string().min(1) });
const finished = z.looseObject({ media_id: z.string().min(1) });
/** The platform takes names up to this many bytes. */
const NAME_BYTES = 256;

export interface Upload {
  readonly type: 'image' | 'file';
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Uploads and names what can be sent for three days.
 * @throws ChannelError
 */
export async function uploadMedia(socket: AibotSocket, { type, name, bytes }: Upload): Promise<string> {
  const chunks = Math.ceil(bytes.length / LIMITS.chunkBytes);
  if (bytes.length < LIMITS.leastBytes || bytes.length > LIMITS.fileBytes) {
    throw new ChannelError('rejected', { retryable: false, platformCode: 'too-large' });
  }
  const init = await socket.request('aibot_upload_media_init', {
    type,
    filename: shortened(name),
    total_size: bytes.length,
    total_chunks: chunks,
    md5: createHash('md5').update(bytes).digest('hex'),
  });
  const { upload_id } = parseAnswer(begun, init);
  for (let at = 0; at < chunks; at += 1) {
    const chunk = bytes.subarray(at * LIMITS.chunkBytes, (at + 1) * LIMITS.chunkBytes);
    await socket.request('aibot_upload_media_chunk', {
      upload_id,
      chunk_index: at, // from 0, whatever the page's own sample shows
      base64_data: chunk.toString('base64'),
    });
  }
  return parseAnswer(finished, await socket.request('aibot_upload_media_finish', { upload_id })).media_id;
}

/** Cut before the ending, never inside a character. */
function shortened(name: string): string {
  const [ending = ''] = /\.[A-Za-z0-9]{1,8}$/.exec(name) ?? [];
  let stem = [...name.slice(0, name.length - ending.length)];
  while (Buffer.byteLength(stem.join('') + ending) > NAME_BYTES) stem = stem.slice(0, -1);
  return stem.join('') + ending;
}
