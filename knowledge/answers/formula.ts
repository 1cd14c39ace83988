/** Answers how a figure is reckoned: numerator, denominator and source of an indicator; both readings of a sum that has two（公式）. */
import { isFigureRow } from '../evidence.ts';
import type { Hit } from '../score.ts';
import type { AnswerPart } from '../types.ts';
import { normalise } from '../words.ts';
import { citation, type Found, type Material, shorten } from './material.ts';
import { leadOf } from './passage.ts';

/** A formula as printed: name=numerator/denominator×100%. */
interface Formula {
  readonly name: string;
  readonly numerator: string;
  readonly denominator: string;
  /** ×100% behind the fraction; '' where there is none. */
  readonly times: string;
}

const LINE = 60;

/** A row that explains an indicator: the formula asked for, what it includes, where the data come from. */
export function byExplanation(material: Material, best: Hit): Found | undefined {
  const { clause } = best.reading;
  if (clause.kind !== 'row' || isFigureRow(best.reading)) return undefined;
  const { question } = material;
  const lines = clause.text.split(/[\t\n]/).map((line) => line.trim());
  const citations = citation(material, best.reading, clause.text);
  const source = sourceOf(lines);
  const found = (lead: string, parts?: readonly AnswerPart[]): Found => ({
    lead,
    ...(parts ? { parts } : {}),
    citations,
    score: best.score,
  });
  if (
    source !== undefined &&
    /数据.{0,4}(?:来源|从哪|哪来|找|问|要|拿|出处)|(?:来源|出处)(?:是|在|$)|(?:从|找|问)哪/.test(question.text)
  )
    return found(`${nameOf(clause.heading)}的数据来源：${source}`);
  const formulas = lines.flatMap((line) => formulaOf(line) ?? []);
  const formula = nearest(material, formulas);
  if (!formula || !question.wants.has('formula')) return found(explained(material, best, lines));
  const parts = [
    { text: `分子：${formula.numerator}` },
    { text: `分母：${formula.denominator}` },
    ...(formula.times === '' ? [] : [{ text: `分子÷分母，再${formula.times}` }]),
    ...(source === undefined ? [] : [{ text: `数据来源：${source}` }]),
  ];
  return found(`${nameOf(formula.name)}＝分子÷分母${formula.times}`, parts);
}

/** 不含药店, where that is asked; else the line of the explanation that speaks of the matter. */
function explained({ question, terms }: Material, { reading }: Hit, lines: readonly string[]): string {
  const name = nameOf(reading.clause.heading);
  const without = /不含([^）)，。]{1,8})/.exec(lines.join('\n'))?.[1];
  if (without !== undefined && question.text.includes(normalise(without)))
    return `不含${without}（${name.replace(/（不含[^）]*）/, '')}）`;
  const value = (line: string): number =>
    terms.reduce(
      (sum, term) => sum + (term.alternatives.some((one) => normalise(line).includes(one.text)) ? term.weight : 0),
      0,
    );
  const all = lines.slice(1).filter((line) => line !== '' && !/^【|数据来源/.test(line));
  const words = all.filter((line) => !/[=＝]/.test(line) && value(line) > 0);
  const said = words.length > 0 ? words : all;
  const [first = '', ...others] = said;
  const line = others.reduce((chosen, one) => (value(one) > value(chosen) ? one : chosen), first);
  const plain = /[=＝]/.test(line) ? (line.split(/[；;]/).find((part) => !/[=＝]/.test(part)) ?? line) : line;
  return shorten(`${name}：${leadOf(question, terms, plain, reading)}`, LINE);
}

function sourceOf(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => /数据来源/.test(one));
  const said = line?.replace(/^.*数据来源[】\]：:]*/, '').trim();
  return said === '' ? undefined : said;
}

/** （%） and the number in front are not of the name. */
function nameOf(heading: string): string {
  return heading.replace(/^\d+[．.、]\s*/, '').replace(/（[%元人]）$/, '');
}

