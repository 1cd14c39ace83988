/** A draft from the first message to complete: what is asked, and what an answer changes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLines, applyAnswer, askRemoval } from '../../../handlers/shortages/answers.ts';
import {
  asksOf,
  beginRegistration,
  isReady,
  type Registration,
  settle,
} from '../../../handlers/shortages/registration.ts';

const TODAY = '2026-11-21';
const begin = (text: string) => beginRegistration(text, TODAY);
const kinds = (draft: Registration) => asksOf(draft).map((ask) => `${ask.line}${ask.kind}${ask.soft ? '?' : ''}`);

/** Says one thing after the other; every answer must be understood. */
function talk(first: string, ...answers: readonly string[]): Registration {
  return answers.reduce((draft, text) => {
    const next = applyAnswer(draft, text, TODAY);
    if (!next) throw new Error(`not understood: ${text}`);
    return next;
  }, begin(first));
}

const orders = (draft: Registration) =>
  settle(draft).map((line) =>
    [line.name, line.specification, `${line.quantity}${line.unit}`].filter(Boolean).join(' '),
  );

describe('what is asked', () => {
  it.each<[string, string[]]>([
    ['阿莫西林胶囊 0.25g*24粒 20盒', []],
    ['阿莫西林', ['1quantity']],
    ['阿莫西林 20', ['1unit']],
    ['十来盒奥美拉唑', ['1quantity']],
    ['半箱奥美拉唑', ['1factor']],
    ['半盒奥美拉唑', ['1quantity']],
    ['0盒奥美拉唑', ['1quantity']],
    ['阿莫西林 -5盒', ['1quantity']],
    ['阿莫西林-5盒', ['1quantity']],
    ['阿莫西林负5盒', ['1quantity']],
    ['阿莫西林 -5', ['1quantity']],
    ['阿莫西林 零盒', ['1quantity']],
    ['阿莫西林胶囊-0.25g*24粒-20盒', []],
    ['阿莫西林 一个月的量', ['1quantity']],
    ['阿莫西林 够5个人用', ['1quantity']],
    ['半件布洛芬混悬液 100ml:2g', ['1factor']],
    ['0.5的对乙酰 50板', ['1factor', '1strength?']],
    ['阿托要10盒', ['1choose']],
    ['我们这没有降压药了', ['1choose', '1quantity']],
    ['0.3g.*80北京顺鑫 10盒', ['1name']],
    ['阿莫西林 20盒 赶集那天要', ['1date?']],
    ['阿莫西林 20盒；阿托 5盒；布洛芬', ['2choose', '3quantity']],
    ['谁也不认识的新药 5盒', []],
    ['布洛芬 10支/盒×10盒/条 5条', []],
    ['10%葡萄糖 250ml 20袋', []],
    ['葡萄糖 20袋', ['1choose']],
  ])('%s', (text, expected) => expect(kinds(begin(text))).toEqual(expected));

  it('only what is required keeps it from being registered', () => {
    expect(isReady(begin('阿莫西林 20盒 赶集那天要'))).toBe(true);
    expect(isReady(begin('阿莫西林'))).toBe(false);
    expect(isReady({ lines: [], typed: [] })).toBe(false);
  });
});

