/** How an answer in private chat changes a draft: choices, quantities, pack contents, more drugs（补充登记）. */
import { isDeepStrictEqual } from 'node:util';
import { normaliseText, parseNumber } from '../chinese/numbers.ts';
import type { Day } from '../time.ts';
import { AS_TYPED, drugKey, isSameDrug, resolveDrug } from './drugs.ts';
import { type Attributes, parseShortage } from './parser.ts';
import { type Ask, asksOf, type DraftLine, type Registration, resolutionOf } from './registration.ts';
import { readRemoval } from './removals.ts';
import { readSpecification } from './specs.ts';

/** Adds another message's lines to a waiting draft; a drug that is there already is replaced by the newer words. */
export function addLines(registration: Registration, more: Registration): Registration {
  let lines = [...registration.lines];
  for (const line of more.lines) {
    const same = lines.findIndex((old) => sameDrug(old, line));
    lines = same < 0 ? [...lines, line] : lines.map((old, at) => (at === same ? { ...old, ...line } : old));
  }
  const groupId = more.groupId ?? registration.groupId;
  return { lines, typed: [...registration.typed, ...more.typed], ...(groupId ? { groupId } : {}) };
}

/** Whether a draft says the same as before, whatever was typed. */
export function changesNothing(before: Registration, after: Registration): boolean {
  return before.groupId === after.groupId && isDeepStrictEqual(plain(before.lines), plain(after.lines));
}

/** As it would be stored: what is undefined is absent. */
function plain(lines: readonly DraftLine[]): unknown {
  return JSON.parse(JSON.stringify(lines));
}

function sameDrug(a: DraftLine, b: DraftLine): boolean {
  if (a.name === undefined || b.name === undefined) return false;
  if (a.name === b.name) return true;
  const [left, right] = [resolutionOf(a), resolutionOf(b)];
  if (left.kind !== 'matched' || right.kind !== 'matched') return false;
  return isSameDrug(drugKey({ ...left, name: a.name }), drugKey({ ...right, name: b.name }));
}

const QUESTION = /[?？]|怎么|什么|多少|哪|谁|为什么|吗$/;

/**
 * The draft after an answer in private chat; `undefined` when the words say nothing about it, so that a question of policy
 * in between is answered as one.
 */
export function applyAnswer(registration: Registration, typed: string, today: Day): Registration | undefined {
  const text = normaliseText(typed);
  if (QUESTION.test(text)) return undefined;
  const whole = readRemoval(registration, text);
  const parts = partsOf(registration, text);
  let current: Registration = registration;
  let changed = false;
  const removed = new Set<number>();
  for (const part of whole ? [text] : parts) {
    const removal = readRemoval(registration, part);
    if (removal?.kind === 'which') return undefined;
    if (removal) {
      for (const item of removal.items) removed.add(item);
      continue;
    }
    const next = applyPart(current, part, today);
    if (next) {
      current = next;
      changed = true;
    }
  }
  if (!changed && removed.size === 0) return undefined;
  const lines = current.lines.filter((_, at) => !removed.has(at));
  return { ...current, lines, typed: [...current.typed, typed] };
}

/** What must be asked before anything is taken off（要去掉第几项）; `undefined` where the words are clear or say no such thing. */
export function askRemoval(registration: Registration, typed: string): string | undefined {
  const text = normaliseText(typed);
  if (QUESTION.test(text)) return undefined;
  for (const part of [text, ...partsOf(registration, text)]) {
    const removal = readRemoval(registration, part);
    if (removal?.kind === 'which') return removal.text;
    if (removal) return undefined;
  }
  return undefined;
}

/** The sentences of an answer; at commas too where one of them takes something off: 阿莫西林不要了，布洛芬改成20盒. */
function partsOf(registration: Registration, text: string): readonly string[] {
  const cut = (mark: RegExp, whole: string) =>
    whole
      .split(mark)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  return cut(/[;；\n。]/, text).flatMap((sentence) => {
    const clauses = cut(/,/, sentence);
    return clauses.some((clause) => readRemoval(registration, clause)) ? clauses : [sentence];
  });
}

