/** A load generator for callbacks: signed bodies made beforehand, keep-alive connections, latencies in milliseconds. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWecomSimulator } from '../simulators/wecom.ts';

export interface PreparedCallback {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The platform's acknowledgement has no body: the reply goes out by itself. */
  readonly silent?: boolean | undefined;
}

/** Signed 帮助 messages from many senders, each with an id of its own. */
export async function prepareCallbacks(count: number, senders: number): Promise<readonly PreparedCallback[]> {
  const simulator = await startWecomSimulator();
  try {
    return Array.from({ length: count }, (_, index) => {
      const { query, body } = simulator.sign(simulator.textXml(`sender-${index % senders}`, '帮助'));
      return { path: `/channels/wecom-app?${new URLSearchParams(query)}`, body };
    });
  } finally {
    await simulator.close();
  }
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 200, or without the body they should have. */
  readonly failed: number;
  readonly sent: number;
}

/** As fast as `connections` allow, one after the other on each. */
export async function flood(
  url: string,
  callbacks: readonly PreparedCallback[],
  connections: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let next = 0;
  let failed = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let at = next++; at < callbacks.length; at = next++) {
        const callback = callbacks[at];
        if (!callback) return;
        const start = performance.now();
        if (!(await post(url, callback, agent))) failed += 1;
        latencies.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { perSecond: callbacks.length / seconds, ...percentiles(latencies), failed, sent: callbacks.length };
}

/** A steady rate, whatever the answers take. */
export async function steady(
  url: string,
  callbacks: readonly PreparedCallback[],
  perSecond: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: number[] = [];
  const running: Promise<void>[] = [];
  let failed = 0;
  const began = performance.now();
  for (const [index, callback] of callbacks.entries()) {
    const due = began + (index * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    running.push(
      (async () => {
        const start = performance.now();
        if (!(await post(url, callback, agent))) failed += 1;
        latencies.push(performance.now() - start);
      })(),
    );
  }
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { perSecond: callbacks.length / seconds, ...percentiles(latencies), failed, sent: callbacks.length };
}

function post(url: string, { path, body, headers, silent }: PreparedCallback, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: headers ?? { 'content-type': 'text/xml' } },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => resolve(response.statusCode === 200 && (silent || bytes > 0)));
        response.on('error', () => resolve(false));
      },
    );
    call.on('error', () => resolve(false));
    call.end(body);
  });
}

export function percentiles(values: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
