/** Draws the card of a reply（按钮交互卡片）: the whole reply where it fits one, else its buttons beside the words. */
import { createHash } from 'node:crypto';
import type { Block, Button } from '../../../handlers/message.ts';
import { buttonKey } from '../button-key.ts';
import { labelAmong, plainText } from '../plain-text.ts';
import { type Card, LIMITS } from './types.ts';

const { card: SIZE } = LIMITS;
/** Title of a card whose words stand elsewhere: every card needs one. */
const CHOOSE = '请点选';
/** On an updated card whose reply is too long for it. */
const MORE_BELOW = '全文见下一条消息。';
/** A card cannot stand without a button; a state that has none left offers this. */
const HELP: Button = { id: 'help', label: '帮助', value: '' };

export interface DrawnCard {
  readonly card: Card;
  /** Nothing of the reply is missing on it. */
  readonly complete: boolean;
}

/** The buttons alone, beside words that are already there; undefined without buttons. */
export function buttonsCard(blocks: readonly Block[]): Card | undefined {
  const buttons = buttonsOf(blocks);
  return buttons.length === 0 ? undefined : cardWith({ title: CHOOSE }, buttons);
}

/** A card's buttons without its words. */
export function buttonsOnly(card: Card): Card {
  const { card_type, button_list, task_id } = card;
  return { card_type, main_title: { title: CHOOSE }, button_list, task_id };
}

/** Buttons that no card has room for, to be said in words. */
export function buttonsLeft(blocks: readonly Block[]): readonly Button[] {
  const shown = new Set(buttonsOf(blocks).map((button) => button.key));
  return allButtons(blocks).filter((button) => !shown.has(buttonKey(button)));
}

/** The reply as one card with words, fields and buttons; undefined without buttons. */
export function wholeCard(blocks: readonly Block[]): DrawnCard | undefined {
  const buttons = buttonsOf(blocks);
  return buttons.length === 0 ? undefined : drawn(blocks, buttons);
}

/**
 * What becomes of a pressed card: the reply with its buttons in the card's place. A reply without buttons leaves the card as it
 * is, except in private where the button was drawn for a state that is over now: in a group others still need it.
 */
export function updatedCard(
  blocks: readonly Block[],
  pressed: { readonly stateful: boolean; readonly inGroup: boolean },
): DrawnCard | undefined {
  const own = buttonsOf(blocks);
  const words = blocks.some((block) => block.type !== 'buttons');
  if (own.length === 0 && !(words && pressed.stateful && !pressed.inGroup)) return undefined;
  const buttons = own.length > 0 ? own : buttonsOf([help()]);
  const whole = drawn(blocks, buttons);
  if (whole.complete) return whole;
  const [first = ''] = textOf(blocks).split('\n');
  return { card: cardWith({ title: cut(first, SIZE.title) || CHOOSE, rest: MORE_BELOW }, buttons), complete: false };
}

/** A task id from whatever makes a card the same card; letters, digits, _ and - only. */
export function taskId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function help(): Block {
  return { type: 'buttons', items: [HELP] };
}

type CardButton = Card['button_list'][number];

function allButtons(blocks: readonly Block[]): readonly Button[] {
  return blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
}

/** The first ones that fit; the platform refuses equal keys and long ones. */
function buttonsOf(blocks: readonly Block[]): readonly CardButton[] {
  const keys = new Map<string, CardButton>();
  const all = allButtons(blocks);
  for (const button of all) {
    const key = buttonKey(button);
    if (Buffer.byteLength(key) > SIZE.keyBytes || keys.has(key)) continue;
    keys.set(key, { text: labelAmong(button, all), key });
  }
  return [...keys.values()].slice(0, SIZE.buttons);
}

function drawn(blocks: readonly Block[], buttons: readonly CardButton[]): DrawnCard {
  const text = textOf(blocks);
  const fields = blocks.flatMap((block) => (block.type === 'fields' ? block.items : []));
  const { title, rest } = headed(text);
  const shownFields = fields.slice(0, SIZE.fields);
  const card = cardWith(
    {
      title: cut(title, SIZE.title) || CHOOSE,
      rest: cut(rest, SIZE.subTitle),
      fields: shownFields.map(({ label, value }) => ({
        keyname: cut(label, SIZE.keyname),
        value: cut(value, SIZE.value),
      })),
    },
    buttons,
  );
  const complete =
    blocks.every(({ type }) => type === 'text' || type === 'markdown' || type === 'fields' || type === 'buttons') &&
    fits(title, SIZE.title) &&
    fits(rest, SIZE.subTitle) &&
    fields.length <= SIZE.fields &&
    fields.every(({ label, value }) => fits(label, SIZE.keyname) && fits(value, SIZE.value)) &&
    buttonsLeft(blocks).length === 0;
  return { card, complete };
}

function textOf(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.type === 'text' || block.type === 'markdown')
    .map((block) => plainText([block]))
    .join('\n')
    .trim();
}

/** First line as the title, or what stands before a pause in it; a longer one stands below a general title, whole. */
function headed(text: string): { readonly title: string; readonly rest: string } {
  const [first = '', ...more] = text.split('\n');
  if (fits(first, SIZE.title)) return { title: first, rest: more.join('\n').trim() };
  const start = [...first].slice(0, SIZE.title).join('');
  const title = (/^.{2,}[。！？】]/u.exec(start) ?? /^.{3,}[：；，›]/u.exec(start))?.[0];
  return title === undefined ? { title: CHOOSE, rest: text } : { title, rest: text.slice(title.length).trim() };
}

function cardWith(
  shown: { readonly title: string; readonly rest?: string; readonly fields?: Card['horizontal_content_list'] },
  buttons: readonly CardButton[],
): Card {
  return {
    card_type: 'button_interaction',
    main_title: { title: shown.title },
    ...(shown.rest ? { sub_title_text: shown.rest } : {}),
    ...(shown.fields && shown.fields.length > 0 ? { horizontal_content_list: shown.fields } : {}),
    button_list: buttons,
  };
}

function fits(text: string, characters: number): boolean {
  return [...text].length <= characters;
}

function cut(text: string, characters: number): string {
  return fits(text, characters) ? text : `${[...text].slice(0, characters - 1).join('')}…`;
}
