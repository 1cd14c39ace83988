/** 词典: words of a region, added by its commission and used by everybody there at once. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe.each(databaseKinds())('the dictionary on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());
  const says = (staff: string, text: string) => bot.text(staff, text);
  const kept = () => bot.running.database.reader('local_sayings').select('region_id', 'say', 'mean');

  it('is empty at first and says how to begin', async () => {
    expect(await says('hz-commission-1', '词典')).toContain('词典 两病 = 高血压、糖尿病');
  });

  it('adds a word that is used at once, in its own region only', async () => {
    expect(await says('hz-clinician-1', '小金库怎么分')).not.toContain('6:3:1');
    expect(await says('hz-commission-1', '词典 小金库 = 结余留用')).toContain('徽州有人说“小金库”，就按“结余留用”去找');
    expect(await says('hz-clinician-1', '小金库怎么分')).toContain('6:3:1');
    expect(await says('hz-clinician-1', '小金库怎么分')).not.toContain('由卫健委指定');
    expect(await says('md-clinician-1', '小金库怎么分')).not.toContain('6:3:1');
    expect(await kept()).toEqual([{ region_id: 'huizhou', say: '小金库', mean: '["结余留用"]' }]);
  });

  it('replaces a word, lists, and deletes by number or by word', async () => {
    expect(await says('hz-commission-1', '词典 小金库＝结余、结余留用，瞎写的词')).toMatch(
      /原来的已替换.*没有“瞎写的词”/,
    );
    await says('hz-commission-1', '词典 医护上家 就是 巡诊');
    expect(await says('hz-commission-1', '词典')).toMatch(
      /徽州的词典（2个）：\n1\. 医护上家 = 巡诊\n2\. 小金库 = 结余、结余留用|1\. 小金库 = 结余、结余留用\n2\. 医护上家 = 巡诊/,
    );
    expect(await says('hz-commission-1', '词典 删除 小金库')).toContain('已删除：小金库 = 结余、结余留用');
    expect(await says('hz-commission-1', '词典 删除 1')).toContain('已删除：医护上家');
    expect(await says('hz-commission-1', '词典 删除 1')).toContain('词典里没有第1个');
    expect(await says('hz-commission-1', '词典 删除')).toContain('请写编号或词');
    expect(await kept()).toEqual([]);
  });

  it.each([
    ['词典 小金库 = 天外飞仙', '加了也查不到'],
    ['词典 什么 = 结余留用', '太常见'],
    ['词典 医院 = 结余留用', '太常见'],
    ['词典 = 结余留用', '没有看懂|左边写'],
    ['词典 小金库 =', '请写明它指'],
    ['词典 小金库 = 小金库', '请写明它指'],
    ['词典 库 = 结余留用', '2到12个字'],
    [`词典 ${'小'.repeat(13)} = 结余留用`, '2到12个字'],
    ['词典 小金库 = 13800138000', '个人信息'],
    ['词典 张三 男 65岁 = 结余留用', '个人信息|2到12'],
    ['词典 a\'b" = 结余留用', '2到12个字'],
    ['词典 小金库 = 一次、二次、三次、四次、五次、六次、七次、八次、九次', '最多8个词'],
  ])('refuses %s', async (text, words) => {
    expect(await says('hz-commission-1', text)).toMatch(new RegExp(words));
    expect(await kept()).toEqual([]);
  });

  it('what was taught in chat holds in the shell too, and what is asked there is not counted', async () => {
    if (kind === 'pg') return; // the shell opens either database by the same function; once is enough
    await says('hz-clinician-1', '职工食堂谁管');
    const number = /^(\d+)\. 职工食堂/m.exec(await says('hz-commission-1', '问题清单'))?.[1];
    await says('hz-commission-1', `回答 ${number} 徽州 二（二）2（5）`);
    await says('hz-commission-1', '确认');
    const before = await bot.running.database.reader('asked_questions').select('*');
    const ask = (text: string): string =>
      execFileSync(process.execPath, ['bot/cli/ask.ts', '--region', '徽州', text], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, DATA_DIR: bot.dataDir },
        encoding: 'utf8',
      });
    expect(ask('职工食堂归谁管')).toContain('由卫健委指定');
    expect(ask('停车费怎么收')).toContain('没有写这一点');
    expect(await bot.running.database.reader('asked_questions').select('*')).toEqual(before);
  });
});
