/** The rows a registration, a merge and a move write（写入）. */
import type { BoundContext } from '../feature.ts';
import type { Row, Write } from '../outcome.ts';
import type { Day } from '../time.ts';
import type { ReadyLine } from './cards.ts';
import { headerState, highestUrgency, isOpen, type MovedLine } from './rules.ts';
import type { ReasonCode, StepId } from './states.ts';
import type { OpenLine, Shortage, ShortageLine } from './store.ts';
import type { Urgency } from './tokens.ts';

/** A new registration: header, lines, first event; all but its number, so that it may be asked for several times. */
export function registerWrites(
  ctx: BoundContext,
  made: {
    readonly lines: readonly ReadyLine[];
    readonly urgency: Urgency;
    readonly groupId: string | undefined;
    /** What was typed, sealed. */
    readonly words: string;
  },
): (number: string) => readonly Write[] {
  const now = ctx.clock.now().toISOString();
  const shortageId = ctx.ids.next();
  const header: Row = {
    id: shortageId,
    institution_id: ctx.actor.institution.id,
    region_id: ctx.actor.region.id,
    registrant_id: ctx.actor.id,
    group_id: made.groupId ?? null,
    state: 'registered',
    urgency: made.urgency,
    demo: false,
    version: 1,
    created_at: now,
    updated_at: now,
  };
  const rest: readonly Write[] = [
    ...made.lines.map(
      (line, at): Write => ({
        kind: 'insert',
        table: 'shortage_lines',
        row: lineRow(line, { id: ctx.ids.next(), shortageId, lineNo: at + 1, now, by: ctx.actor.id }),
      }),
    ),
    event(ctx, { shortageId, lineNo: null, step: 'register', from: null, to: 'registered', words: made.words }),
  ];
  return (number) => [{ kind: 'insert', table: 'shortages', row: { ...header, number } }, ...rest];
}

function lineRow(
  line: ReadyLine,
  place: {
    readonly id: string;
    readonly shortageId: string;
    readonly lineNo: number;
    readonly now: string;
    readonly by: string;
  },
): Row {
  const said = line.line;
  return {
    id: place.id,
    shortage_id: place.shortageId,
    line_no: place.lineNo,
    drug_key: line.key,
    drug_name: line.name,
    matched: line.matched,
    specification: line.specification ?? null,
    manufacturer: said.manufacturer ?? null,
    quantity: line.quantity,
    unit: line.unit,
    base_quantity: line.base?.quantity ?? null,
    base_unit: line.base?.unit ?? null,
    urgency: line.urgency,
    days_left: said.daysLeft ?? null,
    stock: said.stock ?? null,
    monthly_use: said.monthlyUse ?? null,
    purpose: line.purpose,
    cold_chain: line.coldChain,
    high_alert: line.highAlert,
    substitute: said.substitute ?? null,
    wanted_by: said.wantedBy ?? null,
    state: 'registered',
    state_by: place.by,
    state_at: place.now,
    created_at: place.now,
    version: 1,
  };
}

function event(
  ctx: BoundContext,
  happened: {
    readonly shortageId: string;
    readonly lineNo: number | null;
    readonly step: StepId | 'register' | 'merge' | 'split';
    readonly from: string | null;
    readonly to: string | null;
    readonly words?: string | undefined;
  },
): Write {
  return {
    kind: 'insert',
    table: 'shortage_events',
    row: {
      id: ctx.ids.next(),
      shortage_id: happened.shortageId,
      line_no: happened.lineNo,
      at: ctx.clock.now().toISOString(),
      actor_id: ctx.actor.id,
      step: happened.step,
      from_state: happened.from,
      to_state: happened.to,
      words_sealed: happened.words ?? null,
    },
  };
}

/** The quantity a merge raises the earlier line to; undefined where it stays. */
export function raisedQuantity(
  line: Pick<ShortageLine, 'state' | 'unit' | 'quantity'>,
  again: { readonly unit: string; readonly quantity: number },
): number | undefined {
  const undecided = line.state === 'registered' || line.state === 'triaged';
  return undecided && again.unit === line.unit && again.quantity > line.quantity ? again.quantity : undefined;
}

/**
 * The same need said twice（重复合并）: the earlier line stays, with the larger quantity while nobody has decided on it, and
 * the higher urgency; what was typed the second time is kept with it.
 */
export function mergeWrites(
  ctx: BoundContext,
  { shortage, line }: OpenLine,
  again: ReadyLine | undefined,
  words: string,
): readonly Write[] {
  if (!again) return [];
  const raised = raisedQuantity(line, again);
  const urgency = highestUrgency([line.urgency, again.urgency]);
  const base =
    raised !== undefined ? { base_quantity: again.base?.quantity ?? null, base_unit: again.base?.unit ?? null } : {};
  const now = ctx.clock.now().toISOString();
  return [
    {
      kind: 'update',
      table: 'shortage_lines',
      where: { id: line.id },
      version: line.version,
      set: { urgency, ...(raised === undefined ? {} : { quantity: raised }), ...base },
    },
    {
      // no version: two lines merged into one registration raise it twice in one transaction
      kind: 'update',
      table: 'shortages',
      where: { id: shortage.id },
      set: { urgency: highestUrgency([shortage.urgency, urgency]), updated_at: now },
    },
    event(ctx, {
      shortageId: shortage.id,
      lineNo: line.lineNo,
      step: 'merge',
      from: line.state,
      to: line.state,
      words,
    }),
  ];
}

