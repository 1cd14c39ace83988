/** `npm run group-chat -- --name 名称 --owner userid --members a,b`: a group chat that the WeCom app itself pushes into（应用群聊）. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readWish } from '../../handlers/groups/purposes.ts';
import { ChannelError } from '../channels/channel.ts';
import { createWecomApi, failureOf } from '../channels/wecom-app/api.ts';
import { ConfigError } from '../config.ts';
import { openForCommand } from './open.ts';

const USAGE = `用法：npm run group-chat -- --name 名称 --owner 群主userid --members userid,userid [--for 转诊|缺药|管理] [--digest]
  由企业微信自建应用创建一个群，往里推送；应用的可见范围须是整个企业。`;

const words = z.object({
  name: z.string().min(1).max(50),
  owner: z.string().min(1),
  members: z.string().transform((list) =>
    list
      .split(/[,，]/)
      .map((id) => id.trim())
      .filter((id) => id !== ''),
  ),
  for: z.string().optional(),
  digest: z.boolean().optional(),
});

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof ConfigError) return fail(error.message);
  if (error instanceof ChannelError) return fail(`没有创建：${error.message}`);
  return fail(`没有创建：${error instanceof Error ? error.message : String(error)}`);
});

async function main(args: readonly string[]): Promise<number> {
  const given = read(args);
  if (!given) return fail(USAGE);
  const userlist = [...new Set([given.owner, ...given.members])];
  if (userlist.length < 2) return fail(`群里至少要有两个人。\n${USAGE}`);
  const { config, database, clock, ids, log, close } = await openForCommand(process.env);
  try {
    const app = config.wecomApp;
    if (!app) return fail('没有配置企业微信自建应用，不能建群。见 docs/channels.md。');
    const owner: { institution_id: string; region_id: string } | undefined = await database
      .reader('accounts')
      .join('staff', 'staff.id', 'accounts.staff_id')
      .join('institutions', 'institutions.id', 'staff.institution_id')
      .where({
        channel: 'wecom-app',
        'accounts.tenant': app.corpId,
        platform_user_key: given.owner.toLowerCase(),
        'staff.status': 'active',
      })
      .first('staff.institution_id', 'institutions.region_id');
    if (!owner) return fail(`花名册里没有群主 ${given.owner}，没有创建。先导入花名册：npm run import -- roster 文件`);
    const api = createWecomApi({ config: app, clock, log, fetch: globalThis.fetch, timeoutMs: 10_000 });
    const chatid = ids
      .next()
      .replace(/[^0-9A-Za-z]/g, '')
      .slice(-32);
    const body = { name: given.name, owner: given.owner, userlist, chatid };
    const answer = await api.post('/cgi-bin/appchat/create', JSON.stringify(body));
    if (answer.errcode !== 0) throw failureOf(answer.errcode);
    const wish = readWish(given.for ?? '');
    await database.write((trx) =>
      trx('groups').insert({
        id: ids.next(),
        channel: 'wecom-app',
        tenant: app.corpId,
        platform_conversation_id: chatid,
        title: given.name,
        region_id: owner.region_id,
        institution_id: owner.institution_id,
        purpose: wish.purpose,
        digest: given.digest ?? wish.digest,
      }),
    );
    process.stdout.write(
      `已创建群“${given.name}”（${userlist.length}人）。第一条推送到了，群才会出现在成员的列表里。\n`,
    );
    return 0;
  } finally {
    await close();
  }
}

function read(args: readonly string[]): z.infer<typeof words> | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        owner: { type: 'string' },
        members: { type: 'string' },
        for: { type: 'string' },
        digest: { type: 'boolean' },
      },
    });
    return words.safeParse(values).data;
  } catch {
    return undefined;
  }
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}
