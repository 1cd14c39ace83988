/** The parser on the five plans (read against the text, path by path) and on layouts no plan of ours has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedDocument, parseDocument } from '../../knowledge/parser/index.ts';

const CORPUS = join(import.meta.dirname, '../../knowledge/corpus');
const GOLDEN = join(import.meta.dirname, '../golden/clauses');
const plans = readdirSync(CORPUS).filter((file) => file.endsWith('.txt'));

/** One line a clause: path, heading, start and end of its text. */
function outline(parsed: ParsedDocument): string {
  const short = (text: string): string => {
    const flat = text.replaceAll('\n', '⏎').replaceAll('\t', '⇥');
    return flat.length <= 70 ? flat : `${flat.slice(0, 50)} …… ${flat.slice(-16)}`;
  };
  const head = [parsed.title, parsed.number ?? '-', parsed.issuer ?? '-', parsed.issuedOn ?? '-'].join(' | ');
  return `${[head, ...parsed.clauses.map((clause) => `${clause.path} 〖${short(clause.heading)}〗 ${short(clause.text)}`.trimEnd())].join('\n')}\n`;
}

/** How often each character stands in a text; white space and bold marks do not count. */
function letters(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const char of text
    .replace(/[\s\ufeff]/g, '')
    .replaceAll('**', '')
    .replaceAll('__', ''))
    counts.set(char, (counts.get(char) ?? 0) + 1);
  return counts;
}

const paths = (text: string): readonly string[] => parseDocument(text).clauses.map((clause) => clause.path);
const clauseOf = (text: string, path: string) => parseDocument(text).clauses.find((clause) => clause.path === path);

describe('the five plans', () => {
  it.each(plans)('%s gives the clause tree that was read against the text', async (file) => {
    const parsed = parseDocument(readFileSync(join(CORPUS, file), 'utf8'));
    await expect(outline(parsed)).toMatchFileSnapshot(join(GOLDEN, file));
  });

  it.each(plans)('%s: every character stands in exactly one clause', (file) => {
    const text = readFileSync(join(CORPUS, file), 'utf8');
    expect(
      letters(
        parseDocument(text)
          .clauses.map((clause) => clause.printed)
          .join(''),
      ),
    ).toEqual(letters(text));
  });

  it.each(plans)('%s: heading and text of every clause are its printed words, and paths are unique', (file) => {
    const { clauses } = parseDocument(readFileSync(join(CORPUS, file), 'utf8'));
    const bare = (text: string): string => text.replace(/\s/g, '');
    for (const clause of clauses) {
      expect(bare(clause.printed)).toContain(bare(clause.heading));
      for (const line of clause.text.split('\n')) expect(bare(clause.printed)).toContain(bare(line));
    }
    expect(new Set(clauses.map((clause) => clause.path)).size).toBe(clauses.length);
  });

  it('joins the cells of a table row by one tab, with the heads of a cut header row', () => {
    const { clauses } = parseDocument(readFileSync(join(CORPUS, 'wuxi.txt'), 'utf8'));
    const row = clauses.find((clause) => clause.path === '附件2/7');
    expect(row?.text).toBe('7\t县域内基层医疗卫生机构诊疗人次占比\t%\t58.62\t≥59\t≥60\t≥60');
    expect(row?.columns?.slice(3)).toEqual(['2023年指标值', '2025年目标值', '2027年目标值', '2027年目标值（市）']);
    expect(clauses.find((clause) => clause.path === '附件3/5')?.group).toContain('二、同质化');
  });
});

