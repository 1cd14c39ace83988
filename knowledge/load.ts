/** Puts documents into the database, a version at a time: read in batches, then in force at one stroke（入库）. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import catalogue from './catalogue/documents.json' with { type: 'json' };
import { PARSER_VERSION, type ParsedDocument, parseDocument } from './parser/index.ts';
import { spokenLabel } from './reading.ts';
import { soundOf } from './sounds.ts';
import { tokensOf, wordsFingerprint } from './words.ts';

const CORPUS = join(import.meta.dirname, 'corpus');
/** Clauses written in one transaction: well under 50 ms, so that nobody who writes meanwhile waits long. */
const BATCH_CLAUSES = 60;
/** A loader that has not written for so long is dead, its half document is swept. */
const LEASE_MS = 30_000;

/** How often, and how many times, a loader looks whether another one is done. */
const WAIT_MS = 50;
const MAX_WAITS = 1200;

/** What loading needs of the database. */
export interface LoadPorts {
  readonly reader: Knex;
  readonly write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>;
  readonly kind: 'sqlite' | 'pg';
  readonly clock: { now(): Date };
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
}

const schema = z.object({
  regions: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      shortName: z.string(),
      level: z.enum(['province', 'city', 'county']),
      parent: z.string().optional(),
    }),
  ),
  documents: z.array(
    z.object({ doc: z.string(), region: z.string(), number: z.string(), issuedOn: z.string().nullable() }),
  ),
});

/** A document as it is to be stored. */
export interface DocumentToLoad {
  readonly doc: string;
  readonly regionId: string;
  readonly number: string | undefined;
  readonly issuedOn: string | undefined;
  readonly text: string;
  readonly bundled: boolean;
}

/** What became of a document: stored anew, or already there unchanged. */
export interface LoadedDocument {
  readonly doc: string;
  readonly version: number;
  readonly clauses: number;
  readonly tables: number;
  readonly doubts: readonly string[];
  readonly unchanged: boolean;
}

/**
 * Brings the bundled plans into the database: does nothing when file, parser and dictionary are as they were. Safe when
 * several processes start at once and after a kill at any moment: a half document is never in force and is swept.
 */
export async function loadCorpus(ports: LoadPorts): Promise<void> {
  const { regions, documents } = schema.parse(catalogue);
  await sweep(ports);
  const texts = documents.map((document) => ({
    ...document,
    text: readFileSync(join(CORPUS, `${document.doc}.txt`), 'utf8'),
  }));
  const known = new Set<string>(
    (await ports.reader('documents').where({ active: true, bundled: true }).select('doc', 'fingerprint')).map(
      (row: { doc: string; fingerprint: string }) => `${row.doc} ${row.fingerprint}`,
    ),
  );
  const missing = texts.filter(({ doc, text }) => !known.has(`${doc} ${fingerprintOf(text)}`));
  if (missing.length === 0) return;
  await ports.write(async (trx) => {
    const now = ports.clock.now().toISOString();
    for (const region of regions)
      await trx('regions')
        .insert({
          id: region.id,
          name: region.name,
          short_name: region.shortName,
          level: region.level,
          parent_id: region.parent ?? null,
          created_at: now,
        })
        .onConflict('id')
        .ignore();
  });
  for (const { doc, region, number, issuedOn, text } of missing)
    await loadDocument(ports, { doc, regionId: region, number, issuedOn: issuedOn ?? undefined, text, bundled: true });
}

/** Identifies a text as this program reads it. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(`${PARSER_VERSION} ${wordsFingerprint()} `).update(text).digest('hex');
}

/**
 * Stores a document as the new version of its `doc` and puts it in force; older versions stay citable.
 * @throws Error when another process holds the same document for over a minute
 */
