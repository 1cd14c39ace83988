/** Storing a confirmed file: once for its sender however often the job runs, refused with words, never without a confirmation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../handlers/message.ts';
import type { Outcome } from '../../handlers/outcome.ts';
import { ingestDocument } from '../../jobs/ingest-document.ts';
import type { JobContext } from '../../jobs/job.ts';
import { type LoadPorts, loadCorpus, storePlanned } from '../../knowledge/index.ts';
import { databaseKinds, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { countingIds, mirrorVault, silentLog, standingClock } from './support.ts';

const YUNLING = readFileSync(join(import.meta.dirname, '../fixtures/documents/yunling.txt'), 'utf8');

describe.each(databaseKinds())('ingest-document on %s', (kind) => {
  let test: TestDatabase;
  let ports: LoadPorts;
  const clock = standingClock('2026-11-21T02:00:00.000Z');
  beforeAll(async () => {
    test = await freshDatabase(kind);
    ports = { ...test.database, clock };
    await loadCorpus(ports);
    await test.database.write(async (trx) => {
      await trx('institutions').insert({
        id: 'i',
        name: '卫健委',
        short_name: '卫健委',
        kind: 'authority',
        region_id: 'wuxi',
      });
      await trx('staff').insert({ id: 's', name: '甲', institution_id: 'i', created_at: '2026-01-01T00:00:00.000Z' });
    });
  });
  afterAll(() => test.drop());

  const context = (more: Partial<JobContext> = {}): JobContext => ({
    db: test.database.reader,
    clock,
    ids: countingIds(),
    vault: mirrorVault,
    log: silentLog,
    calendar: { isWorkday: () => true } as unknown as JobContext['calendar'],
    features: [],
    storeDocument: (plan, text) => storePlanned(ports, plan, text),
    ...more,
  });
  const wait = async (id: string, text: string, answers: object, state = 'confirmed'): Promise<void> => {
    await test.database.write(async (trx) => {
      await trx('waiting_documents').insert({
        id,
        staff_id: 's',
        state,
        name: `${id}.txt`,
        text_sealed: mirrorVault.seal(text),
        answers_sealed: mirrorVault.seal(JSON.stringify(answers)),
        created_at: clock.now().toISOString(),
        expires_at: '2026-12-01T00:00:00.000Z',
      });
    });
  };
  const run = async (id: string, ctx = context()): Promise<Outcome | undefined> =>
    (await ingestDocument.run(ctx, { document: id }, { id: 'slot', dueAt: clock.now() })) as Outcome | undefined;
  const words = (outcome: Outcome | undefined): string =>
    (outcome?.replies ?? [])
      .map((reply: Reply) =>
        JSON.stringify([reply.audience, ...reply.blocks.map((block) => ('text' in block ? block.text : ''))]),
      )
      .join('\n');

  it('stores, tells the sender, and takes the file away; run again after a kill it says the same', async () => {
    await wait('first', YUNLING, { region: '云岭县' });
    clock.set('2026-11-21T02:01:00.000Z');
    const once = await run('first');
    const again = await run('first');
    expect(words(once)).toContain('{"staff":"s"}');
    expect(words(once)).toContain('已入库：《云岭县紧密型县域医共体管理办法（试行）》（云岭，云政办〔2025〕18号）');
    expect(words(again)).toBe(words(once));
    expect(once?.replies.map((reply) => reply.urgent)).toEqual([true]); // an answer: it does not wait for the morning
    expect(once?.writes).toEqual([{ kind: 'delete', table: 'waiting_documents', where: { id: 'first' } }]);
    expect(await test.database.reader('documents').where({ doc: 'first' })).toHaveLength(1);
  });

  it('says that nothing changed when the same file comes later', async () => {
    clock.set('2026-11-21T03:00:00.000Z');
    await wait('second', YUNLING, {});
    expect(words(await run('second'))).toContain('没有变化');
  });

  it('does nothing for a file that nobody confirmed, or that is gone', async () => {
    await wait('third', YUNLING, {}, 'waiting');
    expect(await run('third')).toBeUndefined();
    expect(await run('nowhere')).toBeUndefined();
  });

  it('fails, to be tried again, when the database refuses; nothing is told', async () => {
    await wait('fourth', YUNLING.replace('18号', '99号'), {});
    const broken = context({ storeDocument: () => Promise.reject(new Error('locked')) });
    await expect(run('fourth', broken)).rejects.toThrow('locked');
    expect(words(await run('fourth'))).toContain('99号');
  });
});
