/** A delivery that one surface gave up goes to the next account of the same person, where there is one（换路再送）. */
import type { Knex } from 'knex';
import type { Channel } from '../channels/channel.ts';
import { staffWay } from './routes.ts';

interface GivenUp {
  readonly outbox_id: string;
  readonly n: number | string;
  readonly channel: string;
  readonly tenant: string;
  readonly address: string;
  readonly target_kind: string;
  readonly target_id: string;
  readonly staff_id: string | null;
  readonly confidential: number | boolean;
}

export interface RerouteOptions {
  readonly channels: readonly Channel[];
  readonly now: Date;
  readonly newId: () => string;
  /** The platform said that nobody is there: remembered, and listed for the operators. */
  readonly unreachable: boolean;
}

/**
 * Called in the transaction that gives a delivery up.
 * @returns true when another delivery of the same words waits now
 */
export async function rerouteDelivery(
  trx: Knex.Transaction,
  deliveryId: string,
  options: RerouteOptions,
): Promise<boolean> {
  const { channels, now, newId } = options;
  const given: GivenUp | undefined = await trx('deliveries')
    .join('outbox', 'outbox.id', 'deliveries.outbox_id')
    .where({ 'deliveries.id': deliveryId })
    .first(
      'deliveries.outbox_id',
      'deliveries.n',
      'deliveries.channel',
      'deliveries.tenant',
      'deliveries.address',
      'outbox.target_kind',
      'outbox.target_id',
      'outbox.staff_id',
      'outbox.confidential',
    );
  if (!given) return false;
  if (options.unreachable) await markUnreachable(trx, given, channels, now);
  if (given.staff_id === null || given.target_kind !== 'direct') return false;
  const tried: { channel: string; here: number | boolean }[] = await trx('deliveries')
    .where({ outbox_id: given.outbox_id })
    .select('channel', 'here');
  // An answer was written for the platform that was asked on: one that lies abroad would have been answered otherwise.
  const stays = Boolean(given.confidential) || tried.some(({ here }) => Boolean(here));
  const way = await staffWay(
    given.staff_id,
    stays,
    undefined,
    { db: trx, channels, deidentifiedLast: true },
    tried.map((one) => one.channel),
  );
  if (!way || way.channel.instant) return false;
  await trx('deliveries').insert({
    id: newId(),
    outbox_id: given.outbox_id,
    n: given.n,
    channel: way.channel.name,
    tenant: way.channel.tenant,
    address: JSON.stringify(way.address),
    address_key: way.addressKey,
    state: 'pending',
    here: false,
    next_at: now.toISOString(),
  });
  return true;
}

async function markUnreachable(
  trx: Knex.Transaction,
  given: GivenUp,
  channels: readonly Channel[],
  now: Date,
): Promise<void> {
  const unreachable_since = now.toISOString();
  if (given.target_kind === 'group') {
    await trx('groups').where({ id: given.target_id }).whereNull('unreachable_since').update({ unreachable_since });
    return;
  }
  if (given.staff_id === null) return;
  const channel = channels.find((one) => one.name === given.channel && one.tenant === given.tenant);
  const accounts: { id: string; platform_user_id: string }[] = await trx('accounts')
    .where({ staff_id: given.staff_id, channel: given.channel, tenant: given.tenant })
    .select('id', 'platform_user_id');
  const same = (id: string) => sortedJson(channel?.directAddress(id) ?? {}) === sortedJson(JSON.parse(given.address));
  const gone = accounts.filter((account) => same(account.platform_user_id)).map((account) => account.id);
  await trx('accounts').whereIn('id', gone).whereNull('unreachable_since').update({ unreachable_since });
}

function sortedJson(value: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
