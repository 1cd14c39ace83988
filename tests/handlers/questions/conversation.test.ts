/** The list of questions as clinicians and the commission live it: asked, counted, listed, answered, taught, taken back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDocument } from '../../../knowledge/index.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

describe.each(databaseKinds())('questions that find no answer on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  const says = (staff: string, text: string, options = {}) => bot.text(staff, text, options);
  const rows = (table: string) => bot.running.database.reader(table).select('*');
  /** The number an entry has in the list that is shown. */
  const numberOf = async (staff: string, wording: string): Promise<string> => {
    const list = await says(staff, '问题清单');
    const line = list.split('\n').find((one) => one.includes(wording));
    return /^(\d+)\./.exec(line ?? '')?.[1] ?? `not listed: ${list}`;
  };

  it('says so when nothing waits', async () => {
    expect(await says('wx-commission-1', '问题清单')).toContain('巫溪现在没有待处理的问题');
    expect(await says('wx-commission-1', '问题清单 已答')).toContain('还没有指定过');
  });

  it('counts equal questions together, region by region, and tells the asker', async () => {
    expect(await says('wx-clinician-1', '请问一下，职工食堂谁来管？')).toContain('已记进问题清单（不含姓名和数字）');
    await says('wx-village-doctor-1', '职工食堂归谁管');
    await says('wx-clinician-2', '巫溪的职工食堂谁管呢', { group: 'wx-group-referral' });
    await says('wx-clinician-2', '停车费怎么收');
    await says('hz-clinician-1', '职工食堂谁管');
    const list = await says('wx-commission-1', '问题清单');
    expect(list).toContain('【问题清单】巫溪 · 待处理2个');
    expect(list).toMatch(/1\. .*职工食堂.*\n　没找到3次，11月21日/);
    expect(list.indexOf('职工食堂')).toBeLessThan(list.indexOf('停车费怎么收'));
    expect(list).toContain('发送“回答 1 巫溪 条款序号”');
    expect(await says('hz-commission-1', '问题清单')).toMatch(/待处理1个\n1\. 职工食堂谁管\n　没找到1次/);
  });

  it('keeps no person, no instant and no plain words of it', async () => {
    const kept = await rows('asked_questions');
    expect(kept).toHaveLength(3);
    expect(JSON.stringify(kept)).not.toMatch(/食堂|停车|wx-(?:clinician|village)/);
    expect(kept.every((row) => row.handled_by === null && row.last_on === '2026-11-21')).toBe(true);
  });

  it('does not count who is not bound, what is no question, and what speaks of a patient', async () => {
    for (const [staff, text] of [
      ['unbound-1', '徽州的食堂几点开饭'],
      ['wx-clinician-1', '你好'],
      ['wx-clinician-1', '帮我写个通知'],
      ['wx-clinician-1', '患者李小明的停车费能报吗'],
      ['wx-clinician-1', '3床的陪护床收费吗'],
    ] as const)
      expect(await says(staff, text), text).not.toContain('已记进');
    expect(await rows('asked_questions')).toHaveLength(3);
  });

  it('shows one entry, and says what number does not exist', async () => {
    const number = await numberOf('wx-commission-1', '停车费');
    expect(await says('wx-commission-1', `问题清单 ${number}`)).toMatch(/停车费怎么收\n没找到1次，11月21日/);
    expect(await says('wx-commission-1', '问题清单 99')).toContain('没有第99个问题');
    expect(await says('wx-commission-1', '回答 99 巫溪 二（一）')).toContain('没有第99个问题');
    expect(await says('wx-commission-1', '问题清单 关闭 99')).toContain('没有第99个问题');
    expect(await says('wx-commission-1', '回答')).toContain('请写编号和条款序号');
    expect(await says('wx-commission-1', `回答 ${number}`)).toContain('用哪一条回答');
  });

  it('is for the commission in private chat only', async () => {
    for (const text of ['问题清单', '回答 1 巫溪 四（七）', '词典', '不是条款 1']) {
      expect(await says('wx-clinician-1', text), text).toContain('由卫健委办理');
      expect(await says('unbound-1', text), text).toContain('绑定');
    }
    expect(await says('wx-commission-1', '问题清单', { group: 'wx-group-management' })).toContain('私聊');
    expect(await says('wx-manager-1', '问题清单')).toContain('由卫健委办理');
  });

  it('refuses a clause that does not exist, and one of another region', async () => {
    expect(await says('wx-commission-1', '回答 1 巫溪 九（九）9')).toContain('没有“九');
    expect(await says('wx-commission-1', '回答 1 徽州 二（二）2（5）')).toContain('不能作本地区的答案');
    expect(await says('wx-commission-1', '回答 1 巫溪')).toContain('请写明是哪一条');
    expect(await rows('drafts')).toHaveLength(0);
  });

  it('shows what it will teach, teaches nothing before 确认, and then answers that question and near ones', async () => {
    const number = await numberOf('hz-commission-1', '职工食堂');
    const shown = await says('hz-commission-1', `回答 ${number} 徽办发〔2026〕2号 二（二）2（5）`);
    expect(shown).toContain('职工食堂谁管');
    expect(shown).toContain('6:3:1');
    expect(shown).toContain('徽办发〔2026〕2号 二（二）2（5）');
    expect(shown).toContain('回复“确认”生效');
    expect(await says('hz-clinician-2', '职工食堂谁管')).toContain('没有写这一点');
    expect(await says('hz-commission-1', '确认')).toContain('好了。徽州再有人问“职工食堂谁管”');
    for (const text of ['职工食堂谁管', '请问职工食堂由谁来管？', '职工食堂应该归谁管']) {
      const [reply] = await bot.says('hz-clinician-2', text);
      expect(reply?.text, text).toContain('由卫健委指定');
      const quote = reply?.blocks.find((block) => block.type === 'quote');
      expect(quote, text).toMatchObject({ source: '徽办发〔2026〕2号 二（二）2（5）' });
      expect(quote?.type === 'quote' && quote.text, text).not.toContain('由卫健委指定');
      expect(reply?.text, text).toContain('以主管部门解释为准');
    }
  });

  it('to nobody else: not in another region, not about another one, not for what only sounds alike', async () => {
    expect(await says('wx-clinician-1', '职工食堂谁管')).not.toContain('由卫健委指定');
    expect(await says('hz-clinician-1', '牡丹的职工食堂谁管')).not.toContain('由卫健委指定');
    expect(await says('hz-clinician-1', '病人食堂谁管')).not.toContain('由卫健委指定');
    expect(await says('hz-clinician-1', '职工食堂谁出钱')).not.toContain('由卫健委指定');
  });

  it('comes back to the list when somebody says that it did not help, and can be taken back', async () => {
    await says('hz-clinician-2', '职工食堂谁管');
    await says('hz-clinician-2', '没用');
    await says('hz-clinician-2', '没用');
    const list = await says('hz-commission-1', '问题清单');
    expect(list).toMatch(/职工食堂谁管\n　没找到2次、没用1次，11月21日；答过徽办发〔2026〕2号 二（二）2（5）/);
    const number = await numberOf('hz-commission-1', '职工食堂谁管');
    await says('hz-commission-1', `回答 ${number} 二（二）2（5）`);
    await says('hz-commission-1', '确认');
    expect(await says('hz-commission-1', '问题清单 已答')).toContain(
      `${number}. 职工食堂谁管 → 徽办发〔2026〕2号 二（二）2（5）`,
    );
    expect(await says('hz-commission-1', `问题清单 停用 ${number}`)).toContain('已停用');
    expect(await says('hz-clinician-2', '职工食堂谁管')).not.toContain('由卫健委指定');
    expect(await says('hz-commission-1', `问题清单 停用 ${number}`)).toMatch(/已由.+11月21日关闭/);
  });

  it('counts 有用 and 没用 with the question and the clause, once a person and answer', async () => {
    await says('jy-clinician-1', '医保结余怎么分');
    await says('jy-clinician-1', '没用');
    await says('jy-clinician-1', '没用');
    await says('jy-clinician-2', '医保结余怎么分');
    await says('jy-clinician-2', '有用');
    const list = await says('jy-commission-1', '问题清单');
    expect(list).toMatch(/1\. 医保结余怎么分\n　没用1次、有用1次，11月21日；答过揭府办函〔2020〕30号/);
    const before = await rows('asked_questions');
    await says('jy-clinician-2', '总额怎么算');
    await says('jy-clinician-2', '有用');
    const after = await rows('asked_questions');
    expect(after).toHaveLength(before.length + 1);
    // Who found it useful leaves a count, no words.
    expect(after.find((row) => !before.some((one) => one.id === row.id))).toMatchObject({
      wording_sealed: null,
      nearest: null,
    });
    expect(await says('jy-commission-1', '问题清单')).toContain('待处理1个');
  });

  it('a button under an older answer counts the clause alone', async () => {
    const [first] = await bot.says('md-clinician-1', '六统一是哪六个');
    const buttons = first?.blocks.find((block) => block.type === 'buttons');
    const useless =
      buttons?.type === 'buttons' ? buttons.items.find((item) => item.id === 'policy.useless') : undefined;
    await bot.says('md-clinician-2', '', { action: { id: 'policy.useless', value: useless?.value ?? '' } });
    const list = await says('md-commission-1', '问题清单');
    expect(list).toMatch(/（没有留下问题）.+的回答\n　没用1次/);
    const number = /^(\d+)\. （没有/m.exec(list)?.[1];
    expect(await says('md-commission-1', `回答 ${number} 牡丹 二（一）`)).toContain('没有留下问题，不能指定');
    expect(await says('md-commission-1', `问题清单 关闭 ${number}`)).toContain('已关闭');
    expect(await says('md-commission-1', '问题清单')).toContain('没有待处理');
  });

  it('two of the commission: the second one is told who was first, and nothing is done twice', async () => {
    const number = await numberOf('wx-commission-1', '职工食堂');
    await says('wx-commission-1', `回答 ${number} 巫溪 四（七）`);
    await says('wx-commission-2', `回答 ${number} 巫溪 附件2第7行`);
    expect(await says('wx-commission-1', '确认')).toContain('好了');
    const second = await says('wx-commission-2', '确认');
    expect(second).toMatch(/已由演示-.+11月21日指定.+这次没有改/);
    expect(await says('wx-commission-2', `问题清单 关闭 ${number}`)).toMatch(/已由演示-/);
    const taught = (await rows('taught_answers')).filter((row) => row.region_id === 'wuxi');
    expect(taught.map((row) => [row.path, row.taught_by])).toEqual([['四/（七）', 'wx-commission-1']]);
    expect(await rows('drafts')).toHaveLength(0);
    // Deliberately changing it is possible, and says what it was.
    expect(await says('wx-commission-2', `回答 ${number} 巫溪 附件2第7行`)).toMatch(/已由演示-.+确认后改成这一条/);
    await says('wx-commission-2', '取消');
    expect(await says('wx-clinician-1', '职工食堂谁管')).toContain('四（七）');
  });

  it('同时确认: one is written, the other is told', async () => {
    await says('wx-clinician-1', '夜宵补贴谁出');
    const number = await numberOf('wx-commission-1', '夜宵');
    await says('wx-commission-1', `回答 ${number} 巫溪 四（七）`);
    await says('wx-commission-2', `回答 ${number} 巫溪 附件2第7行`);
    const both = await Promise.all([says('wx-commission-1', '确认'), says('wx-commission-2', '确认')]);
    expect(both.filter((text) => text.includes('好了'))).toHaveLength(1);
    expect(both.filter((text) => text.includes('这次没有改'))).toHaveLength(1);
    const answered = (await rows('audit')).filter((row) => row.action === 'question.answered');
    const lines = new Map(
      answered.map((row) => [row.object_id, answered.filter((one) => one.object_id === row.object_id).length]),
    );
    expect(
      lines.get(
        (await rows('asked_questions')).find(
          (row) => row.region_id === 'wuxi' && row.state === 'answered' && row.version === 2,
        )?.id,
      ),
    ).toBe(1);
  });

  it('who is no longer of the commission teaches nothing with a 确认 that still waits', async () => {
    await says('jy-clinician-1', '夜宵补贴谁出');
    const number = await numberOf('jy-commission-1', '夜宵');
    await says('jy-commission-1', `回答 ${number} 揭阳 一`);
    const { writer } = bot.running.database;
    const role = { staff_id: 'jy-commission-1', role: 'commission' };
    await writer('staff_roles').where(role).del();
    await writer('staff_roles').insert({ ...role, role: 'manager' });
    expect(await says('jy-commission-1', '确认')).toContain('由卫健委办理，这次没有改');
    expect((await rows('taught_answers')).filter((row) => row.region_id === 'jieyang')).toEqual([]);
    await writer('staff_roles')
      .where({ ...role, role: 'manager' })
      .del();
    await writer('staff_roles').insert(role);
  });

  it('entries that ask the same are answered together', async () => {
    await says('wx-clinician-1', '宿舍能不能对外出租');
    await says('wx-clinician-2', '宿舍可以对外出租吗');
    const number = await numberOf('wx-commission-1', '宿舍能不能');
    expect(await says('wx-commission-1', `回答 ${number} 巫溪 四（七）`)).toMatch(/同样用于：\d+\. 宿舍可以对外出租/);
    await says('wx-commission-1', '确认');
    expect(await says('wx-commission-1', '问题清单')).not.toContain('宿舍');
  });

  it('is closed with 不是条款, and then counted on without being listed', async () => {
    await says('wx-clinician-1', '充电桩装在哪');
    const number = await numberOf('wx-commission-1', '充电桩');
    expect(await says('wx-commission-1', `不是条款 ${number}`)).toContain('已关闭：充电桩装在哪');
    await says('wx-clinician-2', '充电桩装在哪');
    expect(await says('wx-commission-1', '问题清单')).not.toContain('充电桩');
    expect(await says('wx-commission-1', `问题清单 ${number}`)).toMatch(/没找到2次.*\n已由演示-.+关闭/);
  });

  it('a follow-up is counted with what it leans on', async () => {
    await says('hn-clinician-1', '职工食堂谁管');
    await says('hn-clinician-1', '那停车场呢');
    const list = await says('hn-commission-1', '问题清单');
    expect(list).toContain('职工食堂谁管，那停车场呢');
    const number = /^(\d+)\. 职工食堂谁管，那停车场呢/m.exec(list)?.[1];
    await says('hn-commission-1', `回答 ${number} 湖南 四（四）`);
    await says('hn-commission-1', '确认');
    expect(await says('hn-clinician-2', '那停车场呢')).not.toContain('由卫健委指定');
    await says('hn-clinician-2', '职工食堂谁管');
    expect(await says('hn-clinician-2', '那停车场呢')).toContain('由卫健委指定');
  });

  it('a long list is turned page by page', async () => {
    const words = ['空调', '电梯', '班车', '花园', '围墙', '路灯', '水管'];
    for (const word of words) await says('hn-clinician-2', `${word}坏了谁修理`);
    const first = await says('hn-commission-1', '问题清单');
    expect(first.match(/^\d+\. /gm)?.length).toBe(5);
    expect(first).toContain('更多');
    const second = await says('hn-commission-1', '更多');
    expect(words.every((word) => first.includes(word) || second.includes(word))).toBe(true);
    expect([...first].length).toBeLessThanOrEqual(600);
  });

  it('a clause that is gone in a new version is no longer given, and the list names it', async () => {
    const number = await numberOf('wx-commission-1', '停车费');
    await says('wx-commission-1', `回答 ${number} 巫溪 四（七）`);
    await says('wx-commission-1', '确认');
    expect(await says('wx-clinician-1', '停车费怎么收')).toContain('由卫健委指定');
    const { database } = bot.running;
    const old = await database.reader('documents').where({ doc: 'wuxi', active: true }).first();
    const clock = { now: () => new Date('2026-11-21T03:00:00Z') };
    await loadDocument(
      { ...database, clock },
      {
        doc: 'wuxi',
        regionId: 'wuxi',
        number: old.number,
        issuedOn: '2026-11-20',
        text: `${old.title}\n\n一、目标\n\n到2027年底，建成紧密型医共体。\n\n四、任务\n\n（一）药房。建立中心药房。\n\n（七）急救。建立急救站。`,
        bundled: false,
      },
    );
    expect(await says('wx-clinician-1', '停车费怎么收')).not.toContain('由卫健委指定');
    const list = await says('wx-commission-1', '问题清单');
    expect(list).toMatch(/停车费怎么收\n.+原指定的.+四（七）在新版本里没有了，已停用/);
    await says('wx-commission-1', `回答 ${number} 巫溪 四（一）`);
    await says('wx-commission-1', '确认');
    expect(await says('wx-clinician-1', '停车费怎么收')).toContain('由卫健委指定');
  });

  it('is in the help of the commission, and of nobody else', async () => {
    expect(await says('wx-commission-1', '帮助')).toContain('问题清单：问题清单、回答、词典');
    expect(await says('wx-clinician-1', '帮助')).not.toContain('问题清单');
  });
});
