/** Where a milestone stands on a day: computed from the clock, never stored（里程碑状态）. */
import type { Milestone } from '../../knowledge/catalogue/milestones.ts';
import { type Day, daysBetween } from '../time.ts';

/** `running`: a window that is open; `past`: its last day is over, whatever became of it. */
export type Phase = 'undated' | 'ahead' | 'running' | 'past';

/** Phase on a day; the last day itself still belongs to it. */
export function phaseOf(milestone: Milestone, day: Day): Phase {
  if (milestone.due === null) return 'undated';
  if (day > milestone.due) return 'past';
  return milestone.opens !== null && day >= milestone.opens ? 'running' : 'ahead';
}

/** Days until the last day (0 on it, negative after it); `undefined` without a date. */
export function daysLeft(milestone: Milestone, day: Day): number | undefined {
  return milestone.due === null ? undefined : daysBetween(day, milestone.due);
}
