/** Responsible and cooperating units as printed after a clause, in both directions（责任单位、配合单位）. */
import type { Reading } from '../reading.ts';

export interface Units {
  readonly responsible: readonly string[];
  readonly cooperating: readonly string[];
  /** The bracket as printed. */
  readonly quote: string;
}

const NOTE = /[（(〔[]\s*(?:责任|牵头|配合)(?:单位|部门)\s*[:：][^）)〕\]]*(?:[（(][^）)]*[）)][^）)〕\]]*)*[）)〕\]]/;

/** The same without brackets, as a sentence of its own. */
const BARE_NOTE = /(?:责任|牵头)(?:单位|部门)\s*[:：][^。\n（(]*/;

/** The units a clause names in its bracket; `undefined` where it has none. */
export function readUnits(reading: Reading): Units | undefined {
  const quote = NOTE.exec(reading.clause.text)?.[0] ?? BARE_NOTE.exec(reading.clause.text)?.[0];
  if (!quote) return undefined;
  const part = (label: string): readonly string[] => {
    const match = new RegExp(
      `${label}(?:单位|部门)\\s*[:：]([^:：]*?)(?=[，,；;。]?\\s*(?:责任|牵头|配合)(?:单位|部门)|[）)〕\\]]?$)`,
    ).exec(quote);
    return (match?.[1] ?? '')
      .split(/[、，,；;]/)
      .map((unit) => unit.trim())
      .filter((unit) => unit !== '');
  };
  return { responsible: [...part('责任'), ...part('牵头')], cooperating: part('配合'), quote };
}

/** Offices of one name under many names: 区卫健局, 县卫生健康委, 卫生健康部门. */
const OFFICES: readonly (readonly [string, RegExp])[] = [
  ['health', /卫生健康|卫健|卫生局/],
  ['insurance', /医疗保障|医保/],
  ['finance', /财政/],
  ['development', /发展改革|发改/],
  ['personnel', /人力资源|人力社保|人社/],
  ['posts', /编制|编办/],
  ['market', /市场监管/],
  ['drugs', /药品监管|药监/],
  ['agriculture', /农业农村|农业/],
  ['civil', /民政/],
  ['organisation', /组织部/],
];

/** True when a list of units holds the one asked for: 医保局 is 区医保局. */
export function holdsUnit(units: readonly string[], asked: string): boolean {
  return units.some((unit) => unit !== '' && (unit === asked || officeOf(unit) === officeOf(asked)));
}

function officeOf(unit: string): string {
  return OFFICES.find(([, pattern]) => pattern.test(unit))?.[0] ?? unit.replace(/^(?:县|区|市|省|州)(?=.{2,})/, '');
}

const UNIT_NAME =
  /(?:县|区|市|省)?(?:委)?(?:卫生健康|卫健|医疗保障|医保|财政|发展改革|发改|人力资源社会保障|人力社保|人社|市场监管|农业农村|民政|药品监管|药监|机构编制|组织|编)(?:委员会|行政部门|部门|局|委|办|部)/;

/** 财政管啥, 医保负责哪些: the office by its bare name, before what it does. */
const BARE_UNIT =
  /(?:卫生健康|卫健|医疗保障|医保|财政|发展改革|发改|人力资源社会保障|人社|市场监管|农业农村|民政|药监|编办)(?=(?:那边|这边)?(?:要|该|都|主要)*(?:管|负责|干|做|承担|配合|牵头))/;

/** The office a question names, as it was named. */
export function unitAsked(text: string): string | undefined {
  return UNIT_NAME.exec(text)?.[0] ?? BARE_UNIT.exec(text)?.[0];
}
