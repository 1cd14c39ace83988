/** 回答 3 徽州 二（二）2（5）: shows what would be taught, waits for 确认, teaches it（指定条款）. */
import { z } from 'zod';
import { appointedAnswer, clauseHash } from '../../knowledge/answers/appointed.ts';
import { findNearWording } from '../../knowledge/near-wording.ts';
import type { ClauseView } from '../../knowledge/types.ts';
import { normaliseText } from '../chinese/numbers.ts';
import { beginDraft, type Draft, endDraft } from '../drafts.ts';
import type { BoundContext } from '../feature.ts';
import { type Block, say } from '../message.ts';
import { answer, type Decision, type Write } from '../outcome.ts';
import { hasRole } from '../people.ts';
import { APPOINTED } from './asking.ts';
import { readReference } from './clause-reference.ts';
import { noSuchEntry, PRIVATE_ONLY } from './listing.ts';
import { handledLine, howToAnswer } from './replies.ts';
import { type Entry, isWaiting, listEntries } from './store.ts';
import { wordingOf } from './wording.ts';

/** Name of the feature, and of its drafts. */
export const QUESTIONS = 'questions';

const CONFIRM = /^(?:确认|提交|确定|是|是的|好|好的|对)$/;
const CANCEL = /^(?:取消|不要了|算了|不用了|不改了)$/;

const draftSchema = z.object({ entry: z.string(), version: z.number(), doc: z.string(), path: z.string() });

/** What 回答 is followed by: a number first. */
export function isEntryArgument(argument: string): boolean {
  return argument === '' || /^第?\s*\d{1,7}(?!\d|年|月|日|天|小时|人|次)/.test(argument);
}

/** Shows the clause and the question it is for; nothing is taught yet. */
export async function proposeAnswer(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(say(PRIVATE_ONLY));
  const { region, regionPath } = ctx.actor;
  const [, number, typed = ''] =
    /^第?\s*(\d{1,7})\s*(?:号|个|条|题)?(?:问题)?[\s:：,，、.]*(.*)$/su.exec(argument) ?? [];
  if (number === undefined)
    return answer(say(`请写编号和条款序号，例如：回答 3 徽州 二（二）2（5）。序号见“目录 ${region.shortName}”。`));
  const entries = await listEntries(ctx, region.id);
  const entry = entries.find((one) => one.number === Number(number));
  if (!entry) return answer(say(noSuchEntry(number)));
  if (entry.wording === undefined)
    return answer(say(`第${number}个没有留下问题，不能指定条款。可以关闭：问题清单 关闭 ${number}`));
  if (typed.trim() === '')
    return answer(say(`“${entry.wording}”用哪一条回答？${howToAnswer(entry.number, region.shortName)}`));
  const referred = await readReference(ctx.knowledge, typed, regionPath);
  if ('problem' in referred) return answer(say(referred.problem));
  const view = await ctx.knowledge.clause(referred.doc, referred.path);
  if (!view) return answer(say('这一条在现行文件里找不到了。发送“目录”看现行文件。'));
  const shown = appointedAnswer(view, APPOINTED);
  const quotes = shown.citations.map(
    (one): Block => ({ type: 'quote', text: one.quote.replaceAll('\t', ' | '), source: one.label }),
  );
  const alike = alikeEntries(ctx, entry, entries);
  const also = alike.length > 0 ? `\n同样用于：${alike.map((one) => `${one.number}. ${one.wording}`).join('；')}` : '';
  const before = entry.state === 'open' ? '' : `\n${handledLine(entry)}确认后改成这一条。`;
  return {
    replies: [
      say(`第${number}个问题：${entry.wording}${also}${before}\n用这一条回答：`, ...quotes, {
        type: 'text',
        text: `以后${region.shortName}有人这样问（或相近的问法），就答这一条，注明“${APPOINTED}”。回复“确认”生效，“取消”不改。`,
      }),
    ],
    writes: beginDraft(ctx, {
      staffId: ctx.actor.id,
      kind: QUESTIONS,
      data: { entry: entry.id, version: entry.version, doc: referred.doc, path: referred.path },
    }),
  };
}

