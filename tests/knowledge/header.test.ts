/** What documents of any authority say of themselves: title, number, issuers, day; and long texts read in bounded time. */
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../knowledge/parser/index.ts';

const BODY = '\n\n一、目标\n\n到2027年建成。';
const header = (text: string): readonly (string | undefined)[] => {
  const { title, number, issuer, issuedOn } = parseDocument(text);
  return [title, number, issuer, issuedOn];
};

describe('the head of a document', () => {
  it.each<[string, string, readonly (string | undefined)[]]>([
    [
      'of the State Council, title before number, signed at the end',
      `国务院办公厅关于推动公立医院高质量发展的意见\n国办发〔2021〕18号\n\n各省、自治区、直辖市人民政府：${BODY}\n\n国务院办公厅\n2021年5月14日\n\n（此件公开发布）`,
      ['国务院办公厅关于推动公立医院高质量发展的意见', '国办发〔2021〕18号', '国务院办公厅', '2021-05-14'],
    ],
    [
      'of a banner, on red-headed paper, with the day in characters',
      `乌审旗人民政府办公室文件\n\n乌政办发〔2024〕12号\n\n乌审旗人民政府办公室关于印发《乌审旗紧密型医共体建设实施方案》的通知\n\n各苏木镇人民政府：\n\n现印发给你们。\n\n乌审旗人民政府办公室\n\n二〇二四年六月九日\n\n乌审旗紧密型医共体建设实施方案${BODY}`,
      ['乌审旗紧密型医共体建设实施方案', '乌政办发〔2024〕12号', '乌审旗人民政府办公室', '2024-06-09'],
    ],
    [
      'of an ordinary notice without blank lines, as word processors give it',
      `青禾府办发〔2026〕7号\n青禾县人民政府办公室\n关于印发《青禾县紧密型县域医共体提质增效实施方案（2026—2028年）》的通知\n各乡镇人民政府，县政府各部门，有关单位：\n《青禾县紧密型县域医共体提质增效实施方案（2026—2028年）》已经县人民政府同意，现印发给你们，请认真组织实施。\n青禾县人民政府办公室\n2026年3月18日\n（此件公开发布）${BODY}`,
      [
        '青禾县紧密型县域医共体提质增效实施方案（2026—2028年）',
        '青禾府办发〔2026〕7号',
        '青禾县人民政府办公室',
        '2026-03-18',
      ],
    ],
    [
      'of two authorities, whose names are no part of the title',
      `某市卫生健康委员会\n某市医疗保障局\n文件\n\n某卫发〔2024〕8号\n\n关于做好医共体医保支付工作的通知\n\n各县（区）卫生健康局：${BODY}\n\n某市卫生健康委员会　　　　某市医疗保障局\n\n2024年6月9日`,
      ['关于做好医共体医保支付工作的通知', '某卫发〔2024〕8号', '某市卫生健康委员会 某市医疗保障局', '2024-06-09'],
    ],
    [
      'of party and government offices, one under the other',
      `中共某县委办公室 某县人民政府办公室\n关于印发《某县医共体建设方案》的通知\n\n某办〔2024〕8号\n\n各乡镇党委、政府：\n\n现印发给你们。${BODY}\n\n中共某县委办公室\n某县人民政府办公室\n2024年6月9日`,
      ['某县医共体建设方案', '某办〔2024〕8号', '中共某县委办公室 某县人民政府办公室', '2024-06-09'],
    ],
    [
      'of an order',
      '甲省人民政府令\n\n第312号\n\n《甲省医疗卫生服务条例实施办法》已经2024年3月1日省人民政府第28次常务会议通过，现予公布。\n\n省长　王某\n\n2024年3月15日\n\n甲省医疗卫生服务条例实施办法\n\n第一章　总则\n\n第一条　为了规范，制定本办法。',
      ['甲省医疗卫生服务条例实施办法', '甲省人民政府令第312号', '甲省人民政府', '2024-03-15'],
    ],
    [
      'of a charter adopted by a meeting',
      '某县医疗卫生共同体理事会章程\n（2024年6月9日第一次会议通过）\n\n第一章 总则\n第一条 为规范运行，制定本章程。',
      ['某县医疗卫生共同体理事会章程', undefined, undefined, '2024-06-09'],
    ],
    [
      'signed and dated on one line',
      `甲县医共体方案${BODY}\n\n甲县卫生健康局　　　　2025 年 3 月 1 日`,
      ['甲县医共体方案', undefined, '甲县卫生健康局', '2025-03-01'],
    ],
    [
      'that only the printing line dates',
      `某县卫生健康局关于印发家庭医生签约服务实施细则（试行）的通知\n某卫健〔2024〕8号${BODY}\n\n某县卫生健康局办公室　　2024年6月9日印发`,
      ['家庭医生签约服务实施细则（试行）', '某卫健〔2024〕8号', '某县卫生健康局', '2024-06-09'],
    ],
  ])('%s', (_, text, expected) => {
    expect(header(text)).toEqual(expected);
  });
});

