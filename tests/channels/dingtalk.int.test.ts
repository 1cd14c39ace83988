/**
 * The whole bot on DingTalk's stand-in: one scripted conversation by HTTP callback with words to say, and over the stream with
 * interactive cards. Read tests/golden/channels/dingtalk-*.txt as a clinician on a phone would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DingtalkSimulator,
  type SayOptions,
  SIMULATED_DING,
  startDingtalkSimulator,
} from '../simulators/dingtalk.ts';
import type { Shown } from '../simulators/dingtalk-api.ts';
import { startTestBot, type TestBot } from '../support/bot.ts';
import { databaseKinds } from '../support/databases.ts';

const GROUP = 'cidWuxiReferrals==';
const PEOPLE: Readonly<Record<string, string>> = {
  'wx-clinician-1': '乡镇医生',
  'wx-coordinator-1': '转诊中心',
  'wx-pharmacist-1': '中心药房',
  'wx-manager-1': '院长',
  'visitor-9': '外部人员',
  [GROUP]: '群',
};
const START = '2026-11-21T10:00:00+08:00';
const MODES = [
  { mode: 'http', cards: false },
  { mode: 'stream', cards: true },
] as const;
const EVERY = databaseKinds().flatMap((kind) => MODES.map((one) => ({ kind, ...one })));

describe.each(EVERY)('a conversation on DingTalk over $mode, $kind', ({ kind, mode, cards }) => {
  let ding: DingtalkSimulator;
  let bot: TestBot;
  const written: string[] = [];
  const noted = new Set<Shown>();
  let platformTime = Date.parse(START) - performance.now();

  beforeAll(async () => {
    ding = await startDingtalkSimulator({ mode, now: () => new Date(platformTime + performance.now()) });
    const template = cards ? { DINGTALK_CARD_TEMPLATE_ID: SIMULATED_DING.cardTemplate } : {};
    bot = await startTestBot({ kind, clock: START, env: { ...ding.env, ...template } });
    ding.setBot(bot.url);
    if (mode === 'stream') await ding.stream.waitForConnections(1);
  });
  afterAll(async () => {
    await bot.stop();
    await ding.close();
  });

  /** Waits until each of these places shows something new, and writes it down, place by place. */
  async function hears(...places: readonly string[]): Promise<void> {
    for (const place of places) {
      const isNew = (one: Shown) => placeOf(one) === place && !noted.has(one);
      await until(() => ding.shown.some(isNew), place);
      for (const one of ding.shown.filter(isNew)) {
        written.push(drawn(one));
        noted.add(one);
      }
    }
  }

  function drawn(one: Shown): string {
    const changed = one.card !== undefined && [...noted].some((other) => other.card === one.card);
    const notified = one.notified.length > 0 ? `（提醒 ${one.notified.map((id) => PEOPLE[id]).join('、')}）` : '';
    return `→ ${PEOPLE[placeOf(one)]}${changed ? '（原卡片改为）' : ''}${notified}：\n${one.text}`;
  }

  async function says(person: string, text: string, options?: SayOptions): Promise<void> {
    written.push(`【${PEOPLE[person]}】${options?.group ? '（群里 @机器人）' : ''}${text}`);
    expect((await ding.say(person, text, options))?.status).toBe(200);
    await hears(options?.group ?? person);
  }

  /** Presses where there are cards, says the word where there are none. */
  async function chooses(person: string, label: string, words = label): Promise<void> {
    if (!cards) return says(person, words);
    written.push(`【${PEOPLE[person]}】按“${label}”`);
    expect((await ding.press(person, ding.lastCard(person), label)).status).toBe(200);
    await hears(person);
  }

  it('answers questions, carries a referral and a shortage, brings the digest', async () => {
    const doctor = 'wx-clinician-1';
    await says(doctor, '帮助');
    await says(doctor, '基层医疗卫生机构诊疗人次占比2027年目标值是多少？');
    await chooses(doctor, '原文');
    await says('visitor-9', '上转 张铁蛋', { external: true });
    await says('wx-manager-1', '绑定本群 转诊', { group: GROUP });
    await says(doctor, '家庭医生签约服务费怎么分配？', { group: GROUP });
    expect(await ding.say(doctor, '没有提到机器人', { group: GROUP, withoutMention: true })).toBeUndefined();

    await says(doctor, '上转 张铁蛋 男 67岁 阑尾炎 县医院 外科 13800138000');
    await chooses(doctor, '确认');
    await hears('wx-coordinator-1', GROUP);
    await chooses('wx-coordinator-1', '接收', '接收 ZZ20261121005');
    await hears(doctor, GROUP);
    await says(doctor, '我的转诊');

    await says(doctor, '缺药 氯吡格雷片 75mg 30盒 患者用药');
    await chooses(doctor, '确认');
    await hears('wx-pharmacist-1');
    await says('wx-pharmacist-1', '有货 QY20261121004');
    await hears(doctor);

    written.push('（11月23日 08:00）');
    platformTime = Date.parse('2026-11-23T08:00:00+08:00') - performance.now();
    await bot.moveClock('2026-11-23T08:00:00+08:00');
    await hears('wx-manager-1');

    for (const one of ding.shown.filter((shown) => placeOf(shown) === GROUP)) {
      for (const secret of ['张铁蛋', '阑尾炎', '13800138000'])
        expect(one.text + (one.title ?? '')).not.toContain(secret);
    }
    await expect(`${written.join('\n\n')}\n`).toMatchFileSnapshot(`../golden/channels/dingtalk-${mode}.txt`);
  }, 90_000);
});

function placeOf(one: Shown): string {
  return 'user' in one.place ? one.place.user : one.place.group;
}

async function until(done: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`${what} heard nothing new`);
    await sleep(5);
  }
}
