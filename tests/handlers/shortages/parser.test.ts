/** Shortage messages as people type them, drug by drug. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedLine, parseShortage } from '../../../handlers/shortages/parser.ts';
import { formatSpecification } from '../../../handlers/shortages/specs.ts';

const TODAY = '2026-11-21';

/** One line in words: name | specification | quantity | what else was said. */
function inWords(line: ParsedLine): string {
  const more = [
    line.manufacturer ? `厂家${line.manufacturer}` : '',
    line.vagueQuantity ? `约量${line.vagueQuantity}` : '',
    line.urgency ?? '',
    line.daysLeft === undefined ? '' : `剩${line.daysLeft}天`,
    line.stock === undefined ? '' : `存${line.stock}`,
    line.monthlyUse === undefined ? '' : `月${line.monthlyUse}`,
    line.purpose ?? '',
    line.coldChain ? '冷链' : '',
    line.substitute === undefined ? '' : line.substitute ? '可替' : '不替',
    line.wantedBy ?? '',
    line.vagueDate ? `日期${line.vagueDate}` : '',
    line.factor ? `1${line.factor.outer}=${line.factor.count}${line.factor.inner}` : '',
  ];
  const { quantity } = line;
  const amount = quantity ? `${quantity.approximate ? '约' : ''}${quantity.value}${quantity.unit ?? '?'}` : '-';
  const specification = line.specification ? formatSpecification(line.specification) : '-';
  return [line.name ?? '-', specification, amount, ...more.filter((part) => part !== '')].join(' | ');
}

const ONE: readonly [string, string][] = [
  ['登记 阿莫西林胶囊 0.25g*24粒 20盒 急', '阿莫西林胶囊 | 0.25g×24粒 | 20盒 | urgent'],
  ['阿莫西林胶囊０．２５ｇ＊２４粒２０盒', '阿莫西林胶囊 | 0.25g×24粒 | 20盒'],
  ['阿莫西林胶囊二十盒', '阿莫西林胶囊 | - | 20盒'],
  ['阿莫西林0.25g，20盒', '阿莫西林 | 0.25g | 20盒'],
  ['20盒阿莫西林', '阿莫西林 | - | 20盒'],
  ['我们这没有降压药了', '降压药 | - | -'],
  ['麻烦帮我登记一下布洛芬10盒谢谢', '布洛芬 | - | 10盒'],
  ['阿托要10盒', '阿托 | - | 10盒'],
  ['心痛定还有没有', '心痛定 | - | -'],
  ['氯吡格雷没有了', '氯吡格雷 | - | -'],
  ['半件布洛芬混悬液 100ml:2g', '布洛芬混悬液 | 100ml:2g | 0.5件'],
  ['0.5的对乙酰 50板', '对乙酰 | 0.5 | 50板'],
  ['十来盒奥美拉唑', '奥美拉唑 | - | 约10盒'],
  ['降压0号 半箱', '降压0号 | - | 0.5箱'],
  ['二甲双胍两百盒 还能用3天', '二甲双胍 | - | 200盒 | 剩3天'],
  ['二甲双胍一百二十盒 还够用一周', '二甲双胍 | - | 120盒 | 剩7天'],
  ['维生素B12 100片 20瓶', '维生素B12 | 100片 | 20瓶'],
  ['维生素B12 100片，20瓶', '维生素B12 | 100片 | 20瓶'],
  ['诺和灵30R 10支 要冷链', '诺和灵30R | - | 10支 | 冷链'],
  ['654-2 10盒', '654-2 | - | 10盒'],
  ['辅酶Q10 20盒', '辅酶Q10 | - | 20盒'],
  ['三七片 5盒', '三七片 | - | 5盒'],
  ['急支糖浆 5瓶 急', '急支糖浆 | - | 5瓶 | urgent'],
  ['阿莫西林克拉维酸钾 20盒', '阿莫西林克拉维酸钾 | - | 20盒'],
  ['复方甘草片 0.3g.*80北京顺鑫 12瓶', '复方甘草片 | 0.3g×80 | 12瓶 | 厂家北京顺鑫'],
  ['维生素D 100mg*30.青岛双鲸药 5瓶', '维生素D | 100mg×30 | 5瓶 | 厂家青岛双鲸药'],
  ['甲氧氯普胺 2ml:10mg国药容生 3盒', '甲氧氯普胺 | 2ml:10mg | 3盒 | 厂家国药容生'],
  ['口服液 10ml*15支北京诚济 4盒', '口服液 | 10ml×15支 | 4盒 | 厂家北京诚济'],
  ['氨溴索 2ml:15mg*10辰欣药业股 4盒', '氨溴索 | 2ml:15mg×10 | 4盒 | 厂家辰欣药业股'],
  ['人胰岛素 4000IU上海上药第 4支', '人胰岛素 | 4000IU | 4支 | 厂家上海上药第'],
  ['左氧 0.5长春迪瑞制 4盒', '左氧 | 0.5 | 4盒 | 厂家长春迪瑞制'],
  ['地米 1ml*5mg.河南润弘有 4盒', '地米 | 1ml:5mg | 4盒 | 厂家河南润弘有'],
  ['硝苯地平控释片 拜耳 30盒', '硝苯地平控释片 | - | 30盒 | 厂家拜耳'],
  ['布洛芬 10支/盒×10盒/条 5条', '布洛芬 | 10支×10盒/条 | 5条'],
  ['氯化钠 0.9% 250ml 100袋', '氯化钠 | 0.9% 250ml | 100袋'],
  ['阿莫西林 够5个人用', '阿莫西林 | - | - | 约量够5个人用'],
  ['阿莫西林 一个月的量', '阿莫西林 | - | - | 约量一个月的量'],
  ['阿莫西林 20', '阿莫西林 | - | 20?'],
  ['布洛芬 2件 1件=24盒', '布洛芬 | - | 2件 | 1件=24盒'],
  ['肾上腺素 抢救 1ml:1mg 10支', '肾上腺素 | 1ml:1mg | 10支 | rescue'],
  ['阿莫西林 20盒 赶集那天要', '阿莫西林 | - | 20盒 | 日期赶集那天要'],
  ['阿莫西林 20盒 不急 不接受替代', '阿莫西林 | - | 20盒 | routine | 不替'],
  [
    '阿莫西林 20盒 还够用三天 库存5盒 月均60盒 慢病续方 可以换厂家 周五前要',
    '阿莫西林 | - | 20盒 | 剩3天 | 存5 | 月60 | patient | 可替 | 2026-11-27',
  ],
];

