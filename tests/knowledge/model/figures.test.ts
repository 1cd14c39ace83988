/** Numbers and dates of a model's words are found and compared as a reader would. */
import { describe, expect, it } from 'vitest';
import { readCountedWords, readFigures, standsAmong } from '../../../knowledge/model/figures.ts';

/** Whether everything counted in a lead stands in the words of a clause. */
function holds(lead: string, clause: string): boolean {
  const figures = readFigures(clause);
  return (
    readFigures(lead).every((figure) => standsAmong(figure, figures)) &&
    readCountedWords(lead).every((words) => clause.includes(words))
  );
}

describe('figures in a lead', () => {
  it.each([
    ['预留20%以上', '预留 20%以上的专家号源'],
    ['预留20%', '预留百分之二十的号源'],
    ['三家单位', '共3家单位'],
    ['原则上按6:3:1分配', '原则上按6∶3∶1进行分配'],
    ['2027年达到100人', '县聘乡用\t人\t45\t75\t100\n2023年\t2025年\t2027年'],
    ['6000元', '补助6,000元'],
    ['2026年12月底前完成', '2026年12月31日前完成'],
    ['建立一个统一的体系', '建立体系，实行一体化管理'],
    ['实行六统一', '推进“六统一”管理'],
    ['二〇二七年', '到2027年'],
    ['三十家', '30家'],
    ['没有数字', ''],
    ['', ''],
  ])('%s stands in %s', (lead, clause) => {
    expect(holds(lead, clause)).toBe(true);
  });

  it.each([
    ['预留30%', '预留20%以上'],
    ['10人', '100人'],
    ['100人', '10人'],
    ['5天', '3天'],
    ['90人', '达到90%'],
    ['90%', '达到90人'],
    ['按6:1:3分配', '按6:3:1分配'],
    ['按6:3分配', '按6:3:1分配'],
    ['2026年6月', '2026年3月、2027年6月'],
    ['2026年12月30日', '2026年12月31日'],
    ['五家', '三家'],
    ['实行五统一', '推进“六统一”管理'],
    ['五成', '四成'],
    ['补助500万元', '财政给予补助'],
    ['3.5', '35'],
  ])('%s does not stand in %s', (lead, clause) => {
    expect(holds(lead, clause)).toBe(false);
  });
});
