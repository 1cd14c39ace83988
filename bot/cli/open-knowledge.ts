/** Opens what a question needs, from DATA_DIR and DATABASE_URL alone: migrated, with the bundled plans; logs on stderr. */
import { resolve } from 'node:path';
import { createKnowledge, type Knowledge, loadCorpus } from '../../knowledge/index.ts';
import { type Database, openDatabase } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { createLog } from '../log.ts';

export interface OpenKnowledge {
  readonly database: Database;
  readonly knowledge: Knowledge;
  close(): Promise<void>;
}

export interface Place {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

/** Where the data lies; no key is needed to read the plans. @throws Error in one readable line */
export function readPlace(env: Readonly<Record<string, string | undefined>>): Place {
  const databaseUrl = env.DATABASE_URL?.trim() || undefined;
  if (databaseUrl && !/^postgres(?:ql)?:\/\/\S+$/.test(databaseUrl)) {
    throw new Error('DATABASE_URL must begin with postgres://');
  }
  return { dataDir: resolve(env.DATA_DIR?.trim() || './data'), databaseUrl };
}

/** Database and knowledge, ready for questions; works beside a running bot. */
export async function openKnowledge(place: Place): Promise<OpenKnowledge> {
  const database = openDatabase(place);
  try {
    await migrate(database, place.dataDir);
    await loadCorpus({
      reader: database.reader,
      write: database.write,
      kind: database.kind,
      clock: { now: () => new Date() },
      log: createLog('warn'),
    });
    return {
      database,
      knowledge: createKnowledge({ db: database.reader, kind: database.kind }),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The id of a region by the name people say, its full name or its id; `undefined` for an unknown one. */
export async function findRegionId(database: Database, name: string): Promise<string | undefined> {
  const wanted = name.trim();
  const rows: { id: string; name: string; short_name: string }[] = await database
    .reader('regions')
    .select('id', 'name', 'short_name');
  return rows.find((row) => [row.id, row.name, row.short_name].includes(wanted))?.id;
}

/** Ends a command: the reason in one line on stderr, exit code 1. */
export function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
