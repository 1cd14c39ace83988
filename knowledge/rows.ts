/** Writes many clauses and terms in one statement: rows travel as one JSON text, which both databases take apart themselves. */
import type { Knex } from 'knex';

/** A clause as the table holds it, with its words. */
export interface ClauseValues {
  readonly position: number;
  readonly path: string;
  readonly parent_path: string;
  readonly kind: string;
  readonly heading: string;
  readonly text: string;
  readonly above: string;
  readonly children: number;
  readonly row_group: string | null;
  readonly row_columns: string | null;
  readonly tokens: readonly string[];
}

const COLUMNS = [
  'position',
  'path',
  'parent_path',
  'kind',
  'heading',
  'text',
  'above',
  'children',
  'row_group',
  'row_columns',
] as const;

/** Clauses of one document and their words in the full text. */
export async function insertClauses(
  trx: Knex.Transaction,
  kind: 'sqlite' | 'pg',
  documentId: string,
  rows: readonly ClauseValues[],
): Promise<void> {
  if (rows.length === 0) return;
  if (kind === 'pg') {
    await trx.raw(
      `insert into clauses (document_id, ${COLUMNS.join(', ')}, tokens)
       select ?, r.position, r.path, r.parent_path, r.kind, r.heading, r.text, r.above, r.children, r.row_group, r.row_columns,
         array_to_tsvector(array(select jsonb_array_elements_text(r.tokens)))
       from jsonb_to_recordset(?::jsonb) as r(position int, path text, parent_path text, kind text, heading text, text text,
         above text, children int, row_group text, row_columns text, tokens jsonb)`,
      [documentId, JSON.stringify(rows)],
    );
    return;
  }
  // One process writes at a time, so the numbers after the largest are free.
  const [last]: { n: number | null }[] = await trx('clauses').max({ n: 'n' });
  const first = Number(last?.n ?? 0) + 1;
  const values = rows.map((row, at) => [first + at, ...COLUMNS.map((column) => row[column])]);
  await trx.raw(
    `insert into clauses (document_id, n, ${COLUMNS.join(', ')})
     select ?, value ->> 0, ${COLUMNS.map((_, at) => `value ->> ${at + 1}`).join(', ')} from json_each(?)`,
    [documentId, JSON.stringify(values)],
  );
  await trx.raw('insert into clauses_text(rowid, tokens) select value ->> 0, value ->> 1 from json_each(?)', [
    JSON.stringify(rows.map((row, at) => [first + at, row.tokens.join(' ')])),
  ]);
}

/** Terms of one document: the word, in how many clauses, how it sounds. */
export async function insertTerms(
  trx: Knex.Transaction,
  kind: 'sqlite' | 'pg',
  documentId: string,
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> {
  const sql =
    kind === 'pg'
      ? `insert into document_terms (document_id, term, clauses, sound)
         select ?, value ->> 0, (value ->> 1)::int, value ->> 2 from jsonb_array_elements(?::jsonb) as t(value)`
      : `insert into document_terms (document_id, term, clauses, sound)
         select ?, value ->> 0, value ->> 1, value ->> 2 from json_each(?)`;
  await trx.raw(sql, [documentId, JSON.stringify(rows)]);
}
