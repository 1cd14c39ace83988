/** Every figure of the indicator catalogue stands in its plan, verbatim, in the column it claims. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rowText } from '../../../handlers/indicators/replies.ts';
import { GOALS, INDICATORS } from '../../../knowledge/catalogue/indicators.ts';
import { clauseLabel } from '../../../knowledge/catalogue/plans.ts';
import { clauseText } from './clause-text.ts';

const corpus = (doc: string) =>
  readFileSync(new URL(`../../../knowledge/corpus/${doc}.txt`, import.meta.url), 'utf8').replace(/[^\S\n]/g, '');
const flat = (doc: string) => corpus(doc).replace(/\s/g, '');

/** The rows of the core table as the file has them: one cell a line. */
function tableRows(): readonly (readonly string[])[] {
  const text = corpus('wuxi');
  const table = text.slice(text.indexOf('主要核心绩效指标表'), text.indexOf('紧密型县域医共体建设监测指标体系'));
  const cells = table.split('\n').filter((line) => line !== '');
  const start = cells.indexOf('1');
  return Array.from({ length: 11 }, (_, row) => cells.slice(start + row * 7, start + row * 7 + 7));
}

describe('the core table', () => {
  test('has exactly the eleven rows of the plan', () => {
    expect(tableRows().map((cells) => cells[0])).toEqual(INDICATORS.map((each) => each.id.replace('A2-', '')));
  });
  test.each(INDICATORS.map((each, row) => ({ id: each.id, each, row })))(
    '$id: name, unit, 2023, 2025, 2027 and the municipal column as printed',
    ({ each, row }) => {
      const [t2025, t2027] = each.targets;
      expect(tableRows()[row]).toEqual([
        String(row + 1),
        each.name,
        each.printedUnit,
        each.baseline.printed,
        t2025?.printed,
        t2027?.printed,
        each.municipalTarget.printed,
      ]);
    },
  );
  test('numbers and operators agree with their printed form; -- is unknown', () => {
    for (const each of INDICATORS) {
      for (const target of [...each.targets, each.municipalTarget]) {
        expect(target.printed.startsWith('≥')).toBe(target.operator === '≥');
        expect(Number(target.printed.replace('≥', ''))).toBe(target.value);
      }
      const { printed, value } = each.baseline;
      expect(value).toBe(printed === '--' ? null : Number(printed));
      expect(each.targets.map((target) => target.due)).toEqual(['2025-12-31', '2027-12-31']);
    }
  });
  test('the income ratio is stored as a ratio although its printed unit is %', () => {
    const ratio = INDICATORS.find((each) => each.id === 'A2-6');
    expect(ratio?.printedUnit).toBe('%');
    expect(ratio?.unit).toBe('比值');
    expect(ratio?.targets.every((target) => target.value < 1)).toBe(true);
  });
  test('no alias means two indicators', () => {
    const all = INDICATORS.flatMap((each) => [...new Set([each.shortName, ...each.aliases])]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('goals of the other plans', () => {
  test.each(GOALS.map((goal) => ({ id: goal.id, goal })))('$id stands word for word in its plan', ({ goal }) => {
    const text = flat(goal.doc);
    expect(text).toContain(goal.quote.replace(/\s/g, ''));
    if (goal.printedDue) expect(text).toContain(goal.printedDue);
    if (goal.value !== null) {
      const figure = /全部|全覆盖/.test(goal.printed) && goal.value === 100 ? '全' : String(goal.value);
      expect(goal.quote).toContain(figure);
    }
    const vague = goal.quote.match(/左右|以上|不低于|至少/g) ?? [];
    if (goal.printed.includes('左右')) expect(vague).toContain('左右');
  });
  test('a goal with a year is due on its last day', () => {
    for (const goal of GOALS.filter((each) => each.printedDue)) {
      expect(goal.due).toBe(`${/\d{4}/.exec(goal.printedDue ?? '')?.[0]}-12-31`);
    }
  });
  test('the other districts of Jieyang have no 左右', () => {
    const others = GOALS.filter((goal) => goal.id.startsWith('JY-3'));
    expect(others).toHaveLength(3);
    expect(others.every((goal) => !goal.printed.includes('左右'))).toBe(true);
  });
});

describe('clauses', () => {
  test.each([...GOALS, ...INDICATORS].map(({ id, doc, path }) => ({ id, doc, path })))(
    '$id names a clause of $doc that exists',
    ({ doc, path }) => {
      expect(clauseText(doc, path)).not.toBe('');
    },
  );
  test('every goal stands in the very clause it names, every row in its own', () => {
    for (const goal of GOALS) {
      expect(clauseText(goal.doc, goal.path), goal.id).toContain(goal.quote.replace(/\s/g, ''));
    }
    for (const each of INDICATORS)
      expect(clauseText(each.doc, each.path), each.id).toContain(rowText(each).replace(/\s/g, ''));
  });
  test('a clause is named the way people write it', () => {
    expect(clauseLabel('wuxi', '附件2/7')).toBe('巫溪府办发〔2025〕31号 附件2第7行');
    expect(clauseLabel('huizhou', '二/（二）/2/（5）')).toBe('徽办发〔2026〕2号 二（二）2（5）');
  });
});
