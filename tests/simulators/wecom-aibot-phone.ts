/** The chats with an AI bot as their people see them: bubbles that grow, cards that change in their place; with every limit. */
import { createHash } from 'node:crypto';
import { viewMarkdown } from './wecom-markdown.ts';

/** A refusal by the platform. */
export class Refusal extends Error {
  readonly errcode: number;
  constructor(errcode: number, why: string) {
    super(why);
    this.errcode = errcode;
  }
}

export interface ShownCard {
  readonly task: string;
  readonly buttons: readonly { readonly text: string; readonly key: string }[];
}

/** One bubble; `text` is what it shows now. */
export interface Bubble {
  readonly chat: string;
  readonly kind: 'stream' | 'card' | 'markdown' | 'text' | 'image' | 'file';
  text: string;
  /** A stream that is still growing. */
  open: boolean;
  card: ShownCard | undefined;
  feedback: string | undefined;
  /** Grows with every change. */
  changes: number;
  readonly streamId: string | undefined;
}

const CONTENT_BYTES = 20_480;
const CARD_TYPES = new Set([
  'text_notice',
  'news_notice',
  'button_interaction',
  'vote_interaction',
  'multiple_interaction',
]);

export class AibotPhone {
  readonly bubbles: Bubble[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #tasks = new Set<string>();

  seen(chat: string): readonly Bubble[] {
    return this.bubbles.filter((bubble) => bubble.chat === chat);
  }

  /** The newest card that has this button. */
  button(chat: string, label: string): { readonly card: ShownCard; readonly key: string } {
    for (const bubble of [...this.seen(chat)].reverse()) {
      const button = bubble.card?.buttons.find((one) => one.text === label);
      if (bubble.card && button) return { card: bubble.card, key: button.key };
    }
    throw new Error(
      `no card in ${chat} has a button ${label}: ${this.seen(chat)
        .map((bubble) => bubble.text)
        .join(' ‖ ')}`,
    );
  }

  /** Makes or grows a stream's bubble. */
  stream(chat: string, value: unknown, options: { readonly images: boolean }): Bubble {
    const stream = record(value, 'stream');
    const id = text(stream.id, 'stream.id');
    if (id === '') throw new Refusal(40058, 'stream.id is missing');
    const content = stream.content === undefined ? '' : text(stream.content, 'content');
    if (Buffer.byteLength(content) > CONTENT_BYTES) throw new Refusal(45002, 'content too long');
    const finish = stream.finish === true;
    const items = stream.msg_item;
    let images = '';
    if (items !== undefined) {
      if (!options.images) throw new Refusal(40058, 'msg_item is not supported here');
      if (!finish || !Array.isArray(items) || items.length > 10) throw new Refusal(40058, 'msg_item');
      for (const item of items as { msgtype?: string; image?: { base64: string; md5: string } }[]) {
        const bytes = Buffer.from(item.image?.base64 ?? '', 'base64');
        const right = createHash('md5').update(bytes).digest('hex') === item.image?.md5;
        if (item.msgtype !== 'image' || bytes.length < 6 || !right) throw new Refusal(301019, 'image');
        images += '\n〔图〕';
      }
    }
    const feedback = record(stream.feedback ?? {}, 'feedback').id as string | undefined;
    const known = this.bubbles.find((bubble) => bubble.chat === chat && bubble.streamId === id);
    if (known && !known.open) return known; // it has ended: what comes later is not shown
    // A blank last word leaves what stood there.
    const shown = viewMarkdown(content).trim() === '' ? (known?.text ?? '') : viewMarkdown(content);
    if (known) {
      known.text = shown + images;
      known.open = !finish;
      this.#changed(known);
      return known;
    }
    return this.#add({
      chat,
      kind: 'stream',
      text: shown + images,
      open: !finish,
      card: undefined,
      feedback,
      streamId: id,
    });
  }

  card(chat: string, value: unknown): Bubble {
    const card = checkCard(value);
    const task = text(card.task_id ?? '', 'task_id');
    if (this.#tasks.has(task)) throw new Refusal(40058, 'task_id was used before');
    this.#tasks.add(task);
    const feedback = record(card.feedback ?? {}, 'feedback').id as string | undefined;
    return this.#add({
      chat,
      kind: 'card',
      text: viewCard(card),
      open: false,
      card: shownCard(card),
      feedback,
      streamId: undefined,
    });
  }

  /** Puts another card in the place of the pressed one. */
  updateCard(task: string, value: unknown): Bubble {
    const card = checkCard(value);
    if (card.task_id !== task) throw new Refusal(40058, 'task_id is not the event’s');
    const bubble = this.bubbles.find((one) => one.card?.task === task);
    if (!bubble) throw new Refusal(40058, 'no such card');
    bubble.text = viewCard(card);
    bubble.card = shownCard(card);
    this.#changed(bubble);
    return bubble;
  }

  markdown(chat: string, value: unknown): Bubble {
    const content = text(record(value, 'markdown').content, 'content');
    if (content.trim() === '') throw new Refusal(44004, 'empty');
    if (Buffer.byteLength(content) > CONTENT_BYTES) throw new Refusal(45002, 'content too long');
    return this.#add({
      chat,
      kind: 'markdown',
      text: viewMarkdown(content),
      open: false,
      card: undefined,
      feedback: undefined,
      streamId: undefined,
    });
  }

  text(chat: string, value: unknown): Bubble {
    const content = text(record(value, 'text').content, 'content');
    if (content.trim() === '') throw new Refusal(44004, 'empty');
    return this.#add({
      chat,
      kind: 'text',
      text: content,
      open: false,
      card: undefined,
      feedback: undefined,
      streamId: undefined,
    });
  }

  media(chat: string, kind: 'image' | 'file', name: string): Bubble {
    return this.#add({
      chat,
      kind,
      text: `〔${kind === 'image' ? '图' : '文件'} ${name}〕`,
      open: false,
      card: undefined,
      feedback: undefined,
      streamId: undefined,
    });
  }

  /** Resolves when the chat looks as wanted. */
  waitFor(
    chat: string,
    wanted: (bubbles: readonly Bubble[]) => boolean,
    timeoutMs = 15_000,
  ): Promise<readonly Bubble[]> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!wanted(this.seen(chat))) return;
        stop();
        resolve(this.seen(chat));
      };
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `${chat} shows: ${this.seen(chat)
              .map((bubble) => bubble.text)
              .join(' ‖ ')
              .slice(-400)}`,
          ),
        );
      }, timeoutMs);
      const stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #add(given: Omit<Bubble, 'changes'>): Bubble {
    const bubble: Bubble = { ...given, changes: 0 };
    this.bubbles.push(bubble);
    for (const look of this.#waiting) look();
    return bubble;
  }

  #changed(bubble: Bubble): void {
    bubble.changes += 1;
    for (const look of this.#waiting) look();
  }
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(40058, `${name} is no object`);
  return value as Fields;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw new Refusal(40058, `${name} is no text`);
  return value;
}

