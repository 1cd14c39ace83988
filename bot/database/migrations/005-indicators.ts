/** Reported indicator values: every correction is a new row that supersedes the old one. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('indicator_values', (t) => {
    t.text('id').primary();
    t.text('indicator_id').notNullable(); // knowledge/catalogue/indicators.json
    t.text('region_id').notNullable().references('regions.id');
    t.text('period_kind').notNullable(); // month | quarter | half | year
    t.text('period_from').notNullable(); // first and last day, YYYY-MM-DD
    t.text('period_to').notNullable();
    t.double('value').notNullable(); // in the unit of the catalogue
    t.double('numerator');
    t.double('denominator');
    t.text('source'); // where the figure comes from, in the reporter's words
    t.text('state').notNullable(); // current | superseded
    t.text('supersedes_id').references('indicator_values.id');
    t.text('reporter_id').notNullable().references('staff.id');
    t.text('reported_at').notNullable();
    t.boolean('demo').notNullable().defaultTo(false);
    t.integer('version').notNullable().defaultTo(1);
    t.index(['region_id', 'indicator_id', 'period_to']);
  });
  // One value in force for each period, whoever reports at the same moment.
  await db.raw(`create unique index indicator_values_current
    on indicator_values (indicator_id, region_id, period_from, period_to) where state = 'current'`);
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
