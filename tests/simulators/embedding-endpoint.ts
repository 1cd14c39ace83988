/** An OpenAI-compatible embeddings endpoint on this machine: the same text always gives the same vector, ways to say one thing lie near. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the endpoint does with a request. */
export type Behaviour =
  | { readonly kind: 'embed'; readonly dimension?: number | undefined }
  /** A body made of the vectors it would give. */
  | { readonly kind: 'body'; readonly body: (vectors: readonly (readonly number[])[]) => string }
  | { readonly kind: 'stall' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'endless' }
  | { readonly kind: 'close' };

export interface HeardEmbedding {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly texts: readonly string[];
}

export interface EmbeddingEndpoint {
  /** As EMBEDDING_BASE_URL takes it. */
  readonly baseUrl: string;
  /** Every request so far, whatever became of it. */
  readonly heard: readonly HeardEmbedding[];
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Numbers of a vector unless a test asks for another length. */
export const DIMENSION = 256;

/** What this endpoint takes for one thing, as a trained model would: made-up words, which no lexicon will ever know, and words of the plans. */
const MEANINGS: readonly (readonly string[])[] = [
  ['葫芦瓢', '首诊制度'],
  ['丝瓜络', '家庭医生签约'],
  ['橘子皮', '结果互认'],
];

/** Starts it on a free port of 127.0.0.1. */
export async function startEmbeddingEndpoint(): Promise<EmbeddingEndpoint> {
  const heard: HeardEmbedding[] = [];
  let behaviour: Behaviour = { kind: 'embed' };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as { input: string | string[]; model: string };
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    heard.push({ path: request.url ?? '', headers: request.headers, body, texts });
    behave(behaviour, texts, body.model, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    heard,
    behave(next) {
      behaviour = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function behave(behaviour: Behaviour, texts: readonly string[], model: string, response: ServerResponse): void {
  const vectors = texts.map((text) =>
    vectorOf(text, model, behaviour.kind === 'embed' ? behaviour.dimension : undefined),
  );
  switch (behaviour.kind) {
    case 'embed':
      send(response, bodyOf(vectors));
      return;
    case 'body':
      send(response, behaviour.body(vectors));
      return;
    case 'stall':
      return;
    case 'status':
      response.writeHead(behaviour.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `refused: ${texts.join()}`, type: 'refused' } }));
      return;
    case 'redirect':
      response.writeHead(307, { location: behaviour.location });
      response.end();
      return;
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '.repeat(262_144)), 2);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'close':
      response.destroy();
  }
}

/** The answer of a server that works. */
export function bodyOf(vectors: readonly unknown[]): string {
  return JSON.stringify({
    object: 'list',
    model: 'scripted',
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
}

/** Pairs of characters, and what they mean where the table knows; each model lays its numbers otherwise. */
export function vectorOf(text: string, model: string, dimension = DIMENSION): readonly number[] {
  const vector = new Array<number>(dimension).fill(0);
  const add = (feature: string, weight: number) => {
    const bytes = createHash('sha256').update(`${model} ${feature}`).digest();
    for (let at = 0; at < 8; at += 1) {
      const place = bytes.readUInt16LE(at * 3) % dimension;
      vector[place] = (vector[place] ?? 0) + (((bytes[at * 3 + 2] ?? 0) & 1) === 0 ? weight : -weight);
    }
  };
  const pairs = new Set(Array.from({ length: Math.max(1, text.length - 1) }, (_, at) => text.slice(at, at + 2)));
  for (const pair of pairs) add(pair, 0.5 / Math.sqrt(pairs.size));
  for (const words of MEANINGS) if (words.some((one) => text.includes(one))) add(words.join(), 1);
  return vector;
}
