/** What people say while a file waits: 确认, 取消, or what is missing — region, number, day（补充和确认）. */
import { isCalendarDay, isRegionName } from '../../knowledge/index.ts';
import { listRegions } from '../../knowledge/store.ts';
import { normaliseText } from '../chinese/numbers.ts';
import { changeDraft, type Draft, endDraft } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { hasRole } from '../people.ts';
import { type PlannedFile, planParts } from './planning.ts';
import { newRegionWords, shownReply } from './replies.ts';
import { type Answers, confirmWaiting, draftSchema, readWaiting } from './waiting.ts';

const CONFIRM = /^(?:确认|提交|确定|入库|确认入库|是|是的|好|好的)$/;
const CANCEL = /^(?:取消|不要了|算了|不入库|不用了)$/;
/** 确认 云岭县: a region that is made has to be named. */
const CONFIRM_NAMED = /^(?:确认|新建|确认新建)\s*[“"]?([\u4e00-\u9fff]{2,15})[”"]?$/;
const NUMBER = /^[\u4e00-\u9fff]{2,24}\s*[〔﹝[［【(（]\s*(?:19|20)\d{2}\s*[〕﹞\]］】)）]\s*第?\s*\d+\s*号$/;
/** A word that answers the question for a region, and is none. */
const SHORT_WORD = /^[\u4e00-\u9fff]{2,4}$/;

/** Takes words that speak of the waiting file; everything else is left to the others. */
export async function resumeFile(ctx: BoundContext, draft: Draft): Promise<Decision | undefined> {
  const parsed = draftSchema.safeParse(draft.data);
  if (!parsed.success || !hasRole(ctx.actor, 'commission')) return undefined;
  const { document, answers, doubts } = parsed.data;
  const said = normaliseText(ctx.message.text);
  const asked = await understand(ctx, said);
  const named = CONFIRM_NAMED.exec(said)?.[1];
  const word = regionWords(said);
  if (!CONFIRM.test(said) && !CANCEL.test(said) && !asked && !named && !word) return undefined;
  const waiting = await readWaiting(ctx, document);
  if (waiting?.state !== 'waiting')
    return { replies: [say('这份文件已经不在了，请重新发一次。')], writes: [...endDraft(draft)] };
  if (CANCEL.test(said)) {
    return {
      replies: [say('好的，这份文件没有入库，已经删掉。')],
      writes: [...endDraft(draft), { kind: 'delete', table: 'waiting_documents', where: { id: document } }],
      audit: [{ action: 'document.dropped', objectType: 'document', objectId: document }],
    };
  }
  const now: Answers = { ...answers, ...asked };
  const planned = await planParts(ctx, { name: waiting.name, text: waiting.text, answers: now, doubts });
  const confirmed = CONFIRM.test(said) || (named !== undefined && named === planned.newRegion);
  if (!confirmed && !asked) {
    if (word && (planned.missing === 'region' || word !== said)) return answer(say(noRegionWords(word)));
    return named && planned.newRegion ? answer(say(newRegionWords(planned.newRegion))) : undefined;
  }
  if (planned.refusal !== undefined) return answer(say(planned.refusal));
  if (asked)
    return {
      replies: [shownReply(planned)],
      writes: [changeDraft(ctx, draft, { document, answers: now, doubts: [...doubts] })],
    };
  const taken = takesSuggestion(said, planned);
  if (taken) {
    const answered: Answers = { ...now, region: taken };
    const again = await planParts(ctx, { name: waiting.name, text: waiting.text, answers: answered, doubts });
    return {
      replies: [shownReply(again)],
      writes: [changeDraft(ctx, draft, { document, answers: answered, doubts: [...doubts] })],
    };
  }
  if (planned.missing !== undefined) return answer(shownReply(planned));
  if (planned.newRegion !== undefined && named !== planned.newRegion)
    return answer(say(newRegionWords(planned.newRegion)));
  return {
    replies: [say('好的，正在入库，完成后告诉您。')],
    writes: [...endDraft(draft), confirmWaiting(ctx, document, now)],
    timers: [{ job: 'ingest-document', dueAt: ctx.clock.now(), data: { document } }],
    audit: [{ action: 'document.confirmed', objectType: 'document', objectId: document }],
  };
}

/** 是 to 是云岭县吗？ */
function takesSuggestion(said: string, { missing, suggestion }: PlannedFile): string | undefined {
  return missing === 'region' && /^(?:是|是的|对|确认|好|好的)$/.test(said) ? suggestion : undefined;
}

/** Region, number or day in what was said; `undefined` where it speaks of none. */
async function understand(ctx: BoundContext, said: string): Promise<Answers | undefined> {
  if (/^(?:无|没有|没有文号|无文号)$/.test(said)) return { noNumber: true };
  const number = said.replace(/^文号\s*[是为:]?\s*/, '');
  if (NUMBER.test(number)) return { number };
  const day = said.replace(/^(?:成文)?日期\s*[是为:]?\s*/, '');
  const date = /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(day);
  if (date) {
    const iso = `${date[1]}-${date[2]?.padStart(2, '0')}-${date[3]?.padStart(2, '0')}`;
    return isCalendarDay(iso) ? { date: iso } : undefined;
  }
  const region = bareRegion(said);
  if (region.length > 2 && isRegionName(region)) return { region };
  const known = await listRegions(ctx.db);
  return known.some((one) => one.shortName === region || one.name === region) ? { region } : undefined;
}

function bareRegion(said: string): string {
  return said.replace(/^(?:地区|属于|是)\s*[是为:]?\s*/, '').replace(/[的。]$/, '');
}

/** What was given for a region without looking like one: 火星, 地区 火星. */
function regionWords(said: string): string | undefined {
  const bare = bareRegion(said);
  if (bare === '' || isRegionName(bare)) return undefined;
  const marked = /^(?:地区|属于)/.test(said) && bare.length <= 14;
  return marked || (SHORT_WORD.test(said) && !CONFIRM.test(said) && !CANCEL.test(said)) ? bare : undefined;
}

function noRegionWords(word: string): string {
  return `“${word}”不像地区的名称。请回复全称，例如：徽州区；要问别的请先回复“取消”。`;
}
