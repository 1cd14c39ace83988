/** Frees at start what a killed process of this machine still holds, so that nobody waits for its leases to expire. */
import { hostname } from 'node:os';
import type { Ids, Log } from '../handlers/ports.ts';
import type { Database } from './database/connect.ts';

/** Tables with leases, and the column that measures them. */
const HOLDERS = ['conversation_leases', 'deliveries', 'scheduled_slots'] as const;

/** Names this process in leases: machine, process and a part of its own. */
export function ownerName(ids: Ids): string {
  return `${hostname()}#${process.pid}#${ids.next().slice(-6)}`;
}

/** Leases of other machines are left to expire: only here can we see whether a process lives. */
export async function freeDeadLeases(database: Database, log: Log): Promise<void> {
  for (const table of HOLDERS) {
    const rows: { owner: string }[] = await database
      .reader(table)
      .whereNotNull('owner')
      .modify((query) => {
        // What is finished has no owner: of a million deliveries only those that wait are looked at.
        if (table !== 'conversation_leases') query.whereIn('state', ['pending', 'passive']);
      })
      .distinct('owner');
    const dead = rows.map((row) => row.owner).filter(isDead);
    if (dead.length === 0) continue;
    const freed = await database.write((trx) =>
      trx(table)
        .whereIn('owner', dead)
        .update(table === 'conversation_leases' ? { owner: null } : { owner: null, lease_until: null }),
    );
    log.info({ event: 'leases.freed', table, freed }, 'leases of a process that no longer lives were freed');
  }
}

function isDead(owner: string): boolean {
  const [machine, pid] = owner.split('#');
  if (machine !== hostname()) return false;
  if (Number(pid) === process.pid) return true; // our own number, given again after a restart in a container
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
