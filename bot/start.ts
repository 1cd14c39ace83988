/** Wires the parts of a running bot together and stops them in order. */

import type { AddressInfo } from 'node:net';
import { features } from '../handlers/index.ts';
import type { Clock, JobQueue, Log } from '../handlers/ports.ts';
import { createCalendar, readHolidayFile } from '../jobs/calendar.ts';
import { jobs } from '../jobs/index.ts';
import { createEmbeddedQueue } from '../jobs/queue/embedded.ts';
import { createRunner, describeFailure, type Runner } from '../jobs/runner.ts';
import { EMBED_CLAUSES, schedules } from '../jobs/schedules.ts';
import { createKnowledge, loadCorpus, refreshDocuments, storePlanned } from '../knowledge/index.ts';
import { createButtonStore } from './button-store.ts';
import { createChannels } from './channels/index.ts';
import { createRobots } from './channels/robots.ts';
import { type MovableClock, openClock, realClock } from './clock.ts';
import { createCommitter } from './committer.ts';
import type { Config } from './config.ts';
import { openConnections } from './connections.ts';
import { type Database, openDatabase } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { freeDeadLeases, ownerName } from './dead-leases.ts';
import { addDemoAccounts } from './demo/accounts.ts';
import { fillDemo } from './demo/index.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { connectEmbeddings, embedSoon } from './embedding.ts';
import { offerFirstAdmin } from './first-admin.ts';
import { moveGroup } from './group-moves.ts';
import { createIds } from './ids.ts';
import { adoptAccounts } from './import/accounts.ts';
import { createInbox } from './inbox.ts';
import { checkDataKey } from './key-check.ts';
import { addModel } from './language-model.ts';
import { createMetrics } from './metrics.ts';
import { createOperatorAlerts } from './operator-alerts.ts';
import { createOutbox, type Outbox } from './outbox/index.ts';
import { playgroundRouter } from './playground.ts';
import { createReplayGuard } from './replay-guard.ts';
import { createHttpServer } from './server.ts';
import { createVault, dataKeys } from './vault.ts';

/** How often the database is asked for what a crash left behind (ms). */
const SWEEP_MS = 2_000;
/** How often the shared clock's offset is read where it may move (ms). */
const CLOCK_MS = 500;

export interface RunningBot {
  /** Where it listens; undefined for a worker. */
  readonly port: number | undefined;
  readonly database: Database;
  /** Stops taking, finishes what runs, closes what is open. Calling it twice does no harm. */
  stop(): Promise<void>;
}

/**
 * Starts a bot from its configuration.
 * @throws Error with one readable line when something it needs is not there
 */
