/** Drug shortages: a header a message, a line a drug, and what happened to them（缺药登记）. */
import type { Knex } from 'knex';

/**
 * Local settings as delivered（本单位设定）; no plan states any of them. A person who answers for an institution or a region
 * changes them by a row of narrower scope.
 */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  // How soon the central pharmacy answers, by urgency: minutes around the clock, or working days.
  'shortage.first-answer': { rescue: { minutes: 15 }, urgent: { minutes: 120 }, routine: { workingDays: 1 } },
  // The same drug of the same institution, still open and this young, is offered for merging.
  'shortage.duplicate-days': 14,
  // So many institutions that register one drug within so many days are a regional shortage.
  'shortage.regional': { institutions: 3, days: 7 },
  // A patient's line with this stock or less is urgent.
  'shortage.urgent-days-left': 3,
};

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('shortages', (t) => {
    t.text('id').primary();
    t.text('number').notNullable().unique(); // QY…
    t.text('institution_id').notNullable().references('institutions.id');
    t.text('region_id').notNullable().references('regions.id');
    t.text('registrant_id').notNullable().references('staff.id');
    t.text('group_id').references('groups.id'); // where it was asked for: gets pointers, never details
    t.text('state').notNullable(); // derived from its lines, handlers/shortages/states.ts
    t.text('urgency').notNullable(); // the highest of its open lines: rescue | urgent | routine
    t.boolean('demo').notNullable().defaultTo(false);
    t.integer('version').notNullable().defaultTo(1);
    t.text('created_at').notNullable();
    t.text('updated_at').notNullable();
    t.text('answered_at'); // the central pharmacy's first answer
    t.text('closed_at');
    t.index(['institution_id', 'created_at']);
    t.index(['region_id', 'state', 'created_at']);
    t.index(['registrant_id', 'created_at']);
  });
  await db.schema.createTable('shortage_lines', (t) => {
    t.text('id').primary();
    t.text('shortage_id').notNullable().references('shortages.id');
    t.integer('line_no').notNullable();
    t.text('drug_key').notNullable(); // equal for the same drug; begins with ? where no generic name was found
    t.text('drug_name').notNullable(); // generic name with form, or as typed
    t.boolean('matched').notNullable();
    t.text('specification'); // as typed, in one spelling
    t.text('manufacturer');
    t.integer('quantity').notNullable();
    t.text('unit').notNullable();
    t.integer('base_quantity'); // in innermost units, where the packing is known
    t.text('base_unit');
    t.text('urgency').notNullable();
    t.integer('days_left');
    t.integer('stock');
    t.integer('monthly_use');
    t.text('purpose').notNullable(); // restock | patient | emergency
    t.boolean('cold_chain').notNullable().defaultTo(false);
    t.boolean('high_alert').notNullable().defaultTo(false);
    t.boolean('substitute'); // another maker or size is welcome; null: not said
    t.text('wanted_by'); // YYYY-MM-DD
    t.text('state').notNullable();
    t.text('reason'); // code, handlers/shortages/reasons.ts
    t.text('expected_on'); // YYYY-MM-DD: arrival, or the next review of what cannot be supplied
    t.integer('received_quantity');
    t.integer('split_from'); // number of the line a partial answer left this one from
    t.text('state_by').references('staff.id'); // who moved it last
    t.text('state_at').notNullable();
    t.text('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.unique(['shortage_id', 'line_no']);
    t.index(['drug_key', 'created_at']);
    t.index(['state']);
  });
  // Append-only history; what people typed is sealed.
  await db.schema.createTable('shortage_events', (t) => {
    t.text('id').primary();
    t.text('shortage_id').notNullable().references('shortages.id');
    t.integer('line_no'); // null: about the whole
    t.text('at').notNullable();
    t.text('actor_id').references('staff.id');
    t.text('step').notNullable(); // register, allocate, …, merge
    t.text('from_state');
    t.text('to_state');
    t.text('words_sealed');
    t.index(['shortage_id', 'id']);
  });
  const now = new Date(0).toISOString();
  for (const [key, value] of Object.entries(DEFAULTS)) {
    await db('settings')
      .insert({ key, scope: 'all', value: JSON.stringify(value), updated_at: now })
      .onConflict(['key', 'scope'])
      .ignore();
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
