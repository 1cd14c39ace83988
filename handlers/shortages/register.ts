/** 缺药: from a message to a draft, from 确认 to a number（登记流程）. Reads and decides; the committer writes. */
import { normaliseText } from '../chinese/numbers.ts';
import {
  ASKS_FOR_DRAFT,
  BEGUN_IN_GROUP,
  beginDraft,
  changeDraft,
  type Draft,
  endDraft,
  isUnseen,
  LOOK_IN_PRIVATE,
  listDrafts,
  unseenMark,
} from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, type Reply, say, tell } from '../message.ts';
import { answer, type Decision, type Outcome, type Write } from '../outcome.ts';
import { DRAFT_ELSEWHERE } from '../safety/deidentified.ts';
import { findPatientData, foldWidth, locatePatientData, mentionsPatient } from '../safety/privacy.ts';
import { narcoticRefusal, refusalBlocks } from '../safety/refusals.ts';
import { addDays, formatDay, instantOf, shanghaiDay } from '../time.ts';
import { addLines, applyAnswer, askRemoval, changesNothing } from './answers.ts';
import {
  draftCard,
  groupPointer,
  mergedText,
  missingText,
  newShortageReply,
  type ReadyLine,
  registeredReply,
  type Twin,
} from './cards.ts';
import { isChatter } from './chatter.ts';
import { asksOf, beginRegistration, isReady, type Registration, settle } from './registration.ts';
import { defaultUrgency, findDuplicate, highestUrgency, regionalShortages } from './rules.ts';
import { loadSettings, type ShortageSettings } from './settings.ts';
import {
  findGroupId,
  listCentralPharmacists,
  listLeads,
  listOpenLines,
  listRegistered,
  type OpenLine,
} from './store.ts';
import type { Purpose } from './tokens.ts';
import { orderLabel } from './wording.ts';
import { mergeWrites, raisedQuantity, registerWrites } from './writes.ts';

/** Name of the feature, and kind of its drafts. */
export const SHORTAGES = 'shortages';
/** One message, two matters: 缺氯吡格雷，另外12床下转. */
const ALSO_REFERRAL = /上转|下转|转诊|转上去|转回/;
const EXAMPLE = '缺药 阿莫西林胶囊 0.25g*24粒 20盒 还能用3天';

/** 缺药 …: begins a draft or adds to the one that waits; nothing is registered before 确认. */
export async function register(ctx: BoundContext, argument: string): Promise<Decision> {
  const inGroup = ctx.message.conversation.kind === 'group';
  const waiting = await waitingDraft(ctx);
  if (!/[\p{L}\p{N}]/u.test(argument)) {
    if (waiting && !inGroup) return answer(await cardOf(ctx, registrationOf(waiting), waiting));
    return answer(say(`请写药名和数量，一条可以写几种，例如：\n${EXAMPLE}；布洛芬 10盒`));
  }
  const today = shanghaiDay(ctx.clock.now());
  const refusal = narcoticRefusal(argument, ctx.actor.regionPath);
  const read = { ...beginRegistration(withoutPatient(argument), today), typed: [argument] };
  const allowed = read.lines.filter((line) => !isControlled(line.name));
  const refused = refusal ? await refusalBlocks(ctx.knowledge, refusal) : [];
  const aside: readonly Block[] = ALSO_REFERRAL.test(argument)
    ? [{ type: 'text', text: '转诊的内容请另发一条。' }]
    : [];
  if (refusal && (allowed.length === 0 || allowed.length === read.lines.length)) {
    return answer({ audience: 'here', blocks: refused });
  }
  if (allowed.length === 0) {
    return answer(say(`没有读出药名和数量，这条没有登记。请这样写：\n${EXAMPLE}`));
  }
  const groupId = inGroup ? await findGroupId(ctx.db, ctx.message) : undefined;
  const fresh: Registration = { ...read, lines: allowed, ...(groupId ? { groupId } : {}) };
  const registration = waiting ? addLines(registrationOf(waiting), fresh) : fresh;
  if (waiting && refused.length + aside.length === 0 && changesNothing(registrationOf(waiting), registration)) {
    const same = { ...unchanged(registration), audience: 'sender' as const };
    return answer(...(inGroup ? [groupReply(argument, registration), same] : [same]));
  }
  const data = { ...asData(registration), ...(await unseenMark(ctx)) };
  const writes = waiting
    ? [changeDraft(ctx, waiting, data)]
    : beginDraft(ctx, { staffId: ctx.actor.id, kind: SHORTAGES, data });
  const shown = waiting ? { id: waiting.id, version: waiting.version + 1 } : insertedDraft(writes);
  const card = await cardOf(ctx, registration, shown, [...refused, ...aside]);
  return { replies: inGroup ? [groupReply(argument, registration), card] : [card], writes };
}

