/** Speaks to any OpenAI-compatible endpoint through LangChain, which is loaded with the first question（语言模型接口）. */
import { z } from 'zod';
import { createGuardedFetch } from './model/guarded-fetch.ts';
import { dataOf, RULES } from './model/prompt.ts';
import { thinkingOff } from './model/provider.ts';
import type { LanguageModel, ModelAnswer, ModelRequest } from './model/types.ts';

export interface ModelSettings {
  /** Address up to and including the version: `https://api.deepseek.com/v1`. */
  readonly baseUrl: string;
  readonly name: string;
  readonly apiKey: string | undefined;
  /** Fields added to every request, instead of those that switch thinking off at servers we know. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
}

/** An answer needs a few hundred tokens; a model that cannot stop is stopped. */
const MAX_TOKENS = 900;
/** The client's own limit; who asks gives an earlier signal. */
const TIMEOUT_MS = 10_000;

const schema = z.object({
  answerable: z.boolean(),
  lead: z.string().default(''),
  quotes: z.array(z.object({ clauseId: z.string(), quote: z.string() })).default([]),
});

type Ask = (request: ModelRequest, signal: AbortSignal) => Promise<unknown>;

/**
 * A model that is asked once a question, never again on a failure.
 * The caller clears LANGSMITH_*, LANGCHAIN_* and OPENAI_* from the environment first: they redirect and copy requests.
 */
export function createModel(settings: ModelSettings): LanguageModel {
  let loading: Promise<Ask> | undefined;
  return {
    async answer(request, signal): Promise<ModelAnswer> {
      loading ??= connect(settings).catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      const ask = await loading;
      signal.throwIfAborted();
      return schema.parse(await ask(request, signal));
    },
  };
}

async function connect({ baseUrl, name, apiKey, extraBody }: ModelSettings): Promise<Ask> {
  const { ChatOpenAI } = await import('@langchain/openai');
  const chat = new ChatOpenAI({
    model: name,
    apiKey: apiKey ?? 'none',
    configuration: { baseURL: baseUrl, fetch: createGuardedFetch(baseUrl), organization: null, project: null },
    temperature: 0,
    maxTokens: MAX_TOKENS,
    modelKwargs: { ...(extraBody ?? thinkingOff(baseUrl)) },
    maxRetries: 0,
    timeout: TIMEOUT_MS,
    streaming: false,
  });
  // json_schema, the default, is refused by endpoints that know json_object only.
  const structured = chat.withStructuredOutput(schema, { method: 'jsonMode' });
  return (request, signal) =>
    structured.invoke(
      [
        { role: 'system', content: RULES },
        { role: 'user', content: dataOf(request) },
      ],
      { signal },
    );
}
