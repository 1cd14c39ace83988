/** The life of a shortage line as data: states, and every step with who may take it and under which guard（状态机）. */

/** States of one line with their labels for chat. `open` lines are still missing; a `supplied` one ended well. */
export const LINE_STATES = {
  proposed: { label: '待确认', open: true },
  registered: { label: '已登记', open: true },
  triaged: { label: '已分诊', open: true },
  allocated: { label: '中心药房有货·已锁定', open: true },
  transferring: { label: '院间调剂中', open: true },
  purchasing: { label: '采购中', open: true },
  substituting: { label: '待确认替代', open: true },
  unavailable: { label: '暂无法供应', open: true },
  picking: { label: '备货中', open: true },
  delivering: { label: '配送中', open: true },
  received: { label: '已签收', open: true },
  stocked: { label: '已入库', open: false },
  collected: { label: '已取药', open: false },
  'not-collected': { label: '未取药', open: false },
  cancelled: { label: '已取消', open: false },
  rejected: { label: '不予处理', open: false },
  merged: { label: '已合并', open: false },
} as const;
export type LineState = keyof typeof LINE_STATES;

/** States of the whole, derived from its lines（总单状态）. */
export const HEADER_STATES = {
  registered: '已登记',
  triaged: '已分诊',
  in_progress: '处理中',
  partial: '部分完成',
  closed: '已结案',
  cancelled: '已取消',
  duplicate: '重复合并',
} as const;
export type HeaderState = keyof typeof HEADER_STATES;

/** Header states that still have open lines. */
export const OPEN_HEADER_STATES: readonly HeaderState[] = ['registered', 'triaged', 'in_progress', 'partial'];

/** Who somebody is to one shortage（参与方）. */
export type Party =
  | 'registrant' // made it, or is the pharmacist of the institution it is for
  | 'receiver' // village doctor, clinician or pharmacist of the institution it is for
  | 'central-pharmacy' // pharmacist of a hospital that leads one of the institution's alliances
  | 'giver'; // pharmacist of the institution that gives up stock

/** What must hold beside state and person. */
export type Guard =
  | 'quantity' // at most what is asked for; less splits the line
  | 'expected-day' // a day must be given
  | 'reason' // one of the coded reasons must be given
  | 'patient' // the line is for a patient
  | 'restock'; // the line is no patient's

export interface Step {
  readonly id: StepId;
  /** The word for it in chat. */
  readonly label: string;
  readonly from: readonly LineState[];
  readonly to: LineState;
  readonly by: readonly Party[];
  readonly guards: readonly Guard[];
}

export type StepId =
  | 'triage'
  | 'allocate'
  | 'transfer'
  | 'agree-transfer'
  | 'purchase'
  | 'substitute'
  | 'agree-substitute'
  | 'decline-substitute'
  | 'refuse-supply'
  | 'pick'
  | 'deliver'
  | 'receive'
  | 'stock'
  | 'collect'
  | 'miss'
  | 'cancel'
  | 'reject';

const UNDECIDED: readonly LineState[] = ['registered', 'triaged'];
const BEFORE_DELIVERY: readonly LineState[] = [
  ...UNDECIDED,
  'transferring',
  'purchasing',
  'substituting',
  'unavailable',
];

