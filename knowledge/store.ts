/** Reads documents and clauses from the database; the tables are the same on SQLite and PostgreSQL. */
import type { Knex } from 'knex';
import type { Clause, DocumentInfo } from './types.ts';

/** A version of a document in force, or an older one that is still citable. */
export interface StoredDocument extends DocumentInfo {
  readonly id: string;
  readonly version: number;
}

/** A clause as stored, with what it stands under. */
export interface StoredClause extends Clause {
  readonly n: number;
  readonly documentId: string;
  readonly position: number;
  readonly parentPath: string;
  /** Headings above it, outermost first. */
  readonly above: readonly string[];
  /** Clauses directly under it. */
  readonly children: number;
}

export interface StoredRegion {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly level: string;
  readonly parentId: string | undefined;
}

interface DocumentRow {
  readonly id: string;
  readonly doc: string;
  readonly version: number;
  readonly region_id: string;
  readonly short_name: string;
  readonly title: string;
  readonly number: string | null;
  readonly issuer: string | null;
  readonly issued_on: string | null;
}

export interface ClauseRow {
  readonly n: number | string;
  readonly document_id: string;
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
}

/** Raised by every change of what is in force. */
export async function readGeneration(db: Knex): Promise<number> {
  const row: { generation: number | string } | undefined = await db('knowledge_state')
    .where({ name: 'corpus' })
    .first('generation');
  return Number(row?.generation ?? 0);
}

/** Documents in force, by region and name. */
export async function listDocuments(db: Knex): Promise<readonly StoredDocument[]> {
  const rows: DocumentRow[] = await db('documents')
    .join('regions', 'regions.id', 'documents.region_id')
    .where({ active: true })
    .orderBy([{ column: 'documents.region_id' }, { column: 'documents.doc' }])
    .select('documents.id', 'doc', 'version', 'region_id', 'short_name', 'title', 'number', 'issuer', 'issued_on');
  return rows.map((row) => ({
    id: row.id,
    doc: row.doc,
    version: Number(row.version),
    title: row.title,
    number: row.number ?? undefined,
    issuer: row.issuer ?? undefined,
    issuedOn: row.issued_on ?? undefined,
    regionId: row.region_id,
    regionShortName: row.short_name,
  }));
}

export async function listRegions(db: Knex): Promise<readonly StoredRegion[]> {
  const rows: { id: string; name: string; short_name: string; level: string; parent_id: string | null }[] = await db(
    'regions',
  ).select('id', 'name', 'short_name', 'level', 'parent_id');
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    shortName: row.short_name,
    level: row.level,
    parentId: row.parent_id ?? undefined,
  }));
}

/** Number of clauses in force. */
export async function countClauses(db: Knex): Promise<number> {
  const row: { total?: number | string } | undefined = await db('clauses')
    .join('documents', 'documents.id', 'clauses.document_id')
    .where({ active: true })
    .count({ total: '*' })
    .first();
  return Number(row?.total ?? 0);
}

/** A clause by its path in one version of a document. */
export async function findClause(db: Knex, documentId: string, path: string): Promise<StoredClause | undefined> {
  const row: ClauseRow | undefined = await db<ClauseRow>('clauses').where({ document_id: documentId, path }).first();
  return row && asClause(row);
}

/** The clause at a place in document order. */
export async function findClauseAt(db: Knex, documentId: string, position: number): Promise<StoredClause | undefined> {
  const row: ClauseRow | undefined = await db<ClauseRow>('clauses')
    .where({ document_id: documentId, position })
    .first();
  return row && asClause(row);
}

/** Clauses directly under a path, in order; '' is the top. */
export async function listChildren(db: Knex, documentId: string, parentPath: string): Promise<readonly StoredClause[]> {
  const rows: ClauseRow[] = await db<ClauseRow>('clauses')
    .where({ document_id: documentId, parent_path: parentPath })
    .orderBy('position');
  return rows.map(asClause);
}

/** Clauses by their numbers, in no special order. */
export async function readClauses(db: Knex, ns: readonly number[]): Promise<readonly StoredClause[]> {
  const clauses: StoredClause[] = [];
  for (let from = 0; from < ns.length; from += 500) {
    const rows: ClauseRow[] = await db<ClauseRow>('clauses').whereIn('n', ns.slice(from, from + 500));
    clauses.push(...rows.map(asClause));
  }
  return clauses;
}

/** Clauses in which one of the words stands, in the order of the documents given and their own. */
export async function listClausesWith(
  db: Knex,
  documentIds: readonly string[],
  words: readonly string[],
): Promise<readonly StoredClause[]> {
  const rows: ClauseRow[] = await db<ClauseRow>('clauses')
    .whereIn('document_id', documentIds)
    .where((either) => {
      for (const word of words) either.orWhere('text', 'like', `%${word}%`).orWhere('heading', 'like', `%${word}%`);
    })
    .orderBy(['document_id', 'position'])
    .limit(MOST_CLAUSES);
  const place = new Map(documentIds.map((id, at) => [id, at]));
  return rows.map(asClause).sort((a, b) => (place.get(a.documentId) ?? 0) - (place.get(b.documentId) ?? 0));
}

/** Read at once; a plan has a hundred clauses or so. */
const MOST_CLAUSES = 500;

/** All paths of a document in order, for finding a path as people type it. */
export async function listPaths(db: Knex, documentId: string): Promise<readonly string[]> {
  const rows: { path: string }[] = await db('clauses')
    .where({ document_id: documentId })
    .orderBy('position')
    .select('path');
  return rows.map((row) => row.path);
}

/** A clause from its row. */
export function asClause(row: ClauseRow): StoredClause {
  return {
    n: Number(row.n),
    documentId: row.document_id,
    position: Number(row.position),
    path: row.path,
    parentPath: row.parent_path,
    kind: row.kind as Clause['kind'],
    heading: row.heading,
    text: row.text,
    above: JSON.parse(row.above) as string[],
    children: Number(row.children),
    ...(row.row_group === null ? {} : { group: row.row_group }),
    ...(row.row_columns === null ? {} : { columns: JSON.parse(row.row_columns) as string[] }),
  };
}