/** The words without what could tell who a patient is, so that no name is taken for a drug. */
function withoutPatient(text: string): string {
  const folded = foldWidth(text);
  return locatePatientData(folded).reduce(
    (rest, { start, end }) => `${rest.slice(0, start)}${' '.repeat(end - start)}${rest.slice(end)}`,
    folded,
  );
}

function isControlled(name: string | undefined): boolean {
  return name !== undefined && narcoticRefusal(`${name} 登记`) !== undefined;
}

/** What the group reads at once: never what was typed. */
function groupReply(typed: string, registration: Registration): Reply {
  const patient = findPatientData(typed).kinds.length > 0 || mentionsPatient(typed);
  const complete = isReady(registration) && !patient;
  const accepted = complete ? '已受理，请在私聊中补充或确认，确认后给出编号。' : '已受理，请在私聊中补充。';
  return say(patient ? `${accepted}检测到可能的患者信息，请撤回这条消息。` : accepted);
}

function insertedDraft(writes: readonly Write[]): { readonly id: string; readonly version: number } | undefined {
  const insert = writes.find((write) => write.kind === 'insert');
  return insert?.kind === 'insert' ? { id: String(insert.row.id), version: 1 } : undefined;
}

/** Words in private chat while a draft waits; `undefined` when they are about something else. */
export async function resume(ctx: BoundContext, draft: Draft): Promise<Decision | undefined> {
  const text = normaliseText(ctx.message.text);
  const registration = registrationOf(draft);
  if (ctx.deidentified) {
    const ends = /^(?:取消|不要了|算了|放弃|不登记了|合并|确认|提交|确定|确认登记|没问题)$/.test(text);
    return ends ? answer(say(DRAFT_ELSEWHERE)) : undefined;
  }
  if (/^(?:取消|不要了|算了|放弃|不登记了)$/.test(text)) return discard(draft);
  if (ASKS_FOR_DRAFT.test(text)) {
    return isUnseen(draft) ? showUnseen(ctx, draft) : answer(await cardOf(ctx, registration, draft));
  }
  if (text === '合并') return submit(ctx, draft, 'merge');
  const asksStrength = asksOf(registration).some((ask) => ask.kind === 'strength');
  if (/^(?:确认|提交|确定|确认登记|没问题)$/.test(text)) return submit(ctx, draft, 'separate');
  if (/^(?:是|是的|对|好|好的|可以)$/.test(text) && !asksStrength) return submit(ctx, draft, 'separate');
  const refusal = narcoticRefusal(`${text} 登记`, ctx.actor.regionPath);
  if (refusal) {
    const names = beginRegistration(text, shanghaiDay(ctx.clock.now())).lines.map((line) => line.name);
    if (names.some(isControlled))
      return answer({ audience: 'here', blocks: await refusalBlocks(ctx.knowledge, refusal) });
  }
  const which = askRemoval(registration, text);
  if (which) return answer(say(`没有改动：${which}`));
  const said = applyAnswer(registration, withoutPatient(ctx.message.text), shanghaiDay(ctx.clock.now()));
  if (!said) return isChatter(text) ? answer(unchanged(registration)) : undefined;
  if (changesNothing(registration, said)) return answer(unchanged(registration));
  const changed: Registration = { ...said, typed: [...registration.typed, ctx.message.text] };
  if (changed.lines.length === 0) return discard(draft);
  const writes = [changeDraft(ctx, draft, asData(changed))];
  return { replies: [await cardOf(ctx, changed, { id: draft.id, version: draft.version + 1 })], writes };
}

/** One line where a message changed nothing, instead of the same card again. */
function unchanged(registration: Registration): Reply {
  const missing = missingText(registration);
  return say(missing ? `登记内容没有变化，还缺${missing}。` : '登记内容没有变化。核对无误发“确认”，放弃发“取消”。');
}

