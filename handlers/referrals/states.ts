/** The life of a referral as data: states, and every step with who may take it and under which guard（状态机）. */
import { CLOSE, NO_SHOW, REJECT_DOWN, REJECT_UP, REVIEW_RETURN, type Reason, WITHDRAW } from './reasons.ts';

/** Directions（方向）: up to the county, down to the township, out of the alliance, sideways between members. */
export const DIRECTIONS = { U: '上转', D: '下转', O: '外转', X: '平转' } as const;
export type Direction = keyof typeof DIRECTIONS;

/** How soon（紧急程度）. `green` and `emergency` take the emergency path. */
export const URGENCIES = { routine: '普通', urgent: '加急', green: '绿通', emergency: '急诊' } as const;
export type Urgency = keyof typeof URGENCIES;

/** The emergency path: accepted at once, back-filled later（急诊、绿色通道）. */
export function isEmergencyPath(urgency: Urgency): boolean {
  return urgency === 'emergency' || urgency === 'green';
}

/** Every state with its label for chat（状态）. */
export const STATES = {
  draft: { label: '草稿', terminal: false },
  review: { label: '待内审', terminal: false },
  pending: { label: '待接收', terminal: false },
  assigned: { label: '已分配', terminal: false },
  info_needed: { label: '待补充', terminal: false },
  accepted: { label: '已接收待安排', terminal: false },
  arranged: { label: '已安排', terminal: false },
  arrived: { label: '已到院', terminal: false },
  in_care: { label: '诊治中', terminal: false },
  returned_info: { label: '已反馈待下转', terminal: false },
  no_show: { label: '未到', terminal: false },
  completed: { label: '已完成', terminal: true },
  rejected: { label: '已拒绝', terminal: true },
  redirected: { label: '已改转', terminal: true },
  withdrawn: { label: '已撤销', terminal: true },
  closed: { label: '已关闭', terminal: true },
  error: { label: '作废', terminal: true },
} as const;
export type State = keyof typeof STATES;

/** The states a case may still leave. */
export const OPEN_STATES = (Object.keys(STATES) as State[]).filter((state) => !STATES[state].terminal);

/** 已到院 is said of a hospital; of a township 已到达. */
export function stateLabel(state: State, direction: Direction): string {
  return state === 'arrived' && direction === 'D' ? '已到达' : STATES[state].label;
}

/** Who somebody is to one case（参与方）. `timer` is the bot's own clock. */
export type Party =
  | 'initiator' // made it
  | 'sender' // clinician, village doctor or coordinator of the referring institution
  | 'reviewer' // manager of the referring institution
  | 'receiver' // clinician, coordinator or manager of the receiving institution
  | 'allocator' // coordinator or manager of the receiving institution
  | 'owner' // the named person who evaluates it
  | 'centre' // 转诊中心: coordinator at a lead hospital that is one of the two sides
  | 'timer';

/** What must hold beside the state and the person; see rules.ts for each. */
export type Guard =
  | 'required-slots'
  | 'review-on'
  | 'review-off'
  | 'not-initiator'
  | 'ordinary'
  | 'emergency'
  | 'not-acknowledged'
  | 'destination'
  | 'future-time'
  | 'arrangement-near'
  | 'arrangement-past'
  | 'feedback-given'
  | 'first-no-show'
  | 'both-sides'
  | 'second-person'
  | 'plan'
  | 'overdue';

/** Columns of `referrals` that keep when a step was first taken. */
export type Stamp =
  | 'assigned_at'
  | 'acknowledged_at'
  | 'accepted_at'
  | 'arranged_at'
  | 'arrived_at'
  | 'feedback_at'
  | 'ended_at';

export interface Transition {
  readonly id: string;
  /** The word for it in chat; names where it leads. */
  readonly label: string;
  readonly from: readonly State[];
  readonly to: State;
  readonly by: readonly Party[];
  readonly guards?: readonly Guard[] | undefined;
  readonly directions?: readonly Direction[] | undefined;
  /** A negative move: one of these reasons is needed. */
  readonly reasons?: ((direction: Direction) => readonly Reason[]) | undefined;
  readonly stamps?: readonly Stamp[] | undefined;
}

const BEFORE_ARRIVAL: readonly State[] = [
  'review',
  'pending',
  'assigned',
  'info_needed',
  'accepted',
  'arranged',
  'no_show',
];
const AFTER_ARRIVAL: readonly State[] = ['arrived', 'in_care', 'returned_info'];

