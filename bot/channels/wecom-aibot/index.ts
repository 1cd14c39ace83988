/** The WeCom AI bot（企业微信智能机器人）: private chats and groups, by callback or over a long connection. */
import type { Clock, Log } from '../../../handlers/ports.ts';
import type { Channel } from '../channel.ts';
import { createCallbackChannel } from './callback.ts';
import type { WecomAibotConfig } from './config.ts';
import type { Timing } from './socket.ts';
import { createSocketChannel } from './socket-channel.ts';

export interface WecomAibotOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch?: typeof fetch | undefined;
  /** For one exchange over HTTP; 10 s unless told, 30 s for a file. */
  readonly timeoutMs?: number | undefined;
  /** Waits of the long connection; the platform's unless told. */
  readonly timing?: Partial<Timing> | undefined;
}

/**
 * Makes the channel for one AI bot, the way it is configured.
 * @throws Error when a secret is empty or the AES key has another length
 */
export function createWecomAibotChannel(config: WecomAibotConfig, options: WecomAibotOptions): Channel {
  return config.way === 'callback' ? createCallbackChannel(config, options) : createSocketChannel(config, options);
}
