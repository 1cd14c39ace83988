/** Announces the steps of a message's way on a diagnostics channel: free without a listener; crash tests listen and kill. */
import { channel } from 'node:diagnostics_channel';

/** Steps in the order a message passes them. */
export const STEPS = [
  'inbox.before-commit',
  'inbox.after-commit',
  'handler',
  'decision.before-commit',
  'decision.after-commit',
  'send.before',
  'send.after',
  'slot.before-commit',
] as const;
export type Step = (typeof STEPS)[number];

/** Name of the diagnostics channel; a listener gets the step's name. */
export const STEP_CHANNEL = 'yigongti:step';

const steps = channel(STEP_CHANNEL);

/** Says that a step was reached. */
export function reach(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step);
}
