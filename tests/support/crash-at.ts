/** Preloaded into a bot's process: kills it with SIGKILL when it reaches a step for the nth time. CRASH_AT=step:n */
import { subscribe } from 'node:diagnostics_channel';
import { STEP_CHANNEL } from '../../bot/steps.ts';

const [step, nth] = (process.env.CRASH_AT ?? '').split(':');
let left = Number(nth);
if (!step || !Number.isInteger(left)) throw new Error('CRASH_AT must be step:n');
subscribe(STEP_CHANNEL, (reached) => {
  if (reached !== step) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
});
