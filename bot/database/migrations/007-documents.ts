/** Documents that people bring: their text kept, so that it can be read again, and the file that waits for 确认（文件入库）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('documents', (t) => {
    t.text('text_hash'); // of the text alone: the same text read by a newer parser is no new version
    t.text('read_with'); // parser and dictionary it was read with
  });
  // Text of documents that did not come with the program.
  await db.schema.createTable('document_texts', (t) => {
    t.text('document_id').primary().references('documents.id');
    t.text('text').notNullable();
  });
  // A file sent in chat: waits for its sender's 确认, then for the job that stores it, and is gone.
  await db.schema.createTable('waiting_documents', (t) => {
    t.text('id').primary();
    t.text('staff_id').notNullable().references('staff.id');
    t.text('state').notNullable(); // waiting | confirmed
    t.text('name').notNullable();
    t.text('text_sealed').notNullable();
    t.text('answers_sealed'); // what the person said: region, number, date
    t.text('created_at').notNullable();
    t.text('expires_at').notNullable();
    t.index(['staff_id']);
    t.index(['expires_at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
