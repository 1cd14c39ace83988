/** One request through the client as it is, with whatever this process finds in its environment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createModel } from '../../../knowledge/index.ts';

const model = createModel({ baseUrl: process.env.LLM_BASE_URL ?? '', name: 'scripted', apiKey: undefined });
await model.answer({ question: '号源', earlier: [], clauses: [] }, AbortSignal.timeout(10_000)).catch(() => undefined);
await sleep(1500);
process.exit(0);