function applyPart(registration: Registration, text: string, today: Day): Registration | undefined {
  const { lines } = registration;
  const indexed = /^第? ?(\d{1,2}) ?(?:项|行|[、: ]|\.(?!\d))+ ?(.+)$/.exec(text);
  const at = indexed ? Number(indexed[1]) - 1 : -1;
  if (indexed && lines[at] && !/^(?:盒|瓶|支|袋|片|粒)/.test(indexed[2] ?? '')) {
    return applyWords(registration, indexed[2] ?? '', today, at) ?? undefined;
  }
  return applyWords(registration, text, today, undefined);
}

function applyWords(
  registration: Registration,
  text: string,
  today: Day,
  at: number | undefined,
): Registration | undefined {
  const asks = asksOf(registration).filter((ask) => at === undefined || ask.line === at + 1);
  return (
    applyChoice(registration, text, asks) ??
    applyUnit(registration, text, asks) ??
    applyStrength(registration, text, asks) ??
    applyParsed(registration, text, today, { asks, at })
  );
}

/** 阿托品, 2, 按原文登记: one of the candidates and nothing else. */
function applyChoice(registration: Registration, text: string, asks: readonly Ask[]): Registration | undefined {
  const ask = asks.find((one) => one.kind === 'choose');
  if (!ask) return undefined;
  const number = parseNumber(text);
  const byNumber = number && Number.isInteger(number.value) ? ask.options[number.value - 1] : undefined;
  const byWords = ask.options.find((option) => option.toLowerCase() === text.toLowerCase());
  const picked = byNumber ?? byWords;
  if (picked === undefined) return undefined;
  return change(registration, ask.line, picked === AS_TYPED ? { asTyped: true } : { chosen: picked });
}

/** 盒: the unit that was missing. */
function applyUnit(registration: Registration, text: string, asks: readonly Ask[]): Registration | undefined {
  if (!/^(?:都?是)?(?:盒|瓶|支|袋|包|贴|片|粒|罐)$/.test(text)) return undefined;
  const unit = text.slice(-1);
  const open = asks.filter((ask) => ask.kind === 'unit');
  return open.reduce<Registration | undefined>((draft, ask) => {
    const quantity = (draft ?? registration).lines[ask.line - 1]?.quantity;
    return quantity ? change(draft ?? registration, ask.line, { quantity: { ...quantity, unit } }) : draft;
  }, undefined);
}

/** 0.5g, 是: the unit of a strength. */
function applyStrength(registration: Registration, text: string, asks: readonly Ask[]): Registration | undefined {
  const ask = asks.find((one) => one.kind === 'strength');
  if (!ask) return undefined;
  const words = /^(?:是的?|对的?|嗯)$/.test(text) && asks.length === 1 ? (ask.options[0] ?? '') : text;
  const read = readSpecification(words);
  const old = registration.lines[ask.line - 1]?.specification;
  if (!read || read.length !== words.length || read.specification.strengthUnitMissing || !old) return undefined;
  const levels = read.specification.levels.length > 0 ? read.specification.levels : old.levels;
  return change(registration, ask.line, { specification: { ...read.specification, levels, pack: old.pack } });
}

