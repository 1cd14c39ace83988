/** The milestone reminders（里程碑提醒）: what falls due, opens or is overdue, to those who answer for the region. */
import { z } from 'zod';
import type { Reply } from '../handlers/message.ts';
import { type DueReminder, dueReminders } from '../handlers/milestones/index.ts';
import { shanghaiDay } from '../handlers/time.ts';
import { defineJob } from './job.ts';
import { MILESTONE_REMINDERS } from './schedules.ts';

/** One reply a reminder and person, reminders in their own order: each carries its own buttons. Pure. */
export function repliesOf(reminders: readonly DueReminder[]): readonly Reply[] {
  return reminders.flatMap(({ audience, blocks }) =>
    [...new Set(audience)].map((staff): Reply => ({ audience: { staff }, blocks })),
  );
}

/** Which milestones are spoken of on which day is decided by the milestones feature; the day is that of the slot. */
export const milestoneReminders = defineJob({
  name: MILESTONE_REMINDERS,
  schema: z.strictObject({}),
  attempts: 8,
  run: async ({ db, vault, calendar, log }, _data, slot) => {
    const reminders = await dueReminders({ db, vault }, shanghaiDay(slot.dueAt), calendar);
    if (reminders.length === 0) return undefined;
    const replies = repliesOf(reminders);
    log.info(
      {
        event: 'milestones.reminded',
        slot: slot.id,
        milestones: reminders.map((each) => each.milestoneId),
        replies: replies.length,
      },
      'milestone reminders composed',
    );
    return { replies };
  },
});
