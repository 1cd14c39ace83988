/** What a handler or a job decides: rows to write and words to say, committed together by the committer. */
import type { Reply } from './message.ts';

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * One change of the database, as data. The committer applies a decision's writes in order, in one transaction with its
 * replies; `update` with a `version` fails as a conflict unless exactly one row still has that version, and the handler
 * then runs again on fresh reads. The committer raises the `version` column itself.
 */
export type Write =
  | { readonly kind: 'insert'; readonly table: string; readonly row: Row }
  | { readonly kind: 'upsert'; readonly table: string; readonly key: Row; readonly set: Row }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly where: Row;
      /** The version the row was read at; omit only for tables without a `version` column. */
      readonly version?: number | undefined;
      readonly set: Row;
    }
  | {
      /** Adds to counters of a row, which is made where there is none; never conflicts, whoever counts at the same time. */
      readonly kind: 'count';
      readonly table: string;
      readonly key: Row;
      /** Set only when the row is made. */
      readonly first: Row;
      /** Set each time. */
      readonly set: Row;
      readonly add: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'delete'; readonly table: string; readonly where: Row };

/** A line of the append-only audit（审计）. `details` holds codes and ids, never names or text of a patient. */
export interface AuditEntry {
  /** `referral.accept`, `indicator.confirm`, … */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** Something to do later, by the clock（定时）: committed with the decision, run once, whatever happens to the process. */
export interface Timer {
  /** The job's name, see jobs/index.ts. */
  readonly job: string;
  readonly dueAt: Date;
  /** Ids only. With the job and the instant it makes the slot unique. */
  readonly data: Readonly<Record<string, string>>;
}

/** What the next message of this conversation may refer to. Encrypted at rest, forgotten after 24 h. */
export interface ConversationMemory {
  /** Earlier questions, oldest first, at most 5: a follow-up (那超支呢) needs them. */
  readonly questions?: readonly string[] | undefined;
  /** Region last spoken of, where the person has none or asked for another. */
  readonly regionId?: string | undefined;
  /** Clause last shown, `doc` and path, for 原文, 上一条 and 下一条. */
  readonly clause?: { readonly doc: string; readonly path: string } | undefined;
  /** The question the last answer was for, and its first clause: 没用 speaks of them, once. */
  readonly answered?:
    | {
        readonly question: string;
        readonly context: readonly string[];
        readonly doc: string;
        readonly path: string;
      }
    | undefined;
  /** Clause last said to be useful or not. */
  readonly rated?: { readonly doc: string; readonly path: string } | undefined;
  /** Number last spoken of, for 那单. */
  readonly number?: string | undefined;
  /** Question that waits for a choice (which region, which meaning). */
  readonly pending?:
    | {
        readonly question: string;
        readonly choices: readonly string[];
        /** What each choice asks instead, in the same order. */
        readonly instead?: readonly string[] | undefined;
      }
    | undefined;
  /** Day the person was last greeted: some platforms report every opening of the chat. */
  readonly greetedOn?: string | undefined;
  /** Pages still to come of a long answer. */
  readonly pages?: readonly string[] | undefined;
}

export interface Outcome {
  readonly replies: readonly Reply[];
  readonly writes?: readonly Write[] | undefined;
  readonly audit?: readonly AuditEntry[] | undefined;
  readonly timers?: readonly Timer[] | undefined;
  /** Replaces the conversation's memory; absent keeps it. */
  readonly memory?: ConversationMemory | undefined;
}

/** Series of numbers people quote: 转诊 (ZZ, EM share one sequence a day) and 缺药 (QY). */
export type NumberPrefix = 'ZZ' | 'EM' | 'QY';

/**
 * A decision that needs numbers（单号）. They are given inside the committing transaction, so none is lost and none is given
 * twice; `build` must be pure, it may be called again after a conflict.
 */
export interface NumberedOutcome {
  readonly numbers: readonly NumberPrefix[];
  readonly build: (numbers: readonly string[]) => Outcome;
}

export type Decision = Outcome | NumberedOutcome;

/** Shorthand: only words, nothing to write. */
export function answer(...replies: readonly Reply[]): Outcome {
  return { replies };
}
