/** Reads a shortage message into lines, one drug each, as typed（缺药登记解析）; decides nothing about drugs. */
import { normaliseText } from '../chinese/numbers.ts';
import type { Day } from '../time.ts';
import { isManufacturer, resolveDrug } from './drugs.ts';
import type { Specification } from './specs.ts';
import { type Purpose, type Token, tokenise, type Urgency } from './tokens.ts';

/** A quantity as typed. */
export interface TypedQuantity {
  readonly value: number;
  /** 十来盒: to be asked. */
  readonly approximate: boolean;
  /** Absent where no unit was written. */
  readonly unit: string | undefined;
  readonly text: string;
}

/** What was said besides drug and quantity. */
export interface Attributes {
  readonly urgency?: Urgency | undefined;
  /** Days the stock lasts（还能用几天）. */
  readonly daysLeft?: number | undefined;
  readonly stock?: number | undefined;
  readonly monthlyUse?: number | undefined;
  readonly coldChain?: true | undefined;
  readonly purpose?: Purpose | undefined;
  /** Another maker or size of the same drug is welcome（接受替代）. */
  readonly substitute?: boolean | undefined;
  readonly wantedBy?: Day | undefined;
  /** A wish that is no date: 赶集那天. */
  readonly vagueDate?: string | undefined;
}

/** One drug of a message. */
export interface ParsedLine extends Attributes {
  /** As typed, without the words around it; absent where only a specification or a quantity was written. */
  readonly name?: string | undefined;
  readonly specification?: Specification | undefined;
  readonly manufacturer?: string | undefined;
  readonly quantity?: TypedQuantity | undefined;
  /** 一个月的量, 够5个人用: to be asked. */
  readonly vagueQuantity?: string | undefined;
  /** 1件=24盒 */
  readonly factor?: PackFactor | undefined;
}

/** How many inner packs an outer one holds, as somebody said it（包装换算）. */
export interface PackFactor {
  readonly outer: string;
  readonly count: number;
  readonly inner: string;
}

export interface ParsedMessage {
  readonly lines: readonly ParsedLine[];
  /** Said of no drug in particular, after or before all of them. */
  readonly shared: Attributes;
}

/** Larger packs order, smaller ones describe: 24粒 20盒 orders 盒. */
const RANK: Readonly<Record<string, number>> = {
  箱: 5,
  件: 5,
  条: 4,
  盒: 3,
  瓶: 3,
  罐: 3,
  桶: 3,
  套: 3,
  包: 2,
  袋: 2,
  板: 2,
  支: 2,
};

interface Working {
  line: ParsedLine;
  amounts: TypedQuantity[];
}

/** The lines of a message. Order is kept, nothing is guessed; a text that says nothing about drugs gives no line. */
export function parseShortage(text: string, today: Day): ParsedMessage {
  const normal = text.normalize('NFKC').split('\n').map(normaliseText).join('\n');
  const tokens = tokenise(normal, today);
  const works: Working[] = [];
  let shared: Attributes = {};
  let current: Working | undefined;
  let afterBreak = false;
  let afterEach = false;
  const open = (): Working => {
    current = { line: {}, amounts: [] };
    works.push(current);
    return current;
  };
  for (const token of tokens) {
    if (token.kind === 'break') {
      if (token.hard && isComplete(current)) current = undefined;
      afterBreak = true;
      continue;
    }
    if (token.kind === 'each') {
      afterEach = true;
      continue;
    }
    if (token.kind === 'name') {
      const place = placeOf(token, current, afterBreak);
      if (place === 'manufacturer' && current) current.line = { ...current.line, manufacturer: token.text };
      else if (place !== 'drop') {
        const target = place === 'new' || !current ? open() : current;
        target.line = { ...target.line, name: token.text };
      }
    } else if (token.kind === 'amount') {
      const quantity = { value: token.value, approximate: token.approximate, unit: token.unit, text: token.text };
      if (afterEach) {
        for (const work of works) if (work.amounts.length === 0) work.amounts.push(quantity);
      } else {
        const next = !current || (afterBreak && current.amounts.length > 0 && !isOuter(quantity, current.amounts));
        const waiting = next ? works.find((work) => work.line.name !== undefined && !isComplete(work)) : undefined;
        (waiting ?? (next ? open() : current))?.amounts.push(quantity);
      }
    } else if (token.kind === 'specification') {
      const target = !current || (afterBreak && current.line.specification !== undefined) ? open() : current;
      target.line = { ...target.line, specification: together(target.line.specification, token.specification) };
    } else if (token.kind === 'vague-quantity') {
      const target = current ?? open();
      target.line = { ...target.line, vagueQuantity: token.text };
    } else if (token.kind === 'factor') {
      const target = current ?? open();
      target.line = { ...target.line, factor: { outer: token.outer, count: token.count, inner: token.inner } };
    } else {
      const said = attributeOf(token);
      if (current) current.line = { ...current.line, ...said };
      else shared = { ...shared, ...said };
    }
    afterBreak = false;
    afterEach = false;
  }
  const lines = works.map(finish).filter((line) => Object.keys(line).length > 0);
  return spreadUrgency(lines, shared, tokens.at(-1));
}

