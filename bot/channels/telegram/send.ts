/** Sends one drawn part, shows a pressed card anew, and fetches files. At least once: the platform has no duplicate guard. */
import type { Api } from 'grammy';
import type { Attachment } from '../../../handlers/message.ts';
import { type ButtonStore, type Channel, ChannelError } from '../channel.ts';
import { exchange, statusFailure } from '../http.ts';
import { isRefusal, MovedError, type TelegramApi } from './api.ts';
import { buttonData, keptData } from './buttons.ts';
import type { TelegramConfig } from './config.ts';
import type { Part, PartButton, TextPart } from './render.ts';
import { LIMITS } from './types.ts';

export interface SenderOptions {
  readonly config: TelegramConfig;
  readonly api: TelegramApi;
  readonly buttons: ButtonStore;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

type Keyboard = { inline_keyboard: { text: string; callback_data: string }[][] };

/** Makes the channel's `send`. A group that moved is written to at its new place at once. */
export function createSender(options: SenderOptions): Channel['send'] {
  const cards = createCardMemory();

  return async function send(address, drawn, key, answering) {
    const read = JSON.parse(drawn) as Part;
    const state = `${address.chat}|${'card' in read ? read.card : ''}|${answering?.action?.version ?? ''}`;
    const part = 'card' in read && !cards.isFirst(state, key) ? { ...read, card: undefined } : read;
    const markup = await keyboardOf(part.buttons ?? [], options.buttons);
    const to = address.chat ?? '';
    try {
      await options.api.call((api, grammy) => deliver(api, grammy, { to, part, markup }));
    } catch (error) {
      if (error instanceof MovedError) {
        await again(options, { to: error.to, part, markup });
      } else if (isRefusal(error, 'not-modified')) {
        // It stands there already: sent before, and the answer was lost.
      } else if (isRefusal(error, 'no-card') || isRefusal(error, 'no-topic')) {
        const { thread: _thread, ...rest } = part;
        await again(options, { to, part: 'card' in rest ? { ...rest, card: undefined } : rest, markup });
      } else throw error;
    }
  };
}

/** Cards remembered; a second press comes within seconds. */
const REMEMBERED = 1_000;

/**
 * Which answer a card took in each of its states: only the first one changes it. The answer to a second press of the same
 * button is words of its own, or 没有重复操作 would stand where 已接收 stood.
 */
function createCardMemory(): { isFirst(state: string, key: string): boolean } {
  const answers = new Map<string, string>();
  return {
    isFirst(state, key) {
      const first = answers.get(state) ?? key;
      answers.set(state, first);
      for (const oldest of answers.keys()) if (answers.size > REMEMBERED) answers.delete(oldest);
      return first === key;
    },
  };
}

interface Delivery {
  readonly to: string;
  readonly part: Part;
  readonly markup: Keyboard | undefined;
}

async function again({ api }: SenderOptions, delivery: Delivery): Promise<void> {
  try {
    await api.call((client, grammy) => deliver(client, grammy, delivery));
  } catch (error) {
    if (error instanceof MovedError) throw new ChannelError('rejected', { retryable: false, platformCode: 'moved' });
    throw error;
  }
}

async function deliver(api: Api, grammy: typeof import('grammy'), { to, part, markup }: Delivery): Promise<void> {
  const common = {
    ...(markup ? { reply_markup: markup } : {}),
    ...(part.thread ? { message_thread_id: Number(part.thread) } : {}),
  };
  if (part.kind === 'text') return deliverText(api, to, part, common);
  const file = new grammy.InputFile(Buffer.from(part.base64, 'base64'), part.name);
  const other = { ...common, ...(part.caption === '' ? {} : { caption: part.caption }) };
  if (part.kind === 'photo') await api.sendPhoto(to, file, other);
  else await api.sendDocument(to, file, other);
}

async function deliverText(
  api: Api,
  to: string,
  part: TextPart,
  common: { reply_markup?: Keyboard; message_thread_id?: number },
): Promise<void> {
  const shown = { entities: [...part.marks], link_preview_options: { is_disabled: true } };
  if (part.card === undefined) await api.sendMessage(to, part.text, { ...common, ...shown });
  else {
    const { reply_markup } = common;
    await api.editMessageText(to, Number(part.card), part.text, {
      ...(reply_markup ? { reply_markup } : {}),
      ...shown,
    });
  }
}

async function keyboardOf(rows: readonly (readonly PartButton[])[], store: ButtonStore): Promise<Keyboard | undefined> {
  if (rows.length === 0) return undefined;
  const dataOf = async (button: PartButton) =>
    buttonData(button) ?? keptData(await store.keep(actionOf(button)), button.version);
  const inline_keyboard = await Promise.all(
    rows.map((row) =>
      Promise.all(row.map(async (button) => ({ text: button.label, callback_data: await dataOf(button) }))),
    ),
  );
  return { inline_keyboard };
}

function actionOf({ id, value, version }: PartButton) {
  return { id, value, ...(version === undefined ? {} : { version }) };
}

/**
 * Makes the channel's `download`: asks where the file lies, then fetches it there. The address holds the token: it is in no
 * error and no log line.
 */
export function createDownload(options: SenderOptions) {
  const { config, api } = options;
  return async function download(attachment: Attachment, maxBytes: number): Promise<{ readonly bytes: Buffer }> {
    const limit = Math.min(maxBytes, LIMITS.downloadBytes);
    let file: { readonly file_path?: string; readonly file_size?: number };
    try {
      file = await api.call((client) => client.getFile(attachment.mediaId ?? ''));
    } catch (error) {
      if (isRefusal(error, 'too-large')) throw tooLarge();
      throw error;
    }
    if ((file.file_size ?? 0) > limit) throw tooLarge();
    const path = file.file_path;
    if (path === undefined || !/^[\w./-]{1,512}$/.test(path) || path.includes('..')) {
      throw new ChannelError('rejected', { retryable: false, platformCode: 'no-file' });
    }
    const answer = await exchange({
      fetch: options.fetch,
      url: `${config.apiBase}/file/bot${config.token}/${path}`,
      timeoutMs: options.timeoutMs * 3,
      maxBytes: limit + 1,
    }).catch((error: unknown) => {
      throw error instanceof ChannelError && error.platformCode === 'answer too long' ? tooLarge() : error;
    });
    if (answer.status === 404) throw new ChannelError('rejected', { retryable: false, platformCode: 'no-file' });
    if (answer.status !== 200) throw statusFailure(answer);
    if (answer.bytes.length > limit) throw tooLarge();
    return { bytes: answer.bytes };
  };
}

function tooLarge(): ChannelError {
  return new ChannelError('rejected', { retryable: false, platformCode: 'too-large' });
}
