/** The first administrator of a new installation: a one-time code on the terminal, typed as 绑定 <码> in private chat. */
import { randomInt } from 'node:crypto';
import type { Clock, Vault } from '../handlers/ports.ts';
import type { Database } from './database/connect.ts';

/** How long a printed code is good for (ms). */
const CODE_TTL_MS = 24 * 60 * 60 * 1000;

/** Prints a code while nobody is an administrator; does nothing once somebody is. The code is stored as a fingerprint only. */
export async function offerFirstAdmin(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly print?: ((line: string) => void) | undefined;
}): Promise<string | undefined> {
  const { database, clock, vault } = options;
  const admin = await database
    .reader('staff_roles')
    .join('staff', 'staff.id', 'staff_roles.staff_id')
    .where({ role: 'admin', status: 'active' })
    .first('staff_id');
  if (admin) return undefined;
  const code = String(randomInt(100_000_000)).padStart(8, '0');
  await database.write(async (trx) => {
    await trx('binding_codes').where({ purpose: 'first-admin' }).whereNull('used_at').del();
    await trx('binding_codes').insert({
      code_fingerprint: vault.fingerprint(code),
      purpose: 'first-admin',
      expires_at: new Date(clock.now().getTime() + CODE_TTL_MS).toISOString(),
    });
  });
  const print = options.print ?? ((line: string) => process.stdout.write(`${line}\n`));
  print(`还没有管理员。请在 24 小时内用自己的账号私聊机器人发送：绑定 ${code}`);
  return code;
}
