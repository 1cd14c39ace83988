/** The Chinese texts of referrals（话术）: short, kind, with the next step; no text here knows a patient. */
import type { Reason } from './reasons.ts';
import type { Transition } from './states.ts';

export const DEIDENTIFIED =
  '这个平台不处理患者信息，转诊没有登记。请在企业微信或钉钉私聊中办理；这里可以查“进度 单号”和“我的转诊”。';
/** The same for a look at the patient. */
export const DETAIL_ELSEWHERE = '这个平台不显示患者信息，请在企业微信或钉钉私聊中查看。';
/** Words beside a step, typed where none are kept. */
export const COMMENT_ELSEWHERE = '这个平台不保存文字说明；要说明请在企业微信或钉钉私聊中补充，含患者信息的请删除。';
export const EMERGENCY_ELSEWHERE =
  '这里不提供诊断和用药建议，请由在场医生处置。急诊转诊请电话联系接收医院，或在企业微信、钉钉私聊中办理。';

/** A referral command in a group: the rest goes on in private. */
export function acceptedInGroup(recall: boolean): string {
  return recall ? '已受理，请在私聊中补充。您的消息含患者信息，请撤回。' : '已受理，请在私聊中补充。';
}

export const SEE_PRIVATE = '请在私聊中查看。';
export const NOTHING_WAITS = '现在没有待提交的转诊。发起请说“上转 …”或“下转 …”。';
export const CANCELLED = '已取消，没有提交，内容已删除。';
export const OUTDATED_CARD = '这张卡片不是最新的，没有提交。请按下面最新的内容确认：';
export const SUBMIT_FIRST = '请核对。无误回复“确认”提交；要改直接说，例如“科室 骨科”。';
/** Words that deny something, while nothing in them can be put anywhere. */
export const NOT_UNDERSTOOD =
  '没听明白要改哪一项，草稿没有变。可以改：“转县中医院”“科室 骨科”“男 72岁”“姓名 …”“电话 …”“病情 …”；不转了回复“取消”。';

/** A department nobody here knows is asked for again, never kept as illness. */
export function askDepartment(words: string): string {
  return `没有认出科室“${words}”，没有填。请补一句，例如“科室 骨科”；不确定可以不填，由接收方安排。`;
}

/** Fields nobody insists on, and the receiving side needs all the same. */
export function optionalFields(form: {
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
}): readonly string[] {
  const open = [...(form.name ? [] : ['姓名']), ...(form.phone ? [] : ['电话'])];
  return open.length > 0 ? [`${open.join('和')}还没填，接收方联系患者要用，可直接补发。`] : [];
}

export const BED_ANSWER = '床位和号源以接收方答复为准，提交后由对方告诉您。';
export const REPLACED = '上一份没提交的草稿已换成这一份。';

/** Nothing under this number, for this person: the same words whether it exists elsewhere or not. */
export function notFound(number: string): string {
  return `没有查到 ${number}。请核对单号，或发送“我的转诊”查看。`;
}

export const WHICH_CASE = '请带上单号，例如“进度 ZZ20261121001”。';
export const NO_CASES = '没有未办结的转诊。发起请说“上转 …”或“下转 …”。';
export const DETAIL_NOT_YOURS = '详情只给经办人、接收人和转诊协调人查看。';
export const DETAIL_LOGGED = '患者信息仅供本次诊疗使用，查看已留痕。';

/** Told to the person who wants a step that is not open from here. */
export function wrongState(number: string, step: Transition, label: string, since: string): string {
  return `${number} 现在是“${label}”（${since}），不能${step.label}。`;
}

/** Why this person may not take the step, and who may. */
export function wrongPerson(step: Transition, receiver: string, initiator: string): string {
  if (step.id === 'withdraw') return `只有发起人（${initiator}）可以撤销。您可以联系对方，或由接收方处理。`;
  return `${step.label}由接收方（${receiver}）的医生或转诊协调人办理。`;
}

/** Asks for the reason of a negative move, with the choices numbered. */
export function askReason(number: string, step: Transition): string {
  return `${step.label} ${number} 需要原因。回复序号，选“其他”请写明原因：`;
}

/** Choices as an ordered list. */
export function reasonItems(choices: readonly Reason[]): readonly string[] {
  return choices.map((reason) => (reason.needsComment ? `${reason.label}（请写明）` : reason.label));
}

export const COMMENT_DROPPED = '说明里像有患者信息，没有保存，请撤回；需要说明请在私聊中补充。';

/** The same patient is under way already. */
export function duplicateFound(pointer: string): string {
  return `72小时内已有同一患者的未办结转诊：\n${pointer}\n如仍要另开一单，请再回复一次“确认”；否则回复“取消”。`;
}

/** No advice from here, only the way. */
export const EMERGENCY_ADVICE =
  '这里不提供诊断和用药建议，请由在场医生处置。需要急诊上转请在私聊发送：上转 性别 年龄 主要病情 目标医院 急';
