/** The playground's HTTP interface: speak as anybody, read everything sent, move the clock. Development and test only. */
import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import type { Context, Next } from 'koa';
import { z } from 'zod';
import type { Block, IncomingMessage } from '../handlers/message.ts';
import type { Ids, Vault } from '../handlers/ports.ts';
import { readBody } from './body.ts';
import { EdgeError } from './channels/channel.ts';
import { plainText } from './channels/plain-text.ts';
import { directConversation, PLAYGROUND_CHANNEL, PLAYGROUND_TENANT } from './channels/playground/index.ts';
import type { MovableClock } from './clock.ts';
import type { Database } from './database/connect.ts';
import { UNBOUND_DEMO_PEOPLE } from './demo/index.ts';
import type { Dispatcher } from './dispatcher.ts';
import { isForwarded } from './server.ts';

const BODY_LIMIT = 64 * 1024 * 1024;
/** Messages of one outbox answer at most; the caller goes on from `last`. */
const OUTBOX_PAGE = 500;
const LONGEST_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 100;

const id = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, { error: 'may hold no control characters' });
const messageBody = z.object({
  staff: id,
  conversation: z.object({ kind: z.enum(['direct', 'group']), id }),
  text: z.string().optional(),
  messageId: id.optional(),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  quotedText: z.string().max(4000).optional(),
  event: z.literal('welcome').optional(),
  action: z.object({ id, value: z.string().max(2000), version: z.number().int().optional() }).optional(),
  attachments: z
    .array(z.object({ name: id, base64: z.base64() }))
    .max(20)
    .optional(),
});
const clockBody = z.object({ now: z.iso.datetime({ offset: true }) });

export interface PlaygroundOptions {
  readonly database: Database;
  readonly dispatcher: Dispatcher;
  readonly clock: MovableClock;
  readonly ids: Ids;
  readonly vault: Vault;
  /** Moves the clock and runs everything that falls due on the way. @throws RangeError for backwards */
  readonly moveClock: (instant: Date) => Promise<void>;
}

interface OutboxRow {
  readonly n: string | number;
  readonly target_kind: string;
  readonly target_id: string;
  readonly target_channel: string;
  readonly blocks_sealed: string | null;
  readonly created_at: string;
}

export function playgroundRouter(options: PlaygroundOptions): Router {
  const { database, clock, vault } = options;
  const db = database.reader;
  const router = new Router({ prefix: '/playground' });
  router.use(refuseStrangers);

  router.get('/staff', async (ctx) => {
    ctx.body = await listStaff(options);
  });
  router.get('/conversations', async (ctx) => {
    ctx.body = await listConversations(options);
  });
  router.post('/messages', async (ctx) => {
    const body = await readJson(ctx, messageBody);
    const message = await toMessage(body, options);
    const { inboxId, handled } = await options.dispatcher.take(message);
    await handled;
    const rows: OutboxRow[] = await db('outbox').where({ inbox_id: inboxId }).orderBy('n');
    const mine = new Set([message.conversation.id, directConversation(body.staff)]);
    ctx.body = {
      messageId: message.messageId,
      replies: rows.filter((row) => mine.has(row.target_id)).map((row) => drawn(row, vault)),
    };
  });
  router.get('/outbox', async (ctx) => {
    const since = wholeNumber(ctx.query.since, 'since');
    const wait = Math.min(wholeNumber(ctx.query.wait, 'wait'), LONGEST_WAIT_MS);
    const deadline = performance.now() + wait;
    let rows: OutboxRow[];
    for (;;) {
      rows = await db('outbox').where('n', '>', since).orderBy('n').limit(OUTBOX_PAGE);
      if (rows.length > 0 || performance.now() >= deadline || ctx.req.socket.destroyed) break;
      await sleep(LOOK_AGAIN_MS);
    }
    const messages = rows.map((row) => ({ ...drawn(row, vault), at: row.created_at }));
    ctx.body = { last: messages.at(-1)?.n ?? since, messages };
  });
  router.get('/clock', (ctx) => {
    ctx.body = { now: clock.now().toISOString() };
  });
  router.post('/clock', async (ctx) => {
    const { now } = await readJson(ctx, clockBody);
    try {
      await options.moveClock(new Date(now));
    } catch (error) {
      if (error instanceof RangeError) throw new EdgeError(400, 'the clock only moves forward');
      throw error;
    }
    ctx.body = { now: clock.now().toISOString() };
  });
  return router;
}

/** It lets anybody speak as anybody, so only this machine's own page and programs may call it. */
async function refuseStrangers(ctx: Context, next: Next): Promise<void> {
  const host = ctx.get('host').replace(/:\d+$/, '').toLowerCase();
  if (!['localhost', '127.0.0.1', '[::1]'].includes(host)) ctx.throw(403, 'foreign host');
  if (isForwarded(ctx)) ctx.throw(403, 'forwarded requests are refused');
  if (ctx.method === 'POST' && !/^application\/json\b/i.test(ctx.get('content-type'))) ctx.throw(415, 'JSON only');
  await next();
}

