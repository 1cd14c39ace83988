/** What of a question may be kept: tables of what people type, and what must never be left of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordingOf } from '../../../handlers/questions/wording.ts';

const huizhou = { regionNames: ['黄山市徽州区', '徽州'] };

describe('a question that speaks of a person is not kept at all', () => {
  it.each([
    '张三 男 65岁 13800138000 停车费怎么报',
    '张三，男，65岁，能不能免停车费',
    '患者李小明的停车费能报吗',
    '患者赵六能报吗',
    '李小明的住院费能报多少',
    '张三能不能转回来',
    '帮我查欧阳晓岚的结余',
    '我叫慕容铁柱能签约吗',
    '陈秀英能办签约吗',
    '刘桂兰老人签约费谁出',
    '吴国强媳妇的待遇怎么算',
    '李某某的药费',
    '李大爷能报多少',
    '老王能报多少',
    '查一下王五',
    '司马相如报销',
    '身份证11010519491231002X的人能报吗',
    '身份证110105194912310021能报吗', // a wrong check digit is still a person's number
    '１１０１０５１９４９１２３１００２Ｘ能报多少',
    '电话13800138000打不通怎么办',
    '138 0013 8000 是谁',
    '住院号 20231234 能报吗',
    '住院号：ZY-20231234 的停车费',
    '病案号998877的费用归谁',
    '医保号 A123456 的结余',
    '内科12床能报吗',
    '十二床什么时候下转',
    '3号床的陪护费谁出',
    '我这个病人能报多少',
    '刚转来的一个老人停车费谁出',
    '我妈65岁能不能免费体检',
    '住在双河村3组12号的能签约吗',
    '67岁女，高血压，停车费怎么报',
    '出生日期1958年3月2日的能签约吗',
    '有人被蛇咬了停车费怎么办',
  ])('%s', (text) => {
    expect(wordingOf(text, huizhou)).toBeUndefined();
  });
});

describe('numbers, quantities and names before an office are taken out', () => {
  it.each([
    ['王建国院长的停车费谁批', '某院长的停车费谁批'],
    ['高主任说结余归谁', '某主任说结余归谁'],
    ['孔医生的年薪怎么算', '某医生的年薪怎么算'],
    ['阿莫西林0.25g 30盒谁来送', '阿莫西林○谁来送'],
    ['要三十盒阿莫西林找谁', '要○阿莫西林找谁'],
    ['头孢２盒、胰岛素300IU谁送', '头孢○、胰岛素○谁送'],
    ['2027年下派多少人', '○年下派多少人'],
    ['湘卫发〔2024〕4号说了什么', '湘卫发〔○〕○号说了什么'],
    ['一三八零零一三八零零零是谁的座机', '○是谁的座机'],
    ['微信 wxid_abc123 怎么绑', '微信 ○怎么绑'],
    ['发到 li.si@example.com 行吗', '发到 ○ 行吗'],
    ['工号zhangsanfeng怎么报食堂', '工号○怎么报食堂'],
    ['六十五岁以上老年人停车免费吗', '○岁以上老年人停车免费吗'],
  ])('%s → %s', (text, shown) => {
    expect(wordingOf(text, huizhou)?.shown).toBe(shown);
  });

  it('names of the staff directory, wherever they stand', () => {
    expect(wordingOf('停车费找柏友善批吗', { names: ['柏友善'] })?.shown).toBe('停车费找某批吗');
  });

  it('questions of policy stay as they are', () => {
    for (const text of [
      '三支一扶人员怎么用',
      '六统一是哪六个',
      '市三院的食堂谁管',
      '县里给村医买保险吗',
      '100床以上医院停车怎么办',
    ])
      expect(wordingOf(text, huizhou)?.shown, text).toBe(text.replace(/\d+/, '○'));
  });
});

describe('equal questions are equal', () => {
  it.each([
    ['请问一下，职工食堂谁来管？', '职工食堂谁管'],
    ['你好，老师，职工食堂谁管呢', '职工食堂谁管'],
    ['麻烦您帮我查一下职工食堂由谁管！！', '职工食堂谁管'],
    ['徽州的职工食堂谁管', '职工食堂谁管'],
    ['徽州区方案里职工食堂谁管吗', '职工食堂谁管'],
    ['职工　食堂，谁管', '职工食堂谁管'],
    ['3盒阿莫西林谁送', '10 盒阿莫西林谁送'],
    ['ＤＲＧ怎么付', 'drg怎么付'],
  ])('%s = %s', (one, other) => {
    expect(wordingOf(one, huizhou)?.plain).toBeDefined();
    expect(wordingOf(one, huizhou)?.plain).toBe(wordingOf(other, huizhou)?.plain);
  });

  it('other questions are other ones', () => {
    const plain = ['职工食堂谁管', '病人食堂谁管', '职工食堂谁建', '牡丹的职工食堂谁管'].map(
      (text) => wordingOf(text, huizhou)?.plain,
    );
    expect(new Set(plain).size).toBe(4);
  });
});

it('keeps nothing of what is no question, and nothing long', () => {
  for (const text of ['', '😀', '？？？', 'a', '123456', `停车费${'怎么办'.repeat(60)}`, '吗', "'; drop table x--"])
    expect(wordingOf(text), text).toBeUndefined();
});

it('takes no question to the plans for one about a person', () => {
  const asked = ['dev', 'own'].flatMap((name) =>
    readFileSync(join(import.meta.dirname, `../../qa/${name}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => (JSON.parse(line) as { q: string }).q),
  );
  const lost = asked.filter(
    (q) => [...q].length <= 100 && (q.match(/\p{Script=Han}/gu) ?? []).length > 5 && !wordingOf(q),
  );
  expect(asked.length).toBeGreaterThan(300);
  expect(lost.length, lost.join('\n')).toBeLessThanOrEqual(asked.length * 0.02);
});

describe('whatever is typed around it', () => {
  const around = fc.constantFrom('停车费谁出', '食堂归谁管', '，请问', '能报销吗', '：', ' ', '（急）');
  const digits = fc.stringMatching(/^\d{1,18}$/);
  it('no digit is ever left', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(around, digits, fc.string({ maxLength: 6 })), { maxLength: 8 }), (parts) => {
        const kept = wordingOf(parts.join(''));
        expect(kept === undefined ? '' : `${kept.shown}${kept.plain}`).not.toMatch(/\p{N}/u);
      }),
      { numRuns: 300 },
    );
  });

  const name = fc
    .tuple(
      fc.constantFrom(...'王李张刘陈赵周吴'),
      fc.constantFrom('建国', '秀英', '小明', '铁柱', '桂兰', '志强', '玉梅'),
    )
    .map(([family, given]) => `${family}${given}`);
  it('no name is ever left where names are said', () => {
    fc.assert(
      fc.property(
        name,
        fc.constantFrom(
          (who: string) => `患者${who}的停车费谁出`,
          (who: string) => `${who} 男 停车费谁出`,
          (who: string) => `${who}的停车费谁出`,
          (who: string) => `请问${who}能免停车费吗`,
          (who: string) => `停车费谁出？${who}`,
          (who: string) => `${who}医生的停车费谁出`,
          (who: string) => `停车费要${who}院长批吗`,
        ),
        (who, sentence) => {
          expect(wordingOf(sentence(who))?.shown ?? '').not.toContain(who);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a name in the midst of a sentence is found nearly always; what is kept is sealed besides', () => {
    const left: string[] = [];
    let said = 0;
    for (const family of '王李张刘陈赵周吴')
      for (const given of ['建国', '秀英', '小明', '铁柱', '桂兰', '志强', '玉梅', '强', '芳'])
        for (const sentence of ['停车费要*批吗', '陪护费是不是*出', '家属*说停车费太贵找谁', '签约服务给*退了吗']) {
          said += 1;
          const text = sentence.replace('*', `${family}${given}`);
          if (wordingOf(text)?.shown.includes(`${family}${given}`)) left.push(text);
        }
    expect(left.length, left.join('\n')).toBeLessThanOrEqual(said * 0.02);
  });
});
