/** What buttons carry that is too long for the platform's 64 bytes: sealed, found again by a short key（按钮内容）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('button_values', (t) => {
    t.text('id').primary(); // keyed fingerprint of the action, shortened
    t.text('action_sealed').notNullable();
    t.text('expires_at').notNullable();
    t.index(['expires_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
