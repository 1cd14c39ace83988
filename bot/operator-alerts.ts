/** Tells the people who run the bot what needs their hand, through the bot itself, without flooding them. */
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

const REASONS: Readonly<Record<string, string>> = {
  auth: '凭证无效或权限不足',
  rejected: '平台拒绝了内容',
  unreachable: '收件人不在可见范围',
  'rate-limited': '超过发送频率',
  server: '平台服务异常',
  network: '网络不通',
  timeout: '平台没有应答',
};

export function createOperatorAlerts(options: {
  readonly database: Database;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly log: Log;
}): OperatorAlerts {
  const { database, committer, clock, log } = options;
  const told = new Map<string, number>();

  async function tellAdmins(about: string, text: string): Promise<void> {
    const now = clock.now().getTime();
    if (now - (told.get(about) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    told.set(about, now);
    try {
      await write(about, text);
    } catch (error) {
      told.delete(about); // nobody was told: the next one must be
      throw error;
    }
  }

  async function write(about: string, text: string): Promise<void> {
    const admins: { staff_id: string }[] = await database
      .reader('staff_roles')
      .join('staff', 'staff.id', 'staff_roles.staff_id')
      .where({ role: 'admin', status: 'active' })
      .select('staff_id');
    log.error({ event: 'operator.alert', about, admins: admins.length }, 'operators are told');
    const replies = admins.map((admin) => tell({ staff: admin.staff_id }, text));
    if (replies.length > 0) await committer.commit({ kind: 'notice', decision: { replies } });
  }

  return {
    deliveryDied: ({ channel, reason }) =>
      tellAdmins(
        `delivery|${channel}|${reason}`,
        `【运维】有消息经${channel}发送未成功，已停止重试：${REASONS[reason] ?? reason}。请运行 npm run doctor 检查该渠道。`,
      ),
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
