/** No question to the plans is taken for a shortage: every development question, as a person who may register would ask it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoundContext } from '../../../handlers/feature.ts';
import { findCommand } from '../../../handlers/router.ts';
import { applyAnswer } from '../../../handlers/shortages/answers.ts';
import { shortages } from '../../../handlers/shortages/index.ts';
import { beginRegistration } from '../../../handlers/shortages/registration.ts';
import { freshDatabase, type TestDatabase } from '../../support/databases.ts';

const questions = readFileSync(new URL('../../qa/dev.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { q: string }).q);

describe('questions to the plans', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await freshDatabase('sqlite');
  });
  afterAll(() => test.drop());

  it('go past the shortage commands and the free sentences', async () => {
    const taken: string[] = [];
    for (const text of questions) {
      const ctx = contextOf(test, text);
      if (findCommand([shortages], text, ctx)) taken.push(`command: ${text}`);
      else if (await shortages.recognise?.(ctx)) taken.push(`sentence: ${text}`);
    }
    expect(questions.length).toBeGreaterThan(50);
    expect(taken).toEqual([]);
  });

  it.each(['阿莫西林', '阿托 10盒', '0.3g*80 5盒', '半件布洛芬', '阿莫西林 20盒'])(
    'go past a draft that waits: %s',
    (first) => {
      const draft = beginRegistration(first, '2026-11-21');
      expect(questions.filter((text) => applyAnswer(draft, text, '2026-11-21') !== undefined)).toEqual([]);
    },
  );
});

function contextOf(test: TestDatabase, text: string): BoundContext {
  const region = { id: 'wuxi', name: '巫溪', shortName: '巫溪', level: 'county' as const, parentId: undefined };
  return {
    message: {
      channel: 'playground',
      tenant: 'demo',
      messageId: '1',
      conversation: { id: 'direct:a', kind: 'direct' },
      sender: { platformUserId: 'a' },
      text,
      attachments: [],
    },
    actor: {
      id: 'a',
      name: '演示',
      roles: ['pharmacist'],
      duty: false,
      institution: { id: 'x', name: '', shortName: '', kind: 'township', smallPopulation: false },
      alliances: [],
      region,
      regionPath: ['wuxi'],
    },
    memory: {},
    db: test.database.reader,
    clock: { now: () => new Date('2026-11-21T02:00:00.000Z') },
    ids: { next: () => 'id' },
    vault: { seal: (plain) => plain, open: (sealed) => sealed, fingerprint: (plain) => plain },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    knowledge: undefined as unknown as BoundContext['knowledge'],
    deidentified: false,
    fetchFile: () => Promise.reject(new Error('no file was sent')),
    reachable: async (ids) => new Set(ids),
  };
}
