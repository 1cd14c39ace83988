/** Tells the people who run the bot what needs their hand, through the bot itself, without flooding them. */
import { channelLabel, reasonLabel } from '../handlers/deliveries/labels.ts';
import { UNASSIGNED } from '../handlers/directory/binding.ts';
import { tell } from '../handlers/message.ts';
import type { Clock, Log } from '../handlers/ports.ts';
import type { Committer } from './committer.ts';
import type { Database } from './database/connect.ts';

/** The same trouble is told once in this time (ms). */
const QUIET_MS = 60 * 60 * 1000;

export interface OperatorAlerts {
  /** A delivery was given up after its last try. */
  deliveryDied(delivery: { readonly id: string; readonly channel: string; readonly reason: string }): Promise<void>;
  /** A scheduled run was given up after its last try. */
  slotFailed(slot: { readonly id: string; readonly job: string }): Promise<void>;
  /** A person was told that the operators know of this incident. */
  messageFailed(incident: string): Promise<void>;
}

export function createOperatorAlerts(options: {
  readonly database: Database;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly log: Log;
}): OperatorAlerts {
  const { database, committer, clock, log } = options;
  const told = new Map<string, number>();

  /** @param regionId - whose administrators; absent: everybody's */
  async function tellAdmins(about: string, text: string, regionId?: string): Promise<void> {
    const now = clock.now().getTime();
    if (now - (told.get(about) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    told.set(about, now);
    try {
      await write(about, text, regionId);
    } catch (error) {
      told.delete(about); // nobody was told: the next one must be
      throw error;
    }
  }

  async function write(about: string, text: string, regionId: string | undefined): Promise<void> {
    const admins: { staff_id: string }[] = await database
      .reader('staff_roles')
      .join('staff', 'staff.id', 'staff_roles.staff_id')
      .join('institutions', 'institutions.id', 'staff.institution_id')
      .where({ role: 'admin', status: 'active' })
      .where((own) => {
        if (regionId !== undefined) own.whereIn('institutions.region_id', [regionId, UNASSIGNED]);
      })
      .select('staff_id');
    log.error({ event: 'operator.alert', about, admins: admins.length }, 'operators are told');
    const replies = admins.map((admin) => tell({ staff: admin.staff_id }, text));
    if (replies.length > 0) await committer.commit({ kind: 'notice', decision: { replies } });
  }

  /** Whom a delivery was for, as the directory names them, and whose administrators care. */
  async function receiverOf(
    deliveryId: string,
  ): Promise<{ readonly name: string | undefined; readonly regionId: string | undefined }> {
    const row: { staff: string | null; title: string | null; region: string | null } | undefined = await database
      .reader('deliveries as d')
      .join('outbox as o', 'o.id', 'd.outbox_id')
      .leftJoin('staff as s', 's.id', 'o.staff_id')
      .leftJoin('institutions as i', 'i.id', 's.institution_id')
      .leftJoin('groups as g', 'g.id', 'o.target_id')
      .leftJoin('institutions as gi', 'gi.id', 'g.institution_id')
      .where({ 'd.id': deliveryId })
      .first(
        's.name as staff',
        'g.title as title',
        database.reader.raw('coalesce(i.region_id, g.region_id, gi.region_id) as region'),
      );
    return { name: row?.staff ?? row?.title ?? undefined, regionId: row?.region ?? undefined };
  }

  return {
    async deliveryDied({ id, channel, reason }) {
      const to = await receiverOf(id);
      await tellAdmins(
        `delivery|${channel}|${reason}|${to.regionId ?? ''}`,
        `【运维】发给${to.name ?? '未绑定的人'}的消息没有送出（${channelLabel(channel)}：${reasonLabel(reason)}），已停止重试。发送“投递”看全部和重发。`,
        to.regionId,
      );
    },
    slotFailed: ({ job }) =>
      tellAdmins(
        `slot|${job}`,
        `【运维】定时任务 ${job} 多次运行失败，已放弃这一次。请查日志中的 slot.failed，并运行 npm run doctor。`,
      ),
    messageFailed: (incident) =>
      tellAdmins(
        'message',
        `【运维】有消息没有处理成功（编号 ${incident}），已请本人稍后再试。请查日志中的 handler.failed。`,
      ),
  };
}
