/** Fetches what came with a message: an address for the code from the API, then the bytes from the file hosts. */
import type { Attachment } from '../../../handlers/message.ts';
import { ChannelError } from '../channel.ts';
import { handedOutAddress } from '../hosts.ts';
import { exchange, parseAnswer, statusFailure } from '../http.ts';
import type { DingtalkApi } from './api.ts';
import { type DingtalkConfig, isLoopbackBase } from './config.ts';
import { downloadAnswerSchema } from './types.ts';

/** Twenty megabytes over a slow line. */
const FILE_TIMEOUT_FACTOR = 6;

export interface DownloadOptions {
  readonly config: DingtalkConfig;
  readonly api: DingtalkApi;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

/**
 * Fetches one attachment by its downloadCode. No credentials go to the file host, and no redirect is followed.
 * @throws ChannelError `rejected` with `too-large`; with any other code it is gone
 */
export async function downloadFile(
  attachment: Attachment,
  maxBytes: number,
  { config, api, fetch, timeoutMs }: DownloadOptions,
): Promise<{ readonly bytes: Buffer }> {
  const downloadCode = attachment.mediaId ?? '';
  const body = { downloadCode, robotCode: config.robotCode };
  const answer = await api.call('POST', '/v1.0/robot/messageFiles/download', body);
  const { downloadUrl } = parseAnswer(downloadAnswerSchema, answer);
  const url = handedOutAddress(downloadUrl, config.fileHosts, {
    protocol: 'https',
    loopbackBase: isLoopbackBase(config.apiBase),
  });
  if (!url) throw new ChannelError('rejected', { retryable: false, platformCode: 'file of another host' });
  const file = await exchange({
    fetch,
    url: url.href,
    timeoutMs: timeoutMs * FILE_TIMEOUT_FACTOR,
    maxBytes,
  }).catch((error: unknown) => {
    if (error instanceof ChannelError && error.platformCode === 'answer too long') {
      throw new ChannelError('rejected', { retryable: false, platformCode: 'too-large' });
    }
    throw error;
  });
  if (file.status !== 200) throw statusFailure(file);
  return { bytes: file.bytes };
}
