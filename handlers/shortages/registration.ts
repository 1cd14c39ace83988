/** A registration that is still a draft: what is known and what must be asked（登记草稿）. */
import type { Day } from '../time.ts';
import { drugFacts, drugKey, type Resolution, resolveDrug } from './drugs.ts';
import { type PackFactor, type ParsedLine, parseShortage } from './parser.ts';
import { formatSpecification, packFactor, type Specification } from './specs.ts';

/** A line of a draft: as parsed, and what its author chose. */
export interface DraftLine extends ParsedLine {
  /** The drug chosen among candidates. */
  readonly chosen?: string | undefined;
  /** The author insists on the words as typed: the pharmacist matches them（未匹配）. */
  readonly asTyped?: true | undefined;
}

/** What waits in the drafts table, sealed there. */
export interface Registration {
  readonly lines: readonly DraftLine[];
  /** What was typed, message by message; sealed with the registration for the pharmacist's reading. */
  readonly typed: readonly string[];
  /** The group it was asked for in: gets a pointer once there is a number. */
  readonly groupId?: string | undefined;
}

/** What must be said before it can be registered; `soft` ones may stay open. */
export interface Ask {
  readonly kind: 'name' | 'choose' | 'quantity' | 'unit' | 'factor' | 'strength' | 'date';
  /** Number of the line, from 1. */
  readonly line: number;
  readonly text: string;
  readonly options: readonly string[];
  readonly soft: boolean;
}

/** A line as it would be registered. */
export interface Settled {
  readonly name: string;
  readonly key: string;
  readonly generic: string | undefined;
  readonly matched: boolean;
  /** The slang it came from, to be checked on the card. */
  readonly via: string | undefined;
  readonly specification: string | undefined;
  readonly quantity: number;
  readonly unit: string;
  readonly base: { readonly quantity: number; readonly unit: string } | undefined;
  readonly lookAlikes: readonly string[];
  readonly highAlert: boolean;
  readonly coldChain: boolean;
  readonly line: DraftLine;
}

/** Packs whose content is never guessed（1件=多少盒？）. */
const OUTER_PACKS = ['件', '箱', '条', '板'];
/** Nobody orders more of anything in one line; a phone number lost its way. */
const LARGEST_QUANTITY = 99_999;

/** A draft from a message. Attributes said of no drug in particular hold for every line that says nothing itself. */
export function beginRegistration(text: string, today: Day): Registration {
  const { lines, shared } = parseShortage(text, today);
  return { lines: lines.map((line) => ({ ...shared, ...line })), typed: [text] };
}

/** The drug a draft line stands for at this moment. */
export function resolutionOf(line: DraftLine): Resolution {
  if (line.asTyped) return { kind: 'unmatched' };
  const name = line.chosen ?? line.name;
  if (name === undefined) return { kind: 'unmatched' };
  const strength = /\d+(?:\.\d+)?%/.exec(line.specification?.strength ?? '')?.[0];
  const exact = strength === undefined ? undefined : resolveDrug(`${strength}${name}`);
  return exact?.kind === 'matched' && exact.via === undefined ? exact : resolveDrug(name);
}

type Order =
  | { readonly ok: true; readonly quantity: number; readonly unit: string }
  | { readonly ok: false; readonly ask: Pick<Ask, 'kind' | 'text' | 'options'> };

/** The quantity as whole packs, or what to ask. */
function orderOf(line: DraftLine): Order {
  const { quantity } = line;
  const ask = (kind: Ask['kind'], text: string, options: readonly string[] = []): Order => ({
    ok: false,
    ask: { kind, text, options },
  });
  if (!quantity) {
    if (line.vagueQuantity) {
      return ask('quantity', `“${line.vagueQuantity}”算不出数量，请按月均用量换算成整数和单位，例如20盒`);
    }
    return ask('quantity', '要多少？请写数量和单位，例如20盒');
  }
  if (quantity.value <= 0) return ask('quantity', `数量“${quantity.text}”要大于0，请重写数量和单位，例如20盒`);
  if (quantity.approximate) return ask('quantity', `“${quantity.text}”请写成整数，例如20${quantity.unit ?? '盒'}`);
  if (quantity.value > LARGEST_QUANTITY) {
    return ask('quantity', `数量“${quantity.text}”不像是对的，请重写，例如20盒`);
  }
  if (quantity.unit === undefined) return ask('unit', `${quantity.text}是盒、瓶还是支？请回复单位`);
  const { unit, value } = quantity;
  const factor = OUTER_PACKS.includes(unit) ? (factorOf(line, unit) ?? 'unknown') : undefined;
  if (factor === 'unknown') {
    const inner = unit === '板' ? '片' : /混悬液|口服液|糖浆|注射液/.test(line.name ?? '') ? '瓶' : '盒';
    return ask('factor', `1${unit}=多少${inner}？请回复，例如“1${unit}=${unit === '板' ? 10 : 24}${inner}”`);
  }
  const total = factor ? value * factor.count : value;
  if (!Number.isInteger(total)) return ask('quantity', `“${quantity.text}”不是整数，请写整数和单位，例如1${unit}`);
  return { ok: true, quantity: total, unit: factor ? factor.inner : unit };
}