/** Every step there is; those without a command yet are listed all the same, so that no state is a dead end. */
export const STEPS: readonly Step[] = [
  { id: 'triage', label: '分诊', from: ['registered'], to: 'triaged', by: ['central-pharmacy'], guards: [] },
  {
    id: 'allocate',
    label: '有货',
    from: BEFORE_DELIVERY,
    to: 'allocated',
    by: ['central-pharmacy'],
    guards: ['quantity'],
  },
  { id: 'transfer', label: '调剂', from: BEFORE_DELIVERY, to: 'transferring', by: ['central-pharmacy'], guards: [] },
  { id: 'agree-transfer', label: '同意调剂', from: ['transferring'], to: 'picking', by: ['giver'], guards: [] },
  {
    id: 'purchase',
    label: '采购',
    from: BEFORE_DELIVERY,
    to: 'purchasing',
    by: ['central-pharmacy'],
    guards: ['expected-day'],
  },
  { id: 'substitute', label: '替代', from: BEFORE_DELIVERY, to: 'substituting', by: ['central-pharmacy'], guards: [] },
  {
    id: 'agree-substitute',
    label: '同意替代',
    from: ['substituting'],
    to: 'allocated',
    by: ['registrant'],
    guards: [],
  },
  {
    id: 'decline-substitute',
    label: '不同意替代',
    from: ['substituting'],
    to: 'triaged',
    by: ['registrant'],
    guards: [],
  },
  {
    id: 'refuse-supply',
    label: '无货',
    from: [...BEFORE_DELIVERY, 'allocated', 'picking'],
    to: 'unavailable',
    by: ['central-pharmacy'],
    guards: ['reason', 'expected-day'],
  },
  { id: 'pick', label: '备货', from: ['allocated'], to: 'picking', by: ['central-pharmacy'], guards: [] },
  {
    id: 'deliver',
    label: '配送',
    from: ['allocated', 'picking', 'purchasing', 'transferring', 'delivering'], // again: another day of arrival
    to: 'delivering',
    by: ['central-pharmacy'],
    guards: [],
  },
  {
    id: 'receive',
    label: '签收',
    from: ['delivering'],
    to: 'received',
    by: ['registrant', 'receiver'],
    guards: ['quantity'],
  },
  {
    id: 'stock',
    label: '入库',
    from: ['received'],
    to: 'stocked',
    by: ['registrant', 'receiver'],
    guards: ['restock'],
  },
  {
    id: 'collect',
    label: '已取药',
    from: ['received'],
    to: 'collected',
    by: ['registrant', 'receiver'],
    guards: ['patient'],
  },
  {
    id: 'miss',
    label: '未取药',
    from: ['received'],
    to: 'not-collected',
    by: ['registrant', 'receiver'],
    guards: ['patient'],
  },
  {
    id: 'cancel',
    label: '取消缺药',
    from: [...BEFORE_DELIVERY, 'allocated', 'picking'],
    to: 'cancelled',
    by: ['registrant'],
    guards: [],
  },
  {
    id: 'reject',
    label: '不予处理',
    from: BEFORE_DELIVERY,
    to: 'rejected',
    by: ['central-pharmacy'],
    guards: ['reason'],
  },
];

/** The step of an id. @throws Error for an id that is not in the table, which cannot be written down */
export function stepOf(id: StepId): Step {
  const step = STEPS.find((one) => one.id === id);
  if (!step) throw new Error(`no such step: ${id}`);
  return step;
}

/** Why it is missing, or will not be supplied（原因）. */
export const REASONS = [
  { code: 'out-of-stock', label: '库存为零', words: /库存为零|没有?库存|无库存|没货|无货/ },
  { code: 'below-safety-stock', label: '低于安全库存', words: /安全库存/ },
  { code: 'expired-or-damaged', label: '效期/破损', words: /效期|过期|近效|破损/ },
  { code: 'unusual-prescription', label: '处方量超常规', words: /超常规|处方量/ },
  { code: 'not-in-hospital-list', label: '未在本院目录', words: /本院目录/ },
  { code: 'not-in-catalogue', label: '目录外', words: /目录/ },
  { code: 'maker-stopped', label: '厂家断供', words: /断供|停产|厂家/ },
  { code: 'distributor-refuses', label: '配送企业不配送', words: /不配送|配送企业/ },
  { code: 'volume-used-up', label: '集采约定量用完', words: /约定量|集采/ },
  { code: 'price-inverted', label: '价格倒挂不供', words: /倒挂|价格/ },
  { code: 'seasonal', label: '季节性需求', words: /季节/ },
  { code: 'epidemic', label: '疫情/突发', words: /疫情|突发/ },
  { code: 'pack-size', label: '包装规格不符', words: /包装|规格不符/ },
  { code: 'registered-twice', label: '重复登记', words: /重复/ },
  { code: 'entry-error', label: '录入错误', words: /录入|录错|写错|填错|有误/ },
  { code: 'not-needed', label: '患者不再需要', words: /不再需要|不需要|不要了|不用了|自己(?:去|买)/ },
  { code: 'restricted', label: '限制使用', words: /限制/ },
  { code: 'other', label: '其他', words: /其他|其它/ },
] as const;
export type ReasonCode = (typeof REASONS)[number]['code'];

/** The coded reason of some words; free words are 其他, no words none. */
export function readReason(words: string): ReasonCode | undefined {
  const plain = words.trim();
  if (plain === '') return undefined;
  return REASONS.find((reason) => reason.words.test(plain))?.code ?? 'other';
}

/** The label of a reason's code, as stored. */
export function reasonLabel(code: string | undefined): string {
  return REASONS.find((reason) => reason.code === code)?.label ?? '其他';
}
