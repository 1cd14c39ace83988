/** Asks the router about one message: who says it, what was spoken of before, and words for whatever goes wrong. */
import { randomInt } from 'node:crypto';
import { UserFacingError } from '../handlers/errors.ts';
import type { Feature, HandlerContext } from '../handlers/feature.ts';
import { type IncomingMessage, type Reply, say } from '../handlers/message.ts';
import type { ConversationMemory, Decision } from '../handlers/outcome.ts';
import type { Actor } from '../handlers/people.ts';
import type { Clock, Ids, Log, Vault } from '../handlers/ports.ts';
import { route } from '../handlers/router.ts';
import { emergencyNotice } from '../handlers/safety/emergency.ts';
import { shanghaiDay } from '../handlers/time.ts';
import type { Knowledge } from '../knowledge/index.ts';
import type { Channel } from './channels/channel.ts';
import { memoryKey } from './committer.ts';
import type { Database } from './database/connect.ts';
import { databaseFailure } from './database/failure.ts';
import { createFileFetcher } from './files.ts';
import { createRegionTree, identifySender } from './identify.ts';
import { reachableStaff, staffWay } from './outbox/routes.ts';
import { reach } from './steps.ts';

export interface DeciderOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly log: Log;
  readonly knowledge: Knowledge;
  readonly features: readonly Feature[];
  readonly channels: readonly Channel[];
}

export interface Decided {
  readonly actor: Actor | undefined;
  readonly decision: Decision;
  /** The number a person was given for a fault of ours. */
  readonly incident: string | undefined;
  /** The platform had said that nobody is at this account. */
  readonly wasUnreachable: boolean;
}

export interface Decider {
  /**
   * @param state - `fault`: why the last decision could not be written; the person then gets words instead
   * @throws only what the database itself says while it is away: the message then stays recorded and is handled later
   */
  decide(message: IncomingMessage, state: { readonly tooFast: boolean; readonly fault: unknown }): Promise<Decided>;
}

/** The decider of one process. Reads only. */
export function createDecider(options: DeciderOptions): Decider {
  const { database, clock, log } = options;
  const regions = createRegionTree();
  const fetchFile = createFileFetcher(options.channels);

  async function decide(
    received: IncomingMessage,
    state: { readonly tooFast: boolean; readonly fault: unknown },
  ): Promise<Decided> {
    let actor: Actor | undefined;
    let wasUnreachable = false;
    let message = received;
    try {
      if (state.tooFast) throw new UserFacingError('too-fast');
      const [sender, memory] = await Promise.all([
        identifySender(database.reader, message, regions),
        readMemory(message),
      ]);
      actor = sender.actor;
      wasUnreachable = sender.wasUnreachable;
      if (state.fault !== undefined) throw state.fault;
      message = await complete(received);
      const ctx: HandlerContext = {
        message,
        actor,
        memory,
        db: database.reader,
        clock,
        ids: options.ids,
        vault: options.vault,
        log,
        knowledge: options.knowledge,
        deidentified: options.channels.some((channel) => channel.name === message.channel && channel.deidentified),
        fetchFile: (attachment, maxBytes) => fetchFile(message, attachment, maxBytes),
        reachable: async (staffIds) => {
          const others = await reachableStaff(staffIds, { db: database.reader, channels: options.channels });
          if (!sender.actor || !staffIds.includes(sender.actor.id)) return others;
          // Who writes on a phone does not read the page of a demonstration, nor private words on a channel abroad.
          const channels = options.channels.filter((one) => !one.instant || one.name === message.channel);
          const own = await staffWay(sender.actor.id, true, message.channel, { db: database.reader, channels });
          return new Set([...others].filter((id) => id !== sender.actor?.id || own !== undefined));
        },
      };
      reach('handler');
      return { actor, decision: await route(ctx, options.features), incident: undefined, wasUnreachable };
    } catch (error) {
      if (error instanceof UserFacingError) {
        log.info({ event: 'message.refused', code: error.code }, 'a message was refused with words for the person');
        return { actor, decision: { replies: [refusal(message, error)] }, incident: undefined, wasUnreachable };
      }
      if (databaseFailure(error) === 'unavailable') throw error;
      const incident = `${shanghaiDay(clock.now()).slice(5).replace('-', '')}-${String(randomInt(10000)).padStart(4, '0')}`;
      log.error(
        { event: 'handler.failed', incident, error: errorName(error), stack: stackOf(error) },
        'a handler failed',
      );
      const internal = new UserFacingError('internal', { values: { incident } });
      return { actor, decision: { replies: [refusal(message, internal)] }, incident, wasUnreachable };
    }
  }

  async function complete(message: IncomingMessage): Promise<IncomingMessage> {
    const channel = options.channels.find((one) => one.name === message.channel && one.tenant === message.tenant);
    return (await channel?.complete?.(message)) ?? message;
  }

  async function readMemory(message: IncomingMessage): Promise<ConversationMemory> {
    const row: { memory_sealed: string } | undefined = await database
      .reader('conversations')
      .where({ conversation_key: memoryKey(message) })
      .andWhere('expires_at', '>', clock.now().toISOString())
      .first('memory_sealed');
    if (!row) return {};
    try {
      return JSON.parse(options.vault.open(row.memory_sealed)) as ConversationMemory;
    } catch {
      // Its key is no longer among DATA_KEY: only a follow-up question is lost.
      log.warn({ event: 'memory.unreadable' }, 'what a conversation remembered could not be read');
      return {};
    }
  }

  return { decide };
}

/** Words instead of a decision; 120 comes first here too, whatever went wrong. */
function refusal(message: IncomingMessage, error: UserFacingError): Reply {
  const notice = emergencyNotice(message.text);
  return notice === undefined ? say(error.replyText) : say(notice, { type: 'text', text: error.replyText });
}

/** The class of an error and its code: what a log may say of it. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

/** Where it happened, without the message: messages of drivers quote the values they were given. */
function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' | ');
}
