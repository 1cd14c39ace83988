/** The HTTP edge: raw bodies with a limit, one route per channel, the statuses of the design, never a stack. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import type { Clock, Log } from '../handlers/ports.ts';
import { readBody } from './body.ts';
import { type Channel, type EdgeAnswer, EdgeError, type PassiveWay, type Received } from './channels/channel.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Metrics } from './metrics.ts';
import type { Outbox } from './outbox/index.ts';
import { findPageFile, PAGE_HEADERS } from './page/assets.ts';
import type { ReplayGuard } from './replay-guard.ts';

/** Largest body of a platform's callback. */
const CALLBACK_LIMIT = 1024 * 1024;

export interface ServerOptions {
  readonly channels: readonly Channel[];
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly replayGuard: ReplayGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Reasons why the bot is not ready; empty when it is. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metricsToken: string | undefined;
  /** A platform gave a group another id. */
  readonly groupMoved: (channel: Channel, ids: { readonly from: string; readonly to: string }) => Promise<void>;
  /** Serves the page at `/`. */
  readonly page: boolean;
  /** Further routes: the playground. */
  readonly routers: readonly Router[];
}

/** The server, not yet listening. */
export function createHttpServer(options: ServerOptions): Server {
  const app = new Koa();
  app.silent = true;
  app.use(boundary(options.log));
  app.use(health(options).routes());
  app.use(callbacks(options).routes());
  for (const router of options.routers) app.use(router.routes());
  if (options.page) app.use(page);
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  server.requestTimeout = 120_000;
  server.headersTimeout = 20_000;
  return server;
}

/** Turns what was thrown into a status; anything unknown is 503, so that a platform sends again. */
function boundary(log: Log): Koa.Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const status = statusOf(error);
      ctx.status = status;
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = status === 503 ? 'temporarily unavailable' : reasonOf(error, status);
      const fields = {
        event: 'edge.refused',
        status,
        path: ctx.path,
        reason: status === 503 ? nameOf(error) : reasonOf(error, status),
      };
      if (status === 503) log.error(fields, 'a request could not be recorded');
      else log.warn(fields, 'a request was refused');
    }
  };
}

function statusOf(error: unknown): number {
  if (error instanceof EdgeError) return error.status;
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return 413;
  if (type === 'request.size.invalid' || type === 'request.aborted' || type === 'encoding.unsupported') return 400;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 503;
}

function reasonOf(error: unknown, status: number): string {
  if (error instanceof EdgeError) return error.message;
  if (status === 413) return 'too large';
  return error instanceof Error ? error.message : 'refused';
}

function nameOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name} ${String((error as { code?: unknown }).code ?? '')}`.trim()
    : 'unknown';
}

function health({ notReady, metrics, metricsToken }: ServerOptions): Router {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'alive' };
  });
  router.get('/readyz', async (ctx) => {
    const reasons = await notReady();
    ctx.status = reasons.length === 0 ? 200 : 503;
    ctx.body = reasons.length === 0 ? { status: 'ready' } : { status: 'not ready', reasons };
  });
  router.get('/metrics', async (ctx) => {
    if (!mayReadMetrics(ctx, metricsToken)) throw new EdgeError(401, 'metrics need their token');
    ctx.type = metrics.contentType;
    ctx.body = await metrics.render();
  });
  return router;
}

function mayReadMetrics(ctx: Context, token: string | undefined): boolean {
  if (token !== undefined && isSame(ctx.get('authorization'), `Bearer ${token}`)) return true;
  const address = ctx.req.socket.remoteAddress ?? '';
  const direct = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return direct && !isForwarded(ctx);
}

/** Takes the same time wherever they differ. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** Somebody passed this request on. */
export function isForwarded(ctx: Context): boolean {
  const names = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];
  return names.some((name) => ctx.get(name) !== '');
}

function callbacks(options: ServerOptions): Router {
  const router = new Router();
  for (const channel of options.channels) {
    const path = channel.callbackPath;
    const receive = channel.receive?.bind(channel);
    if (!path || !receive) continue;
    router.all(path, async (ctx) => {
      const arrived = performance.now();
      const body = await readBody(ctx.req, CALLBACK_LIMIT);
      const received = receive(
        { method: ctx.method, path: ctx.path, query: single(ctx.query), headers: single(ctx.headers), body },
        options.clock.now(),
      );
      if (received.kind === 'poll') return answerPoll(ctx, channel, received, options);
      if (received.kind === 'moved') {
        await options.groupMoved(channel, received);
        return give(ctx, received.answer);
      }
      if (received.kind !== 'message') {
        if (received.kind === 'ignored') {
          options.log.info(
            { event: 'callback.ignored', channel: channel.name, reason: received.reason },
            'a callback was acknowledged and left alone',
          );
        }
        return give(ctx, received.answer);
      }
      if (received.once && !(await options.replayGuard.admit(received.once))) {
        throw new EdgeError(401, 'the signature came with another body before');
      }
      options.metrics.received(channel.name);
      const answer = await answerInTime(ctx, received.message, received.passive, arrived, options);
      give(ctx, answer ?? received.acknowledge);
    });
  }
  return router;
}

/** Gives a platform that asks again what is there by now. */
async function answerPoll(
  ctx: Context,
  channel: Channel,
  poll: Extract<Received, { kind: 'poll' }>,
  { outbox, log }: ServerOptions,
): Promise<void> {
  const state = await outbox.polled(channel.name, channel.tenant, poll.messageId);
  if (state === 'wait' || state === 'gone') return give(ctx, poll[state]);
  watchSocket(ctx, { deliveryId: state.deliveryId, retry: false }, outbox, log);
  give(ctx, poll.wrap(state.payload));
}

/** The platform's own reply where it is ready in time; undefined: acknowledge, the answer goes out actively. */
async function answerInTime(
  ctx: Context,
  message: Parameters<Dispatcher['take']>[0],
  way: PassiveWay | undefined,
  arrived: number,
  { dispatcher, outbox, log }: ServerOptions,
): Promise<EdgeAnswer | undefined> {
  const polledMs = way?.polledMs;
  let open = way !== undefined;
  const close = () => {
    open = false;
  };
  if (polledMs === undefined) ctx.res.once('close', close);
  const isOpen = () => open && (polledMs === undefined || performance.now() < arrived + polledMs);
  const { handled } = await dispatcher.take(message, way && { way, isOpen });
  handled.catch(() => undefined); // recorded: the sweep takes it up again
  if (!way) return undefined;
  const first = await Promise.race([
    handled.catch(() => undefined),
    after(arrived + way.deadlineMs - performance.now()),
  ]);
  if (!first && polledMs !== undefined) return undefined; // it comes back for it
  close();
  if (!first) {
    // Decided in the very last moment, after we stopped waiting: it must go out actively.
    handled
      .then((late) => (late.deliveryId ? outbox.passiveFailed(late.deliveryId) : undefined))
      .catch(() => undefined);
    return undefined;
  }
  if (first.passive === undefined) return first.aside === undefined ? undefined : way.wrap(first.aside);
  watchSocket(
    ctx,
    { deliveryId: first.deliveryId, retry: polledMs === undefined && first.again !== true },
    outbox,
    log,
  );
  return way.wrap(first.passive);
}

/** A passive reply is delivered when its socket has finished; otherwise it goes out actively (`retry`), or is asked for again. */
function watchSocket(
  ctx: Context,
  { deliveryId, retry }: { readonly deliveryId: string | undefined; readonly retry: boolean },
  outbox: Outbox,
  log: Log,
): void {
  if (deliveryId === undefined) return;
  const done = (work: Promise<void>) =>
    work.catch(() =>
      log.warn({ event: 'passive.unrecorded', deliveryId }, 'the end of a passive reply could not be recorded'),
    );
  if (ctx.res.destroyed || ctx.req.socket.destroyed) {
    if (retry) void done(outbox.passiveFailed(deliveryId));
    return;
  }
  let finished = false;
  ctx.res.once('finish', () => {
    finished = true;
    void done(outbox.passiveFinished(deliveryId));
  });
  ctx.res.once('close', () => {
    if (!finished && retry) void done(outbox.passiveFailed(deliveryId));
  });
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), Math.max(0, ms)).unref();
  });
}

function give(ctx: Context, answer: EdgeAnswer): void {
  ctx.status = answer.status;
  ctx.type = answer.type;
  ctx.body = answer.body;
}

function single(values: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

const page: Koa.Middleware = async (ctx, next) => {
  const file = ctx.method === 'GET' ? findPageFile(ctx.path) : undefined;
  if (!file) return next();
  ctx.set(PAGE_HEADERS);
  ctx.type = file.type;
  ctx.body = file.body;
};
