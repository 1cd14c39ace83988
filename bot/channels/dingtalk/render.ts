/** Draws replies for DingTalk: texts, markdown, pictures, files, and interactive cards where a template is configured. */
import type { Block, Button, IncomingMessage } from '../../../handlers/message.ts';
import { labelAmong, plainText, wordsToSay } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import { type CardFace, pressOf } from './cards.ts';
import { blockMarkdown, escapeMarkdown } from './markdown.ts';
import { CARD, LIMITS } from './types.ts';

/** One thing the platform shows, as it travels through the outbox. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly at?: string | undefined }
  | { readonly kind: 'markdown'; readonly title: string; readonly text: string; readonly at?: string | undefined }
  | { readonly kind: 'image' | 'file'; readonly name: string; readonly base64: string }
  | {
      readonly kind: 'card';
      readonly face: CardFace;
      /** Card to be changed instead of a new one. */
      readonly update?: string | undefined;
      /** What is said where no card can be shown. */
      readonly instead: string;
      readonly at?: string | undefined;
    };

export interface RenderOptions {
  /** A card template is configured: buttons become real ones. */
  readonly cards: boolean;
  /** Pictures and files can be sent; otherwise they are named. */
  readonly media: boolean;
  /** The message that is answered. */
  readonly answering?: IncomingMessage | undefined;
}

const NOTHING_TO_SHOW = '（无内容）';
const CHOOSE = '请选择下一步：';
const TITLE_CHARACTERS = 24;
/** What sampleFile takes; others are named only. */
const FILE_TYPES = new Set(['xlsx', 'pdf', 'zip', 'rar', 'doc', 'docx']);
const IMAGE_TYPES = new Set(['jpg', 'jpeg', 'png', 'gif', 'bmp']);

/** Draws blocks as JSON of `Part`s, in order; at least one. Pure. */
export function renderParts(blocks: readonly Block[], options: RenderOptions): readonly string[] {
  const parts = draw(blocks.map(cleaned), options);
  return (parts.length > 0 ? parts : [{ kind: 'text', text: NOTHING_TO_SHOW } as const]).map((part, at) =>
    JSON.stringify(at === 0 ? notifying(part, options.answering) : part),
  );
}

function draw(blocks: readonly Block[], { cards, media, answering }: RenderOptions): readonly Part[] {
  const buttons = blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
  const shown = blocks.filter((block) => block.type !== 'buttons');
  const update = answering?.action?.version === undefined ? undefined : answering.replyHandle?.card;
  if (cards && (buttons.length > 0 || update !== undefined)) {
    const drawn = asCard(shown, buttons, update);
    if (drawn) return drawn;
  }
  const words = buttons.length > 0 ? wordsToSay(buttons) : undefined;
  return flow(media ? shown : shown.map(withoutContent), words);
}

/** Blocks between pictures and files become one message each, split where it is too long. */
function flow(blocks: readonly Block[], words: string | undefined): readonly Part[] {
  const parts: Part[] = [];
  let open: Block[] = [];
  const close = (last?: string) => {
    parts.push(...messages(last === undefined ? open : [...open, { type: 'text', text: last }]));
    open = [];
  };
  for (const block of blocks) {
    const own = mediaPart(block);
    if (!own) open.push(block);
    else {
      close();
      parts.push(own);
    }
  }
  close(words);
  return parts;
}

/** Leaves only the name of a picture or file. */
function withoutContent(block: Block): Block {
  return block.type === 'image' || block.type === 'file' ? { ...block, base64: '' } : block;
}

function mediaPart(block: Block): Part | undefined {
  if ((block.type !== 'image' && block.type !== 'file') || block.base64 === '') return undefined;
  const ending = (/\.(\w+)$/.exec(block.name)?.[1] ?? '').toLowerCase();
  const takes = block.type === 'image' ? IMAGE_TYPES : FILE_TYPES;
  return takes.has(ending) ? { kind: block.type, name: block.name, base64: block.base64 } : undefined;
}

/** Plain words go as text, which shows every character as it is; anything else as markdown. */
function messages(blocks: readonly Block[]): readonly Part[] {
  const visible = blocks.filter((block) => plainText([block]).trim() !== '');
  if (visible.length === 0) return [];
  if (visible.every((block) => block.type === 'text' || !isKnown(block))) {
    const text = plainText(visible);
    return pieces(text, (piece) => ({ kind: 'text', text: piece })).filter(
      (part) => part.kind === 'text' && part.text.trim() !== '',
    );
  }
  const title = titleOf(visible);
  return packed(visible, LIMITS.preferredBytes).map((text) => ({ kind: 'markdown', title, text }));
}

/** Splits words so that each piece fits a message; halves the size where escapes make one too big. */
function pieces(text: string, make: (piece: string) => Part): readonly Part[] {
  for (let maxBytes: number = LIMITS.preferredBytes; ; maxBytes = Math.floor(maxBytes / 2)) {
    const parts = splitText(text, { maxBytes }).map(make);
    if (parts.every((part) => Buffer.byteLength(JSON.stringify(part)) <= LIMITS.partBytes)) return parts;
  }
}

