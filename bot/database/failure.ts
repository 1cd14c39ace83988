/** What an error of the database means for what was asked of it: decide again, try later, or never like this. */
import type { Knex } from 'knex';

/**
 * `conflict`: somebody else changed or made the same row, or both waited for each other; decide again on fresh reads.
 * `unavailable`: locked, full, restarting; the very same may work in a moment.
 * `unreachable`: the same of the network, in codes that any other connection of ours may bring too.
 * `refused`: the statement or a value in it is wrong and stays wrong.
 */
export type DatabaseFailure = 'conflict' | 'unavailable' | 'unreachable' | 'refused';

/** SQLSTATE classes that say something of the server, not of the statement: connection, resources, operator, system. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '55', '57', '58']);
const UNAVAILABLE_CODES = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|PROTOCOL|INTERRUPT)/;
const NETWORK_CODES = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EHOSTUNREACH|EAI_)/;

/** Errors of queries: the drivers' own for a connection that broke carry no code, or one that any network error has. */
const ofQueries = new WeakSet<Error>();

/** Lets `databaseFailure` know later which errors came from this database. */
export function watchQueries(db: Knex): void {
  db.on('query-error', (error: unknown) => {
    if (error instanceof Error) ofQueries.add(error);
  });
}

/** The kind of a failure by its code; undefined for what the database did not say, such as a fault in a handler. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') {
    const pool = error.name === 'KnexTimeoutError' || error.message === 'Unable to acquire a connection';
    return pool || ofQueries.has(error) ? 'unavailable' : undefined;
  }
  if (code === 'SQLITE_CONSTRAINT' || code === '23505' || code === '40001' || code === '40P01') return 'conflict';
  if (UNAVAILABLE_CODES.test(code)) return 'unavailable';
  if (NETWORK_CODES.test(code)) return ofQueries.has(error) ? 'unavailable' : 'unreachable';
  if (/^[0-9A-Z]{5}$/.test(code)) return UNAVAILABLE_CLASSES.has(code.slice(0, 2)) ? 'unavailable' : 'refused';
  return code.startsWith('SQLITE_') ? 'refused' : undefined;
}

/** Whether nothing can be written now, whatever it is: trying the parts of a batch one by one would only take longer. */
export function isDatabaseAway(error: unknown): boolean {
  const failure = databaseFailure(error);
  return failure === 'unavailable' || failure === 'unreachable';
}
