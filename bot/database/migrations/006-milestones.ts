/** What people record about milestones: progress, completion with its evidence, acknowledgement. Status is never stored. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('milestone_records', (t) => {
    t.text('id').primary();
    t.text('milestone_id').notNullable(); // knowledge/catalogue/milestones.json
    t.text('region_id').notNullable().references('regions.id');
    t.text('institution_id').notNullable().references('institutions.id');
    t.text('staff_id').notNullable().references('staff.id');
    t.text('kind').notNullable(); // progress | completed | acknowledged
    t.text('note_sealed'); // the person's own words
    t.text('recorded_at').notNullable();
    t.index(['region_id', 'milestone_id', 'recorded_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
