/** What is handed to the committer and what comes back: decisions about messages and slots, and their replies. */
import type { IncomingMessage } from '../handlers/message.ts';
import type { Decision, Outcome } from '../handlers/outcome.ts';
import type { Actor } from '../handlers/people.ts';
import type { Clock, Ids, Log, Vault } from '../handlers/ports.ts';
import type { Channel, PassiveWay } from './channels/channel.ts';
import type { Database } from './database/connect.ts';
import type { RoutedReply } from './outbox/routes.ts';

/** Somebody else changed a row that the decision was made on. */
export class ConflictError extends Error {
  constructor(what: string) {
    super(`conflict: ${what} was changed meanwhile`);
    this.name = 'ConflictError';
  }
}

/** A decision that could not be built once it had its numbers: a fault of ours, the same every time. */
export class DecisionError extends Error {
  constructor(cause: unknown) {
    super('a decision could not be built', { cause });
    this.name = 'DecisionError';
  }
}

/** A decision about one message. */
export interface MessageCommit {
  readonly kind: 'message';
  readonly inboxId: string;
  readonly message: IncomingMessage;
  readonly actor: Actor | undefined;
  readonly decision: Decision;
  /** The open request of the platform, while it can still carry the reply. */
  readonly passive: { readonly way: PassiveWay; readonly isOpen: () => boolean } | undefined;
  /** The conversation has no further message here: its lease is given back with the commit. */
  readonly last: () => boolean;
  readonly incident?: string | undefined;
  /** Its sender's account was marked as one that nobody reads: it is not. */
  readonly wasUnreachable?: boolean | undefined;
}

/** A decision of a job about one slot. */
export interface SlotCommit {
  readonly kind: 'slot';
  readonly slotId: string;
  readonly decision: Decision;
}

/** Words of the bot itself to its operators: no message, no slot behind them. */
export interface NoticeCommit {
  readonly kind: 'notice';
  readonly decision: Decision;
}

export type Commit = MessageCommit | SlotCommit | NoticeCommit;

export interface CommittedReply {
  readonly n: number;
  readonly outboxId: string;
  readonly deliveryId: string;
  readonly routed: RoutedReply;
  /** The payload that goes back inside the platform's request. */
  readonly passive: string | undefined;
  /** The pressed card may take this reply in its place; true where none was pressed. */
  readonly updatesCard: boolean;
}

export type CommitResult =
  | { readonly done: true; readonly replies: readonly CommittedReply[] }
  /** The message or slot was finished by somebody else; nothing was written. */
  | { readonly done: false };

export interface CommitterOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly owner: string;
  readonly channels: readonly Channel[];
  /** Told of a reply that no channel of ours can bring to whom it is for; must not throw. */
  readonly onNoWay?: ((delivery: { readonly id: string }) => void) | undefined;
}

/** A claimed commit with its decision built: numbers given, nothing open. */
export interface BuiltCommit {
  readonly commit: Commit;
  readonly outcome: Outcome;
}
