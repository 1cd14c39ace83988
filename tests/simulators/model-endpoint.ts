/** An OpenAI-compatible chat completions endpoint on this machine: it answers, stalls, errs, lies, as a test scripts it. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelAnswer, ModelRequest } from '../../knowledge/model/types.ts';

/** What the endpoint does with a request. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly answer: (asked: ModelRequest) => Partial<ModelAnswer> }
  /** The content of the message, word for word. */
  | { readonly kind: 'content'; readonly content: (asked: ModelRequest) => string }
  | { readonly kind: 'stall'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly location: string }
  /** A body that never ends. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'close' };

export interface HeardRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The data message, read. */
  readonly asked: ModelRequest;
}

export interface ModelEndpoint {
  /** As LLM_BASE_URL takes it. */
  readonly baseUrl: string;
  /** Every request so far, whatever became of it. */
  readonly heard: readonly HeardRequest[];
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startModelEndpoint(): Promise<ModelEndpoint> {
  const heard: HeardRequest[] = [];
  let behaviour: Behaviour = { kind: 'status', status: 500 };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ path: request.url ?? '', headers: request.headers, body, asked: readRequest(body) });
    behave(behaviour, body, response);
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

function behave(behaviour: Behaviour, body: string, response: ServerResponse): void {
  switch (behaviour.kind) {
    case 'answer':
      complete(response, JSON.stringify({ answerable: true, ...behaviour.answer(readRequest(body)) }));
      return;
    case 'content':
      complete(response, behaviour.content(readRequest(body)));
      return;
    case 'stall':
      setTimeout(() => complete(response, '{"answerable":false}'), behaviour.ms).unref();
      return;
    case 'status':
      response.writeHead(behaviour.status, { 'content-type': 'application/json', 'retry-after': '30' });
      response.end(JSON.stringify({ error: { message: `refused: ${body}`, type: 'refused' } }));
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><body>Sign in to the hotel network</body></html>');
      return;
    case 'redirect':
      response.writeHead(307, { location: behaviour.location });
      response.end();
      return;
    case 'endless': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '.repeat(16_384)), 2);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'close':
      response.destroy();
  }
}

function complete(response: ServerResponse, content: string): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'scripted',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
  );
}

function readRequest(body: string): ModelRequest {
  const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
  return JSON.parse(messages.find((one) => one.role === 'user')?.content ?? '{}') as ModelRequest;
}
