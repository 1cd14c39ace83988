/** The first administrator of a new installation: a one-time code on the terminal, typed as 绑定 <码> in private chat. */
import { randomInt } from 'node:crypto';
import type { Clock, Vault } from '../handlers/ports.ts';
import type { Database } from './database/connect.ts';

/** How long a printed code is good for (ms). */
const CODE_TTL_MS = 24 * 60 * 60 * 1000;

/** Digits of a code: nobody guesses one in a day, however many messages the bot takes. */
const DIGITS = 12;

/**
 * Prints a code while nobody is an administrator; does nothing once somebody is. Several processes and starts print one each;
 * all of them are good until one is used. Only fingerprints are stored.
 * @returns the code without the dashes it is printed with
 */
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
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  const now = clock.now();
  await database.write(async (trx) => {
    await trx('binding_codes')
      .where({ purpose: 'first-admin' })
      .whereNull('used_at')
      .andWhere('expires_at', '<=', now.toISOString())
      .del();
    await trx('binding_codes').insert({
      code_fingerprint: vault.fingerprint(code),
      purpose: 'first-admin',
      expires_at: new Date(now.getTime() + CODE_TTL_MS).toISOString(),
    });
  });
  const print = options.print ?? ((line: string) => process.stdout.write(`${line}\n`));
  print(`还没有管理员。请在 24 小时内用自己的账号私聊机器人发送：绑定 ${code.match(/.{4}/g)?.join('-')}`);
  return code;
}
