/** When pushes of jobs wait for the morning（免打扰时段，本单位设定）. */
import type { Reader } from '../../handlers/ports.ts';
import { shanghaiDay } from '../../handlers/time.ts';

/** Times of day in Asia/Shanghai, `HH:MM`; `from` is later than `until`: the night lies between. */
export interface QuietHours {
  readonly from: string;
  readonly until: string;
}

/** Why a delivery waits: nothing is wrong with it. */
export const QUIET = 'quiet-hours';

export const QUIET_HOURS: QuietHours = { from: '21:00', until: '07:30' };

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The hours set for this installation, else the usual ones. */
export async function readQuietHours(db: Reader): Promise<QuietHours> {
  const row: { value: string } | undefined = await db('settings')
    .where({ key: 'quiet-hours', scope: 'all' })
    .first('value');
  if (!row) return QUIET_HOURS;
  const value: unknown = JSON.parse(row.value);
  const { from, until } = (value ?? {}) as { from?: unknown; until?: unknown };
  if (typeof from !== 'string' || typeof until !== 'string' || !TIME.test(from) || !TIME.test(until))
    return QUIET_HOURS;
  return { from, until };
}

/** The instant itself by day, else the end of the night it lies in. Pure. */
export function quietUntil(at: Date, { from, until }: QuietHours): Date {
  const time = at.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' });
  const night = from > until ? time >= from || time < until : time >= from && time < until;
  if (!night) return at;
  const morning = new Date(`${shanghaiDay(at)}T${until}:00+08:00`);
  return morning > at ? morning : new Date(morning.getTime() + 24 * 60 * 60 * 1000);
}
