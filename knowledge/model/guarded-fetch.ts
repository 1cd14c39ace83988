/** The only way to the model's endpoint: one origin, no redirect, a short answer, no headers that tell of this machine. */

/** An answer of a few sentences is far smaller. */
const MAX_BYTES = 256 * 1024;
const SENT_HEADERS = ['authorization', 'content-type', 'accept'] as const;

/**
 * @param maxBytes - of an answer; default: what a few sentences take
 * @throws Error for another origin, a redirect, or an answer beyond the limit
 */
export function createGuardedFetch(baseUrl: string, maxBytes = MAX_BYTES): typeof fetch {
  const { origin } = new URL(baseUrl);
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new Error('the model is asked at its own address only');
    const given = new Headers(init?.headers);
    const headers = new Headers();
    for (const name of SENT_HEADERS) {
      const value = given.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set('user-agent', 'yigongti-assistant');
    const response = await fetch(url, { ...init, headers, redirect: 'error' });
    return new Response(await readBody(response, maxBytes), {
      status: response.status,
      headers: { 'content-type': response.headers.get('content-type') ?? '' },
    });
  };
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > maxBytes) throw new Error('the model’s answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
