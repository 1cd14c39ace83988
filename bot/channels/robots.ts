/** Where the webhook robots of groups（群机器人）send to: rows of `group_robots`, their addresses sealed. */
import type { RobotAddress } from '../../handlers/groups/robots.ts';
import type { Reader, Vault } from '../../handlers/ports.ts';

/** Looks up a robot when something is to be sent: one that was disabled meanwhile sends nothing any more. */
export interface Robots {
  /** @returns undefined for an unknown or disabled robot, or one whose data key is gone */
  find(id: string): Promise<RobotAddress | undefined>;
}

export function createRobots({ db, vault }: { readonly db: Reader; readonly vault: Vault }): Robots {
  return {
    async find(id) {
      const row: { address_sealed: string } | undefined = await db('group_robots')
        .where({ id, active: true })
        .first('address_sealed');
      if (!row) return undefined;
      try {
        return JSON.parse(vault.open(row.address_sealed)) as RobotAddress;
      } catch {
        return undefined;
      }
    },
  };
}
