/**
 * The whole bot on the WeCom app's stand-in: one scripted conversation in words, and with cards for pushes. Read
 * tests/golden/channels/wecom-app-*.txt as a clinician on a phone would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWecomSimulator, type WecomSimulator } from '../simulators/wecom.ts';
import type { ShownMessage } from '../simulators/wecom-api.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const PEOPLE: Readonly<Record<string, string>> = {
  'wx-clinician-1': '乡镇医生',
  'wx-coordinator-1': '转诊中心',
  'wx-pharmacist-1': '中心药房',
  'wx-manager-1': '院长',
  'visitor-9': '外部人员',
};
const START = '2026-11-21T10:00:00+08:00';
const EVERY = databaseKinds().flatMap((kind) => [
  { kind, cards: false },
  { kind, cards: true },
]);

describe.each(EVERY)('a conversation with the WeCom app, cards $cards, $kind', ({ kind, cards }) => {
  let wecom: WecomSimulator;
  let bot: TestBot;
  const written: string[] = [];
  const noted = new Set<ShownMessage>();
  let platformTime = Date.parse(START) - performance.now();

  beforeAll(async () => {
    wecom = await startWecomSimulator({ now: () => new Date(platformTime + performance.now()) });
    bot = await startTestBot({ kind, clock: START, env: { ...wecom.env, WECOM_APP_CARDS: cards ? 'on' : 'off' } });
    wecom.setBot(bot.url);
  });
  afterAll(async () => {
    await bot.stop();
    await wecom.close();
  });

  /** Waits until each of these people sees something new, and writes it down, person by person. */
  async function hears(...people: readonly string[]): Promise<void> {
    for (const person of people) {
      const isNew = (one: ShownMessage) => one.to === person && !noted.has(one);
      await until(() => wecom.shown.some(isNew), person);
      for (const one of wecom.shown.filter(isNew)) {
        written.push(`→ ${PEOPLE[person]}${one.card ? '（卡片）' : ''}：\n${one.text}`);
        noted.add(one);
      }
    }
  }

  async function says(person: string, text: string): Promise<void> {
    written.push(`【${PEOPLE[person]}】${text}`);
    // Another second: the same words in the same second would be the same message.
    platformTime += 1_000;
    await wecom.sendText(person, text);
    await hears(person);
  }

  /** Presses where there is a card, says the word where there is none. */
  async function chooses(person: string, label: string, words: string): Promise<void> {
    if (!cards) return says(person, words);
    written.push(`【${PEOPLE[person]}】按“${label}”`);
    platformTime += 1_000;
    await wecom.press(person, label);
    await hears(person);
  }

  it('answers questions, carries a referral and a shortage, brings the digest', async () => {
    const doctor = 'wx-clinician-1';
    await says(doctor, '帮助');
    await says(doctor, '基层医疗卫生机构诊疗人次占比2027年目标值是多少？');
    await says(doctor, '原文');
    await says(doctor, '村医退休以后有补贴吗');
    await says('visitor-9', '上转 张铁蛋');

    await says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await says(doctor, '确认');
    await hears('wx-coordinator-1');
    await chooses('wx-coordinator-1', '接收', '接收 ZZ20261121005');
    await hears(doctor);
    await says(doctor, '我的转诊');

    await says(doctor, '缺药 氯吡格雷片 75mg 30盒 患者用药');
    await says(doctor, '确认');
    await hears('wx-pharmacist-1');
    await says('wx-pharmacist-1', '有货 QY20261121004');
    await hears(doctor);

    written.push('（11月23日 08:00）');
    platformTime = Date.parse('2026-11-23T08:00:00+08:00') - performance.now();
    await bot.moveClock('2026-11-23T08:00:00+08:00');
    await hears('wx-manager-1');
    await expect(`${written.join('\n\n')}\n`).toMatchFileSnapshot(
      `../golden/channels/wecom-app-${cards ? 'cards' : 'words'}.txt`,
    );
  }, 90_000);
});

async function until(done: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`${what} saw nothing new`);
    await sleep(5);
  }
}