const MANY: readonly [string, readonly string[]][] = [
  [
    '硝苯地平控释片30mg×7片×2板/盒 30盒；厄贝沙坦0.15g*7*4 20盒；甘精胰岛素3ml:300单位 10支（要冷链）',
    [
      '硝苯地平控释片 | 30mg×7片×2板/盒 | 30盒',
      '厄贝沙坦 | 0.15g×7×4 | 20盒',
      '甘精胰岛素 | 3ml:300单位 | 10支 | 冷链',
    ],
  ],
  ['阿莫西林 20盒 布洛芬 10盒', ['阿莫西林 | - | 20盒', '布洛芬 | - | 10盒']],
  ['阿莫西林20盒，布洛芬10盒', ['阿莫西林 | - | 20盒', '布洛芬 | - | 10盒']],
  ['阿莫西林20盒，布洛芬10盒 急', ['阿莫西林 | - | 20盒 | urgent', '布洛芬 | - | 10盒 | urgent']],
  ['阿莫西林 急 20盒；布洛芬10盒 不急', ['阿莫西林 | - | 20盒 | urgent', '布洛芬 | - | 10盒 | routine']],
  ['阿莫西林和布洛芬各10盒', ['阿莫西林 | - | 10盒', '布洛芬 | - | 10盒']],
  ['阿莫西林、布洛芬、二甲双胍各20盒', ['阿莫西林 | - | 20盒', '布洛芬 | - | 20盒', '二甲双胍 | - | 20盒']],
  ['复方氨酚烷胺片/小儿氨酚黄那敏颗粒 各10盒', ['复方氨酚烷胺片 | - | 10盒', '小儿氨酚黄那敏颗粒 | - | 10盒']],
  ['氯吡格雷5盒，另外12床下转', ['氯吡格雷 | - | 5盒']],
  ['20盒阿莫西林和10盒布洛芬', ['阿莫西林 | - | 20盒', '布洛芬 | - | 10盒']],
  ['1.阿莫西林 20盒\n2.布洛芬 10盒\n3.阿托 5盒', ['阿莫西林 | - | 20盒', '布洛芬 | - | 10盒', '阿托 | - | 5盒']],
  ['阿莫西林0.25g，20盒，布洛芬0.3g，10盒', ['阿莫西林 | 0.25g | 20盒', '布洛芬 | 0.3g | 10盒']],
];

