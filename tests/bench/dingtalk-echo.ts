/** The yardstick for DingTalk: a bare Koa that checks the signature, reads the message, says `empty` and stores nothing. */
import Koa from 'koa';
import { readBody } from '../../bot/body.ts';
import { dingtalkConfig } from '../../bot/channels/dingtalk/config.ts';
import { createDingtalkChannel } from '../../bot/channels/dingtalk/index.ts';
import { realClock } from '../../bot/clock.ts';
import { createLog } from '../../bot/log.ts';

const config = dingtalkConfig(process.env);
if (!config) throw new Error('DINGTALK_* is missing');
const channel = createDingtalkChannel(config, { clock: realClock, log: createLog('silent') });
const app = new Koa();
app.use(async (ctx) => {
  if (ctx.method === 'GET') {
    ctx.body = 'ready';
    return;
  }
  const body = await readBody(ctx.req, 1024 * 1024);
  const headers = Object.fromEntries(Object.entries(ctx.headers).map(([name, value]) => [name, String(value)]));
  const received = channel.receive?.({ method: ctx.method, path: ctx.path, query: {}, headers, body }, new Date());
  if (received?.kind !== 'message') {
    ctx.status = 400;
    return;
  }
  ctx.status = received.acknowledge.status;
  ctx.type = received.acknowledge.type;
  ctx.body = received.acknowledge.body;
});
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
