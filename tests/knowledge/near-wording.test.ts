/** Other words for the same question, and words that only look alike. */
import { describe, expect, it } from 'vitest';
import { buildLexicon, extendLexicon, LEXICON } from '../../knowledge/lexicon.ts';
import { findNearWording } from '../../knowledge/near-wording.ts';

const isNear = (asked: string, wording: string): boolean => findNearWording(asked, [{ wording }]) !== undefined;

describe('asks the same', () => {
  it.each([
    ['食堂谁来管', '食堂归谁管'],
    ['村医的养老保险谁出钱', '村医养老保险由谁出钱'],
    ['停车怎么收费', '停车费怎么收'],
    ['食堂能不能对外', '食堂可以对外吗'],
    ['剩下的钱怎么分', '结余怎么分'],
    ['救护车能不能跨县', '救护车可以跨县吗'],
  ])('%s | %s', (asked, wording) => {
    expect(isNear(asked, wording)).toBe(true);
  });
});

describe('asks something else', () => {
  it.each([
    ['上转的责任单位是谁', '下转的责任单位是谁'],
    ['村医的医疗保险谁出钱', '村医的养老保险谁出钱'],
    ['停车费怎么退', '停车费怎么收'],
    ['停车费谁收', '停车费怎么收'],
    ['职称怎么评', '职称怎么聘'],
    ['县级转基层要什么', '基层转县级要什么'],
    ['卫生院给医院派人', '医院给卫生院派人'],
    ['夜班补贴多少', '夜班补贴怎么发'],
    ['职工食堂谁管', '食堂谁管'],
    ['', '食堂谁管'],
    ['谁管', '食堂谁管'],
  ])('%s | %s', (asked, wording) => {
    expect(isNear(asked, wording)).toBe(false);
  });
});

it('takes the wording that is most alike', () => {
  const known = [{ wording: '停车费怎么退' }, { wording: '停车费怎么收' }, { wording: '食堂谁管' }];
  expect(findNearWording('停车怎么收费', known)).toBe(known[1]);
});

describe('words of a region', () => {
  const lexicon = extendLexicon(LEXICON, [{ say: '小金库', mean: ['结余留用', '结余'] }]);
  it('stand beside those of the program, which stay', () => {
    expect(lexicon.keys).toContain('小金库');
    expect(lexicon.alternatives('小金库').map((one) => one.text)).toEqual(['小金库', '结余留用', '结余']);
    expect(lexicon.alternatives('村医')).toEqual(LEXICON.alternatives('村医'));
    expect(lexicon.keys.length).toBe(LEXICON.keys.length + 1);
  });
  it('add meanings to a word that has some', () => {
    const more = extendLexicon(LEXICON, [{ say: '村医', mean: ['县聘乡用'] }]);
    const before = LEXICON.alternatives('村医').map((one) => one.text);
    expect(more.alternatives('村医').map((one) => one.text)).toEqual([...before, '县聘乡用']);
  });
  it('leave a lexicon as it is when there are none', () => {
    const base = buildLexicon({ synonyms: [['甲', '乙']], sayings: [] });
    expect(extendLexicon(base, [])).toBe(base);
  });
});
