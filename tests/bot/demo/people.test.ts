/** The demonstration people: fixed ids, everything invented marked, institutions as the plans print them. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fillDemo, UNBOUND_DEMO_PEOPLE } from '../../../bot/demo/index.ts';
import catalogue from '../../../knowledge/catalogue/institutions.json' with { type: 'json' };
import { databaseKinds, freshDatabase, type TestDatabase } from '../../support/databases.ts';

const clock = { now: () => new Date('2026-11-21T02:00:00Z') };
const vault = {
  seal: (plain: string) => Buffer.from(plain).toString('base64'),
  open: (sealed: string) => Buffer.from(sealed, 'base64').toString(),
  fingerprint: (plain: string) => `f:${plain}`,
};

function counter() {
  let n = 0;
  return {
    next: () => {
      n += 1;
      return `id-${String(n).padStart(6, '0')}`;
    },
  };
}

describe.each(databaseKinds())('demonstration people on %s', (kind) => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await freshDatabase(kind);
    await fillDemo({ write: db.database.write, clock, ids: counter(), vault });
  });
  afterEach(() => db.drop());

  test('every region has somebody in each post, and every name carries 演示', async () => {
    const staff: { id: string; name: string }[] = await db.database.reader('staff').select('id', 'name');
    for (const prefix of ['hn', 'md', 'wx', 'hz', 'jy']) {
      for (const post of ['village-doctor-1', 'clinician-1', 'clinician-2', 'coordinator-1', 'coordinator-2']) {
        expect(staff.map((person) => person.id)).toContain(`${prefix}-${post}`);
      }
      for (const post of ['pharmacist-1', 'pharmacist-2', 'manager-1', 'manager-2', 'commission-1', 'admin-1']) {
        expect(staff.map((person) => person.id)).toContain(`${prefix}-${post}`);
      }
    }
    expect(staff.filter((person) => !person.name.includes('演示'))).toEqual([]);
    expect(new Set(staff.map((person) => person.name)).size).toBe(staff.length);
    expect(staff.map((person) => person.id)).not.toContain(UNBOUND_DEMO_PEOPLE[0]?.id);
  });

  test('everybody can be reached in the playground under the own id', async () => {
    const accounts: { staff_id: string; platform_user_id: string }[] = await db.database.reader('accounts');
    expect(accounts.length).toBe(Number((await db.database.reader('staff').count({ n: '*' }))[0]?.n));
    expect(accounts.every((account) => account.staff_id === account.platform_user_id)).toBe(true);
  });

  test('the three shared units of Wuxi belong to both alliances', async () => {
    const rows: { institution_id: string }[] = await db.database
      .reader('alliance_members')
      .where({ part: 'cooperating' })
      .whereIn('alliance_id', ['wx-general', 'wx-tcm']);
    expect(rows.map((row) => row.institution_id).sort()).toEqual(
      ['wx-cdc', 'wx-maternity', 'wx-mental-health'].flatMap((id) => [id, id]),
    );
  });

  test('each region has a referral, a shortage and a management group with members; only the last takes the digest', async () => {
    const groups: { id: string; digest: number | boolean }[] = await db.database.reader('groups');
    expect(groups.length).toBe(15);
    expect(
      groups
        .filter((group) => Boolean(group.digest))
        .map((group) => group.id)
        .sort(),
    ).toEqual(['hn', 'hz', 'jy', 'md', 'wx'].map((prefix) => `${prefix}-group-management`));
    const members: { group_id: string }[] = await db.database.reader('group_members');
    for (const group of groups) expect(members.some((member) => member.group_id === group.id)).toBe(true);
  });

  test('a second filling changes nothing', async () => {
    const again = await fillDemo({ write: db.database.write, clock, ids: counter(), vault });
    expect(again).toBe(false);
  });
});

describe('institutions of the plans', () => {
  const corpus = (doc: string) =>
    readFileSync(new URL(`../../../knowledge/corpus/${doc}.txt`, import.meta.url), 'utf8');
  const membersOf = (alliance: string, part: string) =>
    catalogue.institutions
      .filter((unit) => !unit.demo && unit.alliances.some((m) => m.id === alliance && m.part === part))
      .map((unit) => unit.name);

  test.each([
    ['wx-general', 18],
    ['wx-tcm', 14],
  ])('%s has the members of annex 4, word for word and in order', (alliance, count) => {
    const names = membersOf(alliance, 'member');
    expect(names).toHaveLength(count);
    expect(corpus('wuxi')).toContain(`成员单位：${names.join('、')}`);
    expect(corpus('wuxi')).toContain(`牵头单位：${membersOf(alliance, 'lead').join('、')}`);
    expect(corpus('wuxi')).toContain(`配合单位：${membersOf(alliance, 'cooperating').join('、')}`);
  });

  test('the Mudan alliance has the 23 units the plan names, in its order', () => {
    const lead = membersOf('md-alliance', 'lead');
    const members = membersOf('md-alliance', 'member');
    expect(lead.length + members.length).toBe(23);
    expect(corpus('mudan')).toContain(`以${lead.join('、')}为牵头医院，联合${members.join('、')}、274处`);
  });

  test('real institutions of Huizhou and Jieyang stand in their plans; the rest is marked 演示', () => {
    for (const [region, doc] of [
      ['huizhou', 'huizhou'],
      ['jieyang', 'jieyang'],
    ] as const) {
      const named = catalogue.institutions.filter(
        (unit) => unit.regionId === region && unit.kind !== 'authority' && !unit.name.includes('演示'),
      );
      expect(named.length).toBeGreaterThan(3);
      for (const unit of named) expect(corpus(doc).replace(/\s/g, '')).toContain(unit.name);
    }
    expect(catalogue.institutions.filter((unit) => unit.demo !== unit.name.includes('演示'))).toEqual([]);
  });

  test('no alias means two institutions of one region', () => {
    const seen = new Map<string, string>();
    for (const unit of catalogue.institutions) {
      for (const alias of [unit.name, ...unit.aliases]) {
        const key = `${unit.regionId} ${alias}`;
        expect(seen.get(key) ?? unit.id, key).toBe(unit.id);
        seen.set(key, unit.id);
      }
    }
  });
});