/** The formula of a line; `undefined` for words without one. */
function formulaOf(line: string): Formula | undefined {
  const [, name = '', words = ''] = /^(?:（\d+）)?([^=＝]{2,60})[=＝](.+)$/.exec(line) ?? [];
  if (words === '') return undefined;
  const sum = (words.split(/[；。]/)[0] ?? words).trim();
  const times = /×\s*100\s*%$/.exec(sum)?.[0] ?? '';
  const fraction = times === '' ? sum : sum.slice(0, -times.length);
  const at = lastSlash(fraction);
  if (at < 0) return undefined;
  return {
    name,
    numerator: unbracketed(fraction.slice(0, at)),
    denominator: unbracketed(fraction.slice(at + 1)),
    times,
  };
}

/** The last / outside brackets parts numerator and denominator. */
function lastSlash(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const char = text[at] ?? '';
    if ('）)'.includes(char)) depth += 1;
    else if ('（('.includes(char)) depth -= 1;
    else if (char === '/' && depth === 0) return at;
  }
  return -1;
}

function unbracketed(text: string): string {
  const inside = /^[（(]([^（()）]+)[）)]$/.exec(text)?.[1];
  return inside ?? text;
}

/** Of several formulas of one row the one whose name the question speaks of. */
function nearest({ question, terms }: Material, formulas: readonly Formula[]): Formula | undefined {
  const value = ({ name }: Formula): number => {
    const plain = normalise(name);
    const met = terms.filter((term) => term.alternatives.some((one) => plain.includes(one.text)));
    const pairs = [...plain].filter((_, at) => question.text.includes(plain.slice(at, at + 2))).length;
    return met.reduce((sum, term) => sum + term.weight, 0) + pairs / (plain.length + 4);
  };
  const [first, ...others] = formulas;
  return others.reduce<Formula | undefined>(
    (chosen, one) => (chosen && value(one) > value(chosen) ? one : chosen),
    first,
  );
}

/** 按甲预留2%乙和8%丙及丁后，作为戊: percentages kept back of a sum, and what is deducted beside them. */
const KEPT_BACK =
  /(?:按|以)([^，。；]{2,30}?)预留(\d+(?:\.\d+)?)%([\u4e00-\u9fff]{2,8}?)(?:和|、)(\d+(?:\.\d+)?)%([\u4e00-\u9fff]{2,8}?)(?:及|和|并扣除|以及)([^，。；]{2,12}?)后，?(?:作为|即为|为)([^，。；]{2,20})/;

/** Whether the percentages are of the whole sum or of what is left after the deductions, the plan does not say: both. */
export function byKeptBack(material: Material, best: Hit): Found | undefined {
  const { text, wants } = material.question;
  if (!(wants.has('formula') || /(?:怎么|如何|怎样|咋)(?:确定|核定|定)/.test(text)) || /月|拨|结余|超支/.test(text))
    return undefined;
  for (const { raw } of best.reading.sentences) {
    const match = KEPT_BACK.exec(raw.replace(/\s/g, ''));
    if (!match) continue;
    const [, sum = '', first = '', firstName = '', second = '', secondName = '', deducted = '', result = ''] = match;
    const income = sum.replace(/^(?:县域|区域)(?:（[^）]*）)?/, '');
    const left = 100 - Number(first) - Number(second);
    const [end] = raw.split(/(?<=费用；|。)/);
    const quote = raw.slice(0, raw.indexOf('，', raw.indexOf('作为')) + 1);
    return {
      lead: `${result}＝${income}－${first}%${firstName}－${second}%${secondName}－${deducted}`,
      parts: [
        { text: `读法一（按收入提，方案字面）：${income}×（100%－${first}%－${second}%）－${deducted}` },
        { text: `读法二（先扣后提）：（${income}－${deducted}）×${left}%` },
        { text: `没有${deducted}时两种读法结果一样；方案没有写明用哪一种，以主管部门为准` },
      ],
      citations: citation(material, best.reading, quote.length >= LINE ? quote : (end ?? raw)),
      score: best.score,
    };
  }
  return undefined;
}
