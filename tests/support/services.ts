/**
 * Starts a private redis-server and a private PostgreSQL on free ports in temporary folders, once for a whole test run.
 * What is absent is skipped loudly; with CI=true its absence is a failure.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `redis://…`, or undefined where there is no redis-server. */
    redisUrl: string | undefined;
    /** Port of the private Redis and the program, for tests that stop and start their own. */
    redisServer: string | undefined;
    /** Administrator address of the private PostgreSQL; tests make databases of their own in it. */
    postgresUrl: string | undefined;
    chromium: string | undefined;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stops: (() => void)[] = [];
  const redisServer = find('redis-server', ['/usr/bin/redis-server', '/usr/local/bin/redis-server']);
  const postgresBin = findPostgres();
  const chromium = find('chromium', ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']);
  project.provide('redisServer', redisServer);
  project.provide('redisUrl', redisServer ? await startRedis(redisServer, stops) : absent('redis-server'));
  project.provide('postgresUrl', postgresBin ? await startPostgres(postgresBin, stops) : absent('PostgreSQL'));
  project.provide('chromium', chromium ?? absent('Chromium'));
  return async () => {
    for (const stop of stops.reverse()) stop();
  };
}

function absent(what: string): undefined {
  const message = `${what} is not installed: its tests are SKIPPED (install it, or see .ci/run for the Debian packages)`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n!!! ${message}\n\n`);
  return undefined;
}

function find(name: string, usual: readonly string[]): string | undefined {
  const onPath = (process.env.PATH ?? '').split(':').map((folder) => join(folder, name));
  return [...usual, ...onPath].find((file) => existsSync(file));
}

function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), '/usr/local/bin', '/opt/homebrew/bin'];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function startRedis(program: string, stops: (() => void)[]): Promise<string> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-redis-'));
  const child = spawn(program, ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder], {
    stdio: 'ignore',
  });
  stops.push(() => stop(child, folder));
  await until(async () => {
    const { Redis } = await import('ioredis');
    const client = new Redis(port, '127.0.0.1', {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.ping();
      return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }, 'redis-server');
  return `redis://127.0.0.1:${port}`;
}

async function startPostgres(bin: string, stops: (() => void)[]): Promise<string> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'yigongti-pg-'));
  const data = join(folder, 'data');
  // initdb and the server refuse root: run them as the system's postgres user where we are root.
  const asRoot = process.getuid?.() === 0;
  const run = asRoot ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asRoot) {
    const uid = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }));
    const gid = Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, uid, gid);
    chmodSync(folder, 0o700);
  }
  const initdb = [
    ...run,
    join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ];
  execFileSync(initdb[0] ?? '', initdb.slice(1), { stdio: 'ignore', cwd: '/tmp' });
  const serve = [
    ...run,
    join(bin, 'postgres'),
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    folder,
    '-c',
    'max_connections=200',
  ];
  const child = spawn(serve[0] ?? '', serve.slice(1), { stdio: 'ignore', cwd: '/tmp' });
  stops.push(() => stop(child, folder, 'SIGINT'));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until(async () => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      await client.end();
      return true;
    } catch {
      return false;
    }
  }, 'PostgreSQL');
  return url;
}

function stop(child: ChildProcess, folder: string, signal: NodeJS.Signals = 'SIGTERM'): void {
  child.kill(signal);
  setTimeout(() => rmSync(folder, { recursive: true, force: true }), 300).unref();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

async function until(ready: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if (await ready()) return;
    await sleep(100);
  }
  throw new Error(`${what} did not start within 15 s`);
}
