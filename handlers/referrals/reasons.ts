/** Coded reasons of the referral: why a patient goes, why a case is refused or taken back（原因代码）. */

export interface Reason {
  /** Stable; stands in the database and in statistics. */
  readonly code: string;
  readonly label: string;
  /** Words people type for it. */
  readonly words?: RegExp | undefined;
  /** The code alone says nothing: words are needed（其他）. */
  readonly needsComment?: boolean | undefined;
}

const OTHER: Reason = { code: 'other', label: '其他', words: /^其他/, needsComment: true };

/** Why a patient goes up（上转目的）. */
export const UP_PURPOSES: readonly Reason[] = [
  {
    code: 'lack_examination',
    label: '基层缺乏检查条件',
    words: /(没有?|缺乏?|不能|做不了|无)[^，。]{0,4}(检查|CT|核磁|造影|胃镜)/i,
  },
  { code: 'lack_treatment', label: '基层缺乏治疗条件', words: /(没有?|缺乏?|不能|做不了|无)[^，。]{0,4}治疗/ },
  { code: 'surgery_intervention', label: '需要手术/介入', words: /(要|需要?|行|做)[^，。]{0,3}(手术|介入|支架|造影)/ },
  { code: 'condition_deteriorating', label: '病情加重', words: /病情加重|加重|恶化/ },
  { code: 'need_followup_rehab_plan', label: '术后复查/随访异常', words: /术后复查|随访异常|复查异常/ },
  { code: 'admission_evaluation', label: '建议住院评估', words: /住院评估|建议住院|要住院/ },
  {
    code: 'patient_request',
    label: '患者/家属主动要求',
    words: /(患者|病人|家属|本人)[^，。]{0,4}(要求|想去|想转|坚持)/,
  },
  { code: 'specialist_needed', label: '需要专科进一步诊疗', words: /进一步(诊治|诊疗|治疗|检查)|专科/ },
];

/** Why a patient comes back down（下转原因）. */
export const DOWN_PURPOSES: readonly Reason[] = [
  { code: 'postoperative_rehabilitation', label: '术后康复', words: /术后/ },
  { code: 'wound_care', label: '伤口/造瘘换药', words: /换药|拆线|造瘘|伤口/ },
  { code: 'palliative_care', label: '姑息/临终关怀', words: /姑息|临终|安宁/ },
  { code: 'rehabilitation', label: '康复训练', words: /康复/ },
  { code: 'chronic_management', label: '慢病长期管理', words: /慢病|高血压|糖尿病|长期管理/ },
  { code: 'acute_phase_over', label: '急性期完成病情稳定', words: /稳定|恢复期|好转|可以回/ },
  { code: 'patient_request_nearby', label: '患者要求就近', words: /就近|要求回|想回/ },
];

/** A receiving hospital refuses（上转拒绝原因）. */
export const REJECT_UP: readonly Reason[] = [
  { code: 'out_of_scope', label: '病种非本科室收治范围', words: /收治范围|非本科|不是(我们|本)科|病种/ },
  { code: 'insufficient_data', label: '资料不充分', words: /资料|片子|材料|不全|没传/ },
  { code: 'no_indication', label: '不符合收治指征', words: /指征/ },
  { code: 'other_department', label: '建议转其他专科', words: /其他专科|别的科|其他科|转.{1,6}科/ },
  { code: 'higher_hospital', label: '建议转上级医院', words: /上级|市里|市级|省/ },
  { code: 'no_resources', label: '近期资源受限', words: /没床|床位|满了|无床|资源|排不上|号源/ },
  OTHER,
];

/** A township refuses a patient who comes down（下转退回原因）. */
export const REJECT_DOWN: readonly Reason[] = [
  { code: 'no_capability', label: '无诊疗能力', words: /能力|看不了|做不了/ },
  { code: 'drugs_missing', label: '药品配备不足', words: /药/ },
  { code: 'equipment_missing', label: '设备不足', words: /设备|仪器/ },
  { code: 'beds_full', label: '床位已满', words: /床/ },
  { code: 'off_duty', label: '医生不在岗', words: /不在岗|不在|休假|外出/ },
  { code: 'not_contracted', label: '非本人签约患者', words: /签约/ },
  { code: 'saturated', label: '已饱和', words: /饱和|太多|忙不过来/ },
  { code: 'unsuitable', label: '病情不适合下转', words: /不适合|不稳定|病情/ },
  { code: 'out_of_area', label: '不在服务范围', words: /服务范围|不归|不是.{0,4}(镇|乡|村)/ },
  OTHER,
];