/** The buttons of the card: the same as the words, but only for the draft they were drawn for. */
export async function pressed(
  ctx: BoundContext,
  draftId: string,
  how: 'separate' | 'merge' | 'discard',
): Promise<Decision> {
  const draft = await waitingDraft(ctx);
  const version = ctx.message.action?.version;
  if (!draft || (draftId !== '' && draft.id !== draftId)) {
    return answer(say('这份登记已经提交或取消，没有重复操作。发送“我的缺药”看已登记的。'));
  }
  if (version !== undefined && version !== draft.version) {
    return answer(say('登记内容后来改过，请核对最新的再确认：'), await cardOf(ctx, registrationOf(draft), draft));
  }
  return how === 'discard' ? discard(draft) : submit(ctx, draft, how);
}

function discard(draft: Draft): Outcome {
  return { replies: [say('已取消，这次的缺药没有登记。')], writes: endDraft(draft) };
}

async function waitingDraft(ctx: BoundContext): Promise<Draft | undefined> {
  return (await listDrafts(ctx, ctx.actor.id)).find((draft) => draft.kind === SHORTAGES);
}

function registrationOf(draft: Draft): Registration {
  const { unshown: _mark, ...registration } = draft.data;
  return registration as unknown as Registration;
}

/** Shows what was begun in a group and never seen; from then on it may be submitted. */
export async function showUnseen(ctx: BoundContext, draft: Draft): Promise<Outcome> {
  const registration = registrationOf(draft);
  const before: readonly Block[] = [{ type: 'text', text: BEGUN_IN_GROUP }];
  return {
    replies: [await cardOf(ctx, registration, { id: draft.id, version: draft.version + 1 }, before)],
    writes: [changeDraft(ctx, draft, asData(registration))],
  };
}

function asData(registration: Registration): Readonly<Record<string, unknown>> {
  return { ...registration };
}

async function cardOf(
  ctx: BoundContext,
  registration: Registration,
  draft: { readonly id: string; readonly version: number } | undefined,
  before: readonly Block[] = [],
): Promise<Reply> {
  const settings = await loadSettings(ctx.db, placeOf(ctx));
  const twins = isReady(registration)
    ? findTwins(registration, await listOpenLines(ctx.db, ctx.actor.institution.id), ctx, settings).map(
        (one) => one.twin,
      )
    : [];
  return draftCard({ registration, institution: ctx.actor.institution.shortName, draft, twins, before });
}

function placeOf(ctx: BoundContext): { readonly institutionId: string; readonly regionPath: readonly string[] } {
  return { institutionId: ctx.actor.institution.id, regionPath: ctx.actor.regionPath };
}

interface FoundTwin {
  readonly at: number;
  readonly twin: Twin;
  readonly open: OpenLine;
}

function findTwins(
  registration: Registration,
  open: readonly OpenLine[],
  ctx: BoundContext,
  settings: ShortageSettings,
): readonly FoundTwin[] {
  const today = shanghaiDay(ctx.clock.now());
  const taken = new Set<string>();
  return settle(registration).flatMap((line, at) => {
    const free = open.filter((one) => !taken.has(one.line.id)); // two lines of one draft never go into the same one
    const found = findDuplicate(line.key, free, today, settings.duplicateDays);
    if (!found) return [];
    taken.add(found.line.id);
    const raised = raisedQuantity(found.line, line);
    const twin: Twin = {
      ...(raised === undefined ? {} : { raisedTo: `${raised}${line.unit}` }),
      line: at + 1,
      number: found.shortage.number,
      lineNo: found.line.lineNo,
      order: orderLabel(found.line),
      registeredOn: found.createdOn,
    };
    return [{ at, twin, open: found }];
  });
}

