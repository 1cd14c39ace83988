/** A document on its way into the bot as commission staff live it in chat, and its versions as everybody reads them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../knowledge/readers/scan.ts';
import { until } from '../../jobs/support.ts';
import { makeDocx } from '../../knowledge/readers/make-documents.ts';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const ROOT = join(import.meta.dirname, '../../..');
const YUNLING = readFileSync(join(ROOT, 'tests/fixtures/documents/yunling.txt'), 'utf8');
const CHARTER =
  '红池坝镇卫生院签约服务公约\n\n第一条 为做好签约服务，制定本公约。\n\n第二条 每月第一个星期三为随访日。\n\n第三条 随访记录由村医保管。';

describe.each(databaseKinds())('a file sent in chat on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  const send = async (staff: string, name: string, content: string | Buffer, more = {}): Promise<string> => {
    const replies = await bot.says(staff, '', {
      attachments: [{ name, base64: Buffer.from(content).toString('base64') }],
      ...more,
    });
    return replies.map((reply) => reply.text).join('\n');
  };
  const count = async (table: string): Promise<number> =>
    Number((await bot.running.database.reader(table).count({ n: '*' }).first())?.n);
  /** What the job tells the person, once it has run. */
  const told = async (staff: string, since: number): Promise<string> => {
    let words = '';
    await until(async () => {
      words = (await bot.inboxOf(staff, since)).map((one) => one.text).join('\n');
      return /已入库|没有变化/.test(words);
    }, 'the word that it is stored');
    return words;
  };

  it('is shown, asked about, confirmed, stored, and answers questions', async () => {
    const shown = await send('wx-commission-1', '云岭办法.txt', YUNLING);
    expect(shown).toContain('《云岭县紧密型县域医共体管理办法（试行）》');
    expect(shown).toContain('它属于云岭县吗');
    expect(await bot.text('wx-commission-1', '确认')).toContain('没有“云岭县”这个地区，将新建');
    expect(await bot.text('wx-commission-1', '确认')).toContain('回复“确认 云岭县”');
    expect(await bot.text('wx-commission-1', '确认 云峰县')).toContain('回复“确认 云岭县”');
    expect(await count('waiting_documents')).toBe(1);
    const before = await bot.lastN();
    expect(await bot.text('wx-commission-1', '确认 云岭县')).toContain('正在入库');
    const words = await told('wx-commission-1', before);
    expect(words).toContain(
      '已入库：《云岭县紧密型县域医共体管理办法（试行）》（云岭，云政办〔2025〕18号），30条，1张表',
    );
    expect(await bot.text('unbound-1', '云岭缺药几天送到')).toContain('3个工作日');
    expect(await count('waiting_documents')).toBe(0);
    expect(await bot.text('wx-commission-1', '确认')).toContain('没有等您确认的内容');
  });

  it('as a new version of the same number: the old one stays citable, and what changed is said', async () => {
    const changed = YUNLING.replace('在2小时内答复', '在1小时内答复').replace(
      '第三章',
      '第二十条　医共体每季度公开转诊数据。\n\n第三章',
    );
    const shown = await send('wx-commission-1', '云岭办法新.txt', changed);
    expect(shown).toContain('成为新版本');
    const before = await bot.lastN();
    await bot.says('wx-commission-1', '确认');
    expect(await told('wx-commission-1', before)).toContain('这是版本2，旧版仍可引用');
    expect(await bot.text('unbound-1', '版本 云岭')).toMatch(/版本2（现行）：.*\n.*版本1：/);
    const compared = await bot.text('hz-clinician-1', '对比 版本 云政办〔2025〕18号');
    expect(compared).toContain('版本1 → 版本2\n新增1条，修改1条，删去0条');
    expect(compared).toMatch(/增 第二章第二十条 医共体每季度公开转诊数据/);
    expect(compared).toMatch(/改 第二章第四条：“….*在2小时内答复.*”→“….*在1小时内答复/);
    expect(await bot.text('hz-clinician-1', '条款 云岭 第四条')).toContain('1小时');
    const old = await bot.text('hz-clinician-1', '条款 云岭 第四条 版本1');
    expect(old).toContain('这是旧版（版本1），现行的是版本2');
    expect(old).toContain('2小时');
    expect(old).toContain('云政办〔2025〕18号 第二章第四条（版本1）');
    expect(await bot.text('hz-clinician-1', '条款 云岭 第四条 版本7')).toContain('没有版本7');
  });

  it('asks for number and region one after the other, takes corrections, and says when nothing changed', async () => {
    expect(await send('wx-commission-1', '公约.docx', await docxOf(CHARTER))).toContain('请回复地区');
    expect(await bot.text('wx-commission-1', '火星')).toContain('“火星”不像地区的名称');
    expect(await bot.text('wx-commission-1', '地区 小区')).toContain('“小区”不像地区的名称');
    expect(await bot.text('wx-commission-1', '巫溪')).toContain('没有读到文号');
    expect(await bot.text('wx-commission-1', '六统一')).not.toContain('不像地区');
    expect(await bot.text('wx-commission-1', '缺药几天送到')).not.toContain('公约');
    const asked = await bot.text('wx-commission-1', '无');
    expect(asked).toContain('回复“确认”入库');
    expect(asked).toContain('日期没有读到');
    expect(await bot.text('wx-commission-1', '日期 2026-02-30')).not.toContain('2026-02-30');
    expect(await bot.text('wx-commission-1', '2026年3月1日')).toContain('2026-03-01');
    let before = await bot.lastN();
    await bot.says('wx-commission-1', '确认');
    expect(await told('wx-commission-1', before)).toContain('已入库：《红池坝镇卫生院签约服务公约》（巫溪）');
    await send('wx-commission-1', '公约.txt', CHARTER);
    await bot.says('wx-commission-1', '巫溪');
    await bot.says('wx-commission-1', '无');
    before = await bot.lastN();
    await bot.says('wx-commission-1', '确认');
    expect(await told('wx-commission-1', before)).toContain('没有变化');
  });

  it('holding several documents stores them all', async () => {
    const plan = (name: string, n: number) =>
      `${name}区人民政府办公室\n关于印发《${name}区医共体方案》的通知\n徽${name}办发〔2026〕${n}号\n\n一、目标\n\n到2027年底，${name}区建成医共体。\n\n二、措施\n\n${name}区医院牵头。\n\n`;
    const shown = await send('hz-commission-1', '汇编.txt', `${plan('东山', 1)}\n\n${plan('西山', 2)}`);
    expect(shown).toContain('属于东山区吗');
    expect(await bot.text('hz-commission-1', '徽州')).toContain('《西山区医共体方案》');
    const before = await bot.lastN();
    await bot.says('hz-commission-1', '确认');
    const words = await told('hz-commission-1', before);
    expect(words).toContain('东山办发〔2026〕1号');
    expect(words).toContain('西山办发〔2026〕2号');
  });

  it('with many changes is compared ten lines at a time', async () => {
    const list = (words: string): string =>
      `云岭县人民政府办公室\n关于印发《云岭县任务清单》的通知\n云政办〔2026〕7号\n\n${Array.from({ length: 24 }, (_, n) => `${n + 1}．第${n + 1}项任务由${words}负责落实，每月调度一次。`).join('\n\n')}`;
    for (const words of ['县卫生健康局', '县医疗保障局']) {
      await send('wx-commission-1', '清单.txt', list(words));
      const before = await bot.lastN();
      await bot.says('wx-commission-1', '确认');
      await told('wx-commission-1', before);
    }
    const first = await bot.text('wx-commission-1', '对比 版本 云政办〔2026〕7号');
    expect(first).toContain('修改24条');
    expect(first.match(/^改 /gm)).toHaveLength(10);
    expect([...first].length).toBeLessThanOrEqual(700);
    const second = await bot.text('wx-commission-1', '更多');
    expect(second.match(/^改 /gm)).toHaveLength(10);
    expect((await bot.text('wx-commission-1', '更多')).match(/^改 /gm)).toHaveLength(4);
    expect(await bot.text('wx-commission-1', '对比 版本 云政办〔2026〕7号 1 2')).toContain('版本1 → 版本2');
    expect(await bot.text('wx-commission-1', '对比 版本 云政办〔2026〕7号 1 9')).toContain('没有这两个版本');
  });

  it('comes with a word or two, and is refused for a region whose own commission answers for it', async () => {
    const attachments = [{ name: 'a.txt', base64: Buffer.from(YUNLING).toString('base64') }];
    for (const words of ['入库', '请帮我看看这份']) {
      expect(await bot.text('md-commission-1', words, { attachments })).toContain('云岭县紧密型县域医共体管理办法');
      await bot.says('md-commission-1', '取消');
    }
    const foreign = YUNLING.replaceAll('云岭县', '徽州区').replace(/云政办〔2025〕18号/, '徽办发〔2026〕2号');
    expect(await send('md-commission-1', '徽州.txt', foreign)).toContain('由徽州的卫健委入库，这里没有存');
    expect(await bot.text('md-commission-1', '确认')).toContain('没有等您确认的内容');
  });

  it('is dropped at 取消, and replaced by the next file', async () => {
    await send('md-commission-1', 'a.txt', YUNLING);
    await send('md-commission-1', 'b.txt', YUNLING.replaceAll('云岭', '青林'));
    expect(await count('waiting_documents')).toBe(1);
    expect(await bot.text('md-commission-1', '取消')).toContain('没有入库');
    expect([await count('waiting_documents'), await count('drafts')]).toEqual([0, 0]);
    expect(await bot.text('md-commission-1', '版本')).not.toContain('青林');
  });

  it('is refused with a reason when it cannot be read or is no document', async () => {
    const png = encodePng({ data: new Uint8ClampedArray(300).fill(9), width: 10, height: 10, channels: 3 });
    expect(await send('hz-commission-1', '方案.docx', png)).toContain('后缀是 .docx，内容却是图片');
    expect(await send('hz-commission-1', '照片.png', png)).toContain('npm install @gutenye/ocr-node');
    expect(await send('hz-commission-1', 'a.txt', '今天天气很好。')).toContain('看起来不是公文');
    const novel = '第一章 风雪夜\n他推开门，屋里的灯还亮着。“你回来了？”她问。\n'.repeat(50);
    expect(await send('hz-commission-1', '小说.txt', novel)).toContain('不是公文');
    expect(await send('hz-commission-1', 'a.txt', `${YUNLING}\n一、张某 110101199003078515`)).toContain('身份证号码');
    expect(await send('hz-commission-1', 'a.pdf', Buffer.alloc(21 * 1024 * 1024, 1))).toContain('超过20MB');
    expect(await count('waiting_documents')).toBe(0);
  });

  it('is answered politely elsewhere: other people, groups', async () => {
    expect(await send('wx-clinician-1', 'a.txt', YUNLING)).toContain('由卫健委人员办理');
    expect(await send('unbound-1', 'a.txt', YUNLING)).toContain('由卫健委人员办理');
    const conversations = (await (await fetch(`${bot.url}/playground/conversations`)).json()) as {
      id: string;
      kind: string;
      members: string[];
    }[];
    const group = conversations.find((one) => one.kind === 'group' && one.members.includes('wx-commission-1'));
    if (group)
      expect(await send('wx-commission-1', 'a.txt', YUNLING, { group: group.id })).toContain('请在私聊中发给我');
    expect(await count('waiting_documents')).toBe(0);
  });

  it('lies sealed while it waits, and is forgotten after a day', async () => {
    await send('jy-commission-1', 'a.txt', YUNLING.replaceAll('云岭', '秘山'));
    const row: { text_sealed: string } | undefined = await bot.running.database
      .reader('waiting_documents')
      .first('text_sealed');
    expect(row?.text_sealed).toBeTruthy();
    expect(row?.text_sealed).not.toContain('秘山');
    await bot.moveClock('2026-11-23T10:00:00+08:00');
    expect(await count('waiting_documents')).toBe(0);
    expect(await bot.text('jy-commission-1', '确认')).toContain('没有等您确认的内容');
  });
});

async function docxOf(text: string): Promise<Buffer> {
  return makeDocx(text.split('\n\n').map((part) => ({ kind: 'paragraph' as const, text: part, title: false })));
}