/** What a move writes: its lines, split rests, the header with its derived state, the events. */
export function moveWrites(
  ctx: BoundContext,
  shortage: Shortage,
  move: {
    readonly step: StepId;
    readonly lines: readonly MovedLine[];
    readonly expectedOn: Day | undefined;
    readonly reason: ReasonCode | undefined;
    readonly answers: boolean;
    /** What was typed, sealed. */
    readonly words: string | undefined;
  },
): readonly Write[] {
  const now = ctx.clock.now().toISOString();
  const byNo = new Map(shortage.lines.map((line) => [line.lineNo, line]));
  let nextNo = Math.max(0, ...shortage.lines.map((line) => line.lineNo));
  const rests: Write[] = [];
  const changes = move.lines.flatMap((moved): readonly Write[] => {
    const line = byNo.get(moved.lineNo);
    if (!line) return [];
    if (moved.rest > 0) {
      nextNo += 1;
      const rest = { id: ctx.ids.next(), shortageId: shortage.id, lineNo: nextNo, quantity: moved.rest };
      rests.push({ kind: 'insert', table: 'shortage_lines', row: restRow(line, rest) });
      const split = {
        shortageId: shortage.id,
        lineNo: nextNo,
        step: 'split',
        from: line.state,
        to: line.state,
      } as const;
      rests.push(event(ctx, split));
    }
    const { shortageId, ...happened } = { shortageId: shortage.id, step: move.step, from: moved.from, to: moved.to };
    return [
      {
        kind: 'update',
        table: 'shortage_lines',
        where: { id: line.id },
        version: line.version,
        set: {
          state: moved.to,
          quantity: moved.quantity,
          ...scaledBase(line, moved.quantity),
          ...(moved.receivedQuantity === undefined ? {} : { received_quantity: moved.receivedQuantity }),
          ...(move.expectedOn === undefined && move.step !== 'allocate'
            ? {}
            : { expected_on: move.expectedOn ?? null }),
          ...(move.reason === undefined ? {} : { reason: move.reason }),
          state_by: ctx.actor.id,
          state_at: now,
        },
      },
      event(ctx, { shortageId, lineNo: line.lineNo, ...happened, words: move.words }),
    ];
  });
  return [...changes, ...rests, headerWrite(shortage, move, now)];
}

/** The lines as they stand after a move, for what is said about it and for the header. */
export function afterMove(
  shortage: Shortage,
  moved: readonly MovedLine[],
): readonly { readonly state: ShortageLine['state']; readonly urgency: Urgency }[] {
  return shortage.lines.flatMap((line) => {
    const change = moved.find((one) => one.lineNo === line.lineNo);
    if (!change) return [line];
    const rest = change.rest > 0 ? [{ state: line.state, urgency: line.urgency }] : [];
    return [{ state: change.to, urgency: line.urgency }, ...rest];
  });
}

function headerWrite(
  shortage: Shortage,
  move: { readonly lines: readonly MovedLine[]; readonly answers: boolean },
  now: string,
): Write {
  const after = afterMove(shortage, move.lines);
  const open = after.filter(isOpen);
  const urgency = open.length > 0 ? highestUrgency(open.map((line) => line.urgency)) : shortage.urgency;
  return {
    kind: 'update',
    table: 'shortages',
    where: { id: shortage.id },
    version: shortage.version,
    set: {
      state: headerState(after),
      urgency,
      updated_at: now,
      ...(move.answers && shortage.answeredAt === undefined ? { answered_at: now } : {}),
      closed_at: open.length === 0 ? now : null,
    },
  };
}

function scaledBase(line: ShortageLine, quantity: number): Row {
  if (!line.base || quantity === line.quantity) return {};
  return { base_quantity: Math.round((line.base.quantity / line.quantity) * quantity) };
}

/** What a partial answer leaves behind: the same line with a number of its own, in the state it was in. */
function restRow(
  line: ShortageLine,
  rest: { readonly id: string; readonly shortageId: string; readonly lineNo: number; readonly quantity: number },
): Row {
  return {
    id: rest.id,
    shortage_id: rest.shortageId,
    line_no: rest.lineNo,
    drug_key: line.drugKey,
    drug_name: line.name,
    matched: line.matched,
    specification: line.specification ?? null,
    manufacturer: line.manufacturer ?? null,
    quantity: rest.quantity,
    unit: line.unit,
    base_quantity: line.base?.quantity ?? null,
    base_unit: line.base?.unit ?? null,
    ...scaledBase(line, rest.quantity),
    urgency: line.urgency,
    days_left: line.daysLeft ?? null,
    stock: line.stock ?? null,
    monthly_use: line.monthlyUse ?? null,
    purpose: line.purpose,
    cold_chain: line.coldChain,
    high_alert: line.highAlert,
    substitute: line.substitute ?? null,
    wanted_by: line.wantedBy ?? null,
    state: line.state,
    reason: line.reason ?? null,
    expected_on: line.expectedOn ?? null,
    split_from: line.lineNo,
    state_by: line.stateBy?.id ?? null,
    state_at: line.stateAt,
    created_at: line.createdAt,
    version: 1,
  };
}
