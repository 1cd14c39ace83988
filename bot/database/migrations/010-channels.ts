/** What several channels need: which delivery answers a message, who cannot be reached, how often was sent, group robots. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('deliveries', (t) => {
    // The reply goes to the very conversation of the message: its reply handle may be used.
    t.boolean('here').notNullable().defaultTo(false);
  });
  await db.schema.alterTable('accounts', (t) => {
    t.text('unreachable_since'); // the platform says nobody is there; cleared by the next message from there
  });
  await db.schema.alterTable('groups', (t) => {
    t.text('unreachable_since'); // the bot was removed, the group dissolved
  });
  // Sends of the last hour per address, counted in slices; strict, because platforms drop the excess without a word.
  await db.schema.createTable('paces', (t) => {
    t.text('address_key').primary();
    t.text('slices').notNullable(); // JSON: [[start of the slice in s, parts]]
    t.text('updated_at').notNullable();
  });
  // Webhook robots of groups（群机器人）: they only send. The address holds their secret.
  await db.schema.createTable('group_robots', (t) => {
    t.text('id').primary();
    t.text('group_id').notNullable().references('groups.id');
    t.text('channel').notNullable(); // wecom-robot | dingtalk-robot
    t.text('address_sealed').notNullable();
    t.text('address_fingerprint').notNullable();
    t.boolean('active').notNullable().defaultTo(true);
    t.text('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.unique(['channel', 'address_fingerprint']);
    t.index(['group_id']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
