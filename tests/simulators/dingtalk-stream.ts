/** The stream side of DingTalk: the gateway with its tickets, and sockets that get frames and answer them. */
import type { IncomingMessage as HttpRequest, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

const TICKET_MS = 90_000;

export interface Ack {
  readonly code: number;
  readonly messageId: string;
  readonly data: string;
}

interface Pushed {
  readonly type: string;
  readonly topic: string;
  readonly data: string;
  readonly more: Readonly<Record<string, string>>;
}

export class DingtalkStream {
  /** Answers to frames, in order. */
  readonly acks: Ack[] = [];
  /** What each gateway call asked for. */
  readonly opened: { readonly subscriptions: unknown; readonly ua: unknown }[] = [];
  /** The gateway's answers instead of a ticket, consumed one per call. */
  readonly gatewayFaults: { readonly status: number; readonly body: unknown }[] = [];
  /** Set to hand out another endpoint. */
  endpoint: string | undefined;
  readonly #base: () => string;
  readonly #credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly #tickets = new Map<string, number>();
  readonly #sockets = new Set<WebSocket>();
  readonly #frozen: WebSocket[] = [];
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #waiting = new Map<string, (ack: Ack | undefined) => void>();
  #serial = 0;

  constructor(base: () => string, credentials: { readonly clientId: string; readonly clientSecret: string }) {
    this.#base = base;
    this.#credentials = credentials;
  }

  /** `POST /v1.0/gateway/connections/open`. */
  async open(request: HttpRequest, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fault = this.gatewayFaults.shift();
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (fault) return json(fault.status, fault.body);
    if (!String(request.headers.accept ?? '').includes('application/json')) {
      response.writeHead(200, { 'content-type': 'application/xml' }).end('<xml><endpoint/></xml>');
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
    const { clientId, clientSecret } = this.#credentials;
    if (body.clientId !== clientId || body.clientSecret !== clientSecret) {
      return json(401, { code: 'authFailed', message: '鉴权失败', requestid: 'AAAA' });
    }
    this.opened.push({ subscriptions: body.subscriptions, ua: body.ua });
    this.#serial += 1;
    const ticket = `ticket-${this.#serial}/+=`;
    this.#tickets.set(ticket, Date.now() + TICKET_MS);
    json(200, { endpoint: this.endpoint ?? `${this.#base().replace(/^http/, 'ws')}/connect`, ticket });
  }

  upgrade(request: HttpRequest, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const ticket = url.searchParams.get('ticket') ?? '';
    const good = url.pathname === '/connect' && (this.#tickets.get(ticket) ?? 0) > Date.now();
    this.#tickets.delete(ticket); // one use
    if (!good) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      this.#sockets.add(ws);
      ws.on('close', () => this.#sockets.delete(ws));
      ws.on('error', () => undefined);
      ws.on('message', (raw) => this.#answered(raw.toString()));
    });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Pushes to one live socket, chosen at random as the platform does. */
  push(
    type: string,
    topic: string,
    data: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ack | undefined> {
    const sockets = [...this.#sockets];
    const socket = sockets[Math.floor(Math.random() * sockets.length)];
    if (!socket) return Promise.resolve(undefined);
    return this.#pushTo(socket, { type, topic, data: typeof data === 'string' ? data : JSON.stringify(data), more });
  }

  /** A frame that is no JSON. */
  garbage(): void {
    for (const socket of this.#sockets) socket.send('<not json>');
  }

  /** The platform says that it will end this connection; nothing more is pushed over it. */
  async sayDisconnect(closeAfterMs: number): Promise<void> {
    const leaving = [...this.#sockets];
    for (const socket of leaving) {
      socket.send(
        frame(this.#id(), { type: 'SYSTEM', topic: 'disconnect', data: '{"reason":"persistent"}', more: {} }),
      );
      this.#sockets.delete(socket);
      setTimeout(() => socket.close(), closeAfterMs).unref();
    }
  }

  /** A link that is dead without either side knowing: nothing is heard or answered any more. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.pause();
      this.#frozen.push(socket);
    }
    this.#sockets.clear();
  }

  /** The connection is cut without a word. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async waitForConnections(count: number, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.#sockets.size < count) {
      if (performance.now() > deadline) throw new Error(`${this.#sockets.size} of ${count} connections`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  close(): void {
    for (const socket of [...this.#sockets, ...this.#frozen]) socket.terminate();
    for (const done of this.#waiting.values()) done(undefined);
    this.#server.close();
  }

  #pushTo(socket: WebSocket, pushed: Pushed): Promise<Ack | undefined> {
    const id = this.#id();
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(undefined), 5_000);
      const gone = () => done(undefined);
      const done = (ack: Ack | undefined) => {
        clearTimeout(timer);
        socket.off('close', gone);
        this.#waiting.delete(id);
        resolve(ack);
      };
      this.#waiting.set(id, done);
      socket.once('close', gone);
      socket.send(frame(id, pushed));
    });
  }

  #answered(raw: string): void {
    const { code, headers, data } = JSON.parse(raw) as { code: number; headers: { messageId: string }; data: string };
    const ack = { code, messageId: headers.messageId, data };
    this.acks.push(ack);
    this.#waiting.get(headers.messageId)?.(ack);
  }

  #id(): string {
    this.#serial += 1;
    return `frame_${this.#serial}`;
  }
}

function frame(messageId: string, { type, topic, data, more }: Pushed): string {
  const headers = { appId: '3bb3', contentType: 'application/json', messageId, time: '1700000000000', topic, ...more };
  return JSON.stringify({ specVersion: '1.0', type, headers, data });
}