async function readJson<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const text = (await readBody(ctx.req, BODY_LIMIT)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new EdgeError(400, 'broken JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new EdgeError(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`);
}

function wholeNumber(value: string | string[] | undefined, name: string): number {
  if (value === undefined || value === '') return 0;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new EdgeError(400, `${name} must be a whole number`);
  return number;
}

async function toMessage(
  body: z.infer<typeof messageBody>,
  { database, ids }: PlaygroundOptions,
): Promise<IncomingMessage> {
  const db = database.reader;
  if (body.text === undefined && !body.event && !body.action && !body.attachments?.length)
    throw new EdgeError(400, 'text is missing');
  const known =
    UNBOUND_DEMO_PEOPLE.find((person) => person.id === body.staff) ??
    (await db('staff').where({ id: body.staff }).first('id', 'name'));
  if (!known) throw new EdgeError(404, 'unknown staff');
  const { kind, id: conversationId } = body.conversation;
  let title: string | undefined;
  if (kind === 'group') {
    const group: { title: string } | undefined = await db('groups')
      .where({ channel: PLAYGROUND_CHANNEL, tenant: PLAYGROUND_TENANT, platform_conversation_id: conversationId })
      .first('title');
    if (!group) throw new EdgeError(404, 'unknown group');
    title = group.title;
  }
  return {
    channel: PLAYGROUND_CHANNEL,
    tenant: PLAYGROUND_TENANT,
    messageId: body.messageId ?? ids.next(),
    createdAt: body.createdAt,
    conversation: { id: conversationId, kind, title },
    sender: { platformUserId: body.staff, displayName: known.name },
    text: body.text ?? '',
    attachments: (body.attachments ?? []).map(({ name, base64 }) => ({ name, base64, kind: kindOf(name) })),
    action: body.action,
    quotedText: body.quotedText,
    event: body.event,
  };
}

function kindOf(name: string): 'image' | 'file' {
  return /\.(png|jpe?g|gif|webp|bmp)$/i.test(name) ? 'image' : 'file';
}

function drawn(row: OutboxRow, vault: Vault) {
  const blocks = row.blocks_sealed === null ? [] : (JSON.parse(vault.open(row.blocks_sealed)) as Block[]);
  return {
    n: Number(row.n),
    to: { kind: row.target_kind, id: row.target_id, channel: row.target_channel },
    text: plainText(blocks),
    blocks,
  };
}

async function listStaff({ database }: PlaygroundOptions) {
  const db = database.reader;
  const rows: { id: string; name: string; institution_id: string; institution: string; region: string }[] = await db(
    'staff',
  )
    .join('institutions', 'institutions.id', 'staff.institution_id')
    .join('regions', 'regions.id', 'institutions.region_id')
    .where({ 'staff.status': 'active' })
    .orderBy('staff.id')
    .select(
      'staff.id',
      'staff.name',
      'staff.institution_id',
      'institutions.name as institution',
      'regions.short_name as region',
    );
  const roles: { staff_id: string; role: string }[] = await db('staff_roles').orderBy('role');
  const alliances: { institution_id: string; name: string }[] = await db('alliance_members')
    .join('alliances', 'alliances.id', 'alliance_members.alliance_id')
    .orderBy('alliances.id')
    .select('institution_id', 'name');
  const bound = rows.map((row) => ({
    id: row.id,
    name: row.name,
    roles: roles.filter((one) => one.staff_id === row.id).map((one) => one.role),
    institution: row.institution,
    alliances: alliances.filter((one) => one.institution_id === row.institution_id).map((one) => one.name),
    region: row.region,
    bound: true,
  }));
  const unbound = UNBOUND_DEMO_PEOPLE.map((person) => ({
    id: person.id,
    name: person.name,
    roles: [],
    institution: null,
    alliances: [],
    region: null,
    bound: false,
  }));
  return rows.length > 0 ? [...bound, ...unbound] : bound;
}

async function listConversations({ database }: PlaygroundOptions) {
  const db = database.reader;
  const groups: { id: string; title: string; platform_conversation_id: string }[] = await db('groups')
    .where({ channel: PLAYGROUND_CHANNEL, tenant: PLAYGROUND_TENANT })
    .orderBy('id');
  const members: { group_id: string; staff_id: string }[] = await db('group_members').orderBy('staff_id');
  const staff: { id: string; name: string }[] = await db('staff')
    .where({ status: 'active' })
    .orderBy('id')
    .select('id', 'name');
  return [
    ...groups.map((group) => ({
      id: group.platform_conversation_id,
      kind: 'group',
      title: group.title,
      members: members.filter((one) => one.group_id === group.id).map((one) => one.staff_id),
    })),
    ...[...staff, ...(staff.length > 0 ? UNBOUND_DEMO_PEOPLE : [])].map((person) => ({
      id: directConversation(person.id),
      kind: 'direct',
      title: person.name,
      members: [person.id],
    })),
  ];
}
