/** The milestones feature（里程碑）: what is due when, what people record about it, reminders and lines for the digest. */
import type { DigestSource } from '../digest.ts';
import type { BoundContext, Feature, HandlerContext } from '../feature.ts';
import type { Decision } from '../outcome.ts';
import { addDays, shanghaiDay } from '../time.ts';
import { COMMANDS, showMilestones } from './commands.ts';
import { resumeCompletion } from './completion.ts';
import { findMilestones, milestonesOf } from './names.ts';
import { timing } from './replies.ts';
import { firstDay, listRecords } from './store.ts';

export { type DueReminder, dueReminders } from './due.ts';
export { type Reminder, type ReminderOptions, remindersDue } from './reminders.ts';

/** How far the digest looks ahead (days). */
const AHEAD_DAYS = 14;
/** Asks when or whether, not what. */
const WHEN =
  /什么时候|啥时候|何时|哪天|几号|多久|还剩|还有几天|到期|截止|做没做|完没完|完成了?[没吗]|做完了?[没吗]|开展了?[没吗]|要干嘛|要干什么|要做什么/;

/** Overdue first, then what falls due or opens within two weeks. */
const digest: DigestSource = async ({ db, clock }, scope) => {
  const today = shanghaiDay(clock.now());
  const until = addDays(today, AHEAD_DAYS);
  const [records, since] = await Promise.all([listRecords({ db }, scope.regionPath), firstDay(db, scope.regionPath)]);
  const done = new Set(records.filter((record) => record.kind === 'completed').map((record) => record.milestoneId));
  const open = milestonesOf(scope.regionPath).filter((milestone) => !done.has(milestone.id));
  const overdue = open
    .filter(({ due }) => due !== null && due < today && (since === undefined || due >= since))
    .sort((a, b) => ((a.due ?? '') < (b.due ?? '') ? -1 : 1));
  const soon = open
    .filter(({ due, opens }) => isBetween(due, today, until) || isBetween(opens, today, until))
    .sort((a, b) => ((a.opens ?? a.due ?? '') < (b.opens ?? b.due ?? '') ? -1 : 1));
  const lines = [...overdue, ...soon].map((milestone) => `${milestone.title}：${timing(milestone, today)}`);
  return lines.length === 0 ? undefined : { title: '里程碑', lines: lines.slice(0, 6) };
};

function isBetween(day: string | null, from: string, to: string): boolean {
  return day !== null && day >= from && day <= to;
}

/** 第四阶段啥时候完, 自评做没做: a question about a date of the own plan. */
async function recognise(ctx: HandlerContext): Promise<Decision | undefined> {
  const { actor } = ctx;
  const { text } = ctx.message;
  if (!actor || !WHEN.test(text)) return undefined;
  const bound: BoundContext = { ...ctx, actor };
  const named = findMilestones(text, actor.regionPath);
  return named.milestones.length === 1 ? showMilestones(bound, text) : undefined;
}

/** Wired by bot/main.ts. */
export const milestones: Feature = {
  name: 'milestones',
  commands: COMMANDS,
  resume: resumeCompletion,
  recognise,
  digest,
};
