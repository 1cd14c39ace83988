import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EMERGENCY_NOTICE, emergencyNotice } from '../../../handlers/safety/emergency.ts';
import { mentionsPatient } from '../../../handlers/safety/privacy.ts';
import { narcoticRefusal, notifiableDisease } from '../../../handlers/safety/refusals.ts';

it.each([
  '上转 男 67岁 胸痛2小时 疑似心梗 转县医院 胸痛中心 急',
  '我这里有个高血压200/120的头痛得很咋办',
  '上转 孕38周 胎动减少 到县妇幼 绿通',
  '病人昏迷了怎么办',
  '大出血',
  '有人喝农药了',
  '孩子抽搐叫不醒',
  '既往高血压，现在呼吸困难',
  '突发言语不清 口角歪斜',
  '送来一个车祸的',
  '胸痛，求助',
  '娃娃高烧抽筋',
  '孕妇见红',
  '小孩吞了硬币卡住了',
  '不醒人事',
  '人事不省',
  '摔断腿流血不止',
  '被蛇咬了',
  '过敏喉头水肿',
  '老王家媳妇难产',
  '孕妇大出血',
  '羊水流出来了',
  '鱼刺卡喉咙了',
  '老人吃汤圆噎到了',
  '喊不应了',
  '病人没有意识',
  '没有呼吸',
  '工地上从架子上摔下来',
  '娃娃喝了洁厕灵',
  '马蜂蜇了满脸',
  '腿断了',
  '娃不呼吸了',
  '被蛇咬了 要蛇咬伤血清',
  '怀孕36周 下身流血',
])('says 120 first to: %s', (text) => {
  expect(emergencyNotice(text)).toBe(EMERGENCY_NOTICE);
});

it.each([
  '急诊急救“五大中心”是哪五个？',
  '急诊急救五大中心是哪五个',
  '胸痛中心建在哪',
  '胸痛、卒中、创伤、危重孕产妇救治中心由谁建',
  '胸痛中心',
  '卒中中心建设的时间要求',
  '孕产妇死亡率目标是多少',
  '下转 12床 脑梗恢复期 回红池坝卫生院 康复 阿司匹林+阿托伐他汀 两周后复查',
  '反馈 ZZ20261118001 诊断急性心梗 已PCI 建议下转随访 阿司匹林氯吡格雷',
  '上转 男 45 阑尾炎 县人民 外科',
  '既往无昏迷',
  '没有呼吸困难，就是咳嗽',
  '孕38周 没见红 例行产检',
  '系统卡住了',
  '拍了没反应',
  '缺蛇咬伤血清',
  '点了确认没反应',
  '没有意识到要填报',
  '小腿抽筋缺钙吗',
  '孩子抽血在哪',
  '羊水穿刺能报销吗',
  '昏迷病人的医保怎么报销',
  '血压130/80',
  '湖南的文件 2024/120 号',
  '30分钟急救圈是什么',
  '缺药 硝酸甘油',
  '',
])('says nothing of 120 to: %s', (text) => {
  expect(emergencyNotice(text)).toBeUndefined();
});

it('never mistakes a question to the plans for an emergency, a patient, an order or a report', () => {
  const lines = ['dev', 'own'].flatMap((name) =>
    readFileSync(join(import.meta.dirname, `../../qa/${name}.jsonl`), 'utf8')
      .trim()
      .split('\n'),
  );
  const questions = lines.map((line) => (JSON.parse(line) as { q: string }).q);
  expect(questions.length).toBeGreaterThan(500);
  const wrong = questions.filter(
    (q) => emergencyNotice(q) ?? narcoticRefusal(q) ?? notifiableDisease(q) ?? (mentionsPatient(q) || undefined),
  );
  expect(wrong).toEqual([]);
});