/** Every step there is. What has no command yet is listed all the same, so that no state is a dead end by accident. */
export const TRANSITIONS = [
  {
    id: 'submit-for-review',
    label: '提交内审',
    from: ['draft'],
    to: 'review',
    by: ['initiator'],
    guards: ['required-slots', 'ordinary', 'review-on'],
  },
  {
    id: 'submit',
    label: '提交',
    from: ['draft'],
    to: 'pending',
    by: ['initiator'],
    guards: ['required-slots', 'ordinary', 'review-off'],
  },
  {
    id: 'submit-emergency',
    label: '急诊提交',
    from: ['draft'],
    to: 'accepted',
    by: ['initiator'],
    guards: ['required-slots', 'emergency'],
    stamps: ['accepted_at'],
  },
  { id: 'approve', label: '同意', from: ['review'], to: 'pending', by: ['reviewer'], guards: ['not-initiator'] },
  {
    id: 'return',
    label: '退回',
    from: ['review'],
    to: 'draft',
    by: ['reviewer'],
    guards: ['not-initiator'],
    reasons: () => REVIEW_RETURN,
  },
  { id: 'claim', label: '领取', from: ['pending'], to: 'assigned', by: ['receiver'], stamps: ['assigned_at'] },
  {
    id: 'assign',
    label: '指派',
    from: ['pending', 'assigned'],
    to: 'assigned',
    by: ['allocator', 'centre'],
    stamps: ['assigned_at'],
  },
  {
    id: 'accept',
    label: '接收',
    from: ['pending', 'assigned'],
    to: 'accepted',
    by: ['owner', 'receiver'],
    stamps: ['accepted_at'],
  },
  {
    id: 'acknowledge',
    label: '已知悉',
    from: ['accepted'],
    to: 'accepted',
    by: ['receiver'],
    guards: ['emergency', 'not-acknowledged'],
    stamps: ['acknowledged_at'],
  },
  { id: 'ask-for-more', label: '待补充', from: ['pending', 'assigned'], to: 'info_needed', by: ['owner', 'receiver'] },
  { id: 'supply', label: '已补充', from: ['info_needed'], to: 'pending', by: ['initiator', 'sender'] },
  {
    id: 'reject',
    label: '拒绝',
    from: ['pending', 'assigned'],
    to: 'rejected',
    by: ['owner', 'receiver'],
    reasons: (direction) => (direction === 'D' ? REJECT_DOWN : REJECT_UP),
    stamps: ['ended_at'],
  },
  {
    id: 'redirect',
    label: '改转',
    from: ['pending', 'assigned'],
    to: 'redirected',
    by: ['receiver', 'centre'],
    guards: ['destination'],
    reasons: () => REJECT_UP,
    stamps: ['ended_at'],
  },
  {
    id: 'arrange',
    label: '安排',
    from: ['accepted', 'arranged'],
    to: 'arranged',
    by: ['receiver', 'centre'],
    guards: ['future-time'],
    stamps: ['arranged_at'],
  },
  {
    id: 'arrive',
    label: '到院',
    from: ['accepted', 'arranged', 'no_show'],
    to: 'arrived',
    by: ['receiver', 'centre'],
    guards: ['arrangement-near'],
    stamps: ['arrived_at'],
  },
  {
    id: 'miss',
    label: '未到',
    from: ['arranged'],
    to: 'no_show',
    by: ['receiver'],
    guards: ['arrangement-past'],
    reasons: () => NO_SHOW,
  },
  {
    id: 'arrange-again',
    label: '重新安排',
    from: ['no_show'],
    to: 'arranged',
    by: ['receiver', 'centre'],
    guards: ['first-no-show', 'future-time'],
  },
  {
    id: 'give-up',
    label: '关闭',
    from: ['no_show'],
    to: 'closed',
    by: ['receiver', 'centre'],
    reasons: () => CLOSE,
    stamps: ['ended_at'],
  },
  { id: 'admit', label: '收住院', from: ['arrived'], to: 'in_care', by: ['receiver'], directions: ['U', 'O'] },
  {
    id: 'report',
    label: '反馈',
    from: ['arrived', 'in_care'],
    to: 'returned_info',
    by: ['receiver'],
    directions: ['U', 'O', 'X'],
    stamps: ['feedback_at'],
  },
  {
    id: 'complete',
    label: '结案',
    from: ['returned_info'],
    to: 'completed',
    by: ['initiator', 'timer'],
    guards: ['feedback-given'],
    stamps: ['ended_at'],
  },
  {
    id: 'follow-up',
    label: '首次随访',
    from: ['arrived'],
    to: 'completed',
    by: ['receiver'],
    directions: ['D'],
    stamps: ['ended_at'],
  },
  {
    id: 'refer-down',
    label: '下转',
    from: ['returned_info'],
    to: 'completed',
    by: ['receiver'],
    directions: ['U'],
    guards: ['plan'],
    stamps: ['ended_at'],
  },
  {
    id: 'withdraw',
    label: '撤销',
    from: BEFORE_ARRIVAL,
    to: 'withdrawn',
    by: ['initiator'],
    reasons: () => WITHDRAW,
    stamps: ['ended_at'],
  },
  {
    id: 'close',
    label: '关闭',
    from: AFTER_ARRIVAL,
    to: 'closed',
    by: ['sender', 'receiver', 'centre'],
    guards: ['both-sides'],
    reasons: () => CLOSE,
    stamps: ['ended_at'],
  },
  {
    id: 'expire',
    label: '自动关闭',
    from: ['accepted', 'arranged'],
    to: 'closed',
    by: ['timer'],
    guards: ['overdue'],
    stamps: ['ended_at'],
  },
  {
    id: 'annul',
    label: '作废',
    from: [...OPEN_STATES, 'completed', 'rejected', 'redirected', 'withdrawn', 'closed'],
    to: 'error',
    by: ['centre'],
    guards: ['second-person'],
    stamps: ['ended_at'],
  },
] as const satisfies readonly Transition[];
export type TransitionId = (typeof TRANSITIONS)[number]['id'];

/** One step by its id. */
export function transition(id: TransitionId): Transition {
  const found = TRANSITIONS.find((one) => one.id === id);
  if (!found) throw new Error(`no transition ${id}`);
  return found;
}
