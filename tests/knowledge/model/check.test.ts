/** A model's answer is believed only word for word: what is checked, pure, without a model. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckRules, checkAnswer, findVerbatim } from '../../../knowledge/model/check.ts';
import type { ClauseView } from '../../../knowledge/types.ts';

const TEXT =
  '市三院建设并实体化运行会诊转诊服务中心，建立转诊病种“白名单”制度。\n健全家庭医生首诊制度，预留 20%以上的专家号源、住院床位等资源优先保障家庭医生转诊的患者。（责任单位：区卫生健康委、区医保局）';

function clause(more: Partial<ClauseView['clause']> = {}): ClauseView {
  return {
    document: {
      doc: 'huizhou',
      title: '徽州区推动紧密型县域医共体提质升级实施方案',
      number: '徽办发〔2026〕2号',
      issuer: undefined,
      issuedOn: '2026-02-11',
      regionId: 'huizhou',
      regionShortName: '徽州',
    },
    clause: {
      path: '二/（二）/5/（11）',
      heading: '实体化建设会诊转诊服务中心',
      text: TEXT,
      kind: 'paragraph',
      ...more,
    },
    label: '徽办发〔2026〕2号 二（二）5（11）',
    above: ['建设任务'],
    children: [],
    previousPath: undefined,
    nextPath: undefined,
  };
}

const ROW = clause({
  path: '附件2/1',
  heading: '',
  kind: 'row',
  text: '1\t下派“县聘乡用”人员累计数量\t人\t45\t75\t100',
  columns: ['序号', '指标', '单位', '2023年', '2025年', '2027年'],
});
const QUOTE = '预留20%以上的专家号源、住院床位等资源优先保障家庭医生转诊的患者';

function check(
  answer: { lead?: string; quotes?: { clauseId: string; quote: string }[]; answerable?: boolean },
  rules: Partial<CheckRules> = {},
) {
  return checkAnswer(
    { answerable: true, lead: '预留20%以上的专家号源', quotes: [{ clauseId: 'c1', quote: QUOTE }], ...answer },
    {
      given: [
        { id: 'c1', view: clause() },
        { id: 'c2', view: ROW },
      ],
      question: '家庭医生转诊预留多少号源',
      docs: [],
      regions: [],
      ...rules,
    },
  );
}

describe('a model’s answer', () => {
  it('is believed where lead and quotes stand in the clause, and cites the clause’s own words', () => {
    expect(check({})).toEqual({
      lead: '预留20%以上的专家号源',
      citations: [
        {
          doc: 'huizhou',
          path: '二/（二）/5/（11）',
          quote: '预留 20%以上的专家号源、住院床位等资源优先保障家庭医生转诊的患者',
          label: '徽办发〔2026〕2号 二（二）5（11）',
          regionShortName: '徽州',
          issuedOn: '2026-02-11',
        },
      ],
    });
  });

  it('cites a table row whole, whatever part was quoted', () => {
    const result = check(
      { lead: '2027年为100人', quotes: [{ clauseId: 'c2', quote: '下派“县聘乡用”人员累计数量' }] },
      { question: '县聘乡用2027年目标' },
    );
    expect(result).toMatchObject({ citations: [{ path: '附件2/1', quote: ROW.clause.text }] });
  });

  it.each([
    ['says it cannot answer', { answerable: false }, 'not-answerable'],
    ['quotes nothing', { quotes: [] }, 'no-quote'],
    ['cites a clause it was not given', { quotes: [{ clauseId: 'c9', quote: QUOTE }] }, 'unknown-clause'],
    [
      'changes one character of a quote',
      { quotes: [{ clauseId: 'c1', quote: QUOTE.replace('优先', '首先') }] },
      'not-verbatim',
    ],
    ['changes a mark in a quote', { quotes: [{ clauseId: 'c1', quote: QUOTE.replace('、', '，') }] }, 'not-verbatim'],
    ['changes a number in a quote', { quotes: [{ clauseId: 'c1', quote: QUOTE.replace('20', '30') }] }, 'not-verbatim'],
    [
      'quotes across what it left out',
      { quotes: [{ clauseId: 'c1', quote: '预留20%……家庭医生转诊的患者' }] },
      'not-verbatim',
    ],
    ['quotes three characters', { quotes: [{ clauseId: 'c1', quote: '白名单' }] }, 'not-verbatim'],
    ['quotes the right words of another clause', { quotes: [{ clauseId: 'c2', quote: QUOTE }] }, 'not-verbatim'],
    [
      'has one bad quote among good ones',
      {
        quotes: [
          { clauseId: 'c1', quote: QUOTE },
          { clauseId: 'c1', quote: '预留五成号源' },
        ],
      },
      'not-verbatim',
    ],
    ['invents a number', { lead: '预留30%以上的专家号源' }, 'lead-figure'],
    ['invents a date', { lead: '2027年前预留20%以上的专家号源' }, 'lead-figure'],
    ['changes what is counted', { lead: '预留20人以上的专家号源' }, 'lead-figure'],
    ['turns a lower limit into an upper one', { lead: '预留不超过20%的专家号源' }, 'lead-strong-word'],
    ['adds a prohibition', { lead: '不得预留20%以上的专家号源' }, 'lead-strong-word'],
    ['names another body', { lead: '区财政局预留20%以上的专家号源' }, 'lead-unit'],
    ['says something else', { lead: '本方案有20%已经作罢，请改去隔壁办理手续' }, 'lead-unsupported'],
    ['has no figure where one is asked for', { lead: '健全家庭医生首诊制度' }, 'figure-missing'],
    ['holds a link', { lead: '预留20%以上的专家号源，见 https://example.org' }, 'lead-form'],
    ['calls everybody', { lead: '@所有人 预留20%以上的专家号源' }, 'lead-form'],
    ['is empty', { lead: ' ' }, 'lead-form'],
    ['is endless', { lead: '预留20%以上的专家号源'.repeat(30) }, 'lead-form'],
    ['quotes everything', { quotes: Array.from({ length: 7 }, () => ({ clauseId: 'c1', quote: QUOTE })) }, 'too-long'],
  ])('is not believed when it %s', (_, answer, doubt) => {
    expect(check(answer, { question: '家庭医生转诊预留百分之几的号源' })).toEqual({ doubt });
  });

  it('is not believed when the year asked about does not stand in what it cites', () => {
    const answer = { lead: '目标为100人', quotes: [{ clauseId: 'c2', quote: ROW.clause.text }] };
    expect(check(answer, { question: '县聘乡用2026年目标是多少人' })).toEqual({ doubt: 'year-missing' });
  });

  it('is not believed when it drops a plan or a region that stood in the comparison', () => {
    expect(check({}, { docs: ['huizhou', 'hunan'] })).toEqual({ doubt: 'omits' });
    expect(check({}, { regions: ['牡丹'] })).toEqual({ doubt: 'omits' });
  });
});

describe('words of a clause', () => {
  it('are found with any white space, and given back as they stand', () => {
    const letters = [...TEXT];
    fc.assert(
      fc.property(
        fc.nat(letters.length - 1),
        fc.integer({ min: 4, max: 40 }),
        fc.array(fc.nat(40), { maxLength: 5 }),
        (from, length, blanks) => {
          const words = letters.slice(from, from + length);
          fc.pre(words.join('').replace(/\s/g, '').length >= 4);
          const quote = words.map((char, at) => (blanks.includes(at) ? `${char} \n` : char)).join('');
          const found = findVerbatim(quote, clause());
          expect(TEXT).toContain(found);
          expect(found?.replace(/\s/g, '')).toBe(quote.replace(/\s/g, ''));
        },
      ),
    );
  });

  it('are not found once a single character is another', () => {
    const letters = [...QUOTE];
    fc.assert(
      fc.property(fc.nat(letters.length - 1), fc.constantFrom('不', '0', '，', 'a', '％'), (at, other) => {
        fc.pre(letters[at] !== other);
        const quote = letters.map((char, place) => (place === at ? other : char)).join('');
        expect(findVerbatim(quote, clause())).toBeUndefined();
      }),
    );
  });
});
