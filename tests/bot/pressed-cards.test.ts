/** What may take the place of a pressed card: decided with the answer, kept with it, obeyed wherever it is sent. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgeAnswer } from '../../bot/channels/channel.ts';
import { beginDraft, changeDraft, type Draft, endDraft } from '../../handlers/drafts.ts';
import { type IncomingMessage, say } from '../../handlers/message.ts';
import type { Decision, Write } from '../../handlers/outcome.ts';
import { databaseKinds } from '../support/databases.ts';
import { closeParts, letterbox, messageFrom, type Node, openParts, type Parts, settle } from './parts.ts';

const AT = '2026-11-21T02:00:00.000Z';
const NOW = new Date(AT);
const ACCEPT = { id: 'referral.accept', value: 'ZZ20261121001', version: 3 };
const DRAFT: Draft = { id: 'd', staffId: 's', kind: 'referrals', data: {}, version: 1, updatedAt: AT };
const CHANGE: Write = {
  kind: 'update',
  table: 'institutions',
  where: { id: 'i' },
  set: { short_name: '县医院（新）' },
};
const BUTTONS = { type: 'buttons', items: [{ id: 'help', label: '帮助', value: '' }] } as const;
const WRAPPED: EdgeAnswer = { status: 200, type: 'text/plain', body: '' };

type Case = readonly [string, (parts: Parts) => Decision, boolean];
const CASES: readonly Case[] = [
  ['changed something', () => ({ replies: [say('已接收')], writes: [CHANGE] }), true],
  ['has buttons of its own', () => ({ replies: [say('请选', BUTTONS)] }), true],
  ['ended a draft', () => ({ replies: [say('已取消')], writes: endDraft(DRAFT) }), true],
  ['only says something', () => ({ replies: [say('没有重复操作')] }), false],
  ['waits for a reason', (parts) => ({ replies: [say('请说原因')], writes: beginDraft(parts, DRAFT) }), false],
  ['still waits', (parts) => ({ replies: [say('请写明')], writes: [changeDraft(parts, DRAFT, {})] }), false],
];

describe.each(databaseKinds())('a pressed card on %s', (kind) => {
  let parts: Parts;
  beforeEach(async () => {
    parts = await openParts(kind);
    await parts.database.write(async (trx) => {
      await trx('regions').insert({ id: 'r', name: '云岭县', short_name: '云岭', level: 'county', created_at: AT });
      const hospital = { id: 'i', name: '云岭县医院', short_name: '县医院', kind: 'hospital', region_id: 'r' };
      await trx('institutions').insert(hospital);
      await trx('staff').insert({ id: 's', name: '演示-赵', institution_id: 'i', created_at: AT });
      const sealed = { data_sealed: parts.vault.seal('{}'), version: 1, updated_at: AT, expires_at: AT };
      await trx('drafts').insert({ id: 'd', staff_id: 's', kind: 'referrals', ...sealed });
    });
  });
  afterEach(() => parts.drop());
  afterAll(closeParts);

  const press = (action: IncomingMessage['action']): IncomingMessage => ({
    ...messageFrom('a', ''),
    action,
    replyHandle: { card: 'c1' },
  });

  it.each(CASES)('makes room for an answer that %s, or stays', async (_, decide, makesRoom) => {
    const drawn: IncomingMessage[] = [];
    const box = letterbox({
      more: {
        render: (blocks, answering) => {
          if (answering) drawn.push(answering);
          return [JSON.stringify(blocks)];
        },
      },
    });
    const node = parts.node({ channels: [box] });
    await settle(node, press(ACCEPT), decide(parts), NOW);
    await node.outbox.flush();
    expect(box.letters).toHaveLength(1);
    // The way to answer stays in either case.
    expect(drawn.map(({ action, replyHandle }) => [action, replyHandle])).toEqual([
      [makesRoom ? ACCEPT : undefined, { card: 'c1' }],
    ]);
  });

  /** The payload that goes back in the press's own request. */
  async function answered(node: Node, decision: Decision, updatesCard: boolean): Promise<unknown> {
    const message = press(ACCEPT);
    const { inboxId } = await node.inbox.accept(message, NOW);
    const way = { deadlineMs: 1_000, updatesCard, render: () => 'payload', wrap: () => WRAPPED };
    const passive = { way, isOpen: () => true };
    const result = await node.committer.commit({
      kind: 'message',
      inboxId,
      message,
      actor: undefined,
      decision,
      passive,
      last: () => true,
    });
    return result.done && result.replies.map((reply) => reply.passive);
  }

  it.each(CASES)('does so inside its own request for an answer that %s, or not', async (_, decide, makesRoom) => {
    const box = letterbox();
    const node = parts.node({ channels: [box] });
    expect(await answered(node, decide(parts), true)).toEqual([makesRoom ? 'payload' : undefined]);
    await node.outbox.flush();
    expect(box.letters).toHaveLength(makesRoom ? 0 : 1);
  });

  it('is none where a menu was pressed: its answer goes back in the request whatever it says', async () => {
    expect(await answered(parts.node(), { replies: [say('没有查到')] }, false)).toEqual(['payload']);
  });
});
