/** What changed between two versions of a document: new numbers are no change, new words are, in the order of the new one. */
import { describe, expect, it } from 'vitest';
import { compareClauses } from '../../knowledge/index.ts';
import { parseDocument } from '../../knowledge/parser/index.ts';

const between = (before: string, after: string): readonly string[] =>
  compareClauses(parseDocument(before).clauses, parseDocument(after).clauses).map((change) =>
    change.kind === 'changed'
      ? `改 ${change.after.path} ${change.was} → ${change.is}`
      : change.kind === 'added'
        ? `增 ${change.after.path}`
        : `删 ${change.before.path}`,
  );
const OLD =
  '甲县方案\n\n一、目标。到2027年底建成紧密型医共体。\n\n二、药房。县人民医院建立中心药房，统一采购和配送药品。\n\n三、医保。结余按6:3:1分配给区、乡、村三级。';

describe('two versions', () => {
  it('that are the same in other widths and spaces have no change', () => {
    expect(between(OLD, OLD.replace('6:3:1', '6：3：1').replace('一、', '一、 '))).toEqual([]);
  });

  it('show a changed figure with the words around it', () => {
    expect(between(OLD, OLD.replace('6:3:1', '5:3:2'))).toEqual([
      '改 三 医保。结余按6:3:1分配给区、乡、村三级。 → 医保。结余按5:3:2分配给区、乡、村三级。',
    ]);
  });

  it('name only what is new where an inserted clause moves all that follow', () => {
    const inserted = OLD.replace('二、药房', '二、转诊。上转患者2小时内答复，下转患者3日内随访。\n\n三、药房').replace(
      '三、医保',
      '四、医保',
    );
    expect(between(OLD, inserted)).toEqual(['增 二']);
  });

  it('name what is gone at its place', () => {
    expect(between(OLD, OLD.replace(/二、药房.*\n\n/, '').replace('三、', '二、'))).toEqual(['删 二']);
  });

  it('take a clause with quite other words for one gone and one new', () => {
    expect(
      between(OLD, OLD.replace('药房。县人民医院建立中心药房，统一采购和配送药品', '信息化。建设远程会诊平台')),
    ).toEqual(['删 二', '增 二']);
  });

  it('compare the rows of tables', () => {
    const table = (value: string): string =>
      `甲县方案\n\n一、见附件。\n\n附件1\n指标表\n\n序号\t指标\t目标\n1\t基层诊疗占比\t${value}\n2\t签约率\t≥65`;
    expect(between(table('≥60'), table('≥62'))).toEqual(['改 附件1/1 1 基层诊疗占比 ≥60 → 1 基层诊疗占比 ≥62']);
  });
});
