/** Reads and changes of `scheduled_slots` and `schedule_marks`: who plans a run and who may run it is decided here. */
import type { Knex } from 'knex';
import type { PlannedSlot } from './planner.ts';

/** What the slots need of a database; bot/database/connect.ts has it. */
export interface SlotDatabase {
  readonly reader: Knex;
  write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
}

/** How far a schedule has been planned. */
export interface Mark {
  readonly plannedUntil: Date;
  readonly version: number;
}

/** What a schedule's mark moves to, with the slots on the way. */
export interface PlanRecord {
  readonly schedule: string;
  /** The mark the plan was made on; absent for a schedule seen for the first time. */
  readonly mark: Mark | undefined;
  readonly plannedUntil: Date;
  readonly slots: readonly PlannedSlot[];
}

/** A slot this process holds until `leaseUntil`. */
export interface ClaimedSlot {
  readonly id: string;
  readonly job: string;
  readonly dueAt: Date;
  readonly data: unknown;
  /** Failed tries so far. */
  readonly attempts: number;
}

/** The two clocks of a claim: the bot's own says what is due, the machine's says who is still alive. */
export interface Moment {
  readonly now: Date;
  readonly wallNow: Date;
}

interface SlotRow {
  readonly id: string;
  readonly job: string;
  readonly due_at: string;
  readonly data: string;
  readonly attempts: number;
}

/** All marks by schedule. */
export async function listMarks(database: SlotDatabase): Promise<ReadonlyMap<string, Mark>> {
  const rows: { schedule: string; planned_until: string; version: number }[] = await database.reader('schedule_marks');
  return new Map(
    rows.map((row) => [row.schedule, { plannedUntil: new Date(row.planned_until), version: Number(row.version) }]),
  );
}

/**
 * Moves marks and inserts the slots on the way, in one transaction. A mark that somebody else moved meanwhile is left alone with
 * its slots, so several processes give one row a slot.
 * @returns the slots that are new
 */
export async function recordPlans(
  database: SlotDatabase,
  records: readonly PlanRecord[],
  now: Date,
): Promise<readonly PlannedSlot[]> {
  return database.write(async (trx) => {
    const fresh: PlannedSlot[] = [];
    for (const { schedule, mark, plannedUntil, slots } of records) {
      const planned_until = plannedUntil.toISOString();
      if (!mark) {
        await trx('schedule_marks').insert({ schedule, planned_until }).onConflict('schedule').ignore();
        continue;
      }
      const moved = await trx('schedule_marks')
        .where({ schedule, version: mark.version })
        .update({ planned_until, version: mark.version + 1 });
      if (moved !== 1) continue;
      for (const slot of slots) {
        // The returned id tells: an ignored row returns nothing.
        const inserted: { id: string }[] = await trx('scheduled_slots')
          .insert({
            id: slot.id,
            job: slot.job,
            due_at: slot.dueAt.toISOString(),
            data: '{}',
            state: slot.state,
            reason: slot.reason ?? null,
            finished_at: slot.state === 'skipped' ? now.toISOString() : null,
            created_at: now.toISOString(),
          })
          .onConflict()
          .ignore()
          .returning('id');
        if (inserted.length > 0) fresh.push(slot);
      }
    }
    return fresh;
  });
}

/** Pending slots that are due and that nobody holds, the earliest first. */
export async function listDue(
  database: SlotDatabase,
  { now, wallNow }: Moment,
  filter: { readonly jobs: readonly string[]; readonly limit: number },
): Promise<readonly string[]> {
  const rows: { id: string }[] = await duePending(database.reader, now, filter.jobs)
    .andWhere((free) => free.whereNull('lease_until').orWhere('lease_until', '<=', wallNow.toISOString()))
    .orderBy(['due_at', 'id'])
    .limit(filter.limit)
    .select('id');
  return rows.map((row) => row.id);
}

/** Whether somebody is running a slot that is due. */
export async function isAnyHeld(
  database: SlotDatabase,
  { now, wallNow }: Moment,
  jobs: readonly string[],
): Promise<boolean> {
  const row: unknown = await duePending(database.reader, now, jobs)
    .whereNotNull('owner')
    .andWhere('lease_until', '>', wallNow.toISOString())
    .first('id');
  return row !== undefined;
}

/** When the first pending slot after `now` falls due. */
export async function nextPending(
  database: SlotDatabase,
  now: Date,
  jobs: readonly string[],
): Promise<Date | undefined> {
  const row: { due_at: string } | undefined = await database
    .reader('scheduled_slots')
    .where({ state: 'pending' })
    .andWhere('due_at', '>', now.toISOString())
    .whereIn('job', jobs)
    .orderBy('due_at')
    .first('due_at');
  return row && new Date(row.due_at);
}

/**
 * Takes a slot for `owner`, a name used for this one try only.
 * @returns undefined when it is not due, finished, unknown, or held by somebody else
 */
export async function claimSlot(
  database: SlotDatabase,
  id: string,
  claim: Moment & { readonly owner: string; readonly leaseUntil: Date; readonly jobs: readonly string[] },
): Promise<ClaimedSlot | undefined> {
  return database.write(async (trx) => {
    const changed = await duePending(trx, claim.now, claim.jobs)
      .andWhere({ id })
      .andWhere((free) => free.whereNull('lease_until').orWhere('lease_until', '<=', claim.wallNow.toISOString()))
      .update({ owner: claim.owner, lease_until: claim.leaseUntil.toISOString() });
    if (changed !== 1) return undefined;
    const row: SlotRow | undefined = await trx('scheduled_slots').where({ id }).first();
    if (!row) return undefined;
    return {
      id: row.id,
      job: row.job,
      dueAt: new Date(row.due_at),
      data: parse(row.data),
      attempts: Number(row.attempts),
    };
  });
}

/** Ends or postpones a held slot; does nothing when it was finished or taken over meanwhile. */
export async function releaseSlot(
  database: SlotDatabase,
  id: string,
  owner: string,
  to:
    | { readonly state: 'pending'; readonly attempts: number; readonly notBefore: Date }
    | { readonly state: 'failed'; readonly attempts: number; readonly at: Date }
    | { readonly state: 'skipped'; readonly reason: string; readonly at: Date },
): Promise<void> {
  await database.write(async (trx) => {
    await trx('scheduled_slots')
      .where({ id, owner, state: 'pending' })
      .update({
        owner: null,
        state: to.state,
        lease_until: to.state === 'pending' ? to.notBefore.toISOString() : null,
        ...(to.state === 'skipped' ? { reason: to.reason } : { attempts: to.attempts }),
        ...(to.state === 'pending' ? {} : { finished_at: to.at.toISOString() }),
      });
  });
}

function duePending(db: Knex, now: Date, jobs: readonly string[]): Knex.QueryBuilder {
  return db('scheduled_slots')
    .where({ state: 'pending' })
    .andWhere('due_at', '<=', now.toISOString())
    .whereIn('job', jobs);
}

/** Data that is no JSON stays text; the job's own schema then refuses it. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
