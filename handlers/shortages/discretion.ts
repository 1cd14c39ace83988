/** What is said of shortages in a group: pointers; which drug, for whom and why goes to private chat（群内只给指针）. */
import type { HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Shortage } from './store.ts';

/** Said instead of a registration on a channel that lies abroad: a need may be one patient's（去标识）. */
export const REGISTER_ELSEWHERE =
  '这个平台只看缺药的编号和状态，没有登记。登记请在企业微信或钉钉中办理；这里可以查“缺药清单”和“进度 编号”。';

/** The shortage as it may be shown: on a channel that lies abroad its number and states, no drug, no purpose. For words only. */
export function shownShortage({ deidentified }: Pick<HandlerContext, 'deidentified'>, shortage: Shortage): Shortage {
  if (!deidentified) return shortage;
  const lines = shortage.lines.map((line) => ({
    ...line,
    name: '药品',
    matched: true,
    specification: undefined,
    manufacturer: undefined,
    base: undefined,
    daysLeft: undefined,
    purpose: 'restock' as const,
    coldChain: false,
    highAlert: false,
    substitute: undefined,
    wantedBy: undefined,
  }));
  return { ...shortage, lines };
}

/** In a group the answer goes to its sender in private, and the group reads the pointer; elsewhere nothing changes. */
export function discreet(ctx: HandlerContext, outcome: Outcome, pointer: string): Outcome {
  if (ctx.message.conversation.kind !== 'group') return outcome;
  const replies = outcome.replies.map((reply) =>
    reply.audience === 'here' ? { ...reply, audience: 'sender' as const } : reply,
  );
  return { ...outcome, replies: [say(pointer), ...replies] };
}
