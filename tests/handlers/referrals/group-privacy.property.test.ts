import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIds } from '../../../bot/ids.ts';
import type { BoundContext } from '../../../handlers/feature.ts';
import type { Reply } from '../../../handlers/message.ts';
import type { Decision } from '../../../handlers/outcome.ts';
import type { Actor } from '../../../handlers/people.ts';
import { referrals } from '../../../handlers/referrals/index.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { actorOf, peopledDatabase, testClock, vault } from './people.ts';

const GROUP = 'wx-group-referral';
const surname = fc.constantFrom(...'王李张刘陈杨赵周吴徐孙朱高林罗郑');
const given = fc.constantFrom('建国', '秀英', '小明', '桂兰', '铁柱', '某某');
const phone = fc.integer({ min: 3_000_000_000, max: 9_999_999_999 }).map((rest) => `1${rest}`);
const serial = fc.integer({ min: 0, max: 999 }).map((n) => String(n).padStart(3, '0'));
const idCard = serial.map((digits) => {
  const body = `11010519491231${digits}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body.charAt(index)), 0);
  return body + '10X98765432'.charAt(sum % 11);
});
const diagnosis = fc.constantFrom(
  '阑尾炎',
  '肺炎',
  '脑梗',
  '2型糖尿病',
  '疑似心梗',
  '梅毒',
  '抑郁发作',
  '宫外孕大出血',
  '髋部骨折',
);
const patient = fc.record({
  name: fc.tuple(surname, given).map((parts) => parts.join('')),
  phone,
  idCard,
  diagnosis,
  age: fc.integer({ min: 1, max: 99 }).map((age) => `${age}岁`),
  sex: fc.constantFrom('男', '女'),
  command: fc.constantFrom('上转', '转诊单', 'sz', '往上转'),
  order: fc.shuffledSubarray(['name', 'phone', 'idCard', 'diagnosis', 'age'] as const, { minLength: 2 }),
  tail: fc.constantFrom('县医院', '县妇幼 急', '县中医院 骨科', '县精神卫生中心', '', '绿通'),
  separator: fc.constantFrom(' ', '，', '；', '\n'),
});

describe('a group never sees a patient, whatever is typed there', () => {
  let fresh: TestDatabase;
  let actor: Actor;
  beforeAll(async () => {
    fresh = await peopledDatabase('sqlite');
    actor = await actorOf(fresh.database.reader, 'wx-clinician-1');
  });
  afterAll(() => fresh.drop());

  function contextOf(text: string, kind: 'group' | 'direct'): BoundContext {
    const clock = testClock();
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    return {
      message: {
        channel: 'playground',
        tenant: 'demo',
        messageId: '1',
        conversation: kind === 'group' ? { kind, id: GROUP } : { kind, id: 'direct:wx-clinician-1' },
        sender: { platformUserId: 'wx-clinician-1' },
        text,
        attachments: [],
      },
      actor,
      memory: {},
      db: fresh.database.reader,
      clock,
      ids: createIds(clock),
      vault,
      log,
      knowledge: {} as BoundContext['knowledge'], // referrals never ask the plans
      deidentified: false,
      fetchFile: () => Promise.reject(new Error('no file was sent')),
      reachable: async (ids) => new Set(ids),
    };
  }
  const outcomeOf = (decision: Decision) =>
    'build' in decision ? decision.build(decision.numbers.map((prefix) => `${prefix}20261121001`)) : decision;
  const isPublic = (reply: Reply, inGroup: boolean): boolean =>
    (reply.audience === 'here' && inGroup) || (typeof reply.audience === 'object' && 'group' in reply.audience);

  it('neither in the answer nor in the pointer card nor in plain rows', async () => {
    await fc.assert(
      fc.asyncProperty(patient, async (one) => {
        const words = one.order.map((field) => one[field]).join(one.separator);
        const text = `${one.command} ${words}${one.separator}${one.sex} ${one.tail}`;
        const command = referrals.commands.find((each) => [each.name, ...each.aliases].includes(one.command));
        if (!command || command.allowed === 'anyone') throw new Error('no such command');
        const planted = [one.name, one.phone, one.idCard, one.diagnosis, one.age];
        const started = outcomeOf(await command.run(contextOf(text, 'group'), text.slice(one.command.length).trim()));
        const said = started.replies.filter((reply) => isPublic(reply, true));
        expect(said).toHaveLength(1);
        expect(JSON.stringify(said)).toContain('已受理，请在私聊中补充');
        for (const word of planted) {
          expect(JSON.stringify(said)).not.toContain(word);
          expect(JSON.stringify(started.writes ?? [])).not.toContain(word);
        }
        for (const reply of started.replies) expect(reply.audience === 'here' || reply.confidential).toBe(true);

        const written = started.writes?.find((write) => write.kind === 'insert');
        if (written?.kind !== 'insert') throw new Error('no draft');
        const draft = {
          id: 'd',
          staffId: actor.id,
          kind: 'referrals',
          data: JSON.parse(vault.open(String(written.row.data_sealed))) as Record<string, unknown>,
          version: 1,
          updatedAt: '',
        };
        const confirmed = await referrals.resume?.(contextOf('确认', 'direct'), draft);
        if (!confirmed) throw new Error('确认 was not taken');
        const outcome = outcomeOf(confirmed);
        const cards = JSON.stringify(outcome.replies.filter((reply) => isPublic(reply, false)));
        for (const word of planted) {
          expect(cards).not.toContain(word);
          expect(JSON.stringify(outcome.writes ?? [])).not.toContain(word);
          expect(JSON.stringify(outcome.audit ?? [])).not.toContain(word);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes no patient over a channel that may show none', async () => {
    const command = referrals.commands.find((each) => each.id === 'referral.up');
    if (!command || command.allowed === 'anyone') throw new Error('no such command');
    const outcome = outcomeOf(
      await command.run({ ...contextOf('', 'direct'), deidentified: true }, '张三 男 67岁 肺炎 县医院'),
    );
    expect(outcome.writes ?? []).toEqual([]);
    expect(JSON.stringify(outcome.replies)).toContain('不处理患者信息');
    expect(JSON.stringify(outcome.replies)).not.toMatch(/张三|肺炎/);
  });
});