/** The content of an outer pack, as said or as the specification shows it. */
function factorOf(line: DraftLine, outer: string): PackFactor | undefined {
  if (line.factor?.outer === outer) return line.factor;
  const { specification } = line;
  if (!specification) return undefined;
  const { levels, pack } = specification;
  const at = levels.findIndex((level) => level.unit === outer);
  const below = pack === outer ? levels.at(-1) : at > 0 ? levels[at - 1] : undefined;
  return below?.unit ? { outer, count: below.count, inner: below.unit } : undefined;
}

/** Everything still to be asked, line by line; empty when the draft may be registered as it is. */
export function asksOf(registration: Registration): readonly Ask[] {
  return registration.lines.flatMap((line, at) => {
    const number = at + 1;
    const asks: Ask[] = [];
    const resolution = resolutionOf(line);
    const named = line.chosen ?? line.name;
    if (named === undefined) {
      asks.push({ kind: 'name', line: number, text: '是哪种药？请写药名', options: [], soft: false });
    } else if (resolution.kind === 'choose') {
      const { options } = resolution;
      asks.push({
        kind: 'choose',
        line: number,
        text: `“${named}”是哪一种（${resolution.why}）`,
        options,
        soft: false,
      });
    }
    const order = orderOf(line);
    if (!order.ok) asks.push({ ...order.ask, line: number, soft: false });
    if (line.specification?.strengthUnitMissing) {
      const figure = line.specification.strength ?? '';
      asks.push({
        kind: 'strength',
        line: number,
        text: `规格“${figure}”是${figure}g吗？请写上单位`,
        options: [`${figure}g`],
        soft: true,
      });
    }
    if (line.vagueDate) {
      asks.push({ kind: 'date', line: number, text: `“${line.vagueDate}”是几月几日？`, options: [], soft: true });
    }
    return asks;
  });
}

/** Whether nothing required is missing. */
export function isReady(registration: Registration): boolean {
  return registration.lines.length > 0 && asksOf(registration).every((ask) => ask.soft);
}

/** The lines as they would be registered. @throws Error when something required is missing: ask isReady first */
export function settle(registration: Registration): readonly Settled[] {
  return registration.lines.map((line) => {
    const order = orderOf(line);
    const resolution = resolutionOf(line);
    const typed = line.chosen ?? line.name;
    if (!order.ok || typed === undefined || resolution.kind === 'choose') throw new Error('draft is not complete');
    const matched = resolution.kind === 'matched';
    const generic = matched ? resolution.generic : undefined;
    const form = matched ? resolution.form : undefined;
    const name = matched ? nameOf(resolution.generic, form) : typed;
    const facts = generic === undefined ? undefined : drugFacts(generic);
    const via = matched ? (resolution.via ?? (line.chosen && line.name ? line.name : undefined)) : undefined;
    return {
      name,
      key: drugKey({ generic, form, name: typed }),
      generic,
      matched,
      via: via === name ? undefined : via,
      specification: line.specification ? formatSpecification(line.specification) || undefined : undefined,
      quantity: order.quantity,
      unit: order.unit,
      base: baseOf(line.specification, order),
      lookAlikes: facts?.lookAlikes ?? [],
      highAlert: facts?.highAlert ?? false,
      coldChain: line.coldChain === true || facts?.coldChain === true,
      line,
    };
  });
}

/** `硝苯地平控释片`: the generic name with its form, once. */
export function nameOf(generic: string, form: string | undefined): string {
  return form && !generic.endsWith(form) ? `${generic}${form}` : generic;
}

function baseOf(
  specification: Specification | undefined,
  order: { readonly quantity: number; readonly unit: string },
): { readonly quantity: number; readonly unit: string } | undefined {
  const factor = specification && packFactor(specification);
  if (!factor?.unit || factor.unit === order.unit) return undefined;
  const pack = specification?.pack ?? '盒';
  if (order.unit !== pack && !['盒', '瓶'].includes(order.unit)) return undefined;
  return { quantity: order.quantity * factor.count, unit: factor.unit };
}
