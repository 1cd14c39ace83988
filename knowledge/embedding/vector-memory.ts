/** Keeps the vectors of the documents last asked about in memory, up to a limit; reads them once a version（向量缓存）. */
import type { Knex } from 'knex';
import { type EmbeddedDocument, readVectors } from './store.ts';
import { lengthOf } from './vectors.ts';

/** 100,000 clauses of 1,024 numbers each are 100 MB. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Looked through for one question: some 30,000 clauses, 60 to 150 ms. More would come too late and keep others waiting. */
const MAX_AT_ONCE = 32 * 1024 * 1024;

/** The vectors of one version of a document. */
export interface DocumentVectors {
  /** Its clauses, in order. */
  readonly ns: readonly number[];
  /** Of each vector: which clause of `ns` it is a part of. */
  readonly owners: Int32Array;
  /** All vectors one behind the other. */
  readonly bytes: Int8Array;
  readonly lengths: Float64Array;
}

export interface VectorMemory {
  /** Vectors of the documents, in their order; none at all where they are together too many for one question. */
  read(documents: readonly EmbeddedDocument[]): Promise<readonly DocumentVectors[]>;
}

export function createVectorMemory(db: Knex, model: string, maxBytes = MAX_BYTES): VectorMemory {
  // What was used last stands last. A version never changes, so nothing here goes stale.
  const kept = new Map<string, { readonly bytes: number; readonly vectors: Promise<DocumentVectors> }>();

  function keep(document: EmbeddedDocument): Promise<DocumentVectors> {
    const { documentId } = document;
    const found = kept.get(documentId);
    const one = found ?? { bytes: sizeOf(document), vectors: load(db, model, document) };
    kept.delete(documentId);
    kept.set(documentId, one);
    if (!found) one.vectors.catch(() => kept.delete(documentId));
    return one.vectors;
  }

  return {
    async read(documents) {
      if (documents.reduce((sum, document) => sum + sizeOf(document), 0) > Math.min(maxBytes, MAX_AT_ONCE)) return [];
      const wanted = new Set(documents.map((document) => document.documentId));
      const vectors = documents.map(keep);
      let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0);
      for (const [documentId, one] of kept) {
        if (bytes <= maxBytes) break;
        if (wanted.has(documentId)) continue;
        kept.delete(documentId);
        bytes -= one.bytes;
      }
      return Promise.all(vectors);
    },
  };
}

function sizeOf({ vectors, dimension }: EmbeddedDocument): number {
  return vectors * dimension;
}

async function load(db: Knex, model: string, document: EmbeddedDocument): Promise<DocumentVectors> {
  const { vectors, dimension } = document;
  const bytes = new Int8Array(vectors * dimension);
  const owners = new Int32Array(vectors);
  const ns: number[] = [];
  let row = 0;
  for await (const clause of readVectors(db, model, document.documentId)) {
    const parts = clause.vectors.length / dimension;
    if (row + parts > vectors) throw new Error('more vectors than the document has');
    bytes.set(clause.vectors, row * dimension);
    owners.fill(ns.length, row, row + parts);
    ns.push(clause.n);
    row += parts;
  }
  if (row !== vectors) throw new Error('fewer vectors than the document has');
  const lengths = Float64Array.from(owners, (_, at) => lengthOf(bytes, at * dimension, dimension));
  return { ns, owners, bytes, lengths };
}