/** The initiator takes it back（撤销原因）. */
export const WITHDRAW: readonly Reason[] = [
  { code: 'wrong_data', label: '信息有误', words: /有误|错了|填错|写错|发错|弄错/ },
  { code: 'condition_changed', label: '病情变化', words: /病情|好转|加重/ },
  { code: 'patient_withdrew', label: '患者撤回', words: /患者|病人|家属|不去|不转|不想|自己去/ },
  OTHER,
];

/** Work began, both sides end it（关闭原因）. */
export const CLOSE: readonly Reason[] = [
  { code: 'patient_gave_up', label: '患者放弃', words: /放弃/ },
  { code: 'other_hospital', label: '另择医院', words: /另择|别的医院|其他医院/ },
  { code: 'not_needed_now', label: '病情变化暂无需', words: /暂无需|不需要/ },
  { code: 'higher_level', label: '需转上级', words: /上级/ },
  OTHER,
];

/** The institution's own reviewer sends it back（内审退回原因）. */
export const REVIEW_RETURN: readonly Reason[] = [
  { code: 'incomplete_data', label: '资料不完整', words: /不完整|不全/ },
  { code: 'weak_indication', label: '指征不充分', words: /指征/ },
  { code: 'weak_diagnosis', label: '诊断依据不足', words: /依据/ },
  { code: 'treat_here_first', label: '建议先本级处置', words: /本级|先处置/ },
  OTHER,
];

/** Why a patient did not come（未到原因）. */
export const NO_SHOW: readonly Reason[] = [
  { code: 'unreachable', label: '联系不上', words: /联系不上|打不通/ },
  { code: 'patient_gave_up', label: '患者放弃', words: /放弃|不来/ },
  { code: 'other_hospital', label: '另择医院', words: /另择|别的医院|其他医院/ },
  OTHER,
];

/** What somebody gave as a reason: the number of a choice, its label, or plain words. */
export interface GivenReason {
  readonly reason: Reason;
  /** The words as typed, where they say more than the label. */
  readonly comment: string | undefined;
}

/**
 * Reads a reason（识别原因）: `2`, `资料不充分`, `资料不全，片子没传`, `其他 …`. Words that fit no code are 其他 with comment.
 * @returns undefined when nothing was given, or 其他 without words
 */
export function readReason(list: readonly Reason[], text: string): GivenReason | undefined {
  const words = text.trim().replace(/^(原因|因为|理由)[:： ]*/, '');
  if (words === '') return undefined;
  const chosen = /^(?:第)?(\d{1,2})(?:[号个.、．]|$|\s)\s*(.*)$/.exec(words);
  const byNumber = chosen && list[Number(chosen[1]) - 1];
  if (byNumber) return complete(byNumber, chosen[2] ?? '');
  const byLabel = list.find((reason) => words.startsWith(reason.label));
  if (byLabel) return complete(byLabel, words.slice(byLabel.label.length).replace(/^[\s,，:：、]+/, ''));
  const byWords = list.find((reason) => reason.words?.test(words));
  if (byWords) return complete(byWords, words.replace(/^其他[\s,，:：]*/, ''));
  const other = list.find((reason) => reason.needsComment);
  return other && complete(other, words);
}

function complete(reason: Reason, comment: string): GivenReason | undefined {
  const words = comment.trim();
  if (reason.needsComment && words === '') return undefined;
  return { reason, comment: words === '' || words === reason.label ? undefined : words };
}

/** The Chinese label of a stored code, whichever list it is from. */
export function reasonLabel(code: string): string {
  const all = [
    ...UP_PURPOSES,
    ...DOWN_PURPOSES,
    ...REJECT_UP,
    ...REJECT_DOWN,
    ...WITHDRAW,
    ...CLOSE,
    ...REVIEW_RETURN,
    ...NO_SHOW,
  ];
  return all.find((reason) => reason.code === code)?.label ?? '其他';
}
