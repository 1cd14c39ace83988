/** The commands of referrals（转诊指令）: what people type, who may, what it does. */
import type { Command, HandlerContext } from '../feature.ts';
import { findPatientData, foldWidth, isClinical, mentionsPatient } from '../safety/privacy.ts';
import { chooseTarget, pressForm, startReferral } from './drafting.ts';
import { showDetail, showMine, showProgress } from './looking.ts';
import { runMove } from './moves.ts';
import { REJECT_DOWN, REJECT_UP } from './reasons.ts';
import { DEIDENTIFIED, DETAIL_ELSEWHERE } from './replies.ts';

const SENDERS = ['village-doctor', 'clinician', 'coordinator'] as const;
const RECEIVERS = ['village-doctor', 'clinician', 'coordinator', 'manager'] as const;

/** Nouns behind 上转 that make it a subject, not an order: 上转率, 下转标准. */
const SUBJECT =
  /^(率|比|比例|人次|人数|数量|流程|标准|目录|条件|规定|要求|政策|病种|制度|机制|绿色通道(?:是|怎|要|有)|的(?!病人|患者)|和|与|或|、|是|有|应|需|时|后|前|下转|单(?:是|要|需))/;
const QUESTION =
  /[?？]$|吗$|什么|哪些|哪几|怎么|如何|为什么|多少|几个|几次|是谁|由谁|谁负责|规定|政策|文件|条款|指标|目标|标准|流程|条件|报销|医保|能不能|可不可以|是不是|有没有(?!空?床|空?号|空?位)/;
const NUMBER = /(?:ZZ|EM)\d{11,}/i;

/** Whether words after 上转 or 下转 are about a patient, and not a question about referrals. */
export function looksLikeCase(argument: string): boolean {
  const words = foldWidth(argument).trim();
  if (words === '' || NUMBER.test(words)) return true;
  if (findPatientData(words).kinds.length > 0 || mentionsPatient(words)) return true;
  return !SUBJECT.test(words) && !QUESTION.test(words);
}

/** Words about a case spoken of just before (拒了，资料不全), where there is one; a question is none. */
function speaksOfLastCase(argument: string, ctx: HandlerContext): boolean {
  return ctx.memory.number !== undefined && NUMBER.test(ctx.memory.number) && !QUESTION.test(argument);
}

/** Whether words after 接收, 拒绝, 撤销, 进度, 详情 name a case. */
function looksLikeCaseNumber(argument: string): boolean {
  return argument === '' || NUMBER.test(argument) || /^(那|这|刚才|上一|第?\d{1,4} ?号)/.test(argument);
}

/** 拒了，资料不全: a reason without a number is an order, too; the number is asked for. */
function isGivenReason(argument: string): boolean {
  return (
    [...REJECT_UP, ...REJECT_DOWN].some((reason) => !reason.needsComment && reason.words?.test(argument)) &&
    !QUESTION.test(argument)
  );
}

