/** A group that goes on under another id keeps its purpose, its members and what waits to be sent there（群迁移）. */
import type { Log } from '../handlers/ports.ts';
import type { Channel } from './channels/channel.ts';
import type { Database } from './database/connect.ts';
import { withKey } from './outbox/routes.ts';

/** Moves what is known of a group to its new id; a second time it finds nothing to move. */
export async function moveGroup(
  database: Database,
  channel: Channel,
  { from, to }: { readonly from: string; readonly to: string },
  log: Log,
): Promise<void> {
  const { name, tenant } = channel;
  const moved = await database.write(async (trx) => {
    const [before, after] = [channel.groupAddress(from), channel.groupAddress(to)];
    if (before && after) {
      const { address, addressKey: address_key } = withKey(channel, after);
      await trx('deliveries')
        .where({ address_key: withKey(channel, before).addressKey })
        .whereIn('state', ['pending', 'passive'])
        .update({ address: JSON.stringify(address), address_key });
    }
    const known = await trx('groups').where({ channel: name, tenant, platform_conversation_id: to }).first('id');
    if (known) return 0;
    return trx('groups')
      .where({ channel: name, tenant, platform_conversation_id: from })
      .update({ platform_conversation_id: to, unreachable_since: null });
  });
  log.info({ event: 'group.moved', channel: name, known: moved > 0 }, 'a group goes on under another id');
}
