/** A pressed button in the 64 bytes the platform gives a button（callback_data）, and back. */
import type { Button, ButtonAction } from '../../../handlers/message.ts';
import { LIMITS } from './types.ts';

/** The command of a button whose words are kept: no feature has it, so that it means nothing until it is looked up. */
export const KEPT = 'telegram.kept';

/** `command|version|value`; undefined when that is over the limit. */
export function buttonData({ id, value, version }: Pick<Button, 'id' | 'value' | 'version'>): string | undefined {
  const data = `${id}|${version ?? ''}|${value}`;
  return Buffer.byteLength(data) <= LIMITS.callbackBytes ? data : undefined;
}

/** The same for a button whose words are kept: the version stays readable. */
export function keptData(key: string, version: number | undefined): string {
  return `~|${version ?? ''}|${key}`;
}

/** Reads both back; undefined when it is not ours. */
export function parseButtonData(data: string): ButtonAction | undefined {
  const [, id, version, value] = /^(~|[\w.-]+)\|(\d{0,15})\|([\s\S]*)$/.exec(data) ?? [];
  if (id === undefined || value === undefined) return undefined;
  return {
    id: id === '~' ? KEPT : id,
    value,
    ...(version ? { version: Number(version) } : {}),
  };
}
