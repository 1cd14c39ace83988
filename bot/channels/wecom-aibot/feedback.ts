/** 有用 and 没用 by the platform's own thumbs（反馈）: which clause an answer was about, in the id the platform gives back. */
import type { Block, ButtonAction } from '../../../handlers/message.ts';
import { LIMITS } from './types.ts';

const PREFIX = 'clause|';
const USEFUL = 'policy.useful';
const USELESS = 'policy.useless';

/** An answer whose clause is not known yet: the conversation's last one is meant. */
export const FEEDBACK_LATER = PREFIX;

/** The id for a reply that may be rated; undefined for any other. */
export function feedbackId(blocks: readonly Block[]): string | undefined {
  const buttons = blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
  const rated = buttons.find((button) => button.id === USEFUL);
  if (!rated) return undefined;
  const id = `${PREFIX}${rated.value}`;
  return Buffer.byteLength(id) <= LIMITS.feedbackBytes ? id : FEEDBACK_LATER;
}

/** The button that this verdict stands for; undefined where it was taken back, or is not about one of our answers. */
export function readFeedbackId(id: string, verdict: number): ButtonAction | undefined {
  if (!id.startsWith(PREFIX) || (verdict !== 1 && verdict !== 2)) return undefined;
  return { id: verdict === 1 ? USEFUL : USELESS, value: id.slice(PREFIX.length) };
}
