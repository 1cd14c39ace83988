/** Reads a drug's specification as people glue it together: 0.3g.*80, 2ml:10mg, 7片×2板/盒（规格）. */

/** One step of packing: so many of a unit, e.g. 7 片, then 2 板. The unit is absent where nobody wrote it. */
export interface PackLevel {
  readonly count: number;
  readonly unit: string | undefined;
}

/** A specification in parts. */
export interface Specification {
  /** `0.25g`, `2ml:10mg`, `5%`; strengths are never converted between mass and IU. */
  readonly strength: string | undefined;
  /** Written without a unit (0.5): to be asked. */
  readonly strengthUnitMissing: boolean;
  /** Innermost first: 7片, 2板. */
  readonly levels: readonly PackLevel[];
  /** The pack that holds all levels, where written: 盒 of `/盒`. */
  readonly pack: string | undefined;
}

export interface SpecificationRead {
  readonly specification: Specification;
  readonly length: number;
}

const NUMBER = '\\d+(?:\\.\\d+)?';
const MASS = 'kg|mg|μg|ug|mcg|ng|g|mmol|mol|meq|万IU|万U|万单位|IU|国际单位|单位|U|毫克|微克|克|%|毫摩尔|摩尔';
const VOLUME = 'ml|毫升|升|l';
const INNER = '片|粒|丸|支|袋|贴|枚|吸|喷|滴|揿|包|只';
const OUTER = '盒|瓶|支|袋|板|条|件|箱|包|罐|桶';
const SEPARATOR = '[*×xX·/:]';
const END = '(?![a-zA-Z])';

const STRENGTH = new RegExp(`^(${NUMBER}) ?(${MASS}|${VOLUME})(?:${END}|(?=[xX]\\d))`, 'i');
const PAIR_REST = new RegExp(`^ ?[:/*×xX] ?(${NUMBER}) ?(${MASS}|${VOLUME})(?:${END}|(?=[xX]\\d))`, 'i');
const PER_UNIT = new RegExp(`^ ?/ ?(${VOLUME}|${INNER})(?![a-zA-Z\\d])`, 'i');
// 盒, 瓶, 条 count as a level only inside a longer chain; otherwise 0.25g*20盒 orders twenty boxes
const LEVEL = new RegExp(
  `^(?:\\.? ?${SEPARATOR} ?(\\d+)(?: ?(${INNER}|板)| ?(盒|条|瓶|袋)(?= ?/ ?(?:${OUTER}))|(?! ?(?:盒|条|件|箱|瓶)|\\.?\\d|[a-zA-Z%]))` +
    '|, ?(\\d+)(片|粒|丸|贴|枚|吸|喷|滴|揿))',
);
// after a first level 瓶 and 袋 go on packing: 150丸*2瓶
const NEXT_LEVEL = /^ ?[*×xX·] ?(\d+) ?(瓶|袋|盒)(?! ?(?:盒|件|箱))/;
const FIRST_LEVEL = new RegExp(`^(\\d+) ?(${INNER}|板)(?= ?[*×xX·] ?\\d| ?/ ?(?:${OUTER})(?!\\d))`);
const PACK = new RegExp(`^ ?(?:/|每) ?(${OUTER})(?!\\d)`);
const BARE = /^(\d*\.\d+)(?![\d%])/;
const BARE_WITH_COUNT = new RegExp(`^(${NUMBER})(?= ?\\.? ?[*×] ?\\d)`);

/** The specification a normalised text begins with, and its length; `undefined` where none begins. */
export function readSpecification(text: string): SpecificationRead | undefined {
  let at = 0;
  let strength: string | undefined;
  let strengthUnitMissing = false;
  let innerUnit: string | undefined;
  const first = STRENGTH.exec(text);
  const level = FIRST_LEVEL.exec(text);
  const bare = BARE.exec(text) ?? BARE_WITH_COUNT.exec(text);
  const levels: PackLevel[] = [];
  if (first) {
    const read = readStrength(text, first);
    ({ strength, innerUnit } = read);
    at = read.length;
  } else if (level) {
    levels.push({ count: Number(level[1]), unit: level[2] });
    at = level[0].length;
  } else if (bare) {
    strength = bare[1];
    strengthUnitMissing = true;
    at = bare[0].length;
  } else {
    return undefined;
  }
  let pack: string | undefined;
  for (;;) {
    const rest = text.slice(at);
    const next = LEVEL.exec(rest) ?? (levels.length > 0 ? NEXT_LEVEL.exec(rest) : null);
    const closed = PACK.exec(rest);
    if (next && !(pack === undefined && closed)) {
      const unit = next[2] ?? next[3] ?? next[5] ?? (levels.length === 0 ? innerUnit : undefined);
      levels.push({ count: Number(next[1] ?? next[4]), unit });
      at += next[0].length;
      pack = undefined;
    } else if (closed && levels.length > 0) {
      pack = closed[1];
      at += closed[0].length;
    } else {
      break;
    }
  }
  return { specification: { strength, strengthUnitMissing, levels, pack }, length: at };
}

