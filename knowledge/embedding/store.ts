/** Reads and writes the vectors of clauses; a document counts only once all of its clauses have theirs（向量存取）. */
import type { Knex } from 'knex';
import { asClause, type ClauseRow, type StoredClause } from '../store.ts';

/** Kinds of clause that are never looked for by meaning. */
const LEFT_OUT = ['head', 'tail'];
/** Clauses read at once. */
const PAGE = 400;

/** A version of a document all of whose clauses have vectors of a model. */
export interface EmbeddedDocument {
  readonly documentId: string;
  readonly dimension: number;
  /** Vectors of all its clauses together. */
  readonly vectors: number;
}

/** Those of the documents that are ready, in the order given. */
export async function listEmbedded(
  db: Knex,
  model: string,
  documentIds: readonly string[],
): Promise<readonly EmbeddedDocument[]> {
  const rows: { document_id: string; dimension: number; vectors: number }[] = await db('embedded_documents')
    .where({ model })
    .andWhere('vectors', '>', 0)
    .whereIn('document_id', [...documentIds])
    .select('document_id', 'dimension', 'vectors');
  return documentIds.flatMap((documentId) => {
    const row = rows.find((one) => one.document_id === documentId);
    return row ? [{ documentId, dimension: Number(row.dimension), vectors: Number(row.vectors) }] : [];
  });
}

/** The vectors of a document's clauses, in document order, a page at a time. */
export async function* readVectors(
  db: Knex,
  model: string,
  documentId: string,
): AsyncGenerator<{ readonly n: number; readonly vectors: Int8Array }> {
  for (let after = -1; ; ) {
    const rows: { n: number | string; position: number; vectors: Buffer }[] = await db('clauses')
      .join('clause_vectors', 'clause_vectors.n', 'clauses.n')
      .where({ document_id: documentId, model })
      .andWhere('position', '>', after)
      .orderBy('position')
      .limit(PAGE)
      .select('clauses.n', 'position', 'vectors');
    for (const { n, vectors } of rows) yield { n: Number(n), vectors: new Int8Array(vectors) };
    const last = rows.at(-1);
    if (!last) return;
    after = Number(last.position);
  }
}

/** Documents in force that lack vectors of the model, by region and name. */
export async function listUnembedded(db: Knex, model: string): Promise<readonly string[]> {
  const rows: { id: string }[] = await db('documents')
    .where({ active: true })
    .whereNotExists(
      db('embedded_documents').whereRaw('embedded_documents.document_id = documents.id').andWhere({ model }),
    )
    .orderBy([{ column: 'region_id' }, { column: 'doc' }])
    .select('documents.id');
  return rows.map((row) => row.id);
}

/** Clauses of a document that lack vectors of the model, in order. */
export async function listUnembeddedClauses(
  db: Knex,
  model: string,
  documentId: string,
  limit: number,
): Promise<readonly StoredClause[]> {
  const rows: ClauseRow[] = await db<ClauseRow>('clauses')
    .where({ document_id: documentId })
    .whereNotIn('kind', LEFT_OUT)
    .whereNotExists(db('clause_vectors').whereRaw('clause_vectors.n = clauses.n').andWhere({ model }))
    .orderBy('position')
    .limit(limit);
  return rows.map(asClause);
}

/** Length of the model's vectors kept so far; undefined where there are none. */
export async function findDimension(db: Knex, model: string): Promise<number | undefined> {
  const row: { dimension: number } | undefined = await db('clause_vectors').where({ model }).first('dimension');
  return row && Number(row.dimension);
}

/** Keeps the vectors of some clauses, parts of one clause one behind the other; those that have some already keep them. */
export async function insertVectors(
  trx: Knex.Transaction,
  model: string,
  dimension: number,
  clauses: readonly { readonly n: number; readonly vectors: readonly Int8Array[] }[],
): Promise<void> {
  // A document swept meanwhile has taken its clauses along.
  const there: { n: number | string }[] = await trx('clauses')
    .whereIn(
      'n',
      clauses.map((clause) => clause.n),
    )
    .select('n');
  const left = new Set(there.map((row) => Number(row.n)));
  const rows = clauses
    .filter(({ n }) => left.has(n))
    .map(({ n, vectors }) => ({
      n,
      model,
      dimension,
      vectors: Buffer.concat(vectors.map((one) => Buffer.from(one.buffer))),
    }));
  if (rows.length > 0) await trx('clause_vectors').insert(rows).onConflict(['n', 'model']).ignore();
}

/** Marks a document as ready where none of its clauses lacks vectors. */
export async function markEmbedded(
  trx: Knex.Transaction,
  model: string,
  documentId: string,
  now: string,
): Promise<boolean> {
  const still: { id: string } | undefined = await trx('documents').where({ id: documentId, active: true }).first('id');
  if (!still) return false;
  if ((await listUnembeddedClauses(trx, model, documentId, 1)).length > 0) return false;
  const [sum]: { bytes: number | string | null; dimension: number | null }[] = await trx('clauses')
    .join('clause_vectors', 'clause_vectors.n', 'clauses.n')
    .where({ document_id: documentId, model })
    .select(trx.raw('sum(length(clause_vectors.vectors)) as bytes, max(dimension) as dimension'));
  const dimension = Number(sum?.dimension ?? 0);
  await trx('embedded_documents')
    .insert({
      document_id: documentId,
      model,
      dimension,
      vectors: dimension === 0 ? 0 : Number(sum?.bytes ?? 0) / dimension,
      completed_at: now,
    })
    .onConflict(['document_id', 'model'])
    .ignore();
  return true;
}

/**
 * Removes vectors that are not used any more: of other models, and of versions no longer in force.
 * @returns whether there may be more
 */
export async function removeUnused(trx: Knex.Transaction, model: string): Promise<boolean> {
  const inForce = () => trx('documents').where({ active: true }).select('id');
  await trx('embedded_documents').whereNot({ model }).orWhereNotIn('document_id', inForce()).delete();
  const rows: { n: number | string; model: string }[] = await trx('clause_vectors')
    .join('clauses', 'clauses.n', 'clause_vectors.n')
    .whereNot({ model })
    .orWhereNotIn('document_id', inForce())
    .limit(PAGE)
    .select('clause_vectors.n', 'model');
  for (const name of new Set(rows.map((row) => row.model))) {
    const ns = rows.filter((row) => row.model === name).map((row) => Number(row.n));
    await trx('clause_vectors').where({ model: name }).whereIn('n', ns).delete();
  }
  return rows.length === PAGE;
}

/** How many documents in force there are, and how many are ready. */
export async function countEmbedded(
  db: Knex,
  model: string,
): Promise<{ readonly documents: number; readonly ready: number }> {
  const all: { total?: number | string } | undefined = await db('documents')
    .where({ active: true })
    .count({ total: '*' })
    .first();
  const documents = Number(all?.total ?? 0);
  return { documents, ready: documents - (await listUnembedded(db, model)).length };
}
