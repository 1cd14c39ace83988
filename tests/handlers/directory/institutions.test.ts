import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findMention,
  listInstitutions,
  listStaff,
  loadDirectory,
  resolveInstitution,
} from '../../../handlers/directory/institutions.ts';
import { databaseKinds, type TestDatabase } from '../../support/databases.ts';
import { actorOf, peopledDatabase } from '../referrals/people.ts';

describe.each(databaseKinds())('institutions by the words people use, on %s', (kind) => {
  let fresh: TestDatabase;
  beforeAll(async () => {
    fresh = await peopledDatabase(kind);
  });
  afterAll(() => fresh.drop());

  it.each([
    ['wx-clinician-1', '县人民', ['wx-people-hospital']],
    ['wx-clinician-1', '县医院', ['wx-people-hospital']],
    ['wx-clinician-1', '转到县院那边', ['wx-people-hospital']],
    ['wx-clinician-1', '总院', ['wx-people-hospital']],
    ['wx-clinician-1', '牵头医院', ['wx-people-hospital']],
    ['wx-clinician-1', '红池坝', ['wx-hongchiba']],
    ['wx-clinician-1', '回红池坝卫生院', ['wx-hongchiba']],
    ['wx-clinician-1', '红池坝镇中心卫生院', ['wx-hongchiba']],
    ['wx-clinician-1', '我院', ['wx-hongchiba']],
    ['wx-clinician-1', '我们这', ['wx-hongchiba']],
    ['wx-clinician-1', '县妇幼', ['wx-maternity']],
    ['wx-clinician-1', '县中医院骨伤科', []],
    ['wx-clinician-1', '县中医院', ['wx-tcm-hospital']],
    ['wx-clinician-1', '宁河（街道社区）', ['wx-ninghe']],
    ['hn-clinician-1', '演示县人民医院（湖南）', ['hn-lead-hospital']],
    ['wx-clinician-1', '徐家', ['wx-xujia']],
    ['wx-clinician-3', '牵头医院', ['wx-tcm-hospital']],
    ['hz-clinician-1', '市三院', ['hz-lead-hospital']],
    ['jy-clinician-1', '市三院', ['jy-city-hospital-3']],
    ['hn-clinician-1', '县医院', ['hn-lead-hospital']],
    ['md-clinician-1', '牵头医院', ['md-people-hospital', 'md-tcm-hospital']],
    ['md-clinician-1', '区医院', ['md-people-hospital', 'md-tcm-hospital']],
    ['wx-clinician-1', '市三院', []],
    ['wx-clinician-1', '他们那', []],
    ['wx-clinician-1', '院', []],
    ['wx-clinician-1', '', []],
  ])('%s saying %s means %j', async (staff, text, ids) => {
    const db = fresh.database.reader;
    const { found } = await resolveInstitution(db, text, await actorOf(db, staff));
    expect(found.map((institution) => institution.id).sort()).toEqual([...ids].sort());
  });

  it('finds the name inside a sentence, the longest first', async () => {
    const db = fresh.database.reader;
    const directory = await loadDirectory(db, await actorOf(db, 'wx-clinician-1'));
    const named = (text: string) => findMention(directory, text)?.found.map((institution) => institution.id);
    expect(named('67岁胸痛两小时转县医院胸痛中心')).toEqual(['wx-people-hospital']);
    expect(named('下转 12床 脑梗恢复期 回红池坝卫生院 康复')).toEqual(['wx-hongchiba']);
    expect(named('转大河')).toEqual(['wx-dahe']);
    expect(named('他在大河边掉下去了')).toBeUndefined();
  });

  it('knows the shared units as members of both alliances', async () => {
    const [shared] = await listInstitutions(fresh.database.reader, ['wx-maternity']);
    expect(shared?.allianceIds).toEqual(['wx-general', 'wx-tcm']);
    expect(shared?.leads).toEqual([]);
  });

  it('lists active staff by role and duty', async () => {
    const db = fresh.database.reader;
    const ids = async (query: Omit<Parameters<typeof listStaff>[1], 'institutionId'>) =>
      (await listStaff(db, { institutionId: 'wx-people-hospital', ...query })).map((member) => member.id);
    expect(await ids({ roles: ['coordinator'] })).toEqual(['wx-coordinator-1']);
    expect(await ids({ roles: ['coordinator', 'manager'] })).toEqual(['wx-coordinator-1', 'wx-manager-1']);
    expect(await ids({ duty: true, roles: ['coordinator'] })).toEqual(['wx-coordinator-1']);
    expect(await ids({ duty: true, roles: ['clinician'] })).toEqual([]);
    await fresh.database.writer('staff').where({ id: 'wx-coordinator-1' }).update({ status: 'left' });
    expect(await ids({ roles: ['coordinator'] })).toEqual([]);
    await fresh.database.writer('staff').where({ id: 'wx-coordinator-1' }).update({ status: 'active' });
  });
});
