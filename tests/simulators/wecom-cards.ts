/** Checks a template card as the platform does（page 90236, codes of page 90313）, and shows it as a phone would. */

/** A button_interaction card on a phone. */
export interface SimulatedCard {
  readonly taskId: string;
  readonly buttons: readonly { readonly text: string; readonly key: string }[];
  /** Everything a reader sees, a line each. */
  readonly text: string;
  readonly responseCode?: string | undefined;
}

interface RawCard {
  readonly card_type?: unknown;
  readonly main_title?: { readonly title?: unknown; readonly desc?: unknown };
  readonly sub_title_text?: unknown;
  readonly horizontal_content_list?: readonly { readonly keyname?: unknown; readonly value?: unknown }[];
  readonly button_list?: readonly { readonly text?: unknown; readonly key?: unknown }[];
  readonly task_id?: unknown;
}

/** @returns the card as shown, or the errcode it is refused with */
export function checkCard(value: unknown): SimulatedCard | number {
  if (typeof value !== 'object' || value === null) return 40058;
  const card = value as RawCard;
  if (card.card_type !== 'button_interaction') return 42031;
  const title = card.main_title?.title;
  if (typeof title !== 'string' || title === '') return 42014;
  const buttons = card.button_list ?? [];
  if (buttons.length === 0 || buttons.length > 6) return 42039;
  const keys = buttons.map(({ key }) => key);
  const goodKey = (key: unknown) => typeof key === 'string' && key !== '' && Buffer.byteLength(key) <= 1024;
  if (!keys.every(goodKey) || new Set(keys).size !== keys.length) return 42039;
  if (!buttons.every(({ text }) => typeof text === 'string' && text !== '')) return 42039;
  const taskId = card.task_id;
  if (typeof taskId !== 'string' || !/^[0-9A-Za-z_\-@]{1,128}$/.test(taskId)) return 42016;
  const fields = card.horizontal_content_list ?? [];
  if (fields.length > 6 || !fields.every(({ keyname }) => typeof keyname === 'string' && keyname !== '')) return 42017;
  const lines = [
    `［${title}］`,
    ...(typeof card.main_title?.desc === 'string' ? [card.main_title.desc] : []),
    ...(typeof card.sub_title_text === 'string' ? [card.sub_title_text] : []),
    ...fields.map(({ keyname, value }) => `${String(keyname)}　${String(value ?? '')}`),
    buttons.map(({ text }) => `（${String(text)}）`).join(''),
  ];
  return {
    taskId,
    buttons: buttons.map(({ text, key }) => ({ text: String(text), key: String(key) })),
    text: lines.join('\n'),
  };
}
