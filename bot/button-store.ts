/** Buttons whose words are too long for their platform: sealed in the database, found by a short key（按钮内容）. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ButtonAction } from '../handlers/message.ts';
import type { Clock, Vault } from '../handlers/ports.ts';
import type { ButtonStore } from './channels/channel.ts';
import type { Database } from './database/connect.ts';

/** How long a card can be pressed; as long as words are kept anyway. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Written again only when so much of its time has passed: the same buttons are drawn all day. */
const REFRESH_MS = 24 * 60 * 60 * 1000;

const actionSchema = z.object({ id: z.string(), value: z.string(), version: z.number().optional() });

export function createButtonStore(ports: {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}): ButtonStore {
  const { database, vault, clock } = ports;

  async function keep(action: ButtonAction): Promise<string> {
    const plain = JSON.stringify([action.id, action.value, action.version ?? null]);
    const id = createHash('sha256')
      .update(vault.fingerprint(`button ${plain}`))
      .digest('base64url')
      .slice(0, 22);
    const now = clock.now().getTime();
    const fresh = new Date(now + KEPT_MS - REFRESH_MS).toISOString();
    const there = await database.reader('button_values').where({ id }).andWhere('expires_at', '>', fresh).first('id');
    if (there) return id;
    const action_sealed = vault.seal(JSON.stringify(action));
    const expires_at = new Date(now + KEPT_MS).toISOString();
    await database.write((trx) =>
      trx('button_values')
        .insert({ id, action_sealed, expires_at })
        .onConflict('id')
        .merge(['action_sealed', 'expires_at']),
    );
    return id;
  }

  async function find(key: string): Promise<ButtonAction | undefined> {
    const row: { action_sealed: string } | undefined = await database
      .reader('button_values')
      .where({ id: key })
      .andWhere('expires_at', '>', clock.now().toISOString())
      .first('action_sealed');
    if (!row) return undefined;
    try {
      return actionSchema.parse(JSON.parse(vault.open(row.action_sealed)));
    } catch {
      return undefined; // its key is no longer among DATA_KEY: the button has ended
    }
  }

  return { keep, find };
}
