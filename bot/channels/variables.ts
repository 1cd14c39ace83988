/** Kinds of environment variables that several channels have: secrets, addresses, all or none of the required ones. */
import { z } from 'zod';

export type Variables = Readonly<Record<string, string | undefined>>;

/** What people leave in a copied .env file. Matched against secrets only. */
const PLACEHOLDER =
  /^(?:x+|\*+|\.+|<.*>|(?:your|my)[-_ ].*|change[-_ ]?(?:me|this|it).*|placeholder|secret|todo|none)$/i;

/** A secret as a console shows it. */
export const secretValue = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must have no spaces or non-ASCII characters' })
  .refine((value) => !PLACEHOLDER.test(value), { error: 'still holds a placeholder; copy the real value' });

/** Where a platform's API answers; without a slash at the end. */
export const baseAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .refine((value) => /^https?:\/\/[^/?#@]+(?:\/[^?#@]*)?$/.test(value), {
    error: 'must be an address without query, fragment or user',
  })
  .transform((value) => value.replace(/\/+$/, ''));

/**
 * Checks that all of the required variables are there, or none.
 * @returns false when none is set: the channel is off
 * @throws Error with one line that names what is missing
 */
export function hasRequired(env: Variables, names: readonly string[], who: string): boolean {
  const missing = names.filter((name) => !env[name]?.trim());
  if (missing.length === names.length) return false;
  if (missing.length === 0) return true;
  const are = missing.length === 1 ? 'is' : 'are';
  throw new Error(`${missing.join(', ')} ${are} missing: ${who} needs all of ${names.join(', ')}`);
}

/**
 * Reads one variable; an empty value counts as absent.
 * @throws Error with one line that names the variable and never its value
 */
export function readVariable<T>(env: Variables, name: string, type: z.ZodType<T>, fallback?: string): T {
  const parsed = type.safeParse(env[name]?.trim() || fallback);
  if (parsed.success) return parsed.data;
  throw new Error(`${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
}
