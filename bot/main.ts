/** The program `npm start` runs: configuration, start, signals, exit code. */
import './memory.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLog } from './log.ts';
import { startBot } from './start.ts';

/** A second signal within this time is the same wish (ms). */
const INSISTS_MS = 2_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog(config.logLevel);
  const began = performance.now();
  const bot = await startBot(config, log);
  const readyMs = Math.round(performance.now() - began);
  log.info({ event: 'started', pid: process.pid, port: bot.port, run: config.run, readyMs }, 'the bot is running');
  if (config.playground && bot.port !== undefined) {
    process.stdout.write(`医共体助手 演示页面: http://localhost:${bot.port}/\n`);
  }
  let stopping = false;
  let asked = 0;
  const stop = (signal: string) => {
    if (stopping) {
      // Ctrl-C reaches us twice, from the terminal and from npm: only a person who insists ends it the hard way.
      if (performance.now() - asked > INSISTS_MS) process.exit(1);
      return;
    }
    stopping = true;
    asked = performance.now();
    log.info({ event: 'stopping', signal }, 'finishing what runs');
    bot.stop().then(
      () => {
        log.info({ event: 'stopped' }, 'the bot has stopped');
        process.exit(0);
      },
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('unhandledRejection', (error) => {
    log.error(
      { event: 'unhandled', error: error instanceof Error ? error.name : 'unknown' },
      'an error nobody waited for',
    );
  });
}

main().catch((error: unknown) => {
  const line = error instanceof Error ? error.message.split('\n')[0] : String(error);
  process.stderr.write(`${error instanceof ConfigError ? 'configuration' : 'start failed'}: ${line}\n`);
  process.exit(1);
});
