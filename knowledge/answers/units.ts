/** Responsible and cooperating units as printed after a clause, and offices under their many names（责任单位、配合单位）. */
import type { Reading } from '../reading.ts';

export interface Units {
  readonly responsible: readonly string[];
  readonly cooperating: readonly string[];
  /** The bracket as printed. */
  readonly quote: string;
}

/** （责任单位：甲、各乡镇（街道）） with one level of brackets inside. */
const NOTE =
  /[（(〔[]\s*(?:责任|牵头|配合)(?:单位|部门)\s*[:：][^（()）〕\]]*(?:[（(][^（()）]*[）)][^（()）〕\]]*)*[）)〕\]]/;

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

interface Office {
  /** What its names have in common: 区卫健局, 县卫生健康委, 卫生健康部门. */
  readonly words: readonly string[];
}

const OFFICES: readonly Office[] = [
  { words: ['卫生健康', '卫健', '卫计', '卫生局'] },
  { words: ['医疗保障', '医保'] },
  { words: ['财政'] },
  { words: ['发展改革', '发改'] },
  { words: ['人力资源', '人力社保', '人社'] },
  { words: ['机构编制', '编制', '编办', '编委'] },
  { words: ['市场监管', '市场监督'] },
  { words: ['药品监管', '药监', '药品监督'] },
  { words: ['农业农村', '农业'] },
  { words: ['民政'] },
  { words: ['组织部'] },
  { words: ['宣传部'] },
  { words: ['教育'] },
  { words: ['自然资源'] },
  { words: ['乡镇', '镇街', '街道'] },
];

/** Bodies that have an office's word in their name and are none: 医保结算中心, 区委卫健工委, 卫生健康服务中心. */
const NO_OFFICE = /(?:中心|工委|机构|院|站|室|账户|基金|资金)$/;

/** True when a list of units holds the one asked for: 医保局 is 区医保局. */
export function holdsUnit(units: readonly string[], asked: string): boolean {
  return units.some((unit) => unit !== '' && isUnit(unit, asked));
}

function isUnit(unit: string, asked: string): boolean {
  if (unit === asked || bareName(unit) === bareName(asked)) return true;
  const office = officeOf(asked);
  return office !== undefined && officeOf(unit) === office;
}

function officeOf(unit: string): Office | undefined {
  if (NO_OFFICE.test(unit)) return undefined;
  return OFFICES.find(({ words }) => words.some((word) => unit.includes(word)));
}

/** Without the level it belongs to: 县中医院 is 中医院 of the county that asks. */
function bareName(unit: string): string {
  return unit.replace(/^(?:县|区|市|省|州|各)(?=.{2,})/, '').replace(/委$/, '');
}

/** Words by which texts name a unit; its own name where it is no office. */
export function wordsFor(asked: string): readonly string[] {
  return officeOf(asked)?.words ?? [bareName(asked)];
}

const CORE =
  '卫生健康|卫健|医疗保障|医保|财政|发展改革|发改|人力资源社会保障|人力资源|人力社保|人社|市场监管|市场监督|农业农村|农业|民政|药品监管|药监|机构编制|组织|宣传|教育|自然资源|编';
const UNIT_NAME = new RegExp(
  `(?:县|区|市|省)?(?:委)?(?:${CORE})(?:委员会|行政部门|主管部门|部门|局|委|办|部)|各?乡镇(?:[（(]?街道[）)]?)?|镇街`,
);

/** 财政管啥, 医保负责哪些: the office by its bare name, before what it does. */
const BARE_UNIT = new RegExp(
  `(?:${CORE.replace(/\|编$/, '|编办')})(?=(?:那边|这边|那块)?(?:要|该|都|主要)*(?:管|负责|干|做|承担|配合|牵头|参与))`,
);

const HOSPITAL =
  /(?:[\u4e00-\u9fff]{2,6}(?:市|县|区)|县|区|市)?(?:人民医院|中医医院|中医院|妇幼保健院|妇计中心|疾控中心|精神卫生中心|第[一二三四五]人民医院)|[\u4e00-\u9fff]{2}人民医院|市[一二三四五]院|牵头医院/;

/** The office a question names, as it was named. */
export function unitAsked(text: string): string | undefined {
  return UNIT_NAME.exec(text)?.[0] ?? BARE_UNIT.exec(text)?.[0];
}

/** The hospital or centre a question names, as it was named. */
export function hospitalAsked(text: string): string | undefined {
  return HOSPITAL.exec(text.replace(/我们|咱们|你们|他们|[我咱你]们?/g, '，'))?.[0];
}

/** The parts of a text, between commas, in which the unit itself acts: 区医保局协调动态调整医疗服务价格. */
export function actsIn(sentence: string, asked: string): string | undefined {
  const words = wordsFor(asked).join('|');
  const suffix = officeOf(asked) ? '(?:委员会|行政部门|主管部门|部门|局|委|办|部)' : '';
  const acting = new RegExp(
    `^(?:且|并|其中|同时|由|依托|支持)?(?:[\\u4e00-\\u9fff]{2}(?:县|区|市)|县|区|市|各级)?(?:${words})${suffix}(?:主要)?(?!、|等|和|及|主任|局长)`,
  );
  const parts = sentence.split(/(?<=[，；：。])/);
  const from = parts.findIndex((part) => acting.test(part.trim()));
  if (from < 0) return undefined;
  let said = '';
  for (const part of parts.slice(from)) {
    if (said !== '' && said.length + part.length > ACTS_CHARACTERS) break;
    said += part;
    if (/[。；]$/.test(part)) break;
  }
  return said.replace(/[，；：。]$/, '');
}

/** What a unit does is shown in a line or two. */
const ACTS_CHARACTERS = 70;
