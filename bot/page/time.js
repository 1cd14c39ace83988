/** Instants in words, always in Shanghai time, whatever the browser's zone. */

const ZONE = 'Asia/Shanghai';
const PARTS = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function partsOf(date) {
  const parts = Object.fromEntries(PARTS.formatToParts(date).map((part) => [part.type, part.value]));
  return { ...parts, time: `${parts.hour}:${parts.minute}` };
}

/** 2026-11-21: the calendar day, for comparing. */
export function dayOf(date) {
  const { year, month, day } = partsOf(date);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** 08:05 */
export function timeOf(date) {
  return partsOf(date).time;
}

/** 11月21日 周六 08:05 */
export function longTime(date) {
  const { month, day, weekday, time } = partsOf(date);
  return `${month}月${day}日 ${weekday} ${time}`;
}

/** Above a group of messages: 08:05 today, else with the day, with the year when it is another one. */
export function stampOf(date, now) {
  if (dayOf(date) === dayOf(now)) return timeOf(date);
  const year = partsOf(date).year;
  return year === partsOf(now).year ? longTime(date) : `${year}年${longTime(date)}`;
}

/** In a list: the time today, else the day. */
export function shortStamp(date, now) {
  if (dayOf(date) === dayOf(now)) return timeOf(date);
  const { month, day } = partsOf(date);
  return `${month}月${day}日`;
}

/** The value a `datetime-local` field takes for this instant. */
export function toField(date) {
  return `${dayOf(date)}T${timeOf(date)}`;
}

/** The instant a `datetime-local` field names; undefined when it is empty or broken. */
export function fromField(value) {
  const date = new Date(`${value}:00+08:00`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function anHourLater(now) {
  return new Date(now.getTime() + HOUR_MS);
}

/** 08:00 of the day `days` after today. */
export function morningAfter(now, days) {
  return new Date(`${dayOf(new Date(now.getTime() + days * DAY_MS))}T08:00:00+08:00`);
}

/** 08:00 of the next Monday that is not today. */
export function nextMonday(now) {
  const weekday = new Date(`${dayOf(now)}T00:00:00Z`).getUTCDay();
  return morningAfter(now, (8 - weekday) % 7 || 7);
}
