/** The yardstick for the AI bot: a bare Koa that verifies, decrypts, answers encrypted and signed, and stores nothing. */
import Koa from 'koa';
import { readBody } from '../../bot/body.ts';
import { wecomAibotConfig } from '../../bot/channels/wecom-aibot/config.ts';
import { createWecomAibotChannel } from '../../bot/channels/wecom-aibot/index.ts';
import { realClock } from '../../bot/clock.ts';
import { createLog } from '../../bot/log.ts';

const config = wecomAibotConfig(process.env);
if (!config) throw new Error('WECOM_AIBOT_* is missing');
const channel = createWecomAibotChannel(config, { clock: realClock, log: createLog('silent') });
const app = new Koa();
app.use(async (ctx) => {
  if (ctx.method === 'GET') {
    ctx.body = 'ready';
    return;
  }
  const body = await readBody(ctx.req, 1024 * 1024);
  const query = Object.fromEntries(Object.entries(ctx.query).map(([name, value]) => [name, String(value)]));
  const received = channel.receive?.({ method: ctx.method, path: ctx.path, query, headers: {}, body }, new Date());
  if (received?.kind !== 'message' || !received.passive) {
    ctx.status = 400;
    return;
  }
  const answer = received.passive.wrap(JSON.stringify({ content: received.message.text }));
  ctx.status = answer.status;
  ctx.type = answer.type;
  ctx.body = answer.body;
});
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
