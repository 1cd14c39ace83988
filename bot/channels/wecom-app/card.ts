/** Draws replies with buttons as the app's card（模板卡片 button_interaction, page 90236）, where they fit one. */
import type { Block, Button } from '../../../handlers/message.ts';
import { buttonKey } from '../button-key.ts';

/** The one kind of card we draw; key order is fixed, because the duplicate guard compares requests as they are. */
export interface ButtonCard {
  readonly card_type: 'button_interaction';
  readonly main_title: { readonly title: string; readonly desc?: string | undefined };
  readonly sub_title_text?: string | undefined;
  readonly horizontal_content_list?: readonly { readonly keyname: string; readonly value: string }[] | undefined;
  readonly button_list: readonly { readonly text: string; readonly style: 1 | 2; readonly key: string }[];
  readonly task_id: string;
}

/**
 * Above these the platform's clients cut with an ellipsis, or refuse（建议长度）: then words are better than a card. Characters,
 * counts, and bytes of a button's key.
 */
const LIMITS = {
  title: 36,
  subTitle: 160,
  fields: 6,
  label: 5,
  value: 30,
  buttons: 6,
  buttonText: 10,
  key: 1024,
} as const;

/** Cards carry words, fields and buttons; anything else needs a message of its own. */
const DRAWN: readonly Block['type'][] = ['text', 'fields', 'buttons'];

/**
 * The whole reply as one card.
 * @param taskId - `[0-9A-Za-z_\-@]`, at most 128 bytes, unique by app; of a pressed card: the same
 * @returns undefined when something of it would be cut or left out
 */
export function drawCard(blocks: readonly Block[], taskId: string): ButtonCard | undefined {
  if (!blocks.every((block) => DRAWN.includes(block.type))) return undefined;
  const buttons = drawButtons(blocks);
  if (!buttons) return undefined;
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text.trim()] : [])).join('\n');
  const heading = splitTitle(text, LIMITS.title);
  if (!heading) return undefined;
  const fields = blocks.flatMap((block) => (block.type === 'fields' ? block.items : []));
  const fits =
    length(heading.rest) <= LIMITS.subTitle &&
    fields.length <= LIMITS.fields &&
    fields.every(({ label, value }) => length(label) <= LIMITS.label && length(value) <= LIMITS.value && value !== '');
  if (!fits) return undefined;
  return {
    card_type: 'button_interaction',
    main_title: { title: heading.title },
    ...(heading.rest === '' ? {} : { sub_title_text: heading.rest }),
    ...(fields.length === 0
      ? {}
      : { horizontal_content_list: fields.map(({ label, value }) => ({ keyname: label, value })) }),
    button_list: buttons,
    task_id: taskId,
  };
}

function drawButtons(blocks: readonly Block[]): ButtonCard['button_list'] | undefined {
  const items: readonly Button[] = blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
  const keys = items.map(buttonKey);
  const fits =
    items.length > 0 &&
    items.length <= LIMITS.buttons &&
    new Set(keys).size === keys.length &&
    new Set(items.map(({ label }) => label)).size === items.length &&
    items.every(({ label }) => label !== '' && length(label) <= LIMITS.buttonText) &&
    keys.every((key) => Buffer.byteLength(key) <= LIMITS.key);
  if (!fits) return undefined;
  return items.map(({ label }, at) => ({ text: label, style: at === 0 ? 1 : 2, key: keys[at] ?? '' }));
}

/** The first line as title, or its beginning up to a number in 【…】 or to a pause, when short enough; the rest goes below. */
function splitTitle(text: string, most: number): { readonly title: string; readonly rest: string } | undefined {
  const [first = '', ...more] = text.split('\n');
  const below = more.join('\n').trim();
  if (first !== '' && length(first) <= most) return { title: first, rest: below };
  const start = [...first].slice(0, most).join('');
  const title = (/^[^】]{2,}】/u.exec(start) ?? /^[^。：]{2,}[。：]/u.exec(start))?.[0];
  if (title === undefined) return undefined;
  return { title, rest: [first.slice(title.length).trim(), below].filter((part) => part !== '').join('\n') };
}

function length(text: string): number {
  return [...text].length;
}