function readStrength(
  text: string,
  first: RegExpExecArray,
): { readonly strength: string; readonly innerUnit: string | undefined; readonly length: number } {
  const one = { figure: first[1] ?? '', unit: tidyUnit(first[2] ?? '') };
  const rest = text.slice(first[0].length);
  const pair = PAIR_REST.exec(rest);
  if (pair) {
    const two = { figure: pair[1] ?? '', unit: tidyUnit(pair[2] ?? '') };
    const isVolume = (unit: string) => unit === 'ml' || unit === 'L';
    if (isVolume(one.unit) !== isVolume(two.unit)) {
      const [volume, mass] = isVolume(one.unit) ? [one, two] : [two, one]; // 10mg/2ml and 2ml:10mg are one
      const strength = `${volume.figure}${volume.unit}:${mass.figure}${mass.unit}`;
      return { strength, innerUnit: undefined, length: first[0].length + pair[0].length };
    }
  }
  const per = PER_UNIT.exec(rest);
  if (per) {
    const unit = tidyUnit(per[1] ?? '');
    const length = first[0].length + per[0].length;
    if (unit === 'ml' || unit === 'L')
      return { strength: `1${unit}:${one.figure}${one.unit}`, innerUnit: undefined, length };
    if (!/^(?:盒|瓶|袋)$/.test(unit)) return { strength: `${one.figure}${one.unit}`, innerUnit: unit, length };
  }
  return { strength: `${one.figure}${one.unit}`, innerUnit: undefined, length: first[0].length };
}

function tidyUnit(unit: string): string {
  const lower = unit.toLowerCase();
  const known: Readonly<Record<string, string>> = {
    ug: 'μg',
    mcg: 'μg',
    微克: 'μg',
    毫克: 'mg',
    克: 'g',
    毫升: 'ml',
    升: 'L',
    l: 'L',
    iu: 'IU',
    u: '单位',
    国际单位: 'IU',
    万u: '万单位',
    万iu: '万IU',
    毫摩尔: 'mmol',
    摩尔: 'mol',
  };
  return known[lower] ?? lower;
}

/** The specification in one spelling: `0.25g×24粒/盒`; the word is empty where nothing was written. */
export function formatSpecification(specification: Specification): string {
  const { strength, levels, pack } = specification;
  const parts = [strength ?? '', ...levels.map((level) => `${level.count}${level.unit ?? ''}`)];
  return `${parts.filter((part) => part !== '').join('×')}${pack ? `/${pack}` : ''}`;
}

/** How many innermost units one pack holds, and what they are called; `undefined` where the levels do not say. */
export function packFactor(
  specification: Specification,
): { readonly count: number; readonly unit: string | undefined } | undefined {
  const [first] = specification.levels;
  if (!first) return undefined;
  return { count: specification.levels.reduce((product, level) => product * level.count, 1), unit: first.unit };
}

/** Whether two strengths are the same amount: 0.25g is 250mg; IU and mass are never compared. */
export function isSameStrength(a: string, b: string): boolean {
  const grams = (text: string): number | undefined => {
    const found = /^(\d+(?:\.\d+)?)(kg|g|mg|μg)$/.exec(text);
    const scale = { kg: 1e3, g: 1, mg: 1e-3, μg: 1e-6 }[found?.[2] ?? ''];
    return found && scale !== undefined ? Number((Number(found[1]) * scale).toPrecision(12)) : undefined;
  };
  const left = grams(a);
  return a === b || (left !== undefined && left === grams(b));
}
