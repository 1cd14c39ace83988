/** Reads a request's raw bytes up to a limit. */
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';

/** @throws an error of type `entity.too.large` over the limit: the edge answers 413 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return getRawBody(request, { limit: maxBytes, length: request.headers['content-length'] ?? null });
}
