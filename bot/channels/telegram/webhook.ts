/** Tells the platform where we are, and asks it who we are（setWebhook、getMe）: at start, again after a failure, never in the way. */
import type { Log } from '../../../handlers/ports.ts';
import { ChannelError } from '../channel.ts';
import type { TelegramApi } from './api.ts';
import type { TelegramConfig } from './config.ts';
import { COMMAND_WORDS } from './receive.ts';
import { WANTED_UPDATES } from './types.ts';

/** First wait after a failure (ms); doubled up to the longest. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Path of our callback. */
export const CALLBACK_PATH = '/channels/telegram';

/** What the command menu shows beside each word. */
const MENU: Readonly<Record<string, string>> = {
  start: '开始',
  help: '帮助',
  contents: '文件目录',
  mine: '我的转诊（单号和状态）',
  shortages: '缺药清单（编号和状态）',
  me: '我是谁',
};

export interface Presence {
  /** Own name without @; undefined until the platform told it. */
  readonly botName: () => string | undefined;
  start(): void;
  stop(): void;
}

export function createPresence(options: {
  readonly config: TelegramConfig;
  readonly api: TelegramApi;
  readonly log: Log;
  /** Our address from outside; the webhook is set where it is https, as the platform wants it. */
  readonly publicUrl: string | undefined;
  /** Known already, for instance in a test. */
  readonly botName?: string | undefined;
}): Presence {
  const { config, api, log, publicUrl } = options;
  let botName = options.botName;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function announce(): Promise<void> {
    const me = await api.call((client) => client.getMe());
    botName = me.username;
    if (publicUrl === undefined || !publicUrl.startsWith('https:')) return;
    const url = new URL(CALLBACK_PATH, publicUrl).href;
    await api.call((client) =>
      client.setWebhook(url, { secret_token: config.secret, allowed_updates: [...WANTED_UPDATES] }),
    );
    log.info({ event: 'telegram.webhook', host: new URL(url).host }, 'the platform sends its callbacks here');
    await api.call((client) =>
      client.setMyCommands(
        [...COMMAND_WORDS.keys()].map((command) => ({ command, description: MENU[command] ?? command })),
      ),
    );
  }

  async function tryUntilDone(waitMs: number): Promise<void> {
    try {
      await announce();
    } catch (error) {
      if (stopped) return;
      const reason = error instanceof ChannelError ? error.reason : 'unknown';
      const code = error instanceof ChannelError ? error.platformCode : undefined;
      log.warn(
        { event: 'telegram.announce-failed', reason, code, waitMs },
        'the platform was not told, will try again',
      );
      timer = setTimeout(() => void tryUntilDone(Math.min(waitMs * 2, LONGEST_WAIT_MS)), waitMs).unref();
    }
  }

  return {
    botName: () => botName,
    start() {
      stopped = false;
      void tryUntilDone(FIRST_WAIT_MS);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
