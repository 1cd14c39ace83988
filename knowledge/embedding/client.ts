/** Speaks to any OpenAI-compatible embeddings endpoint through LangChain, which is loaded on first use（向量接口）. */
import { createGuardedFetch } from '../model/guarded-fetch.ts';
import { type Embedder, EmbeddingFailure, type EmbeddingSettings } from './types.ts';

/** Texts of one request: DashScope takes no more. */
export const TEXTS_AT_ONCE = 10;
/** Ten vectors of the longest kind there is, as JSON. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A vector has this many numbers: shorter ones tell nothing apart, longer ones no model makes. */
const SHORTEST = 8;
const LONGEST = 8192;

type Ask = (texts: readonly string[]) => Promise<unknown>;

/**
 * An endpoint that is asked once, never again on a failure.
 * The caller clears LANGSMITH_*, LANGCHAIN_* and OPENAI_* from the environment first: they redirect and copy requests.
 * @param timeoutMs - after this a request is given up and its connection closed
 */
export function createEmbedder(settings: EmbeddingSettings, timeoutMs: number): Embedder {
  let loading: Promise<Ask> | undefined;
  const load = () => {
    loading ??= connect(settings, timeoutMs).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    load: async () => {
      await load();
    },
    async embed(texts) {
      const ask = await load();
      const vectors = await ask(texts).catch((error: unknown) => {
        throw new EmbeddingFailure(kindOf(error), { cause: error });
      });
      return checkVectors(vectors, texts.length);
    },
  };
}

/** What an endpoint said, where it is as many vectors as were asked for, of one length, of finite numbers, none of them zero. */
export function checkVectors(given: unknown, wanted: number): readonly (readonly number[])[] {
  if (!Array.isArray(given) || given.length !== wanted) throw new EmbeddingFailure('another number of vectors');
  const dimension: unknown = (given[0] as { length?: unknown } | undefined)?.length;
  for (const vector of given as readonly unknown[]) {
    if (!Array.isArray(vector)) throw new EmbeddingFailure('no vector');
    if (vector.length !== dimension) throw new EmbeddingFailure('vectors of different lengths');
    if (vector.length < SHORTEST || vector.length > LONGEST) throw new EmbeddingFailure('a vector of an odd length');
    if (!vector.every((value) => typeof value === 'number' && Number.isFinite(value)))
      throw new EmbeddingFailure('a vector that is not all numbers');
    if (!vector.some((value) => value !== 0)) throw new EmbeddingFailure('a vector of zeros');
  }
  return given as number[][];
}

async function connect({ baseUrl, model, apiKey }: EmbeddingSettings, timeoutMs: number): Promise<Ask> {
  const { OpenAIEmbeddings } = await import('@langchain/openai');
  const client = new OpenAIEmbeddings({
    model,
    apiKey: apiKey ?? 'none',
    configuration: {
      baseURL: baseUrl,
      fetch: createGuardedFetch(baseUrl, MAX_BYTES),
      organization: null,
      project: null,
    },
    // Left to itself the client asks for base64, which not every server knows.
    encodingFormat: 'float',
    batchSize: TEXTS_AT_ONCE,
    stripNewLines: true,
    maxRetries: 0,
    timeout: timeoutMs,
  });
  return (texts) => client.embedDocuments([...texts]);
}

/** HTTP status, the system's code or the kind of a failure; its message may quote what was sent. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { status } = error as { status?: unknown };
  if (typeof status === 'number') return `HTTP ${status}`;
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z_]+$/.test(code)) return code;
  }
  return error.constructor.name;
}