describe('documents never seen', () => {
  it('reads chapters and articles with their items', () => {
    const text =
      '某县医共体管理办法\n\n第一章 总则\n\n第一条 为规范管理，制定本办法。\n\n第二条 本办法适用于下列单位：\n（一）牵头医院；\n（二）成员单位。\n\n第二章 职责\n\n第三条 牵头医院负责统筹。';
    expect(paths(text)).toEqual([
      '文头',
      '第一章',
      '第一章/第一条',
      '第一章/第二条',
      '第一章/第二条/（一）',
      '第一章/第二条/（二）',
      '第二章',
      '第二章/第三条',
    ]);
  });

  it('keeps 1. below （一） and goes back up, whatever the width of brackets and points', () => {
    const text =
      '甲县实施方案\n一、目标\n(一) 总体\n1、第一项。\n２．第二项。\n（1）细项。\n(2) 细项。\n3。第三项。\n（二）具体\n1.又一项。\n二、措施\n①甲。\n②乙。';
    expect(paths(text).slice(1)).toEqual([
      '一',
      '一/（一）',
      '一/（一）/1',
      '一/（一）/2',
      '一/（一）/2/（1）',
      '一/（一）/2/（2）',
      '一/（一）/3',
      '一/（二）',
      '一/（二）/1',
      '二',
      '二/①',
      '二/②',
    ]);
  });

  it('joins a sentence that a page break cuts, and drops the page number between', () => {
    const text =
      '甲县方案\n\n一、组建\n\n由县人民医院牵头组建医共体，实行人财物统一\n\n— 3 —\n\n管理，法人资格不变。\n\n二、投入\n\n财政部门按照原渠道足额安排补助资金，新增支出向基\n\n4\n\n层倾斜。';
    expect(clauseOf(text, '一')?.text).toBe('由县人民医院牵头组建医共体，实行人财物统一管理，法人资格不变。');
    expect(clauseOf(text, '二')?.text).toBe('财政部门按照原渠道足额安排补助资金，新增支出向基层倾斜。');
  });

  it('joins a heading cut across lines, and leaves a whole heading alone', () => {
    const text =
      '甲县方案\n\n一、建立健全紧密型县域医疗卫生共同体\n\n内部运行管理机制\n\n（一）统一管理。按章程办。\n\n二、深化改革，激发活力\n\n各部门要从大局出发，下放权限。';
    expect(clauseOf(text, '一')?.heading).toBe('建立健全紧密型县域医疗卫生共同体内部运行管理机制');
    expect(clauseOf(text, '二')).toMatchObject({
      heading: '深化改革，激发活力',
      text: '各部门要从大局出发，下放权限。',
    });
  });

  it('marks a second equal path', () => {
    expect(paths('甲县方案\n一、甲\n1.一\n二、乙\n一、丙\n1.二').slice(1)).toEqual([
      '一',
      '一/1',
      '二',
      '一#2',
      '一#2/1',
    ]);
  });

  it('counts unnumbered paragraphs only where there are several', () => {
    const text =
      '甲县方案\n\n一、目标\n\n到2027年底，基本建成体系。\n\n二、任务\n\n第一段话，说明来由。\n\n第二段话，说明办法。';
    expect(paths(text)).toEqual(['文头', '一', '二', '二/第1段', '二/第2段']);
  });

  it('reads a table flattened to one cell a line without tabs', () => {
    const text =
      '附件2\n指标表\n序号\n指标\n单位\n2025年\n目标值\n1\n签约人数\n万人\n18\n2\n知晓率\n%\n≥72\n3\n下派人数\n人\n2\n注：以年报为准。';
    const parsed = parseDocument(text);
    expect(parsed.clauses.map((clause) => clause.path)).toEqual(['附件2', '附件2/1', '附件2/2', '附件2/3', '附件2/注']);
    expect(clauseOf(text, '附件2/3')?.text).toBe('3\t下派人数\t人\t2');
    expect(clauseOf(text, '附件2/3')?.columns).toEqual(['序号', '指标', '单位', '2025年目标值']);
  });

  it('reads a table with one row a line', () => {
    const text = '一、指标\n序号\t名称\t目标\n1\t就诊率\t90%\n2\t住院率\t85%\n二、保障\n加强领导。';
    expect(paths(text)).toEqual(['一', '一/1', '一/2', '二']);
    expect(clauseOf(text, '一/2')?.text).toBe('2\t住院率\t85%');
  });

  it('keeps signature, date, list of annexes and dispatch line as the tail', () => {
    const text =
      '甲县方案\n一、目标\n全面建成。\n附件：1．清单\n2．名单\n甲县人民政府办公室\n2025年3月1日\n（此件公开发布）\n附件1\n清单\n一、内容\n检查。\n附件2\n名单\n甲医院';
    expect(paths(text)).toEqual(['文头', '一', '文尾', '附件1', '附件1/一', '附件2']);
    expect(parseDocument(text)).toMatchObject({ issuer: '甲县人民政府办公室', issuedOn: '2025-03-01' });
    expect(clauseOf(text, '附件2')).toMatchObject({ heading: '名单', text: '甲医院' });
  });

  it('reads text wrapped at a fixed width', () => {
    const long =
      '坚持以人民健康为中心，统筹县域医疗卫生资源，完善医共体运行机制，提升基层服务能力，推动优质资源下沉，落实分级诊疗制度，健全双向转诊流程，加强信息化建设，强化绩效考核，深化医保支付方式改革，落实财政投入责任，优化薪酬分配办法，促进医防融合发展，增强群众获得感。';
    const wrapped = (text: string): string => (text.match(/.{1,28}/g) ?? []).join('\n');
    const text = [
      '某县方案',
      '一、总体要求',
      wrapped(long),
      '二、工作任务',
      wrapped(long),
      '三、保障措施',
      wrapped(long),
    ].join('\n');
    expect(clauseOf(text, '一')?.text).toBe(long);
    expect(paths(text)).toEqual(['文头', '一', '二', '三']);
  });
});