/** Blocks as markdown texts of at most `maxBytes`, whole blocks together as long as they fit. */
function packed(blocks: readonly Block[], maxBytes: number): readonly string[] {
  const texts: string[] = [];
  for (const unit of blocks.flatMap((block) => units(block, maxBytes))) {
    const last = texts.at(-1);
    const joined = last === undefined ? undefined : `${last}\n\n${unit}`;
    if (joined !== undefined && sizeOf(joined) <= maxBytes) texts[texts.length - 1] = joined;
    else texts.push(unit);
  }
  return texts;
}

/** One block as markdown, in as many pieces as it needs: a table by rows, a list by items, words where a reader pauses. */
function units(block: Block, maxBytes: number): readonly string[] {
  const whole = blockMarkdown(block);
  if (sizeOf(whole) <= maxBytes) return whole === '' ? [] : [whole];
  const halves = halvesOf(block);
  if (halves) return halves.flatMap((half) => units(half, maxBytes));
  const text = plainText([block]);
  for (let size = maxBytes; size >= 4; size = Math.floor(size * 0.8)) {
    const escaped = splitText(text, { maxBytes: size }).map(escapeMarkdown);
    if (escaped.every((piece) => sizeOf(piece) <= maxBytes)) return escaped;
  }
  return [];
}

function halvesOf(block: Block): readonly Block[] | undefined {
  if (block.type === 'table' && block.rows.length > 1) {
    const middle = Math.ceil(block.rows.length / 2);
    return [
      { ...block, rows: block.rows.slice(0, middle) },
      { ...block, rows: block.rows.slice(middle) },
    ];
  }
  if (block.type === 'fields' && block.items.length > 1) {
    const middle = Math.ceil(block.items.length / 2);
    return [
      { ...block, items: block.items.slice(0, middle) },
      { ...block, items: block.items.slice(middle) },
    ];
  }
  return undefined;
}

/** A card with real buttons; words too long for it go before it. Undefined where a card cannot say it. */
function asCard(
  blocks: readonly Block[],
  buttons: readonly Button[],
  update: string | undefined,
): readonly Part[] | undefined {
  const pressable = buttons.slice(0, CARD.buttons).flatMap((button) => {
    const press = pressOf(button);
    return press === undefined ? [] : [{ label: labelAmong(button, buttons), press }];
  });
  if (pressable.length === 0 && buttons.length > 0) return undefined;
  const spoken = buttons.filter((button) => !pressable.some((one) => one.press === pressOf(button)));
  const extra: readonly Block[] = spoken.length > 0 ? [{ type: 'text', text: wordsToSay(spoken) }] : [];
  const title = titleOf(blocks);
  const media = blocks.some((block) => mediaPart(block) !== undefined);
  const bodies = media ? [] : packed([...blocks, ...extra], LIMITS.cardValueBytes);
  const instead = packed([...blocks, ...extra, { type: 'text', text: wordsToSay(buttons) }], LIMITS.preferredBytes);
  if (bodies.length > 0 && bodies.length <= CARD.bodies && instead.length === 1) {
    const face = { title, bodies, buttons: pressable };
    return [{ kind: 'card', face, update, instead: instead[0] ?? '' }];
  }
  if (pressable.length === 0) return undefined;
  const words = escapeMarkdown([CHOOSE, ...(spoken.length > 0 ? [wordsToSay(spoken)] : [])].join('\n'));
  const face = { title, bodies: [words], buttons: pressable };
  return [...flow(blocks, undefined), { kind: 'card', face, instead: escapeMarkdown(wordsToSay(buttons)) }];
}

/** What the list of chats and a push show: the first line, short. The platform refuses markdown without one. */
function titleOf(blocks: readonly Block[]): string {
  const line = plainText(blocks)
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '');
  const characters = [...(line ?? '医共体助手')];
  return characters.length > TITLE_CHARACTERS
    ? `${characters.slice(0, TITLE_CHARACTERS - 1).join('')}…`
    : characters.join('');
}

/** In a group the one who asked is notified by the first part. */
function notifying(part: Part, answering: IncomingMessage | undefined): Part {
  if (answering?.conversation.kind !== 'group' || answering.action) return part;
  const at = answering.sender.platformUserId;
  if (at.startsWith('$')) return part; // encrypted: nobody is notified by it
  switch (part.kind) {
    case 'text':
    case 'markdown':
    case 'card':
      return { ...part, at };
    default:
      return part;
  }
}

function isKnown(block: Block): boolean {
  return ['text', 'markdown', 'quote', 'fields', 'table', 'list', 'image', 'file', 'buttons'].includes(block.type);
}

function sizeOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** JSON knows every character; screens do not: controls and lone surrogates become the sign for what cannot be shown. */
function cleaned(block: Block): Block {
  return clean(block) as Block;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replace(/[^\P{Cc}\t\n\r]/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === 'base64' ? one : clean(one)]));
}