/** Registers what is complete. `merge`: lines with an open twin go into it, only the others get a number. */
async function submit(ctx: BoundContext, draft: Draft, how: 'separate' | 'merge'): Promise<Decision> {
  if (isUnseen(draft)) {
    return ctx.message.conversation.kind === 'group' ? answer(say(LOOK_IN_PRIVATE)) : showUnseen(ctx, draft);
  }
  const registration = registrationOf(draft);
  if (!isReady(registration)) {
    const text = `还没提交，还缺${missingText(registration)}。`;
    return answer(await cardOf(ctx, registration, draft, [{ type: 'text', text }]));
  }
  const settings = await loadSettings(ctx.db, placeOf(ctx));
  const lines = readyLines(registration, settings);
  const personal = lines.find((line) => !line.matched && findPatientData(line.name).kinds.length > 0);
  if (personal) {
    return answer(
      say(
        `第${lines.indexOf(personal) + 1}项的药名里像是有患者信息，没有登记。请回复“删${lines.indexOf(personal) + 1}”，再重写药名。`,
      ),
    );
  }
  const twins =
    how === 'merge'
      ? findTwins(registration, await listOpenLines(ctx.db, ctx.actor.institution.id), ctx, settings)
      : [];
  const fresh = lines.filter((_, at) => !twins.some((twin) => twin.at === at));
  const words = ctx.vault.seal(registration.typed.join('\n'));
  const mergeParts = twins.map(({ at, open }) => mergeWrites(ctx, open, lines[at], words));
  const ends: readonly Write[] = [...endDraft(draft), ...mergeParts.flat()];
  const merged = twins.map(({ twin }) => twin);
  const mergeAudit = merged.map((twin) => ({
    action: 'shortage.merge',
    objectType: 'shortage',
    objectId: twin.number,
  }));
  if (fresh.length === 0) {
    return {
      replies: [say(`${mergedText(merged)}没有另给编号。`), ...toldOfMerge(ctx, twins)],
      writes: ends,
      audit: mergeAudit,
    };
  }
  const leads = await listLeads(ctx.db, ctx.actor.institution.id);
  const pharmacists = (await listCentralPharmacists(ctx.db, leads)).filter((member) => member.id !== ctx.actor.id);
  const regional = await regionalTexts(ctx, settings, fresh);
  const urgency = highestUrgency(fresh.map((line) => line.urgency));
  const firstAnswer = settings.firstAnswer[urgency];
  const { groupId } = registration;
  const rows = registerWrites(ctx, { lines: fresh, urgency, groupId, words });
  return {
    numbers: ['QY'],
    build: ([number = '']) => ({
      replies: [
        registeredReply({
          number,
          lines: fresh,
          urgency,
          firstAnswer,
          told: pharmacists.map(({ name }) => name),
          merged,
        }),
        ...pharmacists.map((member) =>
          newShortageReply({
            staffId: member.id,
            number,
            institution: ctx.actor.institution.name,
            registrant: ctx.actor.name,
            lines: fresh,
            urgency,
            firstAnswer,
            regional,
          }),
        ),
        ...toldOfMerge(ctx, twins),
        ...(groupId
          ? [
              groupPointer(
                groupId,
                number,
                ctx.actor.institution.name,
                fresh.map((line) => line.urgency),
              ),
            ]
          : []),
      ],
      writes: [...ends, ...rows(number)],
      audit: [
        {
          action: 'shortage.register',
          objectType: 'shortage',
          objectId: number,
          details: { lines: fresh.length, urgency },
        },
        ...mergeAudit,
      ],
      memory: { ...ctx.memory, number },
    }),
  };
}

function readyLines(registration: Registration, settings: ShortageSettings): readonly ReadyLine[] {
  return settle(registration).map((settled) => {
    const purpose: Purpose = settled.line.purpose ?? 'restock';
    const { urgency: said, daysLeft } = settled.line;
    const urgency = defaultUrgency({ said, purpose, daysLeft, urgentDaysLeft: settings.urgentDaysLeft });
    return { ...settled, purpose, urgency };
  });
}

/** Who waits for the earlier registration hears that it was asked for again. */
function toldOfMerge(ctx: BoundContext, twins: readonly FoundTwin[]): readonly Reply[] {
  return twins.flatMap(({ twin, open }) => {
    const told = new Set([open.shortage.registrant.id, open.line.stateBy?.id].filter((id) => id !== undefined));
    told.delete(ctx.actor.id);
    const text = `【缺药 ${twin.number}】${ctx.actor.institution.name} ${ctx.actor.name}又登记了第${twin.lineNo}项（${twin.order}），已合并到本单。`;
    return [...told].map((staff) => tell({ staff }, text));
  });
}

async function regionalTexts(
  ctx: BoundContext,
  { regional }: ShortageSettings,
  fresh: readonly ReadyLine[],
): Promise<readonly string[]> {
  const today = shanghaiDay(ctx.clock.now());
  const since = instantOf(addDays(today, -regional.days), '00:00');
  const earlier = await listRegistered(ctx.db, ctx.actor.region.id, since);
  const own = fresh.map((line) => ({ drugKey: line.key, name: line.name, institutionId: ctx.actor.institution.id }));
  const generics = new Set(own.map((line) => line.drugKey.split('|')[0]));
  const related = [...own, ...earlier].filter((line) => generics.has(line.drugKey.split('|')[0]));
  return regionalShortages(related, regional.institutions).map(
    (one) =>
      `区域性短缺：${one.name}自${formatDay(shanghaiDay(since))}以来已有${one.institutions}家单位登记，请报药事委员会。`,
  );
}
