/** Local settings of the shortage work（本单位设定）: seeded with the tables, narrower scopes win, no plan states them. */
import { z } from 'zod';
import type { Reader } from '../ports.ts';
import type { Urgency } from './tokens.ts';

const deadline = z.union([
  z.object({ minutes: z.number().positive() }),
  z.object({ workingDays: z.number().positive() }),
]);
const schema = z.object({
  'shortage.first-answer': z.object({ rescue: deadline, urgent: deadline, routine: deadline }),
  'shortage.duplicate-days': z.number().positive(),
  'shortage.regional': z.object({ institutions: z.number().positive(), days: z.number().positive() }),
  'shortage.urgent-days-left': z.number().min(0),
});

/** A time limit: minutes around the clock, or working days. */
export type Deadline = z.infer<typeof deadline>;

export interface ShortageSettings {
  readonly firstAnswer: Readonly<Record<Urgency, Deadline>>;
  readonly duplicateDays: number;
  readonly regional: { readonly institutions: number; readonly days: number };
  readonly urgentDaysLeft: number;
}

/** The settings that hold for an institution. @throws Error when a row is missing or holds nonsense */
export async function loadSettings(
  db: Reader,
  place: { readonly institutionId?: string | undefined; readonly regionPath: readonly string[] },
): Promise<ShortageSettings> {
  const scopes = [
    ...(place.institutionId ? [`institution:${place.institutionId}`] : []),
    ...place.regionPath.map((id) => `region:${id}`),
    'all',
  ];
  const rows: { key: string; scope: string; value: string }[] = await db('settings')
    .whereIn('key', Object.keys(schema.shape))
    .whereIn('scope', scopes)
    .select('key', 'scope', 'value');
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const own = rows.filter((row) => row.key === key).sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope));
    if (own[0]) found[key] = JSON.parse(own[0].value);
  }
  const read = schema.parse(found);
  return {
    firstAnswer: read['shortage.first-answer'],
    duplicateDays: read['shortage.duplicate-days'],
    regional: read['shortage.regional'],
    urgentDaysLeft: read['shortage.urgent-days-left'],
  };
}

/** `2小时`, `15分钟`, `1个工作日`. */
export function deadlineLabel(limit: Deadline): string {
  if ('workingDays' in limit) return `${limit.workingDays}个工作日`;
  return limit.minutes % 60 === 0 ? `${limit.minutes / 60}小时` : `${limit.minutes}分钟`;
}

/** Whether a limit in minutes has run out; working days are counted by whoever has the calendar. */
export function isOver(from: Date, limit: Deadline, now: Date): boolean {
  return 'minutes' in limit && now.getTime() - from.getTime() > limit.minutes * 60_000;
}
