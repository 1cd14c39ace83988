/** Conversations with some features on a database with demonstration people: routed and committed by the real code. */
import { plainText } from '../../../bot/channels/plain-text.ts';
import { fillDemo } from '../../../bot/demo/index.ts';
import { identifySender } from '../../../bot/identify.ts';
import { createIds } from '../../../bot/ids.ts';
import { createLog } from '../../../bot/log.ts';
import { createVault } from '../../../bot/vault.ts';
import { apply } from '../../../bot/writes.ts';
import { UserFacingError } from '../../../handlers/errors.ts';
import type { Feature } from '../../../handlers/feature.ts';
import type { ButtonAction, IncomingMessage, Reply } from '../../../handlers/message.ts';
import type { Outcome } from '../../../handlers/outcome.ts';
import { route } from '../../../handlers/router.ts';
import type { Knowledge } from '../../../knowledge/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/databases.ts';

export interface Talk {
  readonly db: TestDatabase;
  readonly vault: ReturnType<typeof createVault>;
  readonly ids: ReturnType<typeof createIds>;
  readonly clock: { now(): Date };
  /** Moves the clock. */
  at(iso: string): void;
  /** Decides and commits one message; a refusal comes back as its words. */
  says(who: string, text: string, options?: SaysOptions): Promise<Said>;
}

export interface SaysOptions {
  readonly group?: string;
  readonly action?: ButtonAction;
  readonly channel?: string;
  readonly tenant?: string;
  readonly displayName?: string;
}

export interface Said {
  /** All replies as plain text. */
  readonly text: string;
  readonly replies: readonly Reply[];
  readonly outcome: Outcome | undefined;
}

/** Starts on an empty database; `demo: false` leaves it empty. */
export async function startTalk(
  kind: 'sqlite' | 'pg',
  features: readonly Feature[],
  options: { readonly now?: string; readonly demo?: boolean } = {},
): Promise<Talk> {
  let now = new Date(options.now ?? '2026-11-21T10:00:00+08:00');
  const clock = { now: () => now };
  const db = await freshDatabase(kind);
  const vault = createVault([Buffer.alloc(32, 7).toString('base64')]);
  const ids = createIds(clock);
  if (options.demo !== false) await fillDemo({ write: db.database.write, clock, ids, vault });
  let n = 0;
  return {
    db,
    vault,
    ids,
    clock,
    at(iso) {
      now = new Date(iso);
    },
    async says(who, text, { group, action, channel = 'playground', tenant = 'demo', displayName } = {}) {
      n += 1;
      const message: IncomingMessage = {
        channel,
        tenant,
        messageId: `m${n}`,
        conversation: group ? { id: group, kind: 'group' } : { id: `direct:${who}`, kind: 'direct' },
        sender: { platformUserId: who, displayName },
        text,
        attachments: [],
        action,
      };
      const { reader } = db.database;
      try {
        const decision = await route(
          {
            message,
            actor: (await identifySender(reader, message)).actor,
            memory: {},
            db: reader,
            clock,
            ids,
            vault,
            log: createLog('silent'),
            knowledge: noKnowledge,
            deidentified: false,
            fetchFile: () => Promise.reject(new Error('no file was sent')),
            reachable: async (ids) => new Set(ids),
          },
          features,
        );
        const outcome = 'build' in decision ? decision.build([]) : decision;
        await db.database.write(async (trx) => {
          for (const write of outcome.writes ?? []) await apply(trx, write);
        });
        const words = outcome.replies.map((reply) => plainText(reply.blocks)).join('\n');
        return { text: words, replies: outcome.replies, outcome };
      } catch (error) {
        if (error instanceof UserFacingError) return { text: error.replyText, replies: [], outcome: undefined };
        throw error;
      }
    },
  };
}

const refuse = (): never => {
  throw new Error('this conversation needs no knowledge');
};
const noKnowledge: Knowledge = {
  ask: refuse,
  documents: refuse,
  clause: refuse,
  contents: refuse,
  resolvePath: refuse,
};
