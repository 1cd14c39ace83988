/** Wires the parts of a running bot together and stops them in order. */
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { features } from '../handlers/index.ts';
import type { Log } from '../handlers/ports.ts';
import { createChannels } from './channels/index.ts';
import { openClock, realClock } from './clock.ts';
import { createCommitter } from './committer.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { fillDemo } from './demo/index.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createIds } from './ids.ts';
import { createInbox } from './inbox.ts';
import { createMetrics } from './metrics.ts';
import { createOutbox } from './outbox/index.ts';
import { playgroundRouter } from './playground.ts';
import { createHttpServer } from './server.ts';
import { createVault, dataKeys } from './vault.ts';

/** How often the database is asked for what a crash left behind (ms). */
const SWEEP_MS = 2_000;
/** How often the shared clock's offset is read where it may move (ms). */
const CLOCK_MS = 500;

export interface RunningBot {
  /** Where it listens; undefined for a worker. */
  readonly port: number | undefined;
  readonly dispatcher: Dispatcher;
  /** Stops taking, finishes what runs, closes what is open. Calling it twice does no harm. */
  stop(): Promise<void>;
}
