/** What the rooms around embeddings share: an endpoint that turns words into vectors, and clauses near a question（向量检索）. */

/** Where vectors come from. */
export interface EmbeddingSettings {
  /** Address up to and including the version: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  /** Vectors are kept under this name: another name means other vectors. */
  readonly model: string;
  readonly apiKey: string | undefined;
}

/** Turns words into vectors; not believed before they are checked. */
export interface Embedder {
  /** Loads the client library, which takes longer than a question may wait. */
  load(): Promise<void>;
  /**
   * One vector a text, in order, all of one length, finite and not zero.
   * @throws EmbeddingFailure for everything else
   */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** Why there are no vectors; the message holds no words of a question, clause or key. */
export class EmbeddingFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddingFailure';
  }
}

/** A clause near a question. */
export interface Near {
  /** Number of the clause in the database. */
  readonly n: number;
  /** Which part of the clause is nearest, as parts.ts cuts it. */
  readonly part: number;
  /** 0 is the nearest. */
  readonly rank: number;
  /** Cosine of the angle between question and clause, of its nearest part, -1 to 1. */
  readonly similarity: number;
  /** Standard deviations (by medians) above what is usual among all clauses looked at; 0 where there are too few to tell. */
  readonly standsOut: number;
}

/** Clauses of the documents nearest in meaning to the words, best first. @throws WithoutMeaning when it cannot say in time */
export type FindNear = (words: string, documentIds: readonly string[]) => Promise<readonly Near[]>;
