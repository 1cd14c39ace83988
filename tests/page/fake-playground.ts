/**
 * A small stand-in for the bot behind the page: the playground's HTTP interface with a few people, groups and canned answers,
 * and hands for a test (push, fail, go away). By hand: `node tests/page/fake-playground.ts 8090`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { findPageFile, PAGE_HEADERS } from '../../bot/page/assets.ts';
import type { Block, ConversationKind } from '../../handlers/message.ts';
import { cannedReplies, type FakeReply } from './canned-replies.ts';
import { FAKE_GROUPS, FAKE_STAFF } from './fake-people.ts';

export interface SentMessage {
  readonly n: number;
  readonly to: { readonly kind: ConversationKind; readonly id: string };
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly at: string;
}

/** What the page posted, as it came. */
export interface PostedMessage {
  readonly staff: string;
  readonly conversation: { readonly kind: ConversationKind; readonly id: string };
  readonly text: string;
  readonly messageId?: string;
  readonly action?: { readonly id: string; readonly value: string; readonly version?: number };
}

export interface FakePlayground {
  readonly url: string;
  /** Every message posted, in order, refused ones included. */
  readonly posted: readonly PostedMessage[];
  /** Sends something to somebody, as a job would. */
  push(id: string, ...blocks: readonly Block[]): void;
  /** The next posts are handled, but their answer is lost on the way (503). */
  loseAnswers(count: number): void;
  /** Posts wait until the returned function is called. */
  hold(): () => void;
  /** Goes away: open calls break, new ones are refused; `comeBack` listens again on the same port. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Loses its data, as one does that starts on an empty database. */
  forget(): void;
  stop(): Promise<void>;
}

/** Starts it on a free port (or the one given), at 2026-11-21 16:20 in Shanghai by its own clock. */
export async function startFakePlayground(port = 0): Promise<FakePlayground> {
  const outbox: SentMessage[] = [];
  const posted: PostedMessage[] = [];
  const answered = new Map<string, string>();
  const waiting = new Set<() => void>();
  let offsetMs = Date.parse('2026-11-21T08:20:00Z') - Date.now();
  let lost = 0;
  let gate: Promise<void> = Promise.resolve();

  const now = (): Date => new Date(Date.now() + offsetMs);
  const sendOut = (id: string, blocks: readonly Block[]): SentMessage => {
    const kind = id.startsWith('direct:') ? 'direct' : 'group';
    const message = {
      n: outbox.length + 1,
      to: { kind, id },
      text: plainText(blocks),
      blocks,
      at: now().toISOString(),
    } as const;
    outbox.push(message);
    for (const wake of waiting) wake();
    return message;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const route = `${request.method} ${url.pathname}`;
    if (request.method === 'POST' && request.headers['content-type'] !== 'application/json')
      return json(response, 415, {});
    if (route === 'GET /playground/staff') return json(response, 200, FAKE_STAFF);
    if (route === 'GET /playground/conversations') return json(response, 200, FAKE_GROUPS);
    if (route === 'GET /playground/clock') return json(response, 200, { now: now().toISOString() });
    if (route === 'POST /playground/clock') return moveClock(response, await bodyOf(request));
    if (route === 'GET /playground/outbox') {
      return readOutbox(response, Number(url.searchParams.get('since')), Number(url.searchParams.get('wait')));
    }
    if (route === 'POST /playground/messages') return receive(response, await bodyOf(request));
    const file = request.method === 'GET' ? findPageFile(url.pathname) : undefined;
    if (!file) return json(response, 404, {});
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': file.type }).end(file.body);
  }

  function moveClock(response: ServerResponse, body: unknown): void {
    const target = Date.parse((body as { now: string }).now);
    if (!(target >= now().getTime())) {
      json(response, 400, {});
      return;
    }
    const before = now();
    offsetMs = target - Date.now();
    for (const { to, blocks } of cannedReplies.dueBetween(before, now())) sendOut(to, blocks);
    json(response, 200, { now: now().toISOString() });
  }

  async function readOutbox(response: ServerResponse, since: number, wait: number): Promise<void> {
    if (outbox.length <= since && wait > 0) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, wait);
        const wake = (): void => {
          clearTimeout(timer);
          done();
        };
        waiting.add(wake);
        response.once('close', () => {
          waiting.delete(wake);
          wake();
        });
      });
    }
    json(response, 200, { last: outbox.length, messages: outbox.filter((message) => message.n > since) });
  }

  async function receive(response: ServerResponse, body: unknown): Promise<void> {
    const message = body as PostedMessage;
    posted.push(message);
    const person = FAKE_STAFF.find((one) => one.id === message.staff);
    const { kind, id } = message.conversation;
    if (!person || (kind === 'group' && !FAKE_GROUPS.some((group) => group.id === id))) return json(response, 404, {});
    if (message.text === '' && !message.action) return json(response, 400, {});
    await gate;
    const messageId = message.messageId ?? `fake-${posted.length}`;
    const known = answered.get(messageId);
    const answer = known ?? JSON.stringify({ messageId, replies: repliesTo(message) });
    answered.set(messageId, answer);
    if (lost > 0) {
      lost -= 1;
      return json(response, 503, {});
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  }

  /** Sends every reply; gives back those the answer of the call carries: here, and to the sender in private. */
  function repliesTo(message: PostedMessage): unknown[] {
    const mine = `direct:${message.staff}`;
    const replies: readonly FakeReply[] = cannedReplies.to(message);
    return replies
      .map(({ to, blocks }) => sendOut(to === 'here' ? message.conversation.id : to === 'sender' ? mine : to, blocks))
      .filter((sent) => sent.to.id === message.conversation.id || sent.to.id === mine)
      .map(({ n, to, text, blocks }) => ({ n, to, text, blocks }));
  }

  let server = await listen(port);
  async function listen(at: number): Promise<Server> {
    const next = createServer((request, response) => {
      handle(request, response).catch(() => response.headersSent || json(response, 400, {}));
    });
    await new Promise<void>((done) => next.listen(at, '127.0.0.1', done));
    return next;
  }
  async function close(): Promise<void> {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    url: `http://127.0.0.1:${address.port}/`,
    posted,
    push: (id, ...blocks) => void sendOut(id, blocks),
    loseAnswers: (count) => {
      lost = count;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    forget: () => {
      outbox.length = 0;
      answered.clear();
    },
    goAway: close,
    comeBack: async () => {
      server = await listen(address.port);
    },
    stop: close,
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** A plain rendering good enough for a list of conversations. */
function plainText(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.type === 'text' || block.type === 'markdown' || block.type === 'quote') return block.text;
      if (block.type === 'fields') return block.items.map((item) => `${item.label}：${item.value}`).join('\n');
      return '';
    })
    .filter(Boolean)
    .join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const fake = await startFakePlayground(Number(process.argv[2] ?? 8090));
  process.stdout.write(`${fake.url}\n`);
}
