/** What staff asked and did not find, and what the commission taught: clauses for questions, words of a region（问题清单、词典）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // One row a question and region, whoever asked: no person, no instant, its words without names and numbers, and sealed.
  await db.schema.createTable('asked_questions', (t) => {
    t.text('id').primary();
    t.text('region_id').notNullable().references('regions.id'); // the asker's
    t.text('question_key').notNullable(); // HMAC of the normalised words
    t.text('wording_sealed'); // emptied after the retention; absent where only a clause was rated
    t.integer('not_found').notNullable().defaultTo(0);
    t.integer('useless').notNullable().defaultTo(0);
    t.integer('useful').notNullable().defaultTo(0);
    t.text('first_on').notNullable(); // calendar day in Shanghai
    t.text('last_on').notNullable();
    t.text('nearest'); // JSON: "doc path" of the nearest clauses, when it was last not found
    t.text('rated'); // "doc path" of the clause that was last said to be of no use
    t.text('state').notNullable().defaultTo('open'); // open | answered | closed
    t.text('handled_by').references('staff.id');
    t.text('handled_at');
    t.integer('version').notNullable().defaultTo(1); // raised by handling, not by counting
    t.unique(['region_id', 'question_key']);
    t.index(['last_on']);
  });
  // The clause the commission named for a question. Its words were read by a person and are kept plain, for the search.
  await db.schema.createTable('taught_answers', (t) => {
    t.text('id').primary();
    t.text('region_id').notNullable().references('regions.id');
    t.text('question_key').notNullable();
    t.text('wording').notNullable();
    t.text('doc').notNullable(); // whatever its version …
    t.text('path').notNullable();
    t.text('heading').notNullable(); // … as long as the clause is still the same one
    t.text('words_hash').notNullable();
    t.text('label').notNullable(); // as it was cited then: to name it when it is gone
    t.text('taught_by').notNullable().references('staff.id');
    t.text('taught_at').notNullable();
    t.unique(['region_id', 'question_key']);
  });
  // Everyday words of a region and the words of the documents they mean.
  await db.schema.createTable('local_sayings', (t) => {
    t.text('id').primary();
    t.text('region_id').notNullable().references('regions.id');
    t.text('say').notNullable();
    t.text('mean').notNullable(); // JSON list
    t.text('added_by').notNullable().references('staff.id');
    t.text('added_at').notNullable();
    t.unique(['region_id', 'say']);
  });
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
