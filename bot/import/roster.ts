/** Writes a checked roster: all rows or none, in one transaction; who is there already is updated（花名册导入）. */
import type { Knex } from 'knex';
import type { Clock, Ids, Vault } from '../../handlers/ports.ts';
import type { Database } from '../database/connect.ts';
import { addInstitutions } from './institutions.ts';
import { nearestNames } from './nearest.ts';
import type { RosterEntry, RosterProblem } from './roster-row.ts';

export interface RosterPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  /** Corp or bot the accounts of a channel belong to; '' where the channel is not configured yet. */
  readonly tenantOf: (channel: string) => string;
}

export interface RosterResult {
  readonly added: number;
  readonly updated: number;
  /** Rows of people who are disabled: updated, but not let in again. */
  readonly disabled: readonly string[];
  readonly problems: readonly RosterProblem[];
}

/** Carries the result out of a transaction that must leave nothing behind. */
class RolledBack extends Error {
  readonly result: RosterResult;
  constructor(result: RosterResult) {
    super('rolled back');
    this.result = result;
  }
}

/** Imports all entries, or none when there is any problem or it is a dry run. */
export async function importRoster(
  ports: RosterPorts,
  entries: readonly RosterEntry[],
  options: { readonly dryRun: boolean },
): Promise<RosterResult> {
  try {
    return await ports.database.write(async (trx) => {
      const result = await apply(trx, ports, entries);
      if (options.dryRun || result.problems.length > 0) throw new RolledBack(result);
      return result;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  }
}

async function apply(
  trx: Knex.Transaction,
  ports: RosterPorts,
  entries: readonly RosterEntry[],
): Promise<RosterResult> {
  const now = ports.clock.now().toISOString();
  await addInstitutions(trx, { now, demo: false });
  const find = await institutionFinder(trx);
  const problems: RosterProblem[] = [];
  const disabled: string[] = [];
  let added = 0;
  let updated = 0;
  for (const entry of entries) {
    const institution = find(entry);
    if ('problem' in institution) {
      problems.push(institution.problem);
      continue;
    }
    const known = await findStaff(trx, ports, entry, institution.id);
    if ('problem' in known) {
      problems.push(known.problem);
      continue;
    }
    const staffId = known.staff?.id ?? ports.ids.next();
    const phone = entry.phone === undefined ? {} : { phone_sealed: ports.vault.seal(entry.phone) };
    const fields = { name: entry.name, institution_id: institution.id, duty: entry.duty, ...phone };
    if (known.staff) {
      await trx('staff')
        .where({ id: staffId })
        .update({ ...fields, version: Number(known.staff.version) + 1 });
      updated += 1;
      if (known.staff.status !== 'active') disabled.push(entry.name);
    } else {
      await trx('staff').insert({ id: staffId, ...fields, status: 'active', demo: false, version: 1, created_at: now });
      added += 1;
    }
    await trx('staff_roles').where({ staff_id: staffId }).del();
    await trx('staff_roles').insert(entry.roles.map((role) => ({ staff_id: staffId, role })));
    await writeAccounts(trx, ports, entry, staffId, now);
  }
  await trx('audit').insert({
    id: ports.ids.next(),
    at: now,
    action: 'roster.import',
    object_type: 'roster',
    object_id: now,
    details: JSON.stringify({ added, updated }),
  });
  return { added, updated, disabled, problems };
}

type Found = { readonly id: string } | { readonly problem: RosterProblem };

/** Full names first, then short names and aliases; what means several is no answer. */
async function institutionFinder(trx: Knex.Transaction): Promise<(entry: RosterEntry) => Found> {
  const units: { id: string; name: string; short_name: string }[] = await trx('institutions').select(
    'id',
    'name',
    'short_name',
  );
  const aliases: { institution_id: string; alias: string }[] = await trx('institution_aliases');
  const byName = new Map<string, Set<string>>();
  const called = (name: string, id: string) => byName.set(name, (byName.get(name) ?? new Set()).add(id));
  const full = new Map<string, Set<string>>();
  for (const unit of units) {
    full.set(unit.name, (full.get(unit.name) ?? new Set()).add(unit.id));
    called(unit.short_name, unit.id);
  }
  for (const { alias, institution_id } of aliases) called(alias, institution_id);
  const nameOf = new Map(units.map((unit) => [unit.id, unit.name]));
  const names = units.map((unit) => unit.name);
  return ({ line, institution }) => {
    const ids = [...(full.get(institution) ?? byName.get(institution) ?? [])];
    const [id] = ids;
    if (id !== undefined && ids.length === 1) return { id };
    const options = ids.length > 1 ? ids.map((each) => nameOf.get(each) ?? '') : nearestNames(institution, names);
    const text =
      ids.length > 1
        ? `“${institution}”有多个：${options.join('、')}，请写全称`
        : `没有“${institution}”${options.length > 0 ? `，相近的有：${options.join('、')}` : ''}`;
    return { problem: { line, column: 'institution', text } };
  };
}

interface StaffRow {
  readonly id: string;
  readonly status: string;
  readonly version: number;
}

/** Who the row speaks of: by account, else by name and institution; `staff` undefined for somebody new. */
async function findStaff(
  trx: Knex.Transaction,
  ports: RosterPorts,
  entry: RosterEntry,
  institutionId: string,
): Promise<{ readonly staff: StaffRow | undefined } | { readonly problem: RosterProblem }> {
  const owners = new Map<string, RosterEntry['accounts'][number]>();
  for (const account of entry.accounts) {
    const row: { staff_id: string } | undefined = await trx('accounts')
      .where(accountKey(ports, account))
      .first('staff_id');
    if (row) owners.set(row.staff_id, account);
  }
  const [first, second] = [...owners];
  if (first && second) {
    const text = `账号 ${second[1].userId} 属于另一个人，一行只能写同一个人的账号`;
    return { problem: { line: entry.line, column: second[1].column, text } };
  }
  if (first) return { staff: await trx('staff').where({ id: first[0] }).first('id', 'status', 'version') };
  const namesakes: StaffRow[] = await trx('staff')
    .where({ name: entry.name, institution_id: institutionId })
    .select('id', 'status', 'version');
  const [only] = namesakes;
  if (namesakes.length > 1) {
    const text = `本单位有${namesakes.length}个同名的人，请写账号以便区分`;
    return { problem: { line: entry.line, column: 'name', text } };
  }
  return { staff: only };
}

function accountKey(ports: RosterPorts, account: { readonly channel: string; readonly userId: string }) {
  return {
    channel: account.channel,
    tenant: ports.tenantOf(account.channel),
    platform_user_key: account.userId.toLowerCase(),
  };
}

/** An account given replaces the person's earlier one of that channel; a blank cell leaves it. */
async function writeAccounts(
  trx: Knex.Transaction,
  ports: RosterPorts,
  entry: RosterEntry,
  staffId: string,
  now: string,
): Promise<void> {
  for (const [position, account] of entry.accounts.entries()) {
    const key = accountKey(ports, account);
    await trx('accounts').where({ channel: key.channel, tenant: key.tenant, staff_id: staffId }).del();
    await trx('accounts').insert({
      id: ports.ids.next(),
      staff_id: staffId,
      ...key,
      platform_user_id: account.userId,
      priority: 100 + position,
      created_at: now,
    });
  }
}
