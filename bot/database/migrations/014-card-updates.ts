/** Whether the answer to a press may take the place of the pressed card（更新卡片）; decided with it, sent later and elsewhere. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('deliveries', (t) => {
    t.boolean('updates_card').notNullable().defaultTo(true);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
