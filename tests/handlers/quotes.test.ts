/** What is said to a quoted message: its case is the one meant, its words are what a question goes on from. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../../handlers/message.ts';
import { quotedMatter, quotedNumber, quotesPatient } from '../../handlers/quotes.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const PLANTED = '患者张铁蛋 男 67岁 身份证11010519491231002X 胸痛';

function quoting(quotedText: string): IncomingMessage {
  return {
    channel: 'playground',
    tenant: 'demo',
    messageId: 'm1',
    conversation: { id: 'c1', kind: 'direct' },
    sender: { platformUserId: 'wx-clinician-1' },
    text: '这个呢',
    attachments: [],
    quotedText,
  };
}

describe('a quoted message', () => {
  it.each([
    ['【转诊 ZZ20261121001】红池坝镇卫生院 → 县人民医院 · 普通 · 待接收', 'ZZ20261121001'],
    ['已提交，单号 em20261121002。', 'EM20261121002'],
    ['QY20261121003 红池坝镇卫生院 阿莫西林 20盒\nQY20261121003-2 布洛芬', 'QY20261121003'],
    ['ZZ20261121001、ZZ20261121002', undefined],
    ['【转诊】没有单号', undefined],
    ['', undefined],
  ])('points with %s at %s', (quoted, number) => {
    expect(quotedNumber(quoting(quoted))).toBe(number);
  });

  it.each([
    ['县聘乡用', '县聘乡用'],
    [
      '下派“县聘乡用”人员累计数量：2027年目标值为100人\n巫溪 · 2025-12-17 · 以主管部门解释为准',
      '下派“县聘乡用”人员累计数量',
    ],
    [PLANTED, undefined],
    ['王秀兰', undefined],
    ['  \n ', undefined],
  ])('asks on from %s with %s', (quoted, matter) => {
    expect(quotedMatter(quoting(quoted))).toBe(matter);
  });

  it('is read for 200 characters', () => {
    expect([...(quotedMatter(quoting('医共体建设目标'.repeat(100))) ?? '')]).toHaveLength(200);
  });

  it('tells a patient who is quoted from a plan that speaks of patients', () => {
    expect(quotesPatient(quoting(PLANTED))).toBe(true);
    expect(quotesPatient(quoting('首诊负责：患者转诊由医生办理\n以主管部门解释为准'))).toBe(false);
  });
});

describe.each(databaseKinds())('talk about a quoted message on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  async function refer(who: string): Promise<string> {
    await bot.says('wx-clinician-1', `上转 ${who} 县医院 外科`);
    return /ZZ\d{11,}/.exec(await bot.text('wx-clinician-1', '确认'))?.[0] ?? '';
  }

  it('takes the number of the quote for the one that was not typed', async () => {
    const first = await refer('男 45岁 阑尾炎');
    const second = await refer('女 52岁 胆囊炎');
    const quotedText = `【转诊 ${first}】红池坝镇卫生院 → 县人民医院 · 外科 · 普通 · 待接收`;
    expect(await bot.text('wx-coordinator-1', '接收', { quotedText })).toContain(`${first}】`);
    expect(await bot.text('wx-clinician-1', `进度 ${first}`)).toContain('已接收');
    expect(await bot.text('wx-clinician-1', `进度 ${second}`)).toContain('待接收');
    expect(await bot.text('wx-clinician-1', '到了没', { quotedText })).toContain(first);
    expect(await bot.text('wx-clinician-1', '进度', { quotedText })).toContain(first);
    expect(await bot.text('wx-clinician-1', `进度 ${second}`, { quotedText })).toContain(second);
  });

  it('takes it for a shortage, too, and never acts on another one', async () => {
    await bot.says('wx-clinician-1', '缺药 阿莫西林胶囊 0.25g*24粒 20盒');
    const number = /QY\d{11,}/.exec(await bot.text('wx-clinician-1', '确认'))?.[0] ?? '';
    expect(await bot.text('wx-pharmacist-1', '有货', { quotedText: '【缺药 QY20260101001】' })).toContain('没有查到');
    expect(await bot.text('wx-pharmacist-1', '有货', { quotedText: `【缺药 ${number}】` })).toContain(number);
    expect(await bot.text('wx-clinician-1', '进度', { quotedText: number })).toContain('阿莫西林');
  });

  it('goes on from quoted words as from an earlier question', async () => {
    const options = { quotedText: '县聘乡用', direct: 'quote-fresh' };
    const [first] = (await bot.text('wx-clinician-2', '2027年目标是多少', options)).split('\n');
    expect(first).toContain('县聘乡用');
    expect(first).toContain('100');
  });

  it('keeps the rules of a group for what is quoted there, and keeps none of it', async () => {
    const said = await bot.text('wx-clinician-1', '这种情况按规定怎么转', {
      group: 'wx-group-referral',
      quotedText: PLANTED,
    });
    expect(said).toContain('请撤回');
    expect(said).not.toContain('张铁蛋');
    const drafted = await bot.text('wx-clinician-1', '上转', { quotedText: PLANTED });
    expect(drafted).not.toMatch(/67岁|张/);
  });
});
