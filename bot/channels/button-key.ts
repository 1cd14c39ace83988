/** A button as the key that a platform carries and gives back when it is pressed. */
import type { ButtonAction } from '../../handlers/message.ts';

/** A button as `command|version|value`; WeCom takes 1024 bytes as the key of a card button or menu entry. */
export function buttonKey({ id, value, version }: ButtonAction): string {
  return `${id}|${version ?? ''}|${value}`;
}

/** Reads `buttonKey` back; undefined when the key is not one of ours. */
export function parseButtonKey(key: string): ButtonAction | undefined {
  const [, id, version, value] = /^([\w.-]+)\|(\d{0,15})\|([\s\S]*)$/.exec(key) ?? [];
  if (id === undefined || value === undefined) return undefined;
  return version ? { id, value, version: Number(version) } : { id, value };
}
