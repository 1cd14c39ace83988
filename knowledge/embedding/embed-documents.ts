/**
 * Gives the clauses in force their vectors, a few at a time（向量入库）: what is kept stays kept, so that a kill at any moment costs one
 * request; done twice it does nothing.
 */
import type { Knex } from 'knex';
import { TEXTS_AT_ONCE } from './client.ts';
import { partsOf } from './parts.ts';
import {
  findDimension,
  insertVectors,
  listUnembedded,
  listUnembeddedClauses,
  markEmbedded,
  removeUnused,
} from './store.ts';
import { type Embedder, EmbeddingFailure } from './types.ts';
import { compress } from './vectors.ts';

export interface EmbedPorts {
  readonly reader: Knex;
  readonly write: <T>(work: (trx: Knex.Transaction) => Promise<T>) => Promise<T>;
  readonly clock: { now(): Date };
  readonly embedder: Embedder;
  readonly model: string;
  /** Asked between requests; what is left is done by a later call. */
  readonly isStopping: () => boolean;
}

/** What a call did. */
export interface Embedded {
  /** Clauses that got vectors. */
  readonly clauses: number;
  /** Whether some are left because it was told to stop. */
  readonly more: boolean;
}

/**
 * Embeds what is in force and has no vectors of this model, document after document; once all have, removes what is not used any
 * more.
 * @throws EmbeddingFailure when the endpoint fails or lies; what was kept before stays
 */
export async function embedDocuments(ports: EmbedPorts): Promise<Embedded> {
  const { reader, model, isStopping } = ports;
  let clauses = 0;
  for (const documentId of await listUnembedded(reader, model)) {
    for (;;) {
      if (isStopping()) return { clauses, more: true };
      const done = await embedSome(ports, documentId);
      clauses += done;
      if (done === 0) break;
    }
    await ports.write((trx) => markEmbedded(trx, model, documentId, ports.clock.now().toISOString()));
  }
  while (await ports.write((trx) => removeUnused(trx, model))) if (isStopping()) return { clauses, more: true };
  return { clauses, more: false };
}

/** The next clauses of a document, as many as fit one request; at least one. */
async function embedSome({ reader, write, embedder, model }: EmbedPorts, documentId: string): Promise<number> {
  const next = await listUnembeddedClauses(reader, model, documentId, TEXTS_AT_ONCE);
  const batch: { n: number; texts: readonly string[] }[] = [];
  for (const clause of next) {
    const texts = partsOf(clause).map((part) => part.text);
    if (batch.length > 0 && batch.reduce((sum, one) => sum + one.texts.length, texts.length) > TEXTS_AT_ONCE) break;
    batch.push({ n: clause.n, texts });
  }
  if (batch.length === 0) return 0;
  const vectors = await embedder.embed(batch.flatMap((one) => one.texts));
  const dimension = vectors[0]?.length ?? 0;
  const known = await findDimension(reader, model);
  if (known !== undefined && known !== dimension) {
    throw new EmbeddingFailure(`vectors of ${dimension} numbers, but those kept have ${known}`);
  }
  let at = 0;
  const rows = batch.map(({ n, texts }) => {
    const own = vectors.slice(at, at + texts.length).map(compress);
    at += texts.length;
    return { n, vectors: own };
  });
  await write((trx) => insertVectors(trx, model, dimension, rows));
  return batch.length;
}
