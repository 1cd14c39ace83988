/** What passes between the knowledge room and a language model（语言模型）: clauses and a question in, quotes with clause ids out. */

/** A clause as a model sees it; the id is valid within one request only. */
export interface ModelClause {
  readonly id: string;
  /** Whose plan, and the headings above the clause. */
  readonly where: string;
  /** Heads of the columns, of a table row. */
  readonly columns?: readonly string[] | undefined;
  readonly heading: string;
  readonly text: string;
}

/** Everything that leaves for a model, and nothing else does. */
export interface ModelRequest {
  readonly question: string;
  /** Earlier questions of the conversation, oldest first. */
  readonly earlier: readonly string[];
  readonly clauses: readonly ModelClause[];
}

/** What a model says; not believed before it is checked. */
export interface ModelAnswer {
  readonly answerable: boolean;
  readonly lead: string;
  readonly quotes: readonly { readonly clauseId: string; readonly quote: string }[];
}

/** A model that answers from given clauses. */
export interface LanguageModel {
  /** @throws whatever went wrong: no connection, a refusal, words that are not the JSON asked for */
  answer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}