const letter = (number: string, day: string): string =>
  `云岭县卫生健康局关于印发《云岭县医共体方案》的通知\n\n${number}\n\n各卫生院：${BODY}\n\n云岭县卫生健康局\n${day}\n`;

describe('the forms of a number and a day', () => {
  it.each([
    ['云卫健〔2025〕18号', '云卫健〔2025〕18号'],
    ['云卫健[2025]18号', '云卫健[2025]18号'],
    ['云卫健【2025】第18号', '云卫健【2025】第18号'],
    ['云卫健（2025）18 号', '云卫健（2025）18号'],
    ['云卫健﹝2025﹞18号', '云卫健﹝2025﹞18号'],
    ['云卫健〔２０２５〕１８号', '云卫健〔2025〕18号'],
    ['云卫健 〔 2025 〕 18-1 号', '云卫健〔2025〕18-1号'],
    ['发文字号：云卫健〔2025〕18号', '云卫健〔2025〕18号'],
    ['云卫健〔2025〕18号　　签发人：某某', '云卫健〔2025〕18号'],
    ['公    告\n2025年第3号', '公告2025年第3号'],
    ['按照国卫基层发〔2023〕41号文件，现将有关事项通知如下。', undefined],
  ])('%s', (printed, number) => {
    expect(header(letter(printed, '2025年6月9日'))[1]).toBe(number);
  });

  it.each([
    ['2025 年 6 月 9 日', '2025-06-09'],
    ['２０２５年０６月０９日', '2025-06-09'],
    ['二〇二五年六月九日', '2025-06-09'],
    ['二○二五年十月二十日', '2025-10-20'],
    ['二O二五年十二月三十一日', '2025-12-31'],
    ['二零二五年六月廿一日', '2025-06-21'],
    ['2025.6.9', '2025-06-09'],
    ['2025-06-09', '2025-06-09'],
    ['成文日期：2025年6月9日', '2025-06-09'],
    ['2025年6月9日发布', '2025-06-09'],
    ['2025年16月9日', undefined],
  ])('%s', (printed, day) => {
    expect(header(letter('云卫健〔2025〕18号', printed))[3]).toBe(day);
  });
});

describe('texts nobody writes', () => {
  it.each([
    ['a comma at the end of every line', '甲，\n'.repeat(30_000)],
    ['lines of one length without an end', `${'甲'.repeat(40)}\n`.repeat(3_000)],
    ['one cell a line without a row', '\t甲\n'.repeat(30_000)],
    ['open brackets', `一、甲（${'乙'.repeat(50)}\n`.repeat(2_000)],
    ['brackets alone', `${'（《“〔【'.repeat(200)}\n`.repeat(1_000)],
    ['dots without a page', `一、目标${'.'.repeat(5_000)}\n${'…'.repeat(5_000)}\n`.repeat(100)],
    ['spaces inside a line', `一${' '.repeat(8_000)}目标\n${'甲 '.repeat(4_000)}\n`.repeat(100)],
    [
      'dashes, digits and stars',
      `${'-'.repeat(5_000)}x\n${'1.'.repeat(3_000)}\n${'*甲*乙'.repeat(1_000)}\n`.repeat(100),
    ],
    [
      'numbers of documents',
      `${`${'甲'.repeat(14)}〔2025〕`.repeat(2_000)}\n${`甲卫〔2025〕${'1'.repeat(3_000)}\n`.repeat(100)}`,
    ],
    ['a hundred thousand numbers', Array.from({ length: 100_000 }, (_, n) => `${(n % 999) + 1}.落实。`).join('\n')],
  ])('%s: read in well under the minute they once took', (_, text) => {
    const began = performance.now();
    parseDocument(text);
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});
