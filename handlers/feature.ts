/** What a feature looks like to the router: commands, buttons, drafts that wait for more words. */
import type { Knowledge } from '../knowledge/index.ts';
import type { DigestSource } from './digest.ts';
import type { Draft } from './drafts.ts';
import type { Attachment, IncomingMessage } from './message.ts';
import type { ConversationMemory, Decision, Outcome } from './outcome.ts';
import type { Actor, RoleCode } from './people.ts';
import type { Clock, Ids, Log, Reader, Vault } from './ports.ts';

/** Everything a handler may use for one message. It reads and thinks; it writes nothing itself. */
export interface HandlerContext {
  readonly message: IncomingMessage;
  /** Absent for a person who is not bound to a staff record. */
  readonly actor: Actor | undefined;
  readonly memory: ConversationMemory;
  readonly db: Reader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly knowledge: Knowledge;
  /** The channel may show no patient data at all (Telegram). */
  readonly deidentified: boolean;
  /**
   * Fetches a file or picture of this message, also from the platform.
   * @throws UserFacingError when it is too large, gone, or cannot be fetched
   */
  readonly fetchFile: (attachment: Attachment, maxBytes: number) => Promise<FetchedFile>;
  /** Which of these people a push can reach: somebody without an account here must not be said to have been told. */
  readonly reachable: (staffIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** A file as it came（收到的文件）; the name is the platform's where it gives one. */
export interface FetchedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Context of a command that only a bound person reaches. */
export type BoundContext = HandlerContext & { readonly actor: Actor };

/** Who may give a command: `anyone` includes unbound people, `bound` every staff member, else one of the roles. */
export type Allowed = 'anyone' | 'bound' | readonly RoleCode[];

interface CommandBase {
  /** Stable id, also the id of its button: `referral.accept`. */
  readonly id: string;
  /** The word people type first, shown in the help: 接收. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** One short Chinese line for the help; absent: not listed there. */
  readonly summary?: string | undefined;
  /** A line that can be typed as it is. */
  readonly example?: string | undefined;
  /** Said instead of running it where no patient data may be taken or shown（Telegram）; absent: it runs there, too. */
  readonly deidentifiedReply?: string | undefined;
  /** True when the words after the command look like its arguments; lets 目标 be a command in one place and a question in another. */
  readonly accepts?: ((argument: string, ctx: HandlerContext) => boolean) | undefined;
}

export type Command =
  | (CommandBase & {
      readonly allowed: 'anyone';
      /** @param argument - the words after the command, or a button's value */
      readonly run: (ctx: HandlerContext, argument: string) => Promise<Decision>;
    })
  | (CommandBase & {
      readonly allowed: 'bound' | readonly RoleCode[];
      readonly run: (ctx: BoundContext, argument: string) => Promise<Decision>;
    });

export interface Feature {
  readonly name: string;
  readonly commands: readonly Command[];
  /**
   * Takes words that are no command while a draft of this feature waits for the sender in private chat.
   * `undefined` means: not for this draft, let the others try.
   */
  readonly resume?: ((ctx: BoundContext, draft: Draft) => Promise<Decision | undefined>) | undefined;
  /** Shows a draft that its maker has not seen yet, in private, and asks again; the draft then counts as shown. */
  readonly showUnseen?: ((ctx: BoundContext, draft: Draft) => Promise<Outcome>) | undefined;
  /** Takes a file or picture that came without words; `undefined` means: not this one, let the others try. */
  readonly file?: ((ctx: HandlerContext) => Promise<Decision | undefined>) | undefined;
  /** Recognises a free sentence (我们这没有降压药了) as this feature's; called when no command word matched. */
  readonly recognise?: ((ctx: HandlerContext) => Promise<Decision | undefined>) | undefined;
  /** Answers whatever nobody else took: the one feature that has it (policy) comes last. */
  readonly question?: ((ctx: HandlerContext) => Promise<Decision>) | undefined;
  /** What the feature says in the daily digest. */
  readonly digest?: DigestSource | undefined;
}
