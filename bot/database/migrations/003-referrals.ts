/** Two-way referrals（双向转诊）: one row a case, one event a step; what tells of the patient only in sealed columns. */
import type { Knex } from 'knex';

/** Seeded local limits（本单位设定）: no plan fixes hours; each alliance or institution may set its own. */
const LIMITS: readonly (readonly [key: string, minutes: number])[] = [
  ['referral.limit.up-unclaimed-minutes', 120],
  ['referral.limit.urgent-accept-minutes', 30],
  ['referral.limit.emergency-acknowledge-minutes', 5],
  ['referral.limit.down-response-minutes', 2880],
];

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('referrals', (t) => {
    t.text('id').primary();
    t.text('number').notNullable().unique();
    t.text('direction').notNullable(); // U up, D down, O out of the alliance, X sideways
    t.text('urgency').notNullable(); // routine | urgent | green | emergency
    t.text('level'); // Ⅰ to Ⅳ, where somebody said it
    t.text('state').notNullable(); // handlers/referrals/states.ts
    // Both sides see it, whatever their alliance, and nobody else; the first one owns it.
    t.text('from_institution_id').notNullable().references('institutions.id');
    t.text('to_institution_id').notNullable().references('institutions.id');
    t.text('department'); // as it may stand in a group: 专科 where the real one would tell too much
    t.boolean('sensitive').notNullable().defaultTo(false);
    t.text('initiator_id').notNullable().references('staff.id');
    t.text('owner_id').references('staff.id');
    t.text('group_id').references('groups.id'); // where its pointer card stands
    t.text('linked_id').references('referrals.id'); // the case this one continues
    t.text('purpose_code');
    t.text('reason_code'); // of the last negative move
    t.text('patient_sealed').notNullable(); // JSON: name, numbers, phone, sex, age
    t.text('clinical_sealed').notNullable(); // JSON: problem, history, plan, department
    t.text('patient_fingerprint'); // equal patients are found without plain text
    t.boolean('consent').notNullable().defaultTo(false);
    t.text('submitted_at').notNullable();
    t.text('assigned_at');
    t.text('acknowledged_at'); // of an emergency
    t.text('accepted_at');
    t.text('arranged_at');
    t.text('arrived_at');
    t.text('feedback_at');
    t.text('ended_at'); // reached a terminal state
    t.text('state_since').notNullable();
    t.boolean('demo').notNullable().defaultTo(false);
    t.integer('version').notNullable().defaultTo(1);
    t.text('created_at').notNullable();
    t.text('updated_at').notNullable();
    t.index(['to_institution_id', 'state']);
    t.index(['from_institution_id', 'state']);
    t.index(['initiator_id', 'submitted_at']);
    t.index(['patient_fingerprint', 'submitted_at']);
  });
  await db.schema.createTable('referral_events', (t) => {
    t.text('id').primary();
    t.text('referral_id').notNullable().references('referrals.id');
    t.text('at').notNullable();
    t.text('actor_id').references('staff.id'); // null: a timer
    t.text('institution_id').references('institutions.id');
    t.text('transition').notNullable(); // handlers/referrals/states.ts
    t.text('from_state').notNullable();
    t.text('to_state').notNullable();
    t.text('reason_code');
    t.text('comment_sealed');
    t.index(['referral_id', 'at']);
  });
  await db('settings').insert(
    LIMITS.map(([key, minutes]) => ({
      key,
      scope: 'all',
      value: JSON.stringify(minutes),
      updated_at: new Date(0).toISOString(),
      version: 1,
    })),
  );
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
