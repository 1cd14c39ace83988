/** 问题清单 in private chat: the list, one entry, what was answered（查看）. */
import type { BoundContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { drawList, entryReply } from './replies.ts';
import { type Entry, listEntries } from './store.ts';

/** Entries already answered that are shown, the newest first. */
const ANSWERED = 12;

/** Said wherever the list is asked for in a group. */
export const PRIVATE_ONLY = '问题清单和词典请在私聊里发给我。';

/** 问题清单: what waits; 问题清单 3: one entry; 问题清单 已答: what was answered. */
export async function showList(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(say(PRIVATE_ONLY));
  const { region } = ctx.actor;
  const entries = await listEntries(ctx, region.id);
  if (/^(?:已答|已指定|答过)/.test(argument)) return answer(say(answeredLines(entries)));
  const number = /^第?(\d{1,7})/.exec(argument)?.[1];
  if (number !== undefined) {
    const entry = entries.find((one) => one.number === Number(number));
    return answer(entry ? await entryReply(ctx.db, entry, region.shortName) : say(noSuchEntry(number)));
  }
  const drawn = await drawList(ctx.db, { entries, regionName: region.shortName });
  if (!drawn)
    return answer(say(`${region.shortName}现在没有待处理的问题。有人问了没找到，会列在这里，每周一早上也会发给您。`));
  const { pending: _settled, pages: _seen, ...kept } = ctx.memory;
  return { replies: [drawn.reply], memory: { ...kept, pages: drawn.pages } };
}

function answeredLines(entries: readonly Entry[]): string {
  const answered = entries.filter((entry) => entry.state === 'answered').reverse();
  if (answered.length === 0) return '还没有指定过条款。发送“问题清单”看待处理的问题。';
  const lines = answered
    .slice(0, ANSWERED)
    .map((entry) => `${entry.number}. ${entry.wording ?? entry.taught?.wording ?? ''} → ${entry.taught?.label ?? ''}`);
  return [`已指定条款的问题${answered.length}个：`, ...lines, `停用：问题清单 停用 ${answered[0]?.number ?? ''}`].join(
    '\n',
  );
}

/** What is said of a number that stands nowhere in the list. */
export function noSuchEntry(number: string): string {
  return `没有第${number}个问题。发送“问题清单”看编号。`;
}
