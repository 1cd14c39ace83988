/** Puts the configured language model behind the knowledge room, and keeps it from everything that is not its business. */
import type { Clock, Log } from '../handlers/ports.ts';
import { speaksOfSomebody } from '../handlers/questions/people-in-words.ts';
import { createCandidates, createModel, type Knowledge, type ModelSettings, withModel } from '../knowledge/index.ts';
import type { Database } from './database/connect.ts';

/** Variables by which the client libraries copy requests to a tracing service, or send them to another address. */
const FOREIGN = /^(?:LANGSMITH|LANGCHAIN|OPENAI)_/i;
/** No figure of a plan is that long; numbers of people, cards and phones are. */
const LONG_NUMBER = /\d(?:[ -]?\d){6,}/;
const SPAN_OF_YEARS = /(?<!\d)20\d{2}[ -]{1,3}20\d{2}(?!\d)/g;

/** Removes what would let the client libraries talk to anybody else. Must run before they are imported. */
export function forgetForeignSettings(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (FOREIGN.test(name)) delete env[name];
}

/** Whether words may leave for a language model: nothing that may speak of a person, and no long number at all. */
export function mayLeaveForModel(text: string): boolean {
  return !LONG_NUMBER.test(text.normalize('NFKC').replace(SPAN_OF_YEARS, '')) && !speaksOfSomebody(text);
}

/** The same knowledge with a model behind it; nothing is loaded and nobody is called before a question needs it. */
export function addModel(
  knowledge: Knowledge,
  settings: ModelSettings,
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
): Knowledge {
  forgetForeignSettings(process.env);
  log.info(
    { event: 'model.configured', origin: new URL(settings.baseUrl).origin },
    'questions may go to a language model',
  );
  return withModel(knowledge, {
    model: createModel(settings),
    mayLeave: mayLeaveForModel,
    candidates: createCandidates({ db: database.reader, kind: database.kind }),
    clock,
    log,
  });
}
