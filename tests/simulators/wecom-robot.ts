/** The platform's webhook for group robots（page 91770）: limits, codes, uploads, and faults on request. */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RobotFault {
  readonly kind: 'errcode' | 'status' | 'html' | 'close' | 'delay' | 'lost';
  readonly errcode?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ms?: number;
}

/** What a group saw. */
export interface RobotPost {
  readonly key: string;
  readonly type: string;
  /** Words, or the name and size of a file or picture. */
  readonly text: string;
}

export interface WecomRobotSimulator {
  readonly base: string;
  readonly posts: RobotPost[];
  readonly faults: RobotFault[];
  requests: number;
  /** Robots that exist. */
  readonly keys: Set<string>;
  close(): Promise<void>;
}

const PER_MINUTE = 20;
const BYTES: Readonly<Record<string, number>> = { text: 2048, markdown: 4096, markdown_v2: 4096 };

export async function startWecomRobotSimulator(now: () => Date = () => new Date()): Promise<WecomRobotSimulator> {
  const posts: RobotPost[] = [];
  const faults: RobotFault[] = [];
  const keys = new Set<string>();
  const media = new Map<string, { readonly key: string; readonly name: string; readonly size: number }>();
  const sentAt = new Map<string, number[]>();
  const simulator = { base: '', posts, faults, requests: 0, keys, close };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      simulator.requests += 1;
      void handle(
        new URL(request.url ?? '/', 'http://localhost'),
        Buffer.concat(chunks),
        request.headers['content-type'] ?? '',
        response,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  simulator.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return simulator;

  async function handle(url: URL, raw: Buffer, type: string, response: ServerResponse): Promise<void> {
    const fault = faults.shift();
    if (fault && fault.kind !== 'lost' && fault.kind !== 'delay') return fail(fault, response);
    const answer = await work(url, raw, type);
    if (fault?.kind === 'lost') return void response.destroy();
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 0));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  async function work(url: URL, raw: Buffer, type: string): Promise<Record<string, unknown>> {
    const key = url.searchParams.get('key') ?? '';
    if (url.pathname === '/cgi-bin/webhook/upload_media') {
      const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
      const file = form.get('media');
      // The file is checked before the key.
      if (!(file instanceof File) || file.size === 0) return refusal(44001);
      if (!keys.has(key)) return refusal(93000);
      if (file.size <= 5 || file.size > 20 * 1024 * 1024) return refusal(45001);
      const media_id = `m${media.size + 1}`;
      media.set(media_id, { key, name: file.name, size: file.size });
      return { errcode: 0, errmsg: 'ok', type: 'file', media_id, created_at: '1700000000' };
    }
    if (url.pathname !== '/cgi-bin/webhook/send') return refusal(40066);
    if (!keys.has(key)) return refusal(93000);
    const recent = (sentAt.get(key) ?? []).filter((at) => now().getTime() - at < 60_000);
    if (recent.length >= PER_MINUTE) return refusal(45009);
    const body = JSON.parse(raw.toString('utf8')) as Record<string, Record<string, string>> & { msgtype: string };
    const content = body[body.msgtype] ?? {};
    const shown = show(key, body.msgtype, content);
    if (typeof shown === 'number') return refusal(shown);
    sentAt.set(key, [...recent, now().getTime()]);
    posts.push({ key, type: body.msgtype, text: shown });
    return { errcode: 0, errmsg: 'ok' };
  }

  function show(key: string, type: string, content: Readonly<Record<string, string>>): string | number {
    const most = BYTES[type];
    if (most !== undefined) {
      const text = content.content ?? '';
      if (text.trim() === '') return 44004;
      return Buffer.byteLength(text) > most ? 45002 : text;
    }
    if (type === 'image') {
      const bytes = Buffer.from(content.base64 ?? '', 'base64');
      if (bytes.length > 2 * 1024 * 1024) return 40009;
      return createHash('md5').update(bytes).digest('hex') === content.md5 ? `［图片 ${bytes.length}］` : 301019;
    }
    if (type === 'file') {
      const file = media.get(content.media_id ?? '');
      return file?.key === key ? `［文件 ${file.name} ${file.size}］` : 40007;
    }
    return 40008;
  }

  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

function refusal(errcode: number): Record<string, unknown> {
  return { errcode, errmsg: errcode === 93000 ? 'invalid webhook url' : 'refused' };
}

function fail(fault: RobotFault, response: ServerResponse): void {
  if (fault.kind === 'errcode') response.writeHead(200).end(JSON.stringify(refusal(fault.errcode ?? -1)));
  else if (fault.kind === 'status') response.writeHead(fault.status ?? 500, { ...fault.headers }).end('no');
  else if (fault.kind === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>网络认证</html>');
  else response.destroy();
}