describe('parseShortage', () => {
  it.each(ONE)('%s', (text, words) => {
    expect(parseShortage(text, TODAY).lines.map(inWords)).toEqual([words]);
  });
  it.each(MANY)('%s', (text, words) => {
    expect(parseShortage(text, TODAY).lines.map(inWords)).toEqual(words);
  });
  it.each(['', '？', '  ', '。。。'])('reads no drug in “%s”', (text) => {
    expect(parseShortage(text, TODAY)).toEqual({ lines: [], shared: {} });
  });
  it.each<[string, readonly string[]]>([
    ['降压药没了，硝苯地平大概还能撑两天，要三十盒，老刘等着用', ['降压药 | - | -', '硝苯地平 | - | 30盒 | 剩2天']],
    ['没有青霉素了，谁有', ['青霉素 | - | -']],
    ['阿莫西林 20盒，老刘', ['阿莫西林 | - | 20盒']],
    ['老刘等着用阿莫西林 20盒', ['阿莫西林 | - | 20盒']],
    ['阿莫西林没了，咋整', ['阿莫西林 | - | -']],
    ['阿莫西林20盒，有人等着', ['阿莫西林 | - | 20盒']],
    ['布洛芬 10盒，王阿姨急用，各位帮帮忙', ['布洛芬 | - | 10盒 | urgent']],
    ['老刘，小王', []],
    ['老刘 5盒', ['- | - | 5盒']],
    [
      '某某清热片，某某胶囊，某某注射液，某某颗粒',
      ['某某清热片', '某某胶囊', '某某注射液', '某某颗粒'].map((one) => `${one} | - | -`),
    ],
    ['小柴胡颗粒，人参，小苏打片', ['小柴胡颗粒 | - | -', '人参 | - | -', '小苏打片 | - | -']],
    ['安宫 5盒', ['安宫 | - | 5盒']],
  ])('takes no talk and nobody for a drug: %s', (text, words) => {
    expect(parseShortage(text, TODAY).lines.map(inWords)).toEqual(words);
  });
  it('keeps what is said of no drug apart', () => {
    expect(parseShortage('急 还能用2天', TODAY)).toEqual({ lines: [], shared: { urgency: 'urgent', daysLeft: 2 } });
  });
  it('never throws and never orders less than nothing', () => {
    const bits = fc.constantFrom(
      '阿莫西林',
      '0.25g',
      '*24粒',
      '20盒',
      '半',
      '十来',
      '；',
      '，',
      ' ',
      '急',
      '还能用',
      '3天',
      '.',
      '/',
      '盒',
      '1件=24瓶',
      '各',
      '和',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bits, { maxLength: 12 }).map((all) => all.join('')),
        ),
        (text) => {
          for (const line of parseShortage(text, TODAY).lines) {
            expect(line.quantity?.value ?? 0).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
  it('reads complete lines the same in any order', () => {
    const lines = ['阿莫西林 0.25g*24粒 20盒', '布洛芬 10瓶', '654-2 5盒', '诺和灵30R 3支 冷链'];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: 1 }), (some) => {
        const read = parseShortage(some.join('；'), TODAY).lines.map(inWords);
        expect(read).toEqual(some.flatMap((one) => parseShortage(one, TODAY).lines.map(inWords)));
      }),
    );
  });
});
