/** Taking an item off a waiting draft: 第3项不要了, 不要阿莫西林了, 去掉阿莫西林（删除登记项）. */
import { normaliseText, parseNumber } from '../chinese/numbers.ts';
import { drugKey, isSameDrug, resolveDrug } from './drugs.ts';
import { type DraftLine, type Registration, resolutionOf } from './registration.ts';
import { PACK_UNITS } from './tokens.ts';

/** `remove`: the items meant, from 0. `which`: something is to go, but it is not clear what. */
export type Removal =
  | { readonly kind: 'remove'; readonly items: readonly number[] }
  | { readonly kind: 'which'; readonly text: string };

const BEFORE =
  /^(?:(?:把|将|请|麻烦) ?)?(?:删除?掉?|去掉|去除|划掉|撤掉|撤销|取消|不再要|不要|别要) ?(.+?)(?:不要)?(?:了|吧|啊)*$/;
const AFTER =
  /^(?:把|将|请|麻烦)? ?(.+?) ?(?:也|就|都|先)?(?:不要|不用|不需要|不缺|不登记|删除?掉?|去掉|划掉|撤掉|取消)(?:了|吧|啊)*$/;
const INDEX = /^第? ?(\d{1,2}|[一二两三四五六七八九十]{1,3}) ?(?:项|行|个|条|种|样)?$/;
const POINTING = /^(?:这|那|它|某)?(?:一)?(?:个|项|种|条|样)?(?:药|药品)?$/;
const AMOUNT = new RegExp(` ?[\\d一二两三四五六七八九十百半]+ ?(?:${PACK_UNITS}|个|份)$`);

/** What the words take off the draft; `undefined` when they take nothing off. */
export function readRemoval(registration: Registration, typed: string): Removal | undefined {
  const text = normaliseText(typed).replace(/[。!,;]+$/, '');
  const meant = (BEFORE.exec(text) ?? AFTER.exec(text))?.[1]?.trim();
  if (meant === undefined || /^(?:替代|冷链|换|急|qy)/i.test(meant)) return undefined;
  const items = new Set<number>();
  for (const word of meant.split(/ ?(?:[、,和跟及]|还有) ?/).filter((one) => one !== '')) {
    const found = itemOf(registration, word);
    if (found === undefined) return undefined;
    if (typeof found === 'string') return { kind: 'which', text: found };
    items.add(found);
  }
  return items.size === 0 ? undefined : { kind: 'remove', items: [...items] };
}

/** The item a word means, the question to ask, or nothing where the word is no drug and no number. */
function itemOf({ lines }: Registration, word: string): number | string | undefined {
  const ask = (why: string) =>
    `${why}要去掉第几项？请回复“删1”这样的序号：${lines.map((line, at) => `${at + 1} ${labelOf(line)}`).join('；')}。`;
  const index = INDEX.exec(word);
  if (index) {
    const at = (parseNumber(index[1] ?? '')?.value ?? 0) - 1;
    return lines[at] ? at : ask(`只有${lines.length}项，`);
  }
  if (/^最后/.test(word)) return lines.length - 1;
  if (POINTING.test(word)) return lines.length === 1 ? 0 : ask('');
  const name = word
    .replace(/^(?:那个|这个)/, '')
    .replace(AMOUNT, '')
    .trim();
  const exact = matching(lines, (line) => line.name === name || line.chosen === name);
  const same = exact.length > 0 ? exact : matching(lines, (line) => isSame(line, name));
  const found = same.length > 0 || name.length < 2 ? same : matching(lines, (line) => labelOf(line).includes(name));
  const [only] = found;
  if (found.length === 1) return only;
  if (found.length > 1) return ask(`“${name}”有${found.length}项，`);
  return resolveDrug(name).kind === 'unmatched' ? undefined : ask(`登记里没有“${name}”，`);
}

function matching(lines: readonly DraftLine[], fits: (line: DraftLine) => boolean): readonly number[] {
  return lines.flatMap((line, at) => (fits(line) ? [at] : []));
}

function isSame(line: DraftLine, name: string): boolean {
  const [left, right] = [resolutionOf(line), resolveDrug(name)];
  if (left.kind !== 'matched' || right.kind !== 'matched') return false;
  return isSameDrug(drugKey({ ...left, name }), drugKey({ ...right, name }));
}

function labelOf(line: DraftLine): string {
  const name = line.chosen ?? line.name ?? '（药名待补）';
  return line.quantity ? `${name} ${line.quantity.text}` : name;
}
