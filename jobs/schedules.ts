/** The schedules as data: what runs when, in whose time, and what happens to a run that was missed（定时计划）. */

/**
 * What becomes of a run that was missed.
 * `waking-hours`: words to people. Caught up at once when less than 4 h late, on the same day and between 07:30 and 21:00; else
 * recorded as skipped and named in the next digest.
 * `latest`: upkeep nobody reads. The latest missed run is made up at any hour, the earlier ones leave no trace.
 */
export type CatchUp = 'waking-hours' | 'latest';

export interface Schedule {
  readonly name: string;
  /** Name of the job it runs, without data. */
  readonly job: string;
  /** Cron, five fields. A schedule with `timeSetting` is daily: its minute and hour give way to the setting. */
  readonly pattern: string;
  readonly tz: 'Asia/Shanghai';
  /** Key in the settings table whose `HH:MM` replaces the time of the pattern. */
  readonly timeSetting?: string | undefined;
  /** Not on weekends and public holidays, but on make-up days. */
  readonly workingDaysOnly: boolean;
  readonly catchUp: CatchUp;
  /** What people call it, as in 昨天的…未发送; for those who write to people. */
  readonly label?: string | undefined;
  /** For docs/jobs.md and the operator. */
  readonly inWords: string;
}

/** A schedule that runs one job carries its name; the jobs themselves ask for it. */
export const DAILY_DIGEST = 'daily-digest';
export const MILESTONE_REMINDERS = 'milestone-reminders';
/** Planned only where an embedding endpoint is configured. */
export const EMBED_CLAUSES = 'embed-clauses';
export const WEEKLY_QUESTIONS = 'weekly-questions';

export const schedules: readonly Schedule[] = [
  {
    name: DAILY_DIGEST,
    job: DAILY_DIGEST,
    pattern: '0 8 * * *',
    tz: 'Asia/Shanghai',
    timeSetting: 'digest.time',
    workingDaysOnly: true,
    catchUp: 'waking-hours',
    label: '汇总',
    inWords: 'on working days at 08:00',
  },
  {
    name: MILESTONE_REMINDERS,
    job: MILESTONE_REMINDERS,
    pattern: '30 8 * * *',
    tz: 'Asia/Shanghai',
    timeSetting: 'milestones.time',
    workingDaysOnly: true,
    catchUp: 'waking-hours',
    label: '里程碑提醒',
    inWords: 'on working days at 08:30',
  },
  {
    name: WEEKLY_QUESTIONS,
    job: WEEKLY_QUESTIONS,
    pattern: '10 8 * * 1',
    tz: 'Asia/Shanghai',
    workingDaysOnly: true,
    catchUp: 'waking-hours',
    label: '问题清单',
    inWords: 'on Mondays at 08:10, not on a public holiday',
  },
  {
    name: 'audit-seal',
    job: 'audit-seal',
    pattern: '*/5 * * * *',
    tz: 'Asia/Shanghai',
    workingDaysOnly: false,
    catchUp: 'latest',
    inWords: 'every 5 minutes',
  },
  {
    name: 'retention',
    job: 'retention',
    pattern: '20 3 * * *',
    tz: 'Asia/Shanghai',
    workingDaysOnly: false,
    catchUp: 'latest',
    inWords: 'every night at 03:20',
  },
  {
    name: EMBED_CLAUSES,
    job: EMBED_CLAUSES,
    pattern: '*/5 * * * *',
    tz: 'Asia/Shanghai',
    workingDaysOnly: false,
    catchUp: 'latest',
    inWords: 'every 5 minutes, where an embedding endpoint is configured',
  },
];

/** `HH:MM` of a daily pattern, 00:00 to 23:59. */
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The cron pattern in force; a setting that is no time of day is ignored (`settingIgnored`), the pattern's own time holds. */
export function patternInForce(
  schedule: Schedule,
  setting: unknown,
): { readonly pattern: string; readonly settingIgnored: boolean } {
  if (!schedule.timeSetting || setting === undefined) return { pattern: schedule.pattern, settingIgnored: false };
  const time = typeof setting === 'string' ? TIME.exec(setting) : null;
  if (!time) return { pattern: schedule.pattern, settingIgnored: true };
  return { pattern: `${Number(time[2])} ${Number(time[1])} * * *`, settingIgnored: false };
}
