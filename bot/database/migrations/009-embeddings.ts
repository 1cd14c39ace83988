/** Vectors of clauses, where an embedding endpoint is configured: they go with the clause they belong to（向量）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // One row a clause and model: its parts one behind the other, one byte a number.
  await db.schema.createTable('clause_vectors', (t) => {
    (db.client.config.client === 'pg' ? t.bigInteger('n') : t.integer('n'))
      .notNullable()
      .references('clauses.n')
      .onDelete('CASCADE');
    t.text('model').notNullable();
    t.integer('dimension').notNullable(); // numbers of one vector
    t.binary('vectors').notNullable();
    t.primary(['n', 'model']);
    t.index(['model']);
  });
  // Versions all of whose clauses have vectors: only these are looked through.
  await db.schema.createTable('embedded_documents', (t) => {
    t.text('document_id').notNullable().references('documents.id').onDelete('CASCADE');
    t.text('model').notNullable();
    t.integer('dimension').notNullable();
    t.integer('vectors').notNullable();
    t.text('completed_at').notNullable();
    t.primary(['document_id', 'model']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
