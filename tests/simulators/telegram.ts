/**
 * A stand-in for Telegram on this machine: delivers updates to the bot's webhook and answers the Bot API, with limits,
 * refusals and faults. Also a program: node tests/simulators/telegram.ts --port 9300 --bot URL
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chatOf, numberOf, type ShownMessage, TelegramApi } from './telegram-api.ts';

/** The invented bot that the simulator plays. */
export const SIMULATED_BOT = {
  token: '7000000001:AAE-simulated_bot_token_0001',
  secret: 'Simulated-secret_0001',
  username: 'yigongti_bot',
} as const;

export interface UpdateOptions {
  /** Group it is said in; absent: the person's private chat. */
  readonly group?: string | undefined;
  readonly updateId?: number | undefined;
  /** Seconds. */
  readonly date?: number | undefined;
  /** More fields of the message. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  /** How often it is tried while the bot does not take it; 1 unless told. */
  readonly attempts?: number | undefined;
}

export interface Delivered {
  readonly status: number;
  readonly body: string;
}

export interface TelegramSimulator {
  /** For TELEGRAM_API_BASE. */
  readonly base: string;
  readonly env: Readonly<Record<string, string>>;
  readonly api: TelegramApi;
  setBot(address: string): void;
  /** A person writes; marks for commands and names are set as the platform sets them. */
  say(user: string, text: string, options?: UpdateOptions): Promise<Delivered>;
  /** A person presses the newest button of that label in the chat. @throws Error when there is none */
  press(user: string, label: string, options?: UpdateOptions): Promise<Delivered>;
  /** A press with these data, on a message of the bot that may be gone. */
  pressData(
    user: string,
    data: string,
    options?: UpdateOptions & { readonly message?: ShownMessage },
  ): Promise<Delivered>;
  /** Any update, as the platform would post it. */
  post(update: Readonly<Record<string, unknown>>, options?: UpdateOptions): Promise<Delivered>;
  messageUpdate(user: string, text: string | undefined, options?: UpdateOptions): Record<string, unknown>;
  /** What a chat shows now, oldest first, with its buttons. */
  seenBy(chat: string): readonly ShownMessage[];
  /** Resolves when the chat has shown as many messages. */
  waitFor(
    chat: string,
    so: (seen: readonly ShownMessage[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly ShownMessage[]>;
  close(): Promise<void>;
}

export async function startTelegramSimulator(
  options: {
    readonly port?: number | undefined;
    readonly bot?: string | undefined;
    readonly chats?: readonly string[] | undefined;
    readonly now?: (() => Date) | undefined;
  } = {},
): Promise<TelegramSimulator> {
  const now = options.now ?? (() => new Date());
  const { token, secret, username } = SIMULATED_BOT;
  const api = new TelegramApi({ token, username, chats: options.chats, now });
  const waiting = new Set<() => void>();
  api.onShown = () => {
    for (const look of waiting) look();
  };
  const server = createServer((request, response) => {
    api.handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let bot = options.bot;
  let serial = 900_000_000;
  let messageSerial = 5_000;
  let lastDate = 0;

  async function post(
    update: Readonly<Record<string, unknown>>,
    { attempts = 1 }: UpdateOptions = {},
  ): Promise<Delivered> {
    if (!bot) throw new Error('the simulator does not know where the bot is');
    const body = JSON.stringify(update);
    let delivered: Delivered = { status: 0, body: '' };
    for (let attempt = 0; attempt < attempts && delivered.status !== 200; attempt += 1) {
      delivered = await fetch(new URL('/channels/telegram', bot), {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
      }).then(
        async (response) => ({ status: response.status, body: await response.text() }),
        () => ({ status: 0, body: '' }),
      );
    }
    // The platform does what stands in the answer.
    if (delivered.status === 200 && delivered.body !== '') {
      const { method, ...params } = JSON.parse(delivered.body) as { method: string };
      api.perform(method, params);
    }
    return delivered;
  }

  /** Nobody writes twice in a second. */
  function nextDate(): number {
    lastDate = Math.max(lastDate + 1, Math.floor(now().getTime() / 1000));
    return lastDate;
  }

  function userOf(user: string): Record<string, unknown> {
    return { id: numberOf(user), is_bot: false, first_name: '演示', last_name: user };
  }

  function messageUpdate(user: string, text: string | undefined, how: UpdateOptions = {}): Record<string, unknown> {
    serial += 1;
    messageSerial += 1;
    const entities = text === undefined ? [] : entitiesOf(text);
    return {
      update_id: how.updateId ?? serial,
      message: {
        message_id: messageSerial,
        date: how.date ?? nextDate(),
        chat: chatOf(how.group ?? user),
        from: userOf(user),
        ...(text === undefined ? {} : { text }),
        ...(entities.length > 0 ? { entities } : {}),
        ...how.more,
      },
    };
  }

  function pressUpdate(user: string, data: string, message: unknown, updateId: number | undefined) {
    serial += 1;
    return {
      update_id: updateId ?? serial,
      callback_query: { id: `press-${serial}`, from: userOf(user), chat_instance: 'c', data, message },
    };
  }

  const seenBy = (chat: string) => api.shown.filter((one) => one.chat === chat);

  return {
    base,
    env: { TELEGRAM_BOT_TOKEN: token, TELEGRAM_SECRET: secret, TELEGRAM_API_BASE: base },
    api,
    setBot: (address) => {
      bot = address;
    },
    messageUpdate,
    post,
    say: (user, text, how) => post(messageUpdate(user, text, how), how),
    async press(user, label, how = {}) {
      const message = seenBy(how.group ?? user)
        .filter((one) => one.buttons.flat().some((button) => button.text === label))
        .at(-1);
      const data = message?.buttons.flat().find((button) => button.text === label)?.callback_data;
      if (!message || data === undefined) throw new Error(`no button “${label}” is shown`);
      return post(pressUpdate(user, data, api.messageOf(message), how.updateId), how);
    },
    async pressData(user, data, how = {}) {
      const message = how.message
        ? api.messageOf(how.message)
        : { message_id: 1, date: 0, chat: chatOf(how.group ?? user) };
      return post(pressUpdate(user, data, message, how.updateId), how);
    },
    seenBy,
    waitFor(chat, so, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          const seen = seenBy(chat).map(({ text }) => text);
          reject(new Error(`waited in vain; ${chat} sees:\n${seen.join('\n---\n')}`));
        }, timeoutMs);
        function look() {
          const seen = seenBy(chat);
          if (!so(seen)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(seen);
        }
        waiting.add(look);
        look();
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Commands and names, with places in UTF-16 units. */
function entitiesOf(text: string): object[] {
  const found: object[] = [];
  for (const match of text.matchAll(/(?<![\w/])\/[A-Za-z0-9_]{1,32}(?:@\w+)?/g)) {
    found.push({ type: 'bot_command', offset: match.index, length: match[0].length });
  }
  for (const match of text.matchAll(/(?<![\w/])@\w{3,32}/g)) {
    found.push({ type: 'mention', offset: match.index, length: match[0].length });
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '9300' }, bot: { type: 'string', default: 'http://127.0.0.1:8080' } },
  });
  const simulator = await startTelegramSimulator({ port: Number(values.port), bot: values.bot });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(
    Object.entries(simulator.env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  print('Start the bot with these, then type: wx-clinician-1 帮助');
  let printed = 0;
  simulator.api.onShown = () => {
    for (const one of simulator.api.shown.slice(printed)) {
      const buttons = one.buttons.flat().map(({ text }) => `[${text}]`);
      print(`→ ${one.chat}: ${one.text} ${buttons.join(' ')}`);
    }
    printed = simulator.api.shown.length;
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [user = '', ...words] = line.split(' ');
    if (user !== '') print(`(${(await simulator.say(user, words.join(' '))).status})`);
  }
  await simulator.close();
}
