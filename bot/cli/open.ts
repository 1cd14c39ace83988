/** Opens what a shell command needs from the same environment as the bot: configuration, migrated database, keys. */
import type { Clock, Ids, Log, Vault } from '../../handlers/ports.ts';
import { openClock, realClock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { type Database, openDatabase } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { createIds } from '../ids.ts';
import { createLog } from '../log.ts';
import { createVault, dataKeys } from '../vault.ts';

/** Everything opened; close it in the end. */
export interface Opened {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  close(): Promise<void>;
}

/**
 * Opens the database of the environment, beside a running bot too, and migrates it. Logs go to stderr.
 * @throws ConfigError with one readable line when the environment cannot work
 */
export async function openForCommand(env: Readonly<Record<string, string | undefined>>): Promise<Opened> {
  const config = loadConfig(env);
  const log = createLog(config.logLevel);
  const database = openDatabase(config);
  try {
    await migrate(database, config.dataDir);
    const clock = config.nodeEnv === 'production' ? realClock : await openClock(database, config.clock);
    const vault = createVault(dataKeys(config.dataKeys, config.dataDir));
    return { config, database, clock, ids: createIds(clock), vault, log, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}
