/** The door of the knowledge room: everything other rooms may import. */
export type {
  AnswerKind,
  Citation,
  Clause,
  ClauseView,
  DocumentInfo,
  Knowledge,
  PolicyAnswer,
  Question,
} from './types.ts';
