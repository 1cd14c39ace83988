/**
 * The whole bot on Telegram's stand-in: a scripted conversation as its people see it, with the case work done elsewhere, because
 * this channel lies abroad. Read tests/golden/channels/telegram.txt as a clinician on a phone would.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTelegramSimulator, type TelegramSimulator, type UpdateOptions } from '../simulators/telegram.ts';
import type { ShownMessage } from '../simulators/telegram-api.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const GOLDEN = '../golden/channels/telegram.txt';
const GROUP = '-4200';
const PEOPLE: Readonly<Record<string, string>> = {
  'wx-clinician-1': '乡镇医生',
  'wx-coordinator-1': '转诊中心',
  'wx-pharmacist-1': '中心药房',
  'wx-manager-1': '院长',
  [GROUP]: '群',
};

describe.each(databaseKinds())('a conversation on Telegram, %s', (kind) => {
  let telegram: TelegramSimulator;
  let bot: TestBot;
  const written: string[] = [];
  /** What was written down of each message: its edits. */
  const noted = new Map<number, number>();

  beforeAll(async () => {
    telegram = await startTelegramSimulator();
    bot = await startTestBot({ kind, env: telegram.env });
    telegram.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await telegram.close();
  });

  /** Waits for what is new in these chats and writes it down, chat by chat. */
  async function hears(...chats: readonly string[]): Promise<void> {
    for (const chat of chats) {
      const isNew = (one: ShownMessage) => noted.get(one.id) !== one.edits;
      const seen = await telegram.waitFor(chat, (all) => all.some(isNew));
      for (const one of seen.filter(isNew)) {
        written.push(drawn(one, noted.has(one.id)));
        noted.set(one.id, one.edits);
      }
    }
  }

  async function says(person: string, text: string, options?: UpdateOptions): Promise<void> {
    written.push(`【${PEOPLE[person]}】${options?.group ? '（群里）' : ''}${text}`);
    expect((await telegram.say(person, text, options)).status).toBe(200);
    await hears(options?.group ?? person);
  }

  async function presses(person: string, label: string): Promise<void> {
    written.push(`【${PEOPLE[person]}】按“${label}”`);
    expect((await telegram.press(person, label)).status).toBe(200);
    await hears(person);
  }

  it('answers questions, refuses patients, tells of cases by number and state, brings the digest', async () => {
    const doctor = 'wx-clinician-1';
    await says(doctor, '/start');
    await says(doctor, '/help');
    await says(doctor, '/问 基层医疗卫生机构诊疗人次占比2027年目标值是多少？');
    await presses(doctor, '原文');
    await says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科');
    await says(doctor, '上转');
    await says(doctor, '李桂香能转到县医院吗');
    await says(doctor, '缺药 阿莫西林胶囊 20盒');
    await says(doctor, '确认');

    await says('wx-manager-1', '@yigongti_bot 绑定本群 转诊', { group: GROUP });

    // Done where patients may be spoken of; here the page stands for it.
    written.push('（在另一个平台：乡镇医生上转一位病人并确认）');
    await bot.says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await says(doctor, '确认');
    await bot.says(doctor, '确认');
    await hears('wx-coordinator-1', GROUP);
    await presses('wx-coordinator-1', '进度');
    await presses('wx-coordinator-1', '接收');
    await hears(doctor, GROUP);
    await says(doctor, '转诊单详情 ZZ20261121005');
    await says(doctor, '我的转诊');

    written.push('（在另一个平台：乡镇医生登记缺药并确认）');
    await bot.says(doctor, '缺药 氯吡格雷片 75mg 30盒 患者用药');
    await bot.says(doctor, '确认');
    await hears('wx-pharmacist-1');
    await says('wx-pharmacist-1', '有货 QY20261121004');
    await hears(doctor);
    await says('wx-pharmacist-1', '缺药清单');

    written.push('（11月23日 08:00）');
    await bot.moveClock('2026-11-23T08:00:00+08:00');
    await hears('wx-manager-1');

    const everything = written.join('\n\n');
    for (const secret of ['张铁蛋', '阑尾炎', '13800138000', '氯吡格雷']) {
      for (const one of telegram.api.shown) expect(one.text).not.toContain(secret);
    }
    await expect(`${everything}\n`).toMatchFileSnapshot(GOLDEN);
  }, 90_000);
});

/** A message as a phone shows it: quotes with a bar, buttons below. */
function drawn(one: ShownMessage, changed: boolean): string {
  const quotes = one.entities.filter(({ type }) => type === 'blockquote');
  let text = one.text;
  for (const { offset, length } of [...quotes].sort((a, b) => b.offset - a.offset)) {
    const quoted = text.slice(offset, offset + length).replaceAll(/^/gm, '▏');
    text = text.slice(0, offset) + quoted + text.slice(offset + length);
  }
  const buttons = one.buttons.map((row) => `  ${row.map((button) => `[${button.text}]`).join(' ')}`);
  return [`→ ${PEOPLE[one.chat] ?? one.chat}${changed ? '（原消息改为）' : ''}：`, text, ...buttons].join('\n');
}
