/**
 * Draws replies for Telegram: words with marks beside them (no markup inside, so nothing has to be escaped), buttons under the
 * last part, pictures and files as such. A part is JSON that only send.ts reads.
 */
import type { Block, Button, IncomingMessage } from '../../../handlers/message.ts';
import { plainText } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import { LIMITS } from './types.ts';

/** What is sent instead of nothing: the platform refuses an empty text. */
const NOTHING_TO_SHOW = '（无内容）';
/** Words of one row of buttons, in half-width characters: more and a phone cuts them. */
const ROW_WIDTH = 30;
const ROW_BUTTONS = 4;
const CASE_NUMBER = /^(?:ZZ|EM|QY)\d{6,}$/;

/** A mark beside the words; places count UTF-16 units. */
export interface Mark {
  readonly type: 'bold' | 'blockquote';
  readonly offset: number;
  readonly length: number;
}

/** A button before its words are fitted into what the platform takes. */
export type PartButton = Pick<Button, 'id' | 'label' | 'value' | 'version'>;

interface PartBase {
  readonly buttons?: readonly (readonly PartButton[])[] | undefined;
  /** Topic of a group the question was asked in. */
  readonly thread?: string | undefined;
}
export interface TextPart extends PartBase {
  readonly kind: 'text';
  readonly text: string;
  readonly marks: readonly Mark[];
  /** The pressed card, shown anew instead of another message. */
  readonly card?: string | undefined;
}
export interface FilePart extends PartBase {
  readonly kind: 'photo' | 'document';
  readonly name: string;
  readonly base64: string;
  readonly caption: string;
}
export type Part = TextPart | FilePart;

/**
 * Draws blocks in order; at least one part.
 * @param answering - a press on a card drawn for a state, in a private chat: a reply of one text takes the card's place
 */
export function renderParts(blocks: readonly Block[], answering?: IncomingMessage): readonly string[] {
  const parts: Part[] = [];
  let words: Block[] = [];
  const endWords = () => {
    parts.push(...textParts(words));
    words = [];
  };
  for (const block of blocks) {
    if ((block.type === 'image' || block.type === 'file') && block.base64 !== '') {
      endWords();
      parts.push(filePart(block));
    } else if (block.type !== 'buttons') words.push(block);
  }
  endWords();
  if (parts.length === 0) parts.push({ kind: 'text', text: NOTHING_TO_SHOW, marks: [] });

  const buttons = rowsOf(numbered(blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []))));
  const thread = answering?.replyHandle?.thread;
  const [only] = parts;
  const card = parts.length === 1 && only?.kind === 'text' ? cardOf(answering) : undefined;
  return parts.map((part, at) =>
    JSON.stringify({
      ...part,
      ...(at === parts.length - 1 && buttons.length > 0 ? { buttons } : {}),
      ...(thread === undefined ? {} : { thread }),
      ...(card === undefined ? {} : { card }),
    }),
  );
}

/** In a group the card is everybody's: a press by one must not take it from the others. */
function cardOf(answering: IncomingMessage | undefined): string | undefined {
  const stands = answering?.action?.version !== undefined && answering.conversation.kind === 'direct';
  return stands ? answering.replyHandle?.card : undefined;
}

function filePart(block: Extract<Block, { type: 'image' | 'file' }>): FilePart {
  const words = clean(block.type === 'image' ? block.alt : '');
  const [caption = ''] = splitText(words, { maxCharacters: LIMITS.captionUnits });
  const { name, base64 } = block;
  return { kind: block.type === 'image' ? 'photo' : 'document', name: fileName(name), base64, caption };
}

/** The client writes a name into the form as it is: what would end it there is taken out. */
function fileName(name: string): string {
  return clean(name).replace(/[\s;:"'\\/]+/g, '_') || '文件';
}

function textParts(blocks: readonly Block[]): readonly TextPart[] {
  let text = '';
  const marks: Mark[] = [];
  for (const block of blocks) {
    const words = clean(plainText([block]));
    if (words.trim() === '') continue;
    if (text !== '') text += '\n';
    const offset = text.length;
    if (block.type === 'quote') marks.push({ type: 'blockquote', offset, length: words.length });
    if (block.type === 'fields') marks.push(...labelMarks(block.items, offset));
    text += words;
  }
  let from = 0;
  return splitText(text, { maxCharacters: LIMITS.textUnits }).flatMap((piece) => {
    const start = from;
    from += piece.length;
    if (piece.trim() === '') return [];
    return [{ kind: 'text' as const, text: piece, marks: marksWithin(marks, start, from) }];
  });
}

/** The label of each line 标签：内容, as plain-text.ts writes it. */
function labelMarks(items: readonly { readonly label: string; readonly value: string }[], start: number): Mark[] {
  let offset = start;
  return items.map(({ label, value }) => {
    const mark: Mark = { type: 'bold', offset, length: clean(label).length };
    offset += clean(`${label}：${value}`).length + 1;
    return mark;
  });
}

/** The marks of one piece, counted from its beginning. */
function marksWithin(marks: readonly Mark[], from: number, to: number): readonly Mark[] {
  return marks.flatMap((mark) => {
    const start = Math.max(mark.offset, from);
    const end = Math.min(mark.offset + mark.length, to);
    return end > start ? [{ type: mark.type, offset: start - from, length: end - start }] : [];
  });
}

/** Text without control characters and half pairs, which the platform refuses or drops; its length is what marks count. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

/** Several buttons of one name under a list: each says its case. */
function numbered(buttons: readonly Button[]): readonly Button[] {
  return buttons.map((button) => {
    const alike = buttons.some((other) => other !== button && other.label === button.label);
    return alike && CASE_NUMBER.test(button.value) ? { ...button, label: `${button.label} ${button.value}` } : button;
  });
}

/** As many in a row as a phone shows whole. */
function rowsOf(buttons: readonly Button[]): readonly (readonly PartButton[])[] {
  const rows: PartButton[][] = [];
  let width = 0;
  for (const { id, label, value, version } of buttons) {
    const own = widthOf(label) + 4;
    const row = rows.at(-1);
    const button = { id, label: clean(label) || '…', value, ...(version === undefined ? {} : { version }) };
    if (row && row.length < ROW_BUTTONS && width + own <= ROW_WIDTH) {
      row.push(button);
      width += own;
    } else {
      rows.push([button]);
      width = own;
    }
  }
  return rows;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) > 0xff ? 2 : 1;
  return width;
}
