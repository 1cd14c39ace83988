/** What is said of shortages in a group: pointers; which drug, for whom and why goes to private chat（群内只给指针）. */
import type { HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import type { Outcome } from '../outcome.ts';

/** In a group the answer goes to its sender in private, and the group reads the pointer; elsewhere nothing changes. */
export function discreet(ctx: HandlerContext, outcome: Outcome, pointer: string): Outcome {
  if (ctx.message.conversation.kind !== 'group') return outcome;
  const replies = outcome.replies.map((reply) =>
    reply.audience === 'here' ? { ...reply, audience: 'sender' as const } : reply,
  );
  return { ...outcome, replies: [say(pointer), ...replies] };
}
