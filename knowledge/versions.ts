/** Versions of a document: which there are, and what stood in the older ones, which stay citable（文件版本）. Reads only. */
import type { Knex } from 'knex';
import { labelOf } from './answers/citation.ts';
import type { ComparedClause } from './changes.ts';
import { resolveTypedPath } from './paths.ts';
import { findClause, listChildren, listPaths } from './store.ts';
import type { ClauseView, DocumentInfo } from './types.ts';

/** One version that was or is in force. */
export interface DocumentVersion extends DocumentInfo {
  readonly id: string;
  readonly version: number;
  readonly inForce: boolean;
  /** When it was put in, ISO. */
  readonly storedAt: string;
  readonly clauses: number;
}

interface VersionRow {
  readonly id: string;
  readonly doc: string;
  readonly version: number;
  readonly active: boolean | number;
  readonly region_id: string;
  readonly short_name: string;
  readonly title: string;
  readonly number: string | null;
  readonly issuer: string | null;
  readonly issued_on: string | null;
  readonly created_at: string;
  readonly clauses: number | string;
}

/** All versions of a document, or of all documents, the newest first. */
export async function listVersions(db: Knex, doc?: string): Promise<readonly DocumentVersion[]> {
  const rows: VersionRow[] = await db('documents')
    .join('regions', 'regions.id', 'documents.region_id')
    .where({ state: 'ready' })
    .andWhere('version', '>', 0)
    .modify((query) => {
      if (doc !== undefined) query.andWhere({ doc });
    })
    .orderBy([{ column: 'documents.region_id' }, { column: 'doc' }, { column: 'version', order: 'desc' }])
    .select(
      'documents.id',
      'doc',
      'version',
      'active',
      'region_id',
      'short_name',
      'title',
      'number',
      'issuer',
      'issued_on',
      'documents.created_at',
      db('clauses').count('*').whereRaw('clauses.document_id = documents.id').as('clauses'),
    );
  return rows.map((row) => ({
    id: row.id,
    doc: row.doc,
    version: Number(row.version),
    inForce: Boolean(row.active),
    regionId: row.region_id,
    regionShortName: row.short_name,
    title: row.title,
    number: row.number ?? undefined,
    issuer: row.issuer ?? undefined,
    issuedOn: row.issued_on ?? undefined,
    storedAt: row.created_at,
    clauses: Number(row.clauses),
  }));
}

/** The clauses of one version in document order, as far as they are compared. */
export async function readVersion(db: Knex, id: string): Promise<readonly ComparedClause[]> {
  return db('clauses').where({ document_id: id }).orderBy('position').select('path', 'heading', 'text', 'kind');
}

/** A clause of an older version by the number people typed; it has no neighbours to turn to. */
export async function viewOldClause(
  db: Knex,
  version: DocumentVersion,
  typed: string,
): Promise<ClauseView | undefined> {
  const path = resolveTypedPath(typed, await listPaths(db, version.id));
  const clause = path === undefined ? undefined : await findClause(db, version.id, path);
  if (!clause) return undefined;
  return {
    document: version,
    clause,
    label: `${labelOf(version, clause.path, clause.kind)}（版本${version.version}）`,
    above: clause.above,
    children: await listChildren(db, version.id, clause.path),
    previousPath: undefined,
    nextPath: undefined,
  };
}
