/** Half-filled commands that wait in private chat, encrypted, for 24 h（草稿）. One per person and kind. */
import type { Write } from './outcome.ts';
import type { Clock, Ids, Reader, Vault } from './ports.ts';

/** How long a draft waits（草稿有效期, DOMAIN 2.7 `draft expiry`）. */
export const DRAFT_TTL_MS = 24 * 60 * 60 * 1000;

export interface Draft {
  readonly id: string;
  readonly staffId: string;
  /** Name of the feature that owns it: referrals, shortages, indicators. */
  readonly kind: string;
  /** The feature's own fields, JSON in plain text here, sealed in the database. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly updatedAt: string;
}

interface DraftRow {
  readonly id: string;
  readonly staff_id: string;
  readonly kind: string;
  readonly data_sealed: string;
  readonly version: number;
  readonly updated_at: string;
}

/** The person's drafts that have not expired, the one touched last first. */
export async function listDrafts(
  ports: { readonly db: Reader; readonly vault: Vault; readonly clock: Clock },
  staffId: string,
): Promise<readonly Draft[]> {
  const rows = await ports
    .db<DraftRow>('drafts')
    .where({ staff_id: staffId })
    .andWhere('expires_at', '>', ports.clock.now().toISOString())
    .orderBy([
      { column: 'updated_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ]);
  return rows.map((row) => ({
    id: row.id,
    staffId: row.staff_id,
    kind: row.kind,
    data: JSON.parse(ports.vault.open(row.data_sealed)) as Record<string, unknown>,
    version: Number(row.version),
    updatedAt: row.updated_at,
  }));
}

/**
 * The mark of a draft that was begun in a group while its maker could not be shown it in private（未看过）; empty where it was
 * shown. It goes into the draft's data, and out again with everything written in private.
 */
export async function unseenMark(ctx: {
  readonly actor: { readonly id: string };
  readonly message: { readonly conversation: { readonly kind: string } };
  readonly reachable: (staffIds: readonly string[]) => Promise<ReadonlySet<string>>;
}): Promise<{ readonly unshown?: true }> {
  if (ctx.message.conversation.kind !== 'group') return {};
  return (await ctx.reachable([ctx.actor.id])).has(ctx.actor.id) ? {} : { unshown: true };
}

/** Whether a draft waits that its maker has never seen. */
export function isUnseen(draft: Draft): boolean {
  return draft.data.unshown === true;
}

/** Words that ask for the waiting draft: what is in it, what is missing. */
export const ASKS_FOR_DRAFT =
  /^(?:我要|我来)?(?:补充|补齐|继续)(?:信息|资料|内容|一下)?[。.!！]*$|^(?:看看?|查看)?草稿[。.!！]*$/;
/** Before a draft that was begun in a group. */
export const BEGUN_IN_GROUP = '您在群里发起的这一份还没有提交。';
/** 确认 in a group, for what nobody has looked at. */
export const LOOK_IN_PRIVATE = '这一份您还没有核对，没有提交。请在私聊中核对后再确认。';

/** Begins a draft; an older one of the same kind is replaced. */
export function beginDraft(
  ports: { readonly ids: Ids; readonly vault: Vault; readonly clock: Clock },
  draft: { readonly staffId: string; readonly kind: string; readonly data: Readonly<Record<string, unknown>> },
): readonly Write[] {
  const now = ports.clock.now();
  return [
    { kind: 'delete', table: 'drafts', where: { staff_id: draft.staffId, kind: draft.kind } },
    {
      kind: 'insert',
      table: 'drafts',
      row: {
        id: ports.ids.next(),
        staff_id: draft.staffId,
        kind: draft.kind,
        data_sealed: ports.vault.seal(JSON.stringify(draft.data)),
        version: 1,
        updated_at: now.toISOString(),
        expires_at: new Date(now.getTime() + DRAFT_TTL_MS).toISOString(),
      },
    },
  ];
}

/** Replaces a draft's fields; fails as a conflict when somebody else changed it meanwhile. */
export function changeDraft(
  ports: { readonly vault: Vault; readonly clock: Clock },
  draft: Draft,
  data: Readonly<Record<string, unknown>>,
): Write {
  const now = ports.clock.now();
  return {
    kind: 'update',
    table: 'drafts',
    where: { id: draft.id },
    version: draft.version,
    set: {
      data_sealed: ports.vault.seal(JSON.stringify(data)),
      updated_at: now.toISOString(),
      expires_at: new Date(now.getTime() + DRAFT_TTL_MS).toISOString(),
    },
  };
}

/** Ends a draft: submitted or given up. Guarded, so that two 确认 for one draft give one record. */
export function endDraft(draft: Draft): readonly Write[] {
  return [
    { kind: 'update', table: 'drafts', where: { id: draft.id }, version: draft.version, set: { kind: draft.kind } },
    { kind: 'delete', table: 'drafts', where: { id: draft.id } },
  ];
}
