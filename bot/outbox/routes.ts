/** From an audience to an address: staff → accounts → preferred route among the channels this deployment speaks. */
import type { Audience, Block, IncomingMessage, Reply } from '../../handlers/message.ts';
import type { Actor } from '../../handlers/people.ts';
import type { Log, Reader } from '../../handlers/ports.ts';
import type { Address, Channel } from '../channels/channel.ts';
import { directConversation, PLAYGROUND_CHANNEL } from '../channels/playground/index.ts';
import { ELSEWHERE, isAboutCase, tellsWhoSomebodyIs } from './abroad.ts';

/** A reply with its way found. */
export interface RoutedReply {
  /** As the playground's outbox names it. */
  readonly target: { readonly kind: 'direct' | 'group'; readonly id: string; readonly channel: string };
  readonly staffId: string | undefined;
  /** Absent where nobody can be reached; the row is kept as dead, so that it is seen. */
  readonly way: { readonly channel: Channel; readonly address: Address; readonly addressKey: string } | undefined;
  /** Goes to the conversation the message came from: may be the platform's own reply. */
  readonly here: boolean;
  readonly blocks: readonly Block[];
  readonly confidential: boolean;
  readonly urgent: boolean;
}

/** What goes to a group instead of words that must not stand there. */
const WITHHELD: readonly Block[] = [{ type: 'text', text: '已受理，详情请在私聊中查看。' }];

export interface RouteOptions {
  readonly db: Reader;
  readonly channels: readonly Channel[];
  readonly log: Log;
  readonly message: IncomingMessage | undefined;
  readonly actor: Actor | undefined;
}

/** Finds the way of every reply, in order. Reads only. */
export async function routeReplies(replies: readonly Reply[], options: RouteOptions): Promise<readonly RoutedReply[]> {
  const routed: RoutedReply[] = [];
  for (const reply of replies) routed.push(guard(await route(reply, options), options.log));
  return routed;
}

async function route(reply: Reply, options: RouteOptions): Promise<RoutedReply> {
  const { message, actor } = options;
  const audience = narrow(reply.audience, message, actor);
  const base = {
    blocks: reply.blocks,
    confidential: reply.confidential === true,
    urgent: reply.urgent === true,
    here: false,
  };
  if (audience === 'here' || audience === 'sender') {
    if (!message) throw new Error('only a message has a place it came from');
    const channel = options.channels.find((one) => one.name === message.channel && one.tenant === message.tenant);
    if (audience === 'here') {
      const address = channel?.replyAddress(message);
      return {
        ...base,
        here: true,
        target: { ...hereTarget(message, actor), channel: message.channel },
        staffId: message.conversation.kind === 'direct' ? actor?.id : undefined,
        way: channel && address ? withKey(channel, address) : undefined,
      };
    }
    const address = channel?.directAddress(message.sender.platformUserId);
    return {
      ...base,
      target: { kind: 'direct', id: directConversation(message.sender.platformUserId), channel: message.channel },
      staffId: undefined,
      way: channel && address ? withKey(channel, address) : undefined,
    };
  }
  if ('staff' in audience) {
    const prefer = audience.staff === actor?.id ? message?.channel : undefined;
    const deidentifiedLast = isAboutCase(base.blocks);
    const way = await staffWay(audience.staff, base.confidential, prefer, { ...options, deidentifiedLast });
    const channel = way?.channel.name ?? nowhere(options.channels);
    return {
      ...base,
      target: { kind: 'direct', id: directConversation(audience.staff), channel },
      staffId: audience.staff,
      way,
    };
  }
  const way = await groupWay(audience.group, options);
  return {
    ...base,
    target: { kind: 'group', id: audience.group, channel: way?.channel.name ?? nowhere(options.channels) },
    staffId: undefined,
    way,
  };
}

/** What the outbox calls the surface of a reply that has none: in the playground its page shows it all the same. */
function nowhere(channels: readonly Channel[]): string {
  return channels.some((channel) => channel.name === PLAYGROUND_CHANNEL) ? PLAYGROUND_CHANNEL : 'none';
}

/** `sender` is `here` in a private chat, and a bound sender in a group is a person with routes of their own. */
function narrow(audience: Audience, message: IncomingMessage | undefined, actor: Actor | undefined): Audience {
  if (audience !== 'sender') return audience;
  if (message?.conversation.kind === 'direct') return 'here';
  return actor ? { staff: actor.id } : 'sender';
}

function hereTarget(message: IncomingMessage, actor: Actor | undefined): { kind: 'direct' | 'group'; id: string } {
  const { kind, id } = message.conversation;
  if (kind === 'group' || message.channel === PLAYGROUND_CHANNEL || !actor) return { kind, id };
  return { kind, id: directConversation(actor.id) };
}