describe('whatever comes in', () => {
  const pieces = fc.constantFrom(
    '一、',
    '（二）',
    '1.',
    '（3）',
    '①',
    '第一章 ',
    '第二条',
    '附件1\n',
    '附件',
    '序号\n',
    '\t',
    '\n',
    '\n\n',
    '注：',
    '2025年1月1日',
    '县人民医院负责转诊',
    '。',
    '，',
    '：',
    '（',
    '》',
    '“',
    '1',
    '２',
    '**',
    '\u3000\u3000',
    '—3—',
    '|',
    '责任单位',
  );
  it('never throws, never gives a path twice, and loses no character', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const { clauses } = parseDocument(text);
        expect(new Set(clauses.map((clause) => clause.path)).size).toBe(clauses.length);
        const kept = letters(
          clauses
            .map((clause) => clause.printed)
            .join('')
            .replaceAll('|', ''),
        );
        const given = letters(withoutLayout(text));
        for (const [char, times] of given)
          if (!/[-*+]/.test(char)) expect([char, kept.get(char) ?? 0]).toEqual([char, times]);
      }),
      { numRuns: 400 },
    );
  });
});

/** The text without what is layout and no word: page numbers, bars and rules of tables, marks of headings, lists and emphasis. */
function withoutLayout(text: string): string {
  return text
    .split(/\r\n|[\n\r\v\f\u2028\u2029\u0085]/)
    .map((line) =>
      line
        .trim()
        .replaceAll('**', '')
        .replaceAll('__', '')
        .replace(/^(?:#{1,6}|>+)[ \t]+(?=\S)/, '')
        .replace(/\\(?=[.[\]()*_#+\-!>|])/g, '')
        .trim(),
    )
    .filter((line) => !/^(?:[-—–－―·•~]+\s*[\d０-９]{1,3}\s*[-—–－―·•~]+|\d{1,3}\s*\/\s*\d{1,3})$/.test(line))
    .filter((line) => !/^[|\t:\s-]*-[|\t:\s-]*$/.test(line))
    .join('\n')
    .replaceAll('|', '');
}
