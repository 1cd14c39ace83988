/** A real bot for conversation tests: started in this process on a free port, spoken to over HTTP like anybody would. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../bot/config.ts';
import { createLog } from '../../bot/log.ts';
import { type RunningBot, startBot } from '../../bot/start.ts';
import type { Block } from '../../handlers/message.ts';
import { createPostgresDatabase } from './databases.ts';

/** What one reply looks like from outside. */
export interface SaidReply {
  readonly n: number;
  readonly to: { readonly kind: string; readonly id: string; readonly channel?: string };
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface SaysOptions {
  /** Id of the group it is said in; absent: the person's own private chat. */
  readonly group?: string | undefined;
  /** Another private conversation than the person's own. */
  readonly direct?: string | undefined;
  readonly messageId?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly attachments?: readonly { readonly name: string; readonly base64: string }[] | undefined;
  readonly quotedText?: string | undefined;
  readonly event?: 'welcome' | undefined;
  readonly action?: { readonly id: string; readonly value: string; readonly version?: number | undefined } | undefined;
}

export interface TestBot {
  readonly url: string;
  readonly dataDir: string;
  readonly running: RunningBot;
  /** Says something as a person and waits for the replies to that conversation and to the person in private. */
  says(staff: string, text: string, options?: SaysOptions): Promise<readonly SaidReply[]>;
  /** The same, all replies as one text: for short assertions. */
  text(staff: string, text: string, options?: SaysOptions): Promise<string>;
  /** Everything sent to anyone after `since`. */
  outbox(since?: number): Promise<readonly SaidReply[]>;
  /** What a person got in their own private chat after `since`. */
  inboxOf(staff: string, since?: number): Promise<readonly SaidReply[]>;
  lastN(): Promise<number>;
  moveClock(iso: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TestBotOptions {
  readonly kind?: 'sqlite' | 'pg' | undefined;
  /** The bot's clock at start; default 2026-11-21 10:00 in Shanghai. */
  readonly clock?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Starts it with demonstration data on an empty database of its own. */
export async function startTestBot(options: TestBotOptions = {}): Promise<TestBot> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yigongti-bot-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DEMO: 'on',
    PLAYGROUND: 'on',
    CLOCK: options.clock ?? '2026-11-21T10:00:00+08:00',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ...(options.kind === 'pg'
      ? { DATABASE_URL: await createPostgresDatabase(), DATA_KEY: Buffer.alloc(32, 7).toString('base64') }
      : {}),
    ...options.env,
  });
  const running = await startBot(config, createLog(config.logLevel));
  const url = `http://127.0.0.1:${running.port}`;

  async function call<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  const bot: TestBot = {
    url,
    dataDir,
    running,
    async says(staff, text, { group, direct, ...rest } = {}) {
      const conversation = group ? { kind: 'group', id: group } : { kind: 'direct', id: direct ?? `direct:${staff}` };
      const answer = await call<{ replies: SaidReply[] }>('/playground/messages', {
        staff,
        conversation,
        text,
        ...rest,
      });
      return answer.replies;
    },
    async text(staff, text, rest) {
      return (await bot.says(staff, text, rest)).map((reply) => reply.text).join('\n');
    },
    async outbox(since = 0) {
      return (await call<{ messages: SaidReply[] }>(`/playground/outbox?since=${since}`)).messages;
    },
    async inboxOf(staff, since = 0) {
      return (await bot.outbox(since)).filter((one) => one.to.id === `direct:${staff}`);
    },
    async lastN() {
      let last = 0;
      for (;;) {
        const page = await call<{ last: number; messages: SaidReply[] }>(`/playground/outbox?since=${last}`);
        if (page.messages.length === 0) return last;
        last = page.last;
      }
    },
    async moveClock(iso) {
      await call('/playground/clock', { now: iso });
    },
    async stop() {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return bot;
}