function isComplete(work: Working | undefined): boolean {
  return (
    work === undefined ||
    work.line.name === undefined ||
    work.amounts.length > 0 ||
    work.line.vagueQuantity !== undefined
  );
}

/** Whether a name begins a drug, belongs to the drug before it, or is only its maker. */
function placeOf(
  token: Extract<Token, { kind: 'name' }>,
  current: Working | undefined,
  afterBreak: boolean,
): 'new' | 'here' | 'manufacturer' | 'drop' {
  const known = resolveDrug(token.text).kind !== 'unmatched';
  if (!known && isManufacturer(token.text)) return current ? 'manufacturer' : 'drop';
  if (!current) return 'new';
  if (current.line.name === undefined) return afterBreak && current.amounts.length === 0 ? 'new' : 'here';
  if (known || afterBreak) return 'new';
  if (current.line.specification !== undefined && token.glued) return 'manufacturer';
  if (current.amounts.length > 0)
    return token.text.length >= 2 && /[片丸胶囊粒液素散膏剂糖浆水]$/.test(token.text) ? 'new' : 'drop';
  return 'drop';
}

/** 0.9% 250ml is one specification in two words. */
function together(first: Specification | undefined, second: Specification): Specification {
  if (!first?.strength || first.levels.length > 0 || !second.strength) return first ?? second;
  return { ...second, strength: `${first.strength} ${second.strength}`, strengthUnitMissing: false };
}

function attributeOf(token: Token): Attributes {
  switch (token.kind) {
    case 'urgency':
      return { urgency: token.urgency };
    case 'days-left':
      return { daysLeft: token.days };
    case 'stock':
      return { stock: token.count };
    case 'monthly-use':
      return { monthlyUse: token.count };
    case 'cold-chain':
      return { coldChain: true };
    case 'purpose':
      return token.purpose === 'emergency' ? { purpose: 'emergency', urgency: 'rescue' } : { purpose: token.purpose };
    case 'substitute':
      return { substitute: token.accepted };
    case 'wanted-by':
      return { wantedBy: token.day };
    case 'vague-date':
      return { vagueDate: token.text };
    default:
      return {};
  }
}

function rank(amount: TypedQuantity): number {
  return RANK[amount.unit ?? ''] ?? (amount.unit === undefined ? 0 : 1);
}

/** 100片，20瓶: the second is the pack of the first, not another order. */
function isOuter(quantity: TypedQuantity, amounts: readonly TypedQuantity[]): boolean {
  return amounts.every((amount) => rank(quantity) > rank(amount));
}

/** Chooses the ordered quantity among the amounts; smaller packs before it describe the pack. */
function finish(work: Working): ParsedLine {
  const best = work.amounts.reduce<TypedQuantity | undefined>(
    (chosen, amount) => (chosen === undefined || rank(amount) >= rank(chosen) ? amount : chosen),
    undefined,
  );
  if (!best) return work.line;
  const inner = work.amounts.find((amount) => amount !== best && /^[片粒丸支贴枚袋]$/.test(amount.unit ?? ''));
  const specification = withLevel(work.line.specification, inner);
  return { ...work.line, quantity: best, ...(specification ? { specification } : {}) };
}

function withLevel(
  specification: Specification | undefined,
  inner: TypedQuantity | undefined,
): Specification | undefined {
  if (!inner || inner.approximate || (specification && specification.levels.length > 0)) return specification;
  const level = { count: inner.value, unit: inner.unit };
  return specification
    ? { ...specification, levels: [level] }
    : { strength: undefined, strengthUnitMissing: false, levels: [level], pack: undefined };
}

/** 急 as the last word of several drugs, none of which says how urgent it is, speaks of all of them. */
function spreadUrgency(lines: readonly ParsedLine[], shared: Attributes, last: Token | undefined): ParsedMessage {
  const said = lines.filter((line) => line.urgency !== undefined);
  if (last?.kind !== 'urgency' || lines.length < 2 || said.length !== 1 || lines.at(-1)?.urgency === undefined) {
    return { lines, shared };
  }
  return { lines: lines.map((line) => ({ ...line, urgency: last.urgency })), shared };
}