export async function loadDocument(ports: LoadPorts, document: DocumentToLoad): Promise<LoadedDocument> {
  const parsed = parseDocument(document.text);
  const fingerprint = fingerprintOf(document.text);
  const claimed = await claim(ports, document, parsed, fingerprint);
  const result = {
    doc: document.doc,
    version: claimed.version,
    clauses: parsed.clauses.length,
    tables: parsed.tables,
    doubts: parsed.doubts,
  };
  if (!claimed.id) return { ...result, unchanged: true };
  const id = claimed.id;
  const terms = new Map<string, number>();
  const above = headingsAbove(parsed);
  const children = new Map<string, number>();
  for (const { path } of parsed.clauses) {
    const parent = path.split('/').slice(0, -1).join('/');
    children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  for (let from = 0; from < parsed.clauses.length; from += BATCH_CLAUSES) {
    const batch = parsed.clauses.slice(from, from + BATCH_CLAUSES).map((clause, at) => {
      const headings = above[from + at] ?? [];
      const tokens = tokensOf(
        [...headings, spokenLabel(clause.path), clause.group ?? '', clause.heading, clause.text].join('\n'),
      );
      for (const token of tokens) terms.set(token, (terms.get(token) ?? 0) + 1);
      return { clause, position: from + at, headings, tokens };
    });
    await ports.write(async (trx) => {
      for (const { clause, position, headings, tokens } of batch) {
        const row = {
          document_id: id,
          position,
          path: clause.path,
          parent_path: clause.path.split('/').slice(0, -1).join('/'),
          kind: clause.kind,
          heading: clause.heading,
          text: clause.text,
          above: JSON.stringify(headings),
          children: children.get(clause.path) ?? 0,
          row_group: clause.group ?? null,
          row_columns: clause.columns ? JSON.stringify(clause.columns) : null,
        };
        if (ports.kind === 'pg')
          await trx('clauses').insert({ ...row, tokens: trx.raw('array_to_tsvector(?::text[])', [[...tokens]]) });
        else {
          const [inserted] = await trx('clauses').insert(row).returning('n');
          await trx.raw('insert into clauses_text(rowid, tokens) values (?, ?)', [
            Number((inserted as { n: number }).n),
            tokens.join(' '),
          ]);
        }
      }
      await trx('documents')
        .where({ id })
        .update({ lease_until: leaseFrom(ports) });
    });
  }
  const rows = [...terms].map(([term, clauses]) => ({ document_id: id, term, clauses, sound: soundOf(term) ?? null }));
  for (let from = 0; from < rows.length; from += 400)
    await ports.write(async (trx) => {
      for (let at = from; at < Math.min(from + 400, rows.length); at += 100)
        await trx('document_terms').insert(rows.slice(at, Math.min(at + 100, from + 400)));
      await trx('documents')
        .where({ id })
        .update({ lease_until: leaseFrom(ports) });
    });
  await ports.write(async (trx) => {
    await trx('documents').where({ doc: document.doc, active: true }).update({ active: false });
    await trx('documents').where({ id }).update({ active: true, state: 'ready', lease_until: null });
    await trx('knowledge_state').where({ name: 'corpus' }).increment('generation', 1);
  });
  ports.log?.info(
    { event: 'knowledge.loaded', doc: document.doc, version: claimed.version, clauses: parsed.clauses.length },
    'document is in force',
  );
  return { ...result, unchanged: false };
}

/** Headings above each clause, outermost first; the words a clause inherits. */
function headingsAbove(parsed: ParsedDocument): readonly (readonly string[])[] {
  const headings = new Map(parsed.clauses.map((clause) => [clause.path, clause.heading]));
  return parsed.clauses.map((clause) => {
    const parts = clause.path.split('/');
    return parts.slice(0, -1).map((_, depth) => headings.get(parts.slice(0, depth + 1).join('/')) ?? '');
  });
}

function leaseFrom({ clock }: LoadPorts): string {
  return new Date(clock.now().getTime() + LEASE_MS).toISOString();
}

/** Takes the right to load this version; waits while another process loads the same document. */
async function claim(
  ports: LoadPorts,
  document: DocumentToLoad,
  parsed: ParsedDocument,
  fingerprint: string,
): Promise<{ readonly id: string | undefined; readonly version: number }> {
  for (let tries = 0; tries < MAX_WAITS; tries += 1) {
    const taken = await ports.write(async (trx) => {
      if (ports.kind === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [`document ${document.doc}`]);
      const rows: {
        id: string;
        version: number;
        state: string;
        active: boolean | number;
        fingerprint: string;
        lease_until: string | null;
      }[] = await trx('documents').where({ doc: document.doc });
      const current = rows.find((row) => Boolean(row.active));
      if (current?.fingerprint === fingerprint) return { id: undefined, version: Number(current.version), busy: false };
      if (rows.some((row) => row.state === 'loading' && (row.lease_until ?? '') > ports.clock.now().toISOString()))
        return { id: undefined, version: 0, busy: true };
      const version = Math.max(0, ...rows.map((row) => Number(row.version))) + 1;
      const id = randomUUID();
      await trx('documents').insert({
        id,
        doc: document.doc,
        version,
        region_id: document.regionId,
        title: parsed.title === '' ? document.doc : parsed.title,
        number: document.number ?? parsed.number ?? null,
        issuer: parsed.issuer ?? null,
        issued_on: document.issuedOn ?? parsed.issuedOn ?? null,
        fingerprint,
        state: 'loading',
        active: false,
        bundled: document.bundled,
        lease_until: leaseFrom(ports),
        created_at: ports.clock.now().toISOString(),
      });
      return { id, version, busy: false };
    });
    if (!taken.busy) return taken;
    await sleep(WAIT_MS);
    await sweep(ports);
  }
  throw new Error(`another process has been loading ${document.doc} for over a minute`);
}

/** Removes what a dead loader left behind. */
async function sweep(ports: LoadPorts): Promise<void> {
  const dead: { id: string }[] = await ports
    .reader('documents')
    .where({ state: 'loading' })
    .andWhere('lease_until', '<', ports.clock.now().toISOString())
    .select('id');
  for (const { id } of dead)
    await ports.write(async (trx) => {
      const still: { id: string }[] = await trx('documents').where({ id, state: 'loading' }).select('id');
      if (still.length === 0) return;
      if (ports.kind === 'sqlite')
        await trx.raw('delete from clauses_text where rowid in (select n from clauses where document_id = ?)', [id]);
      await trx('clauses').where({ document_id: id }).delete();
      await trx('document_terms').where({ document_id: id }).delete();
      await trx('documents').where({ id }).delete();
    });
}