interface AccountRow {
  readonly channel: string;
  readonly tenant: string;
  readonly platform_user_id: string;
  readonly unreachable_since: string | null;
}

/**
 * The first account of an active staff member that a channel of ours reaches; accounts of which the platform says that
 * nobody is there come last.
 * @param without - channels already tried
 */
export async function staffWay(
  staffId: string,
  confidential: boolean,
  prefer: string | undefined,
  {
    db,
    channels,
    deidentifiedLast = false,
  }: {
    readonly db: Reader;
    readonly channels: readonly Channel[];
    /** What cannot be shown abroad in full goes elsewhere where it can, unless it answers what was said there. */
    readonly deidentifiedLast?: boolean | undefined;
  },
  without: readonly string[] = [],
): Promise<RoutedReply['way']> {
  const accounts: AccountRow[] = await db('accounts')
    .join('staff', 'staff.id', 'accounts.staff_id')
    .where({ 'accounts.staff_id': staffId, 'staff.status': 'active' })
    .orderBy(['accounts.priority', 'accounts.id'])
    .select('accounts.channel', 'accounts.tenant', 'accounts.platform_user_id', 'accounts.unreachable_since');
  // The page of a demonstration is nobody's phone: it comes after both.
  const last = new Map(channels.map(({ name, deidentified, instant }) => [name, instant ? 2 : deidentified ? 1 : 0]));
  const rank = (account: AccountRow) =>
    Number(account.unreachable_since !== null) * 8 +
    (deidentifiedLast ? (last.get(account.channel) ?? 0) : 0) -
    Number(account.channel === prefer) * 4;
  const ordered = [...accounts].sort((a, b) => rank(a) - rank(b));
  for (const account of ordered) {
    if (without.includes(account.channel)) continue;
    const channel = channels.find((one) => one.name === account.channel && one.tenant === account.tenant);
    if (!channel || (confidential && channel.deidentified)) continue;
    const address = channel.directAddress(account.platform_user_id);
    if (address) return withKey(channel, address);
  }
  return undefined;
}

/** Which of these people have a way at all. */
export async function reachableStaff(
  staffIds: readonly string[],
  options: { readonly db: Reader; readonly channels: readonly Channel[] },
): Promise<ReadonlySet<string>> {
  const ways = await Promise.all(staffIds.map((id) => staffWay(id, false, undefined, options)));
  return new Set(staffIds.filter((_, at) => ways[at] !== undefined));
}

/** The bot's own way into a group, else through a webhook robot of the group, which can only send. */
async function groupWay(groupId: string, { db, channels }: RouteOptions): Promise<RoutedReply['way']> {
  const row: { channel: string; tenant: string; platform_conversation_id: string } | undefined = await db('groups')
    .where({ id: groupId })
    .first('channel', 'tenant', 'platform_conversation_id');
  const channel = row && channels.find((one) => one.name === row.channel && one.tenant === row.tenant);
  const address = channel?.groupAddress(row?.platform_conversation_id ?? '');
  if (channel && address) return withKey(channel, address);
  const robots: { id: string; channel: string }[] = await db('group_robots')
    .where({ group_id: groupId, active: true })
    .orderBy('created_at', 'desc')
    .select('id', 'channel');
  for (const robot of robots) {
    const sender = channels.find((one) => one.name === robot.channel);
    const way = sender?.groupAddress(robot.id);
    if (sender && way) return withKey(sender, way);
  }
  return undefined;
}

/** A way with the key under which what goes to its address is kept in order. */
export function withKey(channel: Channel, address: Address): NonNullable<RoutedReply['way']> {
  const sorted = Object.keys(address)
    .sort()
    .map((name) => [name, address[name]]);
  return { channel, address, addressKey: JSON.stringify([channel.name, channel.tenant, ...sorted]) };
}

/** The last fence: whatever a feature decided, no group and no channel abroad gets a confidential reply or a patient's identifiers. */
function guard(reply: RoutedReply, log: Log): RoutedReply {
  const deidentified = reply.way?.channel.deidentified === true;
  if (reply.target.kind !== 'group' && !deidentified) return reply;
  if (!reply.confidential && !tellsWhoSomebodyIs(reply.blocks)) return reply;
  log.error(
    { event: 'reply.withheld', channel: reply.target.channel },
    'a reply with patient data for a group was withheld',
  );
  return { ...reply, blocks: deidentified ? ELSEWHERE : WITHHELD, confidential: false };
}
