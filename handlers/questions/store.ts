/** Reads what was asked and not found, what was taught for it, and the words of a region（问题清单、词典）. */
import { z } from 'zod';
import { isSameClause } from '../../knowledge/answers/appointed.ts';
import { labelOf } from '../../knowledge/answers/citation.ts';
import { findClause, listDocuments } from '../../knowledge/store.ts';
import type { Clause, DocumentInfo } from '../../knowledge/types.ts';
import type { Reader, Vault } from '../ports.ts';

/** A clause as it is kept: `doc`, whatever its version, and path. */
export interface ClauseKey {
  readonly doc: string;
  readonly path: string;
}

/** The clause the commission named for a question（指定条款）. */
export interface Taught extends ClauseKey {
  readonly id: string;
  /** The question in the form in which equal ones are equal. */
  readonly wording: string;
  readonly key: string;
  readonly heading: string;
  readonly hash: string;
  /** Its citation at that time, to name it when it is gone. */
  readonly label: string;
}

export type EntryState = 'open' | 'answered' | 'closed';

/** One entry of the list（问题清单）: a question of a region, however many asked it. */
export interface Entry {
  readonly id: string;
  /** Its number in the region, the same for good. */
  readonly number: number;
  readonly regionId: string;
  readonly key: string;
  /** The question without names and numbers; `undefined` where only a clause was rated, or it was forgotten. */
  readonly wording: string | undefined;
  readonly notFound: number;
  readonly useless: number;
  readonly useful: number;
  /** Calendar days. */
  readonly firstOn: string;
  readonly lastOn: string;
  readonly nearest: readonly ClauseKey[];
  /** The clause last said to be of no use. */
  readonly rated: ClauseKey | undefined;
  readonly state: EntryState;
  /** Who handled it last, and when. */
  readonly handled: { readonly name: string; readonly at: string } | undefined;
  readonly taught: Taught | undefined;
  /** The clause taught no longer stands in the document in force, or another one has its place. */
  readonly vanished: boolean;
  readonly version: number;
}

interface EntryRow {
  readonly id: string;
  readonly region_id: string;
  readonly question_key: string;
  readonly wording_sealed: string | null;
  readonly not_found: number | string;
  readonly useless: number | string;
  readonly useful: number | string;
  readonly first_on: string;
  readonly last_on: string;
  readonly nearest: string | null;
  readonly rated: string | null;
  readonly state: string;
  readonly handled_at: string | null;
  readonly handler: string | null;
  readonly version: number | string;
}

/** All entries of a region in the order of their numbers. */
export async function listEntries(
  { db, vault }: { readonly db: Reader; readonly vault: Vault },
  regionId: string,
): Promise<readonly Entry[]> {
  const rows: EntryRow[] = await db('asked_questions')
    .leftJoin('staff', 'staff.id', 'asked_questions.handled_by')
    .where({ region_id: regionId })
    .orderBy('asked_questions.id')
    .select('asked_questions.*', 'staff.name as handler');
  const all = await listTaught(db, regionId);
  const taught = new Map(all.map((one) => [one.key, one]));
  const gone = await findVanished(db, all);
  return rows.map((row, at) => ({
    id: row.id,
    number: at + 1,
    regionId: row.region_id,
    key: row.question_key,
    wording: row.wording_sealed === null ? undefined : openWording(vault, row.wording_sealed),
    notFound: Number(row.not_found),
    useless: Number(row.useless),
    useful: Number(row.useful),
    firstOn: row.first_on,
    lastOn: row.last_on,
    nearest: row.nearest === null ? [] : (JSON.parse(row.nearest) as string[]).flatMap((one) => parseKey(one) ?? []),
    rated: row.rated === null ? undefined : parseKey(row.rated),
    state: stateOf(row.state),
    handled: row.handled_at === null ? undefined : { name: row.handler ?? '同事', at: row.handled_at },
    taught: taught.get(row.question_key),
    vanished: gone.has(row.question_key),
    version: Number(row.version),
  }));
}

/** Words sealed with a key that is no longer known are as good as forgotten. */
function openWording(vault: Vault, sealed: string): string | undefined {
  try {
    return vault.open(sealed);
  } catch {
    return undefined;
  }
}

function stateOf(state: string): EntryState {
  return state === 'answered' || state === 'closed' ? state : 'open';
}

/** Whether somebody should look at an entry: not handled yet, or the clause named for it is gone. */
export function isWaiting(entry: Entry): boolean {
  if (entry.state === 'closed') return false;
  if (entry.state === 'answered') return entry.vanished;
  return entry.notFound + entry.useless > 0 && (entry.wording !== undefined || entry.rated !== undefined);
}

interface TaughtRow {
  readonly id: string;
  readonly question_key: string;
  readonly wording: string;
  readonly doc: string;
  readonly path: string;
  readonly heading: string;
  readonly words_hash: string;
  readonly label: string;
}

/** What was taught in a region, whether its clause still stands or not. */
export async function listTaught(db: Reader, regionId: string): Promise<readonly Taught[]> {
  const rows: TaughtRow[] = await db('taught_answers').where({ region_id: regionId }).orderBy('id');
  return rows.map((row) => ({
    id: row.id,
    key: row.question_key,
    wording: row.wording,
    doc: row.doc,
    path: row.path,
    heading: row.heading,
    hash: row.words_hash,
    label: row.label,
  }));
}

/** Keys of those whose clause no longer stands in the document in force. */
async function findVanished(db: Reader, taught: readonly Taught[]): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  const documents = taught.length > 0 ? await listDocuments(db) : [];
  for (const one of taught) {
    const document = documents.find(({ doc }) => doc === one.doc);
    const clause = document && (await findClause(db, document.id, one.path));
    if (!clause || !isSameClause(clause, one)) gone.add(one.key);
  }
  return gone;
}

/** A clause in force with its citation. */
export async function findCited(
  db: Reader,
  { doc, path }: ClauseKey,
): Promise<{ readonly document: DocumentInfo; readonly clause: Clause; readonly label: string } | undefined> {
  const document = (await listDocuments(db)).find((one) => one.doc === doc);
  const clause = document && (await findClause(db, document.id, path));
  return document && clause && { document, clause, label: labelOf(document, path, clause.kind) };
}

/** `徽办发〔2026〕2号 二（二）2（5）` of each clause that still stands. */
export async function citationsOf(db: Reader, keys: readonly ClauseKey[]): Promise<readonly string[]> {
  const labels: string[] = [];
  for (const key of keys) {
    const cited = await findCited(db, key);
    if (cited) labels.push(cited.label);
  }
  return [...new Set(labels)];
}

/** Words of a region（词典条目）. */
export interface Saying {
  readonly id: string;
  readonly say: string;
  readonly mean: readonly string[];
}

const meanings = z.array(z.string().min(1)).min(1);

/** The words of a region in the order they are numbered. */
export async function listSayings(db: Reader, regionId: string): Promise<readonly Saying[]> {
  const rows: { id: string; say: string; mean: string }[] = await db('local_sayings')
    .where({ region_id: regionId })
    .select('id', 'say', 'mean');
  return rows
    .map(({ id, say, mean }) => ({ id, say, mean: meanings.parse(JSON.parse(mean)) }))
    .sort((a, b) => (a.say < b.say ? -1 : a.say > b.say ? 1 : 0));
}

/** `doc path` as it is kept. */
export function keyText({ doc, path }: ClauseKey): string {
  return `${doc} ${path}`;
}

function parseKey(text: string): ClauseKey | undefined {
  const at = text.indexOf(' ');
  return at < 1 ? undefined : { doc: text.slice(0, at), path: text.slice(at + 1) };
}
