/** The door of the knowledge room: everything other rooms may import. */

export { type Change, type ComparedClause, compareClauses } from './changes.ts';
export { createEmbedder } from './embedding/client.ts';
export { type Embedded, embedDocuments } from './embedding/embed-documents.ts';
export { createMeaning, type Meaning, QUESTION_TIMEOUT_MS } from './embedding/second-look.ts';
export { countEmbedded, findDimension } from './embedding/store.ts';
export { type Embedder, EmbeddingFailure, type EmbeddingSettings } from './embedding/types.ts';
export {
  type IngestPlan,
  type IngestRefusal,
  type IngestRequest,
  isCalendarDay,
  isRegionName,
  planIngest,
} from './ingest.ts';
export { createKnowledge } from './knowledge.ts';
export {
  type DocumentToLoad,
  type LoadedDocument,
  type LoadPorts,
  loadCorpus,
  loadDocument,
  refreshDocuments,
  storePlanned,
} from './load.ts';
export { createCandidates } from './model/candidates.ts';
export type { LanguageModel } from './model/types.ts';
export { type WithModelOptions, withModel } from './model/with-model.ts';
export { createModel, type ModelSettings } from './model.ts';
export { type ParsedClause, type ParsedDocument, parseDocument } from './parser/index.ts';
export { showPath } from './paths.ts';
export { partLine, plainAnswer, pointAbove, readable } from './plain.ts';
export { checkSize, type FileToRead, readFileText, UnreadableFile } from './readers/index.ts';
export { type Parted, partDocuments } from './several.ts';
export type {
  AnswerKind,
  AnswerPart,
  Citation,
  Clause,
  ClauseView,
  DocumentInfo,
  Knowledge,
  PolicyAnswer,
  Question,
} from './types.ts';
export { type DocumentVersion, listVersions, readVersion, viewOldClause } from './versions.ts';
