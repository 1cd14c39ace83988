/** What the router does with words: commands, drafts, questions, greetings; spoken to through a real bot. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../support/bot.ts';

describe('the router', () => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot();
  });
  afterAll(() => bot.stop());

  it.each([
    ['上转的流程是什么', '以主管部门解释为准|方案里没有写'],
    ['目录外的病种能不能转', '不在'],
    ['？', '帮助'],
    ['😀😀', '帮助'],
    ['在吗', '在'],
    ['确认', '没有等您确认'],
    ['好的', '好的'],
    ['一二三四五六七八九十'.repeat(250), '太长'],
    ['发现3例手足口病，帮我上报', '直报系统'],
  ])('answers %s', async (words, expected) => {
    expect(await bot.text('wx-clinician-1', words, { direct: `router-${words.slice(0, 8)}` })).toMatch(
      expected === '不在' ? /不在|没有|目录/ : new RegExp(expected),
    );
  });

  it('says 120 first to an emergency, and not to a question about emergency centres', async () => {
    const [first] = await bot.says('wx-village-doctor-1', '病人突然昏迷叫不醒怎么办');
    expect(first?.text.split('\n')[0]).toContain('120');
    const [policy] = await bot.says('hn-clinician-1', '急诊急救“五大中心”是哪五个？');
    expect(policy?.text.split('\n')[0]).not.toContain('120');
  });

  it('sends an unbound person to the invitation, and names the role that a command needs', async () => {
    expect(await bot.text('unbound-1', '缺药 阿莫西林 10盒')).toContain('绑定');
    expect(await bot.text('wx-village-doctor-1', '填报 A2-9 2026年三季度 18.6万人')).toContain('办理');
  });

  it('gives an example in the help that every bundled plan answers', async () => {
    const [help] = await bot.says('wx-clinician-1', '帮助', { direct: 'help-example' });
    const example = /例如：(.+？)/.exec(help?.text ?? '')?.[1] ?? '';
    expect(example).not.toBe('');
    for (const region of ['wx', 'hn', 'md', 'hz', 'jy']) {
      const said = await bot.text(`${region}-clinician-1`, example, { direct: `help-${region}` });
      expect(said, region).toContain('以主管部门解释为准');
      expect(said, region).toContain('牵头');
      expect(said, region).not.toContain('没有写');
    }
  });

  it('tells that a button of another time is void', async () => {
    const [reply] = await bot.says('wx-clinician-1', '', { action: { id: 'nothing.known', value: '' } });
    expect(reply?.text).toContain('失效');
  });
});
