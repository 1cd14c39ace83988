/** Documents, their clauses and the full text over them（文件、条款、全文索引）. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  const pg = db.client.config.client === 'pg';
  // A version of a document: the one in force is `active`, older ones stay citable; `loading` is not yet whole.
  await db.schema.createTable('documents', (t) => {
    t.text('id').primary();
    t.text('doc').notNullable(); // base name of its file, the same for all versions
    t.integer('version').notNullable();
    t.text('region_id').notNullable().references('regions.id');
    t.text('title').notNullable();
    t.text('number');
    t.text('issuer');
    t.text('issued_on'); // YYYY-MM-DD
    t.text('fingerprint').notNullable(); // of text, parser and dictionary: unchanged means nothing to do
    t.text('state').notNullable(); // loading | ready
    t.boolean('active').notNullable().defaultTo(false);
    t.boolean('bundled').notNullable().defaultTo(false); // came with the program
    t.text('lease_until'); // while loading; a loader that does not renew it is dead
    t.text('created_at').notNullable();
    t.unique(['doc', 'version']);
    t.index(['active', 'region_id']);
  });
  await db.schema.createTable('clauses', (t) => {
    if (pg) t.bigIncrements('n');
    else t.increments('n');
    t.text('document_id').notNullable().references('documents.id');
    t.integer('position').notNullable(); // document order
    t.text('path').notNullable();
    t.text('parent_path').notNullable(); // '' at the top
    t.text('kind').notNullable(); // head | preamble | section | paragraph | row | note | tail
    t.text('heading').notNullable();
    t.text('text').notNullable();
    t.text('above').notNullable(); // JSON: headings above it, outermost first
    t.text('row_group'); // of a table row: the group heading over it
    t.integer('children').notNullable(); // clauses directly under it
    t.text('row_columns'); // of a table row: JSON, the heads of its columns
    t.unique(['document_id', 'path']);
    t.index(['document_id', 'position']);
    t.index(['document_id', 'parent_path', 'position']);
  });
  // In how many clauses of a document a term stands, and how it sounds: rarest terms first, typos by sound.
  await db.schema.createTable('document_terms', (t) => {
    t.text('document_id').notNullable().references('documents.id');
    t.text('term').notNullable();
    t.integer('clauses').notNullable();
    t.text('sound'); // pinyin without tones, near sounds made one
    t.primary(['document_id', 'term']);
    t.index(['term']);
    t.index(['sound']);
  });
  // Grows with every change of what is in force, so that every process drops what it remembers.
  await db.schema.createTable('knowledge_state', (t) => {
    t.text('name').primary();
    t.bigInteger('generation').notNullable();
  });
  await db('knowledge_state').insert({ name: 'corpus', generation: 1 });
  if (pg) {
    await db.raw('alter table clauses add column tokens tsvector');
    await db.raw('create index clauses_tokens on clauses using gin (tokens)');
  } else {
    // Tokens are made by the program and hold letters and digits only; no positions are kept.
    await db.raw(
      'create virtual table clauses_text using fts5(tokens, content=\'\', contentless_delete=1, detail=none, tokenize="unicode61 remove_diacritics 0")',
    );
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations only go forward; restore a backup instead');
}