export async function startBot(config: Config, log: Log): Promise<RunningBot> {
  const database = openDatabase(config);
  const closers: (() => Promise<void>)[] = [() => database.close()];
  const stop = once(async () => {
    for (const close of closers.reverse()) await close().catch(() => undefined);
  });
  try {
    return { ...(await assemble(config, log, database, closers)), database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  config: Config,
  log: Log,
  database: Database,
  closers: (() => Promise<void>)[],
): Promise<{ readonly port: number | undefined }> {
  await migrate(database, config.dataDir);
  const vault = createVault(dataKeys(config.dataKeys, config.dataDir));
  await checkDataKey(database, vault);
  const movable = config.nodeEnv === 'production' ? undefined : await openClock(database, config.clock);
  const clock = movable ?? realClock;
  const ids = createIds(clock);
  const owner = ownerName(ids);
  await freeDeadLeases(database, log);
  const channels = createChannels(config, {
    clock,
    log,
    buttons: createButtonStore({ database, vault, clock }),
    robots: createRobots({ db: database.reader, vault }),
  });

  const loading = { reader: database.reader, write: database.write, kind: database.kind, clock, log };
  await loadCorpus(loading);
  const write = inTurn(database);
  if (config.demo && (await fillDemo({ write, clock, ids, vault }))) {
    log.info({ event: 'demo.filled' }, 'the empty database was filled with demonstration data');
  }
  if (config.demo) await addDemoAccounts({ write, clock, ids }, channels);
  await adoptAccounts(write, channels);
  const embeddings = config.embedding ? connectEmbeddings(config.embedding, { database, clock, log }) : undefined;
  const extracted = createKnowledge({ db: database.reader, kind: database.kind, meaning: embeddings?.meaning });
  const knowledge = config.model ? addModel(extracted, config.model, { database, clock, log }) : extracted;

  const committer = createCommitter({
    database,
    clock,
    ids,
    vault,
    log,
    owner,
    channels,
    onNoWay: ({ id }) => void alerts.deliveryDied({ id, channel: 'none', reason: 'no-way' }).catch(() => undefined),
  });
  const alerts = createOperatorAlerts({ database, committer, clock, log });
  const outbox = createOutbox({
    database,
    clock,
    vault,
    log,
    owner,
    channels,
    newId: () => ids.next(),
    onDead: alerts.deliveryDied,
  });
  const inbox = createInbox({ database, ids, vault, owner });
  const dispatcher = createDispatcher({
    database,
    inbox,
    committer,
    outbox,
    clock,
    ids,
    vault,
    log,
    knowledge,
    features,
    channels,
    onIncident: (incident) => void alerts.messageFailed(incident).catch(() => undefined),
  });

  const works = config.run !== 'web';
  const queue = await createQueue(config, { clock, log });
  const calendar = createCalendar({
    holidays: config.holidayFile ? readHolidayFile(config.holidayFile) : undefined,
    log,
  });
  const runner = createRunner({
    database,
    clock,
    jobs,
    schedules: embeddings ? schedules : schedules.filter(({ job }) => job !== EMBED_CLAUSES),
    queue,
    owner,
    commit: async (slotId, decision) => {
      const result = await committer.commit({ kind: 'slot', slotId, decision });
      if (result.done) outbox.nudge();
      return result.done;
    },
    onFailed: (slot) => void alerts.slotFailed(slot).catch(() => undefined),
    context: {
      db: database.reader,
      clock,
      ids,
      vault,
      log,
      calendar,
      features,
      storeDocument: (plan, text) => storePlanned(loading, plan, text),
      embedClauses: embeddings?.embedClauses,
    },
  });
  closers.push(
    () => committer.idle(),
    () => outbox.stop(),
  );
  outbox.start();
  closers.push(() => queue.close());
  if (works) {
    if (embeddings) await embedSoon(database, clock, ids);
    await queue.work(async (job) => {
      await runner.handle(job);
    });
    runner.start();
    closers.push(() => runner.stop());
    if (embeddings) closers.push(() => embeddings.stop());
    // After an update of parser or dictionary: what people put in is read again, beside the work.
    let stopping = false;
    const refreshing = refreshDocuments(loading, () => stopping).catch((error: unknown) => {
      log.warn(
        { event: 'knowledge.refresh-failed', ...describeFailure(error) },
        'stored documents could not be read again',
      );
    });
    closers.push(async () => {
      stopping = true;
      await refreshing;
    });
  }
  closers.push(() => dispatcher.stop());
  const sweeps = every(SWEEP_MS, () => dispatcher.sweep(), log);
  closers.push(sweeps);
  if (movable && config.playground) closers.push(every(CLOCK_MS, () => movable.refresh(), log));
  await dispatcher.sweep();
  if (config.run !== 'worker') closers.push(await openConnections({ channels, inbox, dispatcher, outbox, log }));

  if (channels.length === 0) log.warn({ event: 'channels.none' }, 'no channel is configured: nobody can reach the bot');
  if (config.run === 'worker') return { port: undefined };

  // One jump after the other: two at once would run each other's slots in the wrong order.
  let jumping: Promise<void> = Promise.resolve();
  const moveClock = (instant: Date) => {
    const jump = jumping.then(() => advance({ instant, clock: movable, runner, outbox, dispatcher }));
    jumping = jump.catch(() => undefined);
    return jump;
  };
  const playground =
    config.playground && movable
      ? [playgroundRouter({ database, dispatcher, clock: movable, ids, vault, moveClock })]
      : [];
  const server = createHttpServer({
    channels,
    dispatcher,
    outbox,
    replayGuard: createReplayGuard({ database, clock }),
    clock,
    log,
    metrics: createMetrics(database.reader),
    metricsToken: config.metricsToken,
    groupMoved: (channel, ids) => moveGroup(database, channel, ids, log),
    page: config.playground,
    routers: playground,
    notReady: () => notReady({ database, queueHealth: () => queue.health() }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  closers.push(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
    server.closeIdleConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  // Last: a start that failed must not make the code void that an earlier one printed.
  if (config.nodeEnv === 'production') await offerFirstAdmin({ database, clock, vault });
  return { port };
}

/** Processes that start at the same moment take turns here: the second one finds what the first one made. */
function inTurn(database: Database): Database['write'] {
  return (work) =>
    database.write(async (trx) => {
      await trx('counters').insert({ name: 'start', value: 0 }).onConflict('name').merge();
      return work(trx);
    });
}

/** Steps the clock from one due instant to the next, runs each, then what was waiting to be sent: a jump is no downtime. */
async function advance(options: {
  readonly instant: Date;
  readonly clock: MovableClock | undefined;
  readonly runner: Runner;
  readonly outbox: Outbox;
  readonly dispatcher: Dispatcher;
}): Promise<void> {
  const { instant, clock, runner, outbox, dispatcher } = options;
  if (!clock) throw new Error('this clock does not move');
  await clock.refresh();
  if (instant.getTime() < clock.now().getTime()) throw new RangeError('the clock only moves forward');
  await dispatcher.idle();
  const run = async () => {
    await runner.plan({ jump: true });
    await runner.runDue({ jump: true });
    await outbox.flush();
  };
  await run();
  for (let due = await runner.nextDue(); due && due <= instant; due = await runner.nextDue()) {
    if (due > clock.now()) await clock.moveTo(due);
    await run();
  }
  if (instant > clock.now()) await clock.moveTo(instant);
  await run();
}

/** Redis where it is configured, else this process; the client is loaded only where it is needed, it costs memory. */
async function createQueue(
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<JobQueue> {
  if (!config.redisUrl) return createEmbeddedQueue({ clock, log });
  const { createBullmqQueue } = await import('../jobs/queue/bullmq.ts');
  return createBullmqQueue({ redisUrl: config.redisUrl, prefix: config.queuePrefix, clock, log });
}

async function notReady(options: {
  readonly database: Database;
  readonly queueHealth: () => Promise<string | undefined>;
}): Promise<readonly string[]> {
  const reasons: string[] = [];
  try {
    const row: unknown = await options.database.reader('documents').first('doc');
    if (row === undefined) reasons.push('corpus: no document is loaded');
  } catch {
    reasons.push('database: cannot be read');
  }
  const queue = await options.queueHealth();
  if (queue) reasons.push(`queue: ${queue}`);
  return reasons;
}

/** Repeats work without overlapping itself; returns what stops it. */
function every(ms: number, work: () => Promise<void>, log: Log): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) => {
        const code = (error as { code?: unknown }).code;
        log.warn({ event: 'sweep.failed', code: String(code ?? 'unknown') }, 'a regular look at the database failed');
      })
      .finally(() => {
        running = undefined;
      });
  }, ms);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