/** Everything that can be typed or pressed here; the help is made from it. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'referral.up',
    deidentifiedReply: DEIDENTIFIED,
    name: '上转',
    aliases: ['往上转', '转上去', '上专', 'sz'],
    summary: '转病人去上级医院，一句话说完即可',
    example: '上转 男 45岁 阑尾炎 县医院 外科',
    allowed: SENDERS,
    accepts: looksLikeCase,
    run: (ctx, argument) => startReferral(ctx, argument, 'U'),
  },
  {
    id: 'referral.down',
    deidentifiedReply: DEIDENTIFIED,
    name: '下转',
    aliases: ['往下转', '转下去', '转回', '下专', '下庄', 'xz'],
    summary: '转病人回基层，带上康复或治疗计划',
    example: '下转 男 67岁 脑梗恢复期 红池坝卫生院 康复训练 两周后复查',
    allowed: SENDERS,
    accepts: looksLikeCase,
    run: (ctx, argument) => startReferral(ctx, argument, 'D'),
  },
  {
    id: 'referral.start',
    deidentifiedReply: DEIDENTIFIED,
    name: '转诊',
    aliases: ['转诊单', '转病人', '转个病人'],
    allowed: SENDERS,
    accepts: (argument) =>
      argument === '' ||
      (looksLikeCase(argument) && (isClinical(argument) || findPatientData(argument).kinds.length > 0)),
    run: (ctx, argument) => startReferral(ctx, argument, undefined),
  },
  // The card's buttons; in words 确认 and 取消 reach the draft touched last, whichever feature it belongs to.
  {
    id: 'referral.confirm',
    deidentifiedReply: DEIDENTIFIED,
    name: '确认转诊',
    aliases: [],
    allowed: SENDERS,
    run: (ctx) => pressForm(ctx, '确认'),
  },
  {
    id: 'referral.cancel',
    deidentifiedReply: DEIDENTIFIED,
    name: '取消转诊',
    aliases: [],
    allowed: SENDERS,
    run: (ctx) => pressForm(ctx, '取消'),
  },
  {
    id: 'referral.target',
    deidentifiedReply: DEIDENTIFIED,
    name: '转入',
    aliases: ['转入机构'],
    allowed: SENDERS,
    run: (ctx, argument) => chooseTarget(ctx, argument),
  },
  {
    id: 'referral.accept',
    name: '接收',
    aliases: ['接了', '收了', '已知悉', '同意接收'],
    summary: '接收转来的病人',
    example: '接收 ZZ20261121001',
    allowed: RECEIVERS,
    accepts: (argument, ctx) => looksLikeCaseNumber(argument) || speaksOfLastCase(argument, ctx),
    run: (ctx, argument) => runMove(ctx, 'accept', argument),
  },
  {
    id: 'referral.reject',
    name: '拒绝',
    aliases: ['拒了', '拒收', '不接收'],
    summary: '不能接收时说明原因',
    example: '拒绝 ZZ20261121001 资料不充分',
    allowed: RECEIVERS,
    accepts: (argument, ctx) =>
      looksLikeCaseNumber(argument) || speaksOfLastCase(argument, ctx) || isGivenReason(argument),
    run: (ctx, argument) => runMove(ctx, 'reject', argument),
  },
  {
    id: 'referral.withdraw',
    name: '撤销',
    aliases: ['撤单', '撤回'],
    summary: '撤销自己发起、病人还没到的单子',
    example: '撤销 ZZ20261121001 信息有误',
    allowed: SENDERS,
    accepts: (argument, ctx) => looksLikeCaseNumber(argument) || speaksOfLastCase(argument, ctx),
    run: (ctx, argument) => runMove(ctx, 'withdraw', argument),
  },
  {
    id: 'referral.mine',
    name: '我的转诊',
    aliases: ['我的单子', '转诊列表', '我发起的转诊'],
    summary: '我发起的和等我办的',
    example: '我的转诊',
    allowed: 'bound',
    run: (ctx) => showMine(ctx),
  },
  {
    id: 'referral.progress',
    name: '进度',
    aliases: ['查进度', '转诊进度'],
    summary: '一单到哪一步了',
    example: '进度 ZZ20261121001',
    allowed: 'bound',
    accepts: (argument) => looksLikeCaseNumber(argument) && !/QY\d/i.test(argument),
    run: (ctx, argument) => showProgress(ctx, argument),
  },
  {
    id: 'referral.detail',
    deidentifiedReply: DETAIL_ELSEWHERE,
    name: '转诊单详情',
    aliases: ['详情', '查看详情', '转诊详情'],
    summary: '经办人查看患者信息，查看会留痕',
    example: '转诊单详情 ZZ20261121001',
    allowed: 'bound',
    accepts: looksLikeCaseNumber,
    run: (ctx, argument) => showDetail(ctx, argument),
  },
];