/** Quantities, pack contents, urgency, days; new drugs are added when they are known ones with a quantity. */
function applyParsed(
  registration: Registration,
  text: string,
  today: Day,
  { asks, at }: { readonly asks: readonly Ask[]; readonly at: number | undefined },
): Registration | undefined {
  const each = /^(?:都要?|各要?|每样|每种|全部)/.exec(text)?.[0].length ?? 0;
  const parsed = parseShortage(text.slice(each), today);
  let draft: Registration | undefined;
  const put = (line: number, more: Partial<DraftLine>): void => {
    draft = change(draft ?? registration, line, more);
  };
  const unnamed = parsed.lines.filter((line) => line.name === undefined);
  const named = parsed.lines.filter((line) => line.name !== undefined);
  const lacking = asks.filter((ask) => ask.kind === 'quantity' || ask.kind === 'unit').map((ask) => ask.line);
  const wanting = asks.filter((ask) => ask.kind === 'factor').map((ask) => ask.line);
  const only = at === undefined ? (registration.lines.length === 1 ? 1 : undefined) : at + 1;
  for (const [index, line] of unnamed.entries()) {
    const { factor, quantity, specification } = line;
    const outer = registration.lines[(wanting[0] ?? 0) - 1]?.quantity?.unit;
    if (factor) {
      for (const target of wanting.filter((one) => registration.lines[one - 1]?.quantity?.unit === factor.outer)) {
        put(target, { factor });
      }
    } else if (quantity && wanting.length > 0 && lacking.length === 0 && outer && quantity.unit && !/共/.test(text)) {
      put(wanting[0] ?? 0, { factor: { outer, count: quantity.value, inner: quantity.unit } });
    } else if (quantity) {
      const targets = each > 0 ? (lacking.length > 0 ? lacking : registration.lines.map((_, i) => i + 1)) : [];
      const single = lacking.length === 1 || unnamed.length === lacking.length ? lacking[index] : undefined;
      for (const target of targets.length > 0 ? targets : [single ?? (lacking.length === 0 ? only : undefined)]) {
        if (target !== undefined) put(target, { quantity, vagueQuantity: undefined });
      }
    }
    if (specification && only !== undefined && !specification.strengthUnitMissing) put(only, { specification });
    const said = attributesOf(line);
    if (Object.keys(said).length > 0) for (const target of targetsOf(registration, at)) put(target, said);
    if (line.vagueQuantity && !quantity) for (const one of lacking) put(one, { vagueQuantity: line.vagueQuantity });
  }
  if (Object.keys(parsed.shared).length > 0 && mostlyUnderstood(named, text)) {
    for (const target of targetsOf(registration, at)) put(target, { ...parsed.shared, ...dateSettled(parsed.shared) });
  }
  for (const line of named) {
    const nameless = asks.find((ask) => ask.kind === 'name');
    const choosing = asks.find((ask) => ask.kind === 'choose');
    const known = resolveDrug(line.name ?? '').kind !== 'unmatched';
    const twin = registration.lines.findIndex((old) => sameDrug(old, line));
    const target = at ?? (twin >= 0 ? twin : nameless ? nameless.line - 1 : undefined);
    if (target === undefined && choosing && (known || endsLikeDrug(line.name))) {
      const { name, ...said } = line;
      put(choosing.line, { ...said, chosen: name, ...(known ? {} : { asTyped: true }) });
    } else if (target !== undefined && (known || at !== undefined || endsLikeDrug(line.name))) {
      put(target + 1, { ...line, ...(at !== undefined || nameless ? { chosen: undefined, asTyped: undefined } : {}) });
    } else if (known && (line.quantity || /^(?:还有|另外|再加?|加上?|还缺|缺)/.test(text))) {
      draft = addLines(draft ?? registration, { lines: [line], typed: [] });
    } else if (
      !known &&
      mostlyUnderstood(named, text) &&
      Object.keys(attributesOf(line)).length > 0 &&
      draft === undefined &&
      registration.lines.length > 0
    ) {
      // filler words the parser took for a name must not swallow 还能用3天
      for (const one of targetsOf(registration, at)) put(one, attributesOf(line));
    }
  }
  return draft;
}

/** Longest answer that may hold unknown words beside what it says: 主任说还能用3天. A longer one is about something else. */
const LONGEST_ASIDE = 12;

function mostlyUnderstood(named: readonly DraftLine[], text: string): boolean {
  return text.length <= LONGEST_ASIDE || named.every((line) => resolveDrug(line.name ?? '').kind !== 'unmatched');
}

/** Longest name of a drug no table knows that is taken as one. */
const LONGEST_NAME = 16;

function endsLikeDrug(name: string | undefined): boolean {
  return (
    name !== undefined &&
    name.length <= LONGEST_NAME &&
    /[片丸囊粒液素散膏剂浆水钠钾钙酸胺唑平坦汀胍林酯醇酮肽苷碱油露栓贴丹胶]$/.test(name)
  );
}

function targetsOf(registration: Registration, at: number | undefined): readonly number[] {
  return at === undefined ? registration.lines.map((_, index) => index + 1) : [at + 1];
}

function dateSettled(said: Attributes): Partial<DraftLine> {
  return said.wantedBy ? { vagueDate: undefined } : {};
}

function attributesOf(line: DraftLine): Partial<DraftLine> {
  const { urgency, daysLeft, stock, monthlyUse, coldChain, purpose, substitute, wantedBy } = line;
  const said = { urgency, daysLeft, stock, monthlyUse, coldChain, purpose, substitute, wantedBy };
  const kept = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return { ...kept, ...dateSettled(line) };
}

function change(registration: Registration, line: number, more: Partial<DraftLine>): Registration {
  return {
    ...registration,
    lines: registration.lines.map((old, at) => (at + 1 === line ? { ...old, ...more } : old)),
  };
}
