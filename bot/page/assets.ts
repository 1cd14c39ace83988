/** The page's files as a server hands them out, with the security headers they were written for. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Headers of every file of the page. Nothing inline, nothing from elsewhere; `blob:` only for pictures the bot sent, which
 * arrive as base64 in JSON and cannot run anything.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Finds a file of the page by the path of a request: `/` is the page itself, `/page/<name>` one of its parts. Only names that
 * lie in this folder and are meant for a browser are found, so no path leads out of it. Reads afresh: an edit shows on reload.
 */
export function findPageFile(path: string): PageFile | undefined {
  const name = path === '/' ? 'index.html' : /^\/page\/([a-z0-9-]+\.[a-z]+)$/.exec(path)?.[1];
  const type = name && TYPES[extname(name)];
  if (!name || !type || !readdirSync(import.meta.dirname).includes(name)) return undefined;
  return { type, body: readFileSync(new URL(name, import.meta.url)) };
}
