/** Structured logging: English, one event one line, ids only, always on stderr so that stdout stays for answers. */
import pino from 'pino';
import type { Log } from '../handlers/ports.ts';

/** The process's logger; `silent` for tests. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.token', '*.secret'], censor: '…' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
