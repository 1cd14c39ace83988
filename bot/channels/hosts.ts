/** Where outgoing calls may go: addresses that a platform hands out are believed only on its own hosts（出站地址白名单）. */
import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * Reads an address handed out by a platform.
 * @param suffixes - host names it may have, or end with after a dot
 * @param loopbackBase - the configured base is on this machine, a simulator: then loopback addresses are allowed too, in plain
 * @returns undefined for anything else: another host, another protocol, user or password in it, an IP address
 */
export function handedOutAddress(
  address: string,
  suffixes: readonly string[],
  { protocol, loopbackBase }: { readonly protocol: 'https' | 'wss'; readonly loopbackBase: boolean },
): URL | undefined {
  const url = parseUrl(address);
  if (url === undefined || hasUser(url)) return undefined;
  if (loopbackBase && isLoopbackHost(url.hostname)) {
    return url.protocol === `${protocol}:` || url.protocol === `${protocol.slice(0, -1)}:` ? url : undefined;
  }
  if (url.protocol !== `${protocol}:` || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  const host = url.hostname.toLowerCase();
  return suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)) ? url : undefined;
}

/** Whether an address has exactly the origin of a configured base. */
export function isOnBase(address: string, base: string): boolean {
  const url = parseUrl(address);
  return url !== undefined && !hasUser(url) && url.origin === new URL(base).origin;
}

/** Whether a host name stays on this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** A `*_HOSTS` variable: host names by comma, without protocol or port. */
export const hostSuffixes = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim().toLowerCase().replace(/^\./, ''))
      .filter((part) => part !== ''),
  )
  .refine(
    (hosts) => hosts.length > 0 && hosts.every((host) => /^(?:[a-z0-9-]+\.)+[a-z0-9-]+$|^localhost$/.test(host)),
    {
      error: 'must be host names by comma, such as dingtalk.com',
    },
  );

function hasUser(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

function parseUrl(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