/** 确认 and 取消 of a waiting answer; everything else is left to the others. */
export async function resumeAnswer(ctx: BoundContext, draft: Draft): Promise<Decision | undefined> {
  const said = normaliseText(ctx.message.text).replace(/[。.!！~]+$/, '');
  const parsed = draftSchema.safeParse(draft.data);
  if (!parsed.success || !(CONFIRM.test(said) || CANCEL.test(said))) return undefined;
  const writes = endDraft(draft);
  if (CANCEL.test(said)) return { replies: [say('好的，没有改。')], writes };
  if (!hasRole(ctx.actor, 'commission')) return { replies: [say('指定条款由卫健委办理，这次没有改。')], writes };
  const { doc, path } = parsed.data;
  const entries = await listEntries(ctx, ctx.actor.region.id);
  const entry = entries.find((one) => one.id === parsed.data.entry);
  if (!entry || plainOf(ctx, entry) === undefined)
    return { replies: [say('这个问题已经不在清单里，没有改。发送“问题清单”看最新的。')], writes };
  if (entry.version !== parsed.data.version)
    return {
      replies: [say(`第${entry.number}个问题${handledLine(entry)}这次没有改；要改请重新发送：回答 ${entry.number} …`)],
      writes,
    };
  const view = await ctx.knowledge.clause(doc, path);
  if (!view) return { replies: [say('这一条在现行文件里找不到了，没有改。请重新指定。')], writes };
  const name = ctx.actor.region.shortName;
  const taught = [entry, ...alikeEntries(ctx, entry, entries)];
  return {
    replies: [say(`好了。${name}再有人问“${entry.wording}”，就答${view.label}。停用：问题清单 停用 ${entry.number}`)],
    writes: [...writes, ...taught.flatMap((one) => teachWrites(ctx, one, view))],
    audit: taught.map((one) => ({
      action: 'question.answered',
      objectType: 'question',
      objectId: one.id,
      details: { clause: `${doc} ${path}` },
    })),
  };
}

/** The entry is answered by whoever decides on this version of it; its question gets the clause. */
function teachWrites(ctx: BoundContext, entry: Entry, view: ClauseView): readonly Write[] {
  const now = ctx.clock.now().toISOString();
  const { clause, document, label } = view;
  return [
    {
      kind: 'update',
      table: 'asked_questions',
      where: { id: entry.id },
      version: entry.version,
      set: { state: 'answered', handled_by: ctx.actor.id, handled_at: now },
    },
    {
      kind: 'upsert',
      table: 'taught_answers',
      key: { region_id: ctx.actor.region.id, question_key: entry.key },
      set: {
        id: entry.taught?.id ?? ctx.ids.next(),
        wording: plainOf(ctx, entry) ?? '',
        doc: document.doc,
        path: clause.path,
        heading: clause.heading,
        words_hash: clauseHash(clause),
        label,
        taught_by: ctx.actor.id,
        taught_at: now,
      },
    },
  ];
}

/** The kept words once more in the form in which equal questions are equal. */
function plainOf(ctx: BoundContext, { wording }: Entry): string | undefined {
  const { region } = ctx.actor;
  if (wording === undefined) return undefined;
  return wordingOf(wording, { regionNames: [region.name, region.shortName] })?.plain;
}

/** Entries that wait and ask the same in other words: they get the same clause. */
function alikeEntries(ctx: BoundContext, entry: Entry, entries: readonly Entry[]): readonly Entry[] {
  const wording = plainOf(ctx, entry) ?? '';
  return entries.filter((other) => {
    if (other.id === entry.id || other.state !== 'open' || !isWaiting(other)) return false;
    const plain = plainOf(ctx, other);
    return plain !== undefined && findNearWording(plain, [{ wording }]) !== undefined;
  });
}

/** 问题清单 关闭 3, 不是条款 3: no clause answers it; it is counted on, and listed no more. */
export async function closeEntry(ctx: BoundContext, argument: string): Promise<Decision> {
  return settle(ctx, argument, 'open', (entry) => ({
    said: `已关闭：${entry.wording ?? '这一项'}。再有人问只计数、不再列出；要指定条款：回答 ${entry.number} …`,
    action: 'question.closed',
  }));
}

/** 问题清单 停用 3: takes back what was taught. */
export async function withdrawAnswer(ctx: BoundContext, argument: string): Promise<Decision> {
  return settle(ctx, argument, 'answered', (entry) => ({
    said: `已停用：${entry.wording ?? entry.taught?.wording ?? '这一项'}，不再指定条款。要重新指定：回答 ${entry.number} …`,
    action: 'question.withdrawn',
  }));
}

async function settle(
  ctx: BoundContext,
  argument: string,
  from: Entry['state'],
  words: (entry: Entry) => { readonly said: string; readonly action: string },
): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(say(PRIVATE_ONLY));
  const number = /\d{1,7}/.exec(argument)?.[0];
  if (number === undefined) return answer(say('请写编号，例如：问题清单 关闭 3'));
  const entry = (await listEntries(ctx, ctx.actor.region.id)).find((one) => one.number === Number(number));
  if (!entry) return answer(say(noSuchEntry(number)));
  if (entry.state !== from) {
    const next = entry.state === 'answered' ? `停用：问题清单 停用 ${number}` : '';
    return answer(
      say(
        entry.state === 'open' ? `第${number}个问题还没有指定条款。` : `第${number}个问题${handledLine(entry)}${next}`,
      ),
    );
  }
  const { said, action } = words(entry);
  return {
    replies: [say(said)],
    writes: [
      {
        kind: 'update',
        table: 'asked_questions',
        where: { id: entry.id },
        version: entry.version,
        set: { state: 'closed', handled_by: ctx.actor.id, handled_at: ctx.clock.now().toISOString() },
      },
      {
        kind: 'delete',
        table: 'taught_answers',
        where: { region_id: ctx.actor.region.id, question_key: entry.key },
      },
    ],
    audit: [{ action, objectType: 'question', objectId: entry.id }],
  };
}