/** What the platform looks at before it shows a card. */
function checkCard(value: unknown): Fields {
  const card = record(value, 'template_card');
  if (!CARD_TYPES.has(text(card.card_type, 'card_type'))) throw new Refusal(42031, 'card_type');
  if (card.card_type !== 'button_interaction') throw new Refusal(42045, 'only buttons are played here');
  if (text(record(card.main_title, 'main_title').title, 'title').trim() === '') throw new Refusal(42014, 'title');
  if (!/^[0-9A-Za-z_\-@]{1,128}$/.test(text(card.task_id, 'task_id'))) throw new Refusal(42020, 'task_id');
  const list = card.button_list;
  if (!Array.isArray(list) || list.length < 1 || list.length > 6) throw new Refusal(42039, 'button_list');
  const keys = list.map((button: Fields) => text(button.key, 'key'));
  if (new Set(keys).size !== keys.length) throw new Refusal(42051, 'a key twice');
  for (const [at, key] of keys.entries()) {
    if (key === '' || Buffer.byteLength(key) > 1024) throw new Refusal(42039, 'key');
    if (text((list[at] as Fields).text, 'text').trim() === '') throw new Refusal(42039, 'text');
  }
  const fields = card.horizontal_content_list ?? [];
  if (!Array.isArray(fields) || fields.length > 6) throw new Refusal(42028, 'horizontal_content_list');
  for (const field of fields as Fields[])
    if (text(field.keyname, 'keyname') === '') throw new Refusal(42028, 'keyname');
  return card;
}

function shownCard(card: Fields): ShownCard {
  return { task: String(card.task_id), buttons: card.button_list as ShownCard['buttons'] };
}

function viewCard(card: Fields): string {
  const fields = (card.horizontal_content_list ?? []) as { keyname: string; value?: string }[];
  const buttons = card.button_list as { text: string }[];
  return [
    `▣ ${String(record(card.main_title, 'main_title').title)}`,
    ...(card.sub_title_text === undefined ? [] : [String(card.sub_title_text)]),
    ...fields.map(({ keyname, value }) => `${keyname}：${value ?? ''}`),
    buttons.map((button) => `[${button.text}]`).join(' '),
  ].join('\n');
}