describe('what an answer changes', () => {
  it.each<[string, string[], string[]]>([
    ['阿托要10盒', ['阿托品'], ['阿托品 10盒']],
    ['阿托要10盒', ['要阿托品 20盒'], ['阿托品 20盒']],
    ['阿托要10盒', ['2'], ['阿托伐他汀 10盒']],
    ['阿莫西林', ['20盒'], ['阿莫西林 20盒']],
    ['阿莫西林 20', ['盒'], ['阿莫西林 20盒']],
    ['十来盒奥美拉唑', ['12盒'], ['奥美拉唑 12盒']],
    ['十来盒奥美拉唑', ['要十五盒吧'], ['奥美拉唑 15盒']],
    ['半件布洛芬混悬液 100ml:2g', ['1件=24瓶'], ['布洛芬混悬液 100ml:2g 12瓶']],
    ['半件布洛芬混悬液 100ml:2g', ['24瓶'], ['布洛芬混悬液 100ml:2g 12瓶']],
    ['0.5的对乙酰 50板', ['1板=10片', '0.5g'], ['对乙酰氨基酚 0.5g 500片']],
    ['0.5的对乙酰 50盒', ['是'], ['对乙酰氨基酚 0.5g 50盒']],
    ['我们这没有降压药了', ['络活喜', '20盒'], ['氨氯地平 20盒']],
    ['我们这没有降压药了', ['厄贝沙坦片 20盒'], ['厄贝沙坦片 20盒']],
    ['阿莫西林、布洛芬', ['各10盒'], ['阿莫西林 10盒', '布洛芬 10盒']],
    ['阿莫西林、布洛芬', ['第1项 20盒', '第2项 10盒'], ['阿莫西林 20盒', '布洛芬 10盒']],
    ['阿莫西林 20盒', ['改成30盒'], ['阿莫西林 30盒']],
    ['阿莫西林 20盒', ['另外布洛芬 10盒'], ['阿莫西林 20盒', '布洛芬 10盒']],
    ['阿莫西林 20盒；布洛芬 10盒', ['删2'], ['阿莫西林 20盒']],
    ['阿莫西林 20盒；布洛芬 10盒', ['去掉第一项'], ['布洛芬 10盒']],
    ['阿莫西林 3盒；布洛芬 10盒；二甲双胍 5盒', ['第3项不要了'], ['阿莫西林 3盒', '布洛芬 10盒']],
    ['阿莫西林 3盒；布洛芬 10盒', ['不要阿莫西林了'], ['布洛芬 10盒']],
    ['阿莫西林 3盒；布洛芬 10盒', ['去掉阿莫西林'], ['布洛芬 10盒']],
    ['阿莫西林 3盒；布洛芬 10盒', ['把阿莫西林3盒删掉'], ['布洛芬 10盒']],
    ['阿莫西林 3盒；布洛芬 10盒', ['阿莫西林不要了，布洛芬改成20盒'], ['布洛芬 20盒']],
    ['阿莫西林 3盒；布洛芬 10盒；二甲双胍 5盒', ['第1、3项不要了'], ['布洛芬 10盒']],
    ['安宫 5盒；布洛芬 10盒', ['安宫不要了'], ['布洛芬 10盒']],
    ['0.3g.*80北京顺鑫 10盒', ['复方甘草片'], ['复方甘草片 0.3g×80 10盒']],
    ['硝笨地平 10盒', ['按原文登记'], ['硝笨地平 10盒']],
  ])('%s + %j', (first, answers, expected) => {
    expect(orders(talk(first, ...answers))).toEqual(expected);
  });

  it('puts two quantities in the order of the lines that lack one', () => {
    expect(orders(talk('阿莫西林、布洛芬', '20盒，10盒'))).toEqual(['阿莫西林 20盒', '布洛芬 10盒']);
  });

  it.each(['不要奥美拉唑了', '第7项不要了', '那个不要了', '阿莫西林不要了'])('asks which item “%s” means', (text) => {
    const draft = begin('阿莫西林胶囊 3盒；阿莫西林颗粒 10盒');
    expect(askRemoval(draft, text)).toContain('要去掉第几项');
    expect(applyAnswer(draft, text, TODAY)).toBeUndefined();
  });

  it('adds urgency, days and purpose to every line, or to the one named', () => {
    const draft = talk('阿莫西林 20盒；布洛芬 10盒', '还能用3天 慢病续方', '第2项 急');
    expect(draft.lines.map((line) => [line.daysLeft, line.purpose, line.urgency])).toEqual([
      [3, 'patient', undefined],
      [3, 'patient', 'urgent'],
    ]);
  });

  it.each(['家庭医生签约率目标是多少', '今天天气不错', '你好', '转诊怎么转？', '医保', ''])(
    'leaves “%s” to others',
    (text) => expect(applyAnswer(begin('阿莫西林 20盒'), text, TODAY)).toBeUndefined(),
  );

  it('keeps every message as typed', () => {
    expect(talk('阿托要10盒', '阿托品').typed).toEqual(['阿托要10盒', '阿托品']);
  });

  it('replaces a drug named again and adds another', () => {
    const draft = addLines(begin('阿莫西林 20盒'), begin('阿莫西林 30盒；布洛芬 5盒'));
    expect(orders(draft)).toEqual(['阿莫西林 30盒', '布洛芬 5盒']);
  });

  it('never throws, and settles whatever it calls ready', () => {
    const bits = fc.constantFrom(
      '阿莫西林',
      '阿托',
      '20盒',
      '半件',
      '第1项',
      '删1',
      '1件=24瓶',
      '各10盒',
      '急',
      '0.5',
      '盒',
      '2',
      '；',
      ' ',
      '是',
    );
    const words = fc.array(bits, { minLength: 1, maxLength: 5 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 4 }), (first, answers) => {
        let draft = begin(first);
        for (const text of answers) draft = applyAnswer(draft, text, TODAY) ?? draft;
        if (isReady(draft)) {
          for (const line of settle(draft)) expect(Number.isInteger(line.quantity) && line.quantity > 0).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('settle', () => {
  it('counts the innermost units where the packing is known', () => {
    const [line] = settle(begin('硝苯地平控释片30mg×7片×2板/盒 30盒'));
    expect(line?.base).toEqual({ quantity: 420, unit: '片' });
  });
  it('turns strips and crates into what they hold', () => {
    expect(orders(begin('布洛芬 10支/盒×10盒/条 5条'))).toEqual(['布洛芬 10支×10盒/条 50盒']);
  });
  it('marks what no table knows as 未匹配', () => {
    expect(settle(begin('谁也不认识的新药 5盒'))[0]).toMatchObject({ matched: false, name: '谁也不认识的新药' });
  });
  it('names the slang a drug came from', () => {
    expect(settle(begin('拜新同 5盒'))[0]).toMatchObject({ name: '硝苯地平控释片', via: '拜新同' });
  });
});
