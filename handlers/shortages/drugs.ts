/** Which drug a typed name means: generic names, slang as candidates, look-alikes that are always asked（药名解析）. */
import catalogue from '../../knowledge/catalogue/drugs.json' with { type: 'json' };
import { normaliseText } from '../chinese/numbers.ts';

/** What a typed name was found to be. Nothing but an exact generic name is taken without the registrant's own check. */
export type Resolution =
  | {
      readonly kind: 'matched';
      readonly generic: string;
      /** Dosage form（剂型）, typed or known from the brand. */
      readonly form: string | undefined;
      /** The slang or short name it came from; absent for the generic name itself. */
      readonly via?: string | undefined;
    }
  | { readonly kind: 'choose'; readonly options: readonly string[]; readonly why: string }
  | { readonly kind: 'unmatched' };

interface Generic {
  readonly name: string;
  /** High-alert（高警示）: the pharmacist checks it again. */
  readonly alert?: string | undefined;
  readonly coldChain?: boolean | undefined;
  /** Emergency drug（抢救药）. */
  readonly rescue?: boolean | undefined;
}

const generics: ReadonlyMap<string, Generic> = new Map(
  (catalogue.generics as readonly Generic[]).map((generic) => [fold(generic.name), generic]),
);
const aliases = new Map(catalogue.aliases.map((entry) => [fold(entry.alias), entry]));
const stops = new Map(catalogue.stops.map((entry) => [fold(entry.word), entry]));
const classes = new Map(catalogue.classes.map((entry) => [fold(entry.word), entry]));
const everyName = [...generics.keys(), ...aliases.keys(), ...stops.keys(), ...classes.keys()].sort(
  (a, b) => b.length - a.length,
);
const forms = [...catalogue.forms].sort((a, b) => b.length - a.length);
const makers = [...catalogue.makers].sort((a, b) => b.length - a.length);

/** Longest a short name may grow from: 对乙酰氨 is a beginning of 对乙酰氨基酚, 阿 is nothing. */
const SHORTEST_BEGINNING = 3;
/** Names shorter than this differ too little for a slip of the finger to be told from another drug. */
const SHORTEST_SLIP = 4;
/** Offered where a name looks like a slip: register it as typed. */
export const AS_TYPED = '按原文登记';

/** The drug a name means（药名解析）. Look-alikes, classes and several salts are never decided here: `choose`. */
export function resolveDrug(typed: string): Resolution {
  const name = fold(typed);
  if (name === '') return { kind: 'unmatched' };
  const form = forms.find((one) => name.endsWith(one) && name.length > one.length);
  const bare = form ? name.slice(0, -form.length) : name;
  const unsalted = withoutSalt(bare);
  for (const core of [name, withoutSalt(name), bare, unsalted]) {
    const found = lookUp(core, core === name || core === withoutSalt(name) ? undefined : form);
    if (found) return found;
  }
  return beginning(unsalted, form) ?? slip(unsalted) ?? { kind: 'unmatched' };
}

function lookUp(core: string, form: string | undefined): Resolution | undefined {
  const stop = stops.get(core);
  if (stop) return { kind: 'choose', options: stop.options, why: stop.why };
  const generic = generics.get(core);
  if (generic) return { kind: 'matched', generic: generic.name, form };
  const alias = aliases.get(core);
  if (alias) {
    const known = 'form' in alias && typeof alias.form === 'string' ? alias.form : undefined;
    return { kind: 'matched', generic: alias.name, form: form ?? known, via: alias.alias };
  }
  const group = classes.get(core);
  if (group) return { kind: 'choose', options: group.examples, why: `${group.word}是一类药，请写具体药名` };
  return undefined;
}

/** A truncated name that begins exactly one generic name. */
function beginning(core: string, form: string | undefined): Resolution | undefined {
  if (core.length < SHORTEST_BEGINNING) return undefined;
  const found = [...generics.values()].filter((generic) => fold(generic.name).startsWith(core));
  const [only] = found;
  if (found.length === 1 && only) return { kind: 'matched', generic: only.name, form, via: core };
  if (found.length === 0) return undefined;
  return { kind: 'choose', options: found.slice(0, 5).map((generic) => generic.name), why: '名称没有写全' };
}

/** One wrong character in a long name: asked, never taken. */
function slip(core: string): Resolution | undefined {
  if (core.length < SHORTEST_SLIP) return undefined;
  const near = [...generics.values()].filter((generic) => differsByOne(core, fold(generic.name)));
  if (near.length === 0) return undefined;
  const options = [...near.slice(0, 3).map((generic) => generic.name), AS_TYPED];
  return { kind: 'choose', options, why: '药名可能有错字' };
}

function differsByOne(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let wrong = 0;
  for (let at = 0; at < a.length; at += 1) if (a.charAt(at) !== b.charAt(at)) wrong += 1;
  return wrong === 1;
}

function withoutSalt(name: string): string {
  const salt = catalogue.salts.find((one) => name.startsWith(one) && name.length > one.length + 1);
  return salt ? name.slice(salt.length) : name;
}

function fold(name: string): string {
  return normaliseText(name).replace(/ /g, '').toLowerCase();
}

/** The longest name of the table at the beginning of a text, as typed there; `undefined` where none begins. */
export function knownNameAt(text: string): string | undefined {
  const folded = text.toLowerCase();
  const name = everyName.find((one) => folded.startsWith(one));
  return name === undefined ? undefined : text.slice(0, name.length);
}

/** Whether words name who makes a drug rather than a drug: 北京顺鑫, 辰欣药业股, 国药容生（厂家）. */
export function isManufacturer(words: string): boolean {
  return makers.some((maker) => words.startsWith(maker)) || /药业|制药|药厂|生物|医药|集团|公司|股份/.test(words);
}

/** What to know about a generic drug before it is sent on. */
export function drugFacts(generic: string): {
  readonly highAlert: boolean;
  readonly coldChain: boolean;
  readonly rescue: boolean;
  /** Names it is confused with（易混）. */
  readonly lookAlikes: readonly string[];
} {
  const entry = generics.get(fold(generic));
  const lookAlikes = catalogue.lookAlikes.filter((pair) => pair.includes(generic)).flat();
  return {
    highAlert: entry?.alert !== undefined,
    coldChain: entry?.coldChain === true,
    rescue: entry?.rescue === true,
    lookAlikes: [...new Set(lookAlikes)].filter((name) => name !== generic),
  };
}

/**
 * The key equal drugs share, whatever way they were typed（同一药品）: generic name and form, or the folded words of an
 * unmatched one, marked so that it is never taken for a generic name.
 */
export function drugKey(drug: {
  readonly generic?: string | undefined;
  readonly form?: string | undefined;
  readonly name: string;
}): string {
  return drug.generic ? `${fold(drug.generic)}|${drug.form ?? ''}` : `?${fold(drug.name)}`;
}

/** Whether two keys mean the same drug; a form that one side leaves out does not separate them. */
export function isSameDrug(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.startsWith('?') || b.startsWith('?')) return false;
  const [nameA, formA] = a.split('|');
  const [nameB, formB] = b.split('|');
  return nameA === nameB && (formA === '' || formB === '');
}
