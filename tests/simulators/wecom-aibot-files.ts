/** Where the platform keeps what people send: sealed, for five minutes, the name in a header only. */
import { createCipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const VALID_MS = 5 * 60_000;

interface StoredFile {
  readonly name: string;
  readonly sealed: Buffer;
  readonly until: number;
}

export class AibotFiles {
  readonly #files = new Map<string, StoredFile>();
  readonly #now: () => Date;
  /** Headers of the requests for files, to look for what must not be in them. */
  readonly asked: IncomingMessage['headers'][] = [];
  base = '';

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Seals a file; its address. A key of its own is 32 bytes. */
  put(name: string, bytes: Buffer, key: Buffer): string {
    const id = randomBytes(8).toString('hex');
    const size = 32 - (bytes.length % 32);
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const sealed = Buffer.concat([cipher.update(bytes), cipher.update(Buffer.alloc(size, size)), cipher.final()]);
    this.#files.set(id, { name, sealed, until: this.#now().getTime() + VALID_MS });
    return `${this.base}/files/${id}?sign=q-sign-algorithm%3Dsha1`;
  }

  /** Answers a request for a file; false when it is for something else. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const id = /^\/files\/([0-9a-f]+)/.exec(request.url ?? '')?.[1];
    if (id === undefined) return false;
    this.asked.push(request.headers);
    const file = this.#files.get(id);
    if (!file || file.until < this.#now().getTime()) {
      response.writeHead(403, { 'content-type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
      return true;
    }
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      })
      .end(file.sealed);
    return true;
  }
}
