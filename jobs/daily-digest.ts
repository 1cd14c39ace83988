/** The daily digest（每日汇总）: what each feature has to say, one message a manager, commission member and subscribed group. */
import { z } from 'zod';
import type { DigestScope, DigestSection } from '../handlers/digest.ts';
import { type Reply, tell } from '../handlers/message.ts';
import type { Reader } from '../handlers/ports.ts';
import { addDays, type Day, formatDay, formatWeekday, shanghaiDay, weekdayOf } from '../handlers/time.ts';
import { type DigestReceiver, listDigestReceivers } from './digest-receivers.ts';
import { defineJob, type JobContext, type Slot } from './job.ts';
import { DAILY_DIGEST, schedules } from './schedules.ts';

/** What fits on a phone (DESIGN 7): characters of a whole digest. */
export const DIGEST_LIMIT = 600;
/** Lines a feature may bring. */
const MAX_LINES = 6;
/** Characters of a line when even one line a section is too much. */
const SHORT_LINE = 60;
/** Without an earlier digest, missed runs of this many days are named. */
const NOTICE_DAYS = 7;
const EMPTY = '今日无待办';

/** Writes one digest. Pure: sections without lines are dropped, the whole stays within DIGEST_LIMIT. */
export function composeDigest(digest: {
  readonly day: Day;
  /** The institution, or the region, it speaks of. */
  readonly title: string;
  readonly sections: readonly DigestSection[];
  /** Sentences before the sections: runs that were missed, numbers that could not be read. */
  readonly notices: readonly string[];
}): string {
  const head = [
    `【每日汇总】${formatDay(digest.day)} ${formatWeekday(digest.day)} · ${digest.title}`,
    ...digest.notices,
  ];
  const sections = digest.sections.filter((section) => section.lines.length > 0);
  if (sections.length === 0) return [...head, EMPTY].join('\n');
  if (weekdayOf(digest.day) === 1) head.push('本周开始，先看这些：');
  for (let most = MAX_LINES; most > 0; most -= 1) {
    const text = [...head, ...sections.flatMap((section) => drawSection(section, most, undefined))].join('\n');
    if (text.length <= DIGEST_LIMIT) return text;
  }
  return [...head, ...sections.flatMap((section) => drawSection(section, 1, SHORT_LINE))]
    .join('\n')
    .slice(0, DIGEST_LIMIT);
}

function drawSection(section: DigestSection, most: number, longest: number | undefined): readonly string[] {
  const shown = section.lines.slice(0, most);
  const more = section.lines.length - shown.length;
  return [
    `■ ${section.title}`,
    ...shown.map((line) => `· ${longest !== undefined && line.length > longest ? `${line.slice(0, longest)}…` : line}`),
    ...(more > 0 ? [`· 另有${more}项`] : []),
  ];
}

/** A run that people did not get, as the next digest names it. */
export interface MissedRun {
  /** 汇总, 里程碑提醒 */
  readonly label: string;
  readonly day: Day;
  readonly reason: 'downtime' | 'failure';
}

/** 昨天的汇总因停机未发送。 One sentence a kind of run and reason. Pure. */
export function describeMissed(missed: readonly MissedRun[], today: Day): readonly string[] {
  const kinds = Map.groupBy(
    missed,
    ({ label, reason }) => `${label}因${reason === 'downtime' ? '停机' : '故障'}未发送。`,
  );
  return [...kinds].map(([sentence, runs]) => {
    const days = [...new Set(runs.map((run) => run.day))].sort();
    const named = days.slice(0, 3).map((day) => describeDay(day, today));
    return `${named.join('、')}${days.length > 3 ? `等${days.length}天` : ''}的${sentence}`;
  });
}

function describeDay(day: Day, today: Day): string {
  if (day === today) return '今天';
  return day === addDays(today, -1) ? '昨天' : formatDay(day);
}

/** Reads once for every scope, writes one reply a receiver; what the features say is numbers and pointers, never a patient. */
export const dailyDigest = defineJob({
  name: DAILY_DIGEST,
  schema: z.strictObject({}),
  attempts: 8,
  run: async (ctx, _data, slot) => {
    const day = shanghaiDay(slot.dueAt);
    const missed = describeMissed(await listMissed(ctx.db, slot), day);
    const read = sectionReader(ctx);
    const replies: Reply[] = [];
    for (const receiver of await listDigestReceivers(ctx.db)) {
      const { sections, complete } = await read(receiver.scope);
      const notices = complete ? missed : [...missed, '有一部分暂时统计不了，请稍后在对话中查询。'];
      replies.push(tell(audienceOf(receiver), composeDigest({ day, title: receiver.title, sections, notices })));
    }
    ctx.log.info({ event: 'digest.composed', slot: slot.id, receivers: replies.length }, 'digest composed');
    return { replies };
  },
});

function audienceOf(receiver: DigestReceiver): Reply['audience'] {
  return 'staffId' in receiver.to ? { staff: receiver.to.staffId } : { group: receiver.to.groupId };
}

interface Sections {
  readonly sections: readonly DigestSection[];
  /** False when a feature could not say its part: the others still do. */
  readonly complete: boolean;
}

/** Asks every feature once for each scope, however many people share it. */
function sectionReader({ db, clock, log, features }: JobContext): (scope: DigestScope) => Promise<Sections> {
  const read = async (scope: DigestScope): Promise<Sections> => {
    const sections: DigestSection[] = [];
    let complete = true;
    for (const feature of features) {
      try {
        const section = await feature.digest?.({ db, clock }, scope);
        if (section) sections.push(section);
      } catch (error) {
        complete = false;
        const name = error instanceof Error ? error.name : typeof error;
        log.error(
          { event: 'digest.section-failed', feature: feature.name, error: name },
          'a part of the digest failed',
        );
      }
    }
    return { sections, complete };
  };
  const known = new Map<string, Promise<Sections>>();
  return (scope) => {
    const key = `${scope.regionId} ${scope.institutionId ?? ''}`;
    const sections = known.get(key) ?? read(scope);
    known.set(key, sections);
    return sections;
  };
}

/** Runs for people that were skipped by a downtime or given up since the last digest. */
async function listMissed(db: Reader, slot: Slot): Promise<readonly MissedRun[]> {
  const labels = new Map(schedules.flatMap(({ job, label }) => (label ? [[job, label] as const] : [])));
  const until = slot.dueAt.toISOString();
  const last: { due_at: string } | undefined = await db('scheduled_slots')
    .where({ job: DAILY_DIGEST, state: 'done' })
    .andWhere('due_at', '<', until)
    .orderBy('due_at', 'desc')
    .first('due_at');
  const since = last?.due_at ?? new Date(slot.dueAt.getTime() - NOTICE_DAYS * 24 * 60 * 60 * 1000).toISOString();
  const rows: { job: string; due_at: string; state: string }[] = await db('scheduled_slots')
    .whereIn('job', [...labels.keys()])
    .andWhere('due_at', '>', since)
    .andWhere('due_at', '<', until)
    .andWhere((missed) => missed.where({ state: 'failed' }).orWhere({ state: 'skipped', reason: 'downtime' }))
    .orderBy('due_at')
    .select('job', 'due_at', 'state');
  return rows.map((row) => ({
    label: labels.get(row.job) ?? '',
    day: shanghaiDay(new Date(row.due_at)),
    reason: row.state === 'failed' ? 'failure' : 'downtime',
  }));
}
