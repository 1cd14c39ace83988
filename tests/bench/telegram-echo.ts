/** The yardstick for Telegram: a bare Koa that checks the secret, reads the update, says 200 and stores nothing. */
import Koa from 'koa';
import { readBody } from '../../bot/body.ts';
import { telegramConfig } from '../../bot/channels/telegram/config.ts';
import { readUpdate } from '../../bot/channels/telegram/receive.ts';
import { verifySecret } from '../../bot/channels/telegram/verify.ts';

const config = telegramConfig(process.env);
if (!config) throw new Error('TELEGRAM_* is missing');
const { secret, botId } = config;
const app = new Koa();
app.use(async (ctx) => {
  if (ctx.method === 'GET') {
    ctx.body = 'ready';
    return;
  }
  const headers = Object.fromEntries(Object.entries(ctx.headers).map(([name, value]) => [name, String(value)]));
  verifySecret(headers, secret);
  readUpdate(await readBody(ctx.req, 1024 * 1024), { botId, botName: 'yigongti_bot' });
  ctx.status = 200;
  ctx.body = '';
});
const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
