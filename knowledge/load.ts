/** Puts documents into the database, a version at a time: read in batches, then in force at one stroke（入库）. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import catalogue from './catalogue/documents.json' with { type: 'json' };
import type { IngestPlan } from './ingest.ts';
import { PARSER_VERSION, type ParsedDocument, parseDocument } from './parser/index.ts';
import { spokenLabel } from './reading.ts';
import { type ClauseValues, insertClauses, insertTerms } from './rows.ts';
import { soundOf } from './sounds.ts';
import { tokensOf, wordsFingerprint } from './words.ts';

const CORPUS = join(import.meta.dirname, 'corpus');
/** Clauses cut into words before others get their turn: some 10 ms. */
const BREATH = 40;
/** Rows written in one transaction at first; then as many as take half of the time that nobody may be kept waiting. */
const FIRST_BATCH = 60;
const LARGEST_BATCH = 600;
const BATCH_MS = 25;
/** A loader that has not written for so long is dead, its half document is swept. */
const LEASE_MS = 30_000;

/** How often, and how many times, a loader looks whether another one is done. */
const WAIT_MS = 50;
const MAX_WAITS = 1200;
/** Clauses removed in one transaction. */
const SWEEP_ROWS = 400;

/** What loading needs of the database. */
export interface LoadPorts {
  readonly reader: Knex;
  readonly write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>;
  readonly kind: 'sqlite' | 'pg';
  readonly clock: { now(): Date };
  readonly log?: { info(fields: Readonly<Record<string, unknown>>, message: string): void } | undefined;
  /** Told after each batch of a document. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
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
  const inForce: { doc: string; fingerprint: string; bundled: boolean | number }[] = await ports
    .reader('documents')
    .where({ active: true })
    .select('doc', 'fingerprint', 'bundled');
  // Where people have put a newer version in force, that one stays.
  const done = new Set(inForce.filter((row) => !row.bundled).map((row) => row.doc));
  for (const row of inForce) if (row.bundled) done.add(`${row.doc} ${row.fingerprint}`);
  const missing = texts.filter(({ doc, text }) => !done.has(doc) && !done.has(`${doc} ${fingerprintOf(text)}`));
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

/** Stores a document as planned, its region too where that is new. Doing it twice stores it once. */
export async function storePlanned(ports: LoadPorts, plan: IngestPlan, text: string): Promise<LoadedDocument> {
  const { newRegion } = plan;
  if (newRegion)
    await ports.write(async (trx) => {
      await trx('regions')
        .insert({
          id: newRegion.id,
          name: newRegion.name,
          short_name: newRegion.shortName,
          level: newRegion.level,
          created_at: ports.clock.now().toISOString(),
        })
        .onConflict('id')
        .ignore();
    });
  return loadDocument(ports, {
    doc: plan.doc,
    regionId: plan.regionId,
    number: plan.number,
    issuedOn: plan.issuedOn,
    text,
    bundled: false,
  });
}

/**
 * Reads documents again that were stored by another version of parser or dictionary, from their kept text; the version people
 * cite stays the same.
 * @param isStopping - asked between documents; what is left is read at the next start
 * @returns how many there were
 */
export async function refreshDocuments(ports: LoadPorts, isStopping: () => boolean = () => false): Promise<number> {
  const stale: DocumentRow[] = await ports
    .reader('documents')
    .where({ active: true, bundled: false })
    .whereNot({ read_with: readWith() })
    .whereExists(ports.reader('document_texts').whereRaw('document_texts.document_id = documents.id'));
  for (const row of stale) {
    if (isStopping()) break;
    const kept: { text: string } | undefined = await ports
      .reader('document_texts')
      .where({ document_id: row.id })
      .first('text');
    if (!kept) continue;
    await loadDocument(ports, {
      doc: row.doc,
      regionId: row.region_id,
      number: row.number ?? undefined,
      issuedOn: row.issued_on ?? undefined,
      text: kept.text,
      bundled: false,
    });
  }
  return stale.length;
}

/** Identifies a text as this program reads it. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(`${readWith()} `).update(text).digest('hex');
}

/** Parser and dictionary: when they change, stored documents are read again. */
function readWith(): string {
  return `${PARSER_VERSION} ${wordsFingerprint()}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
  const terms = await writeClauses(ports, id, parsed);
  const rows = [...terms].map(([term, clauses]) => [term, clauses, soundOf(term) ?? null]);
  await inBatches(rows.length, async (from, to) => {
    const began = performance.now();
    await ports.write(async (trx) => {
      await insertTerms(trx, ports.kind, id, rows.slice(from, to));
      await renewLease(trx, ports, id);
    });
    return performance.now() - began;
  });
  await ports.write(async (trx) => {
    if ((await trx('documents').where({ id }).update({ state: 'ready' })) !== 1)
      throw new Error(`loading ${document.doc} took so long that another process gave it up`);
    const active: { id: string; version: number }[] = await trx('documents').where({ doc: document.doc, active: true });
    for (const old of active) {
      // Read again, not changed: it takes the place of the reading before under the same version.
      const replaced = Number(old.version) === claimed.version;
      await trx('documents')
        .where({ id: old.id })
        .update(replaced ? { active: false, state: 'replaced', version: claimed.hidden - 1 } : { active: false });
    }
    await trx('documents').where({ id }).update({ active: true, version: claimed.version, lease_until: null });
    await trx('knowledge_state').where({ name: 'corpus' }).increment('generation', 1);
  });
  await sweep(ports);
  ports.log?.info(
    { event: 'knowledge.loaded', doc: document.doc, version: claimed.version, clauses: parsed.clauses.length },
    'document is in force',
  );
  return { ...result, unchanged: false };
}

/** Writes the clauses and their words; returns in how many clauses each word stands. */
async function writeClauses(
  ports: LoadPorts,
  id: string,
  parsed: ParsedDocument,
): Promise<ReadonlyMap<string, number>> {
  const terms = new Map<string, number>();
  const above = headingsAbove(parsed);
  const children = new Map<string, number>();
  for (const { path } of parsed.clauses) children.set(parentOf(path), (children.get(parentOf(path)) ?? 0) + 1);
  await inBatches(parsed.clauses.length, async (from, to) => {
    const rows: ClauseValues[] = [];
    for (const [at, clause] of parsed.clauses.slice(from, to).entries()) {
      if (at % BREATH === BREATH - 1) await breathe();
      const headings = above[from + at] ?? [];
      const tokens = tokensOf(
        [...headings, spokenLabel(clause.path), clause.group ?? '', clause.heading, clause.text].join('\n'),
      );
      for (const token of tokens) terms.set(token, (terms.get(token) ?? 0) + 1);
      rows.push({
        position: from + at,
        path: clause.path,
        parent_path: parentOf(clause.path),
        kind: clause.kind,
        heading: clause.heading,
        text: clause.text,
        above: JSON.stringify(headings),
        children: children.get(clause.path) ?? 0,
        row_group: clause.group ?? null,
        row_columns: clause.columns ? JSON.stringify(clause.columns) : null,
        tokens,
      });
    }
    const began = performance.now();
    await ports.write(async (trx) => {
      await insertClauses(trx, ports.kind, id, rows);
      await renewLease(trx, ports, id);
    });
    ports.onProgress?.(to, parsed.clauses.length);
    return performance.now() - began;
  });
  return terms;
}

/** Works through `total` rows in pieces that grow or shrink with the time one takes; `work` says how long it wrote (ms). */
async function inBatches(total: number, work: (from: number, to: number) => Promise<number>): Promise<void> {
  let size = FIRST_BATCH;
  for (let from = 0; from < total; ) {
    const to = Math.min(from + size, total);
    const tookMs = await work(from, to);
    from = to;
    size = Math.round(
      Math.min(LARGEST_BATCH, Math.max(FIRST_BATCH / 3, (size * BATCH_MS) / Math.max(tookMs, 1), size / 2), size * 2),
    );
  }
}

function parentOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}

async function renewLease(trx: Knex.Transaction, ports: LoadPorts, id: string): Promise<void> {
  await trx('documents')
    .where({ id })
    .update({ lease_until: leaseFrom(ports) });
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

interface DocumentRow {
  readonly id: string;
  readonly doc: string;
  readonly version: number;
  readonly region_id: string;
  readonly number: string | null;
  readonly issued_on: string | null;
  readonly state: string;
  readonly active: boolean | number;
  readonly fingerprint: string;
  readonly text_hash: string | null;
  readonly lease_until: string | null;
}

interface Claimed {
  /** Undefined where there is nothing to do. */
  readonly id: string | undefined;
  /** The version it will have in force. */
  readonly version: number;
  /** The number it has until then: no version of a document is negative. */
  readonly hidden: number;
}

/** Takes the right to load this version; waits while another process loads the same document. */
async function claim(
  ports: LoadPorts,
  document: DocumentToLoad,
  parsed: ParsedDocument,
  fingerprint: string,
): Promise<Claimed> {
  const textHash = hashOf(document.text);
  for (let tries = 0; tries < MAX_WAITS; tries += 1) {
    const taken = await ports.write(async (trx) => {
      if (ports.kind === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [`document ${document.doc}`]);
      const rows: DocumentRow[] = await trx('documents').where({ doc: document.doc });
      const current = rows.find((row) => Boolean(row.active));
      if (current?.fingerprint === fingerprint)
        return { id: undefined, version: Number(current.version), hidden: 0, busy: false };
      if (rows.some((row) => row.state === 'loading' && (row.lease_until ?? '') > ports.clock.now().toISOString()))
        return { id: undefined, version: 0, hidden: 0, busy: true };
      const again = current !== undefined && current.text_hash === textHash;
      const version = again ? Number(current.version) : Math.max(0, ...rows.map((row) => Number(row.version))) + 1;
      const hidden = Math.min(0, ...rows.map((row) => Number(row.version))) - 1;
      const id = randomUUID();
      await trx('documents').insert({
        id,
        doc: document.doc,
        version: hidden,
        region_id: document.regionId,
        title: parsed.title === '' ? document.doc : parsed.title,
        number: document.number ?? parsed.number ?? null,
        issuer: parsed.issuer ?? null,
        issued_on: document.issuedOn ?? parsed.issuedOn ?? null,
        fingerprint,
        text_hash: textHash,
        read_with: readWith(),
        state: 'loading',
        active: false,
        bundled: document.bundled,
        lease_until: leaseFrom(ports),
        created_at: ports.clock.now().toISOString(),
      });
      if (!document.bundled) await trx('document_texts').insert({ document_id: id, text: document.text });
      return { id, version, hidden, busy: false };
    });
    if (!taken.busy) return taken;
    await sleep(WAIT_MS);
    await sweep(ports);
  }
  throw new Error(`another process has been loading ${document.doc} for over a minute`);
}

/** Removes what a dead loader left behind, and readings that a newer one has replaced; in pieces, the document last. */
async function sweep(ports: LoadPorts): Promise<void> {
  const dead: { id: string }[] = await ports
    .reader('documents')
    .where((either) =>
      either
        .where({ state: 'replaced' })
        .orWhere((loading) =>
          loading.where({ state: 'loading' }).andWhere('lease_until', '<', ports.clock.now().toISOString()),
        ),
    )
    .select('id');
  for (const { id } of dead) {
    for (let left = true; left; ) {
      left = await ports.write(async (trx) => {
        const still: { id: string }[] = await trx('documents')
          .where({ id })
          .whereIn('state', ['loading', 'replaced'])
          .select('id');
        if (still.length === 0) return false;
        const ns: { n: number }[] = await trx('clauses').where({ document_id: id }).select('n').limit(SWEEP_ROWS);
        if (ns.length > 0) {
          const numbers = ns.map((row) => Number(row.n));
          if (ports.kind === 'sqlite')
            await trx.raw('delete from clauses_text where rowid in (select value from json_each(?))', [
              JSON.stringify(numbers),
            ]);
          await trx('clauses').whereIn('n', numbers).delete();
          return true;
        }
        await trx('document_terms').where({ document_id: id }).delete();
        await trx('document_texts').where({ document_id: id }).delete();
        await trx('documents').where({ id }).delete();
        return false;
      });
    }
  }
}
