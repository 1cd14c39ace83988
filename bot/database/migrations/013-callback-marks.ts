/** Signatures of callbacks that do not cover their body, with the bodies they were taken for（防重放）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('callback_marks', (t) => {
    t.text('key').primary(); // fingerprint of kind, time and signature
    t.text('first_at').notNullable();
    t.text('bodies').notNullable(); // JSON: [{sender, body}], fingerprints
    t.text('touched_at').notNullable();
    t.text('expires_at').notNullable();
    t.index(['expires_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
