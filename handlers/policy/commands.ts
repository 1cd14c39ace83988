/** The commands around the plans: read, turn the page, say whether it helped（条款、目录、原文……）. */
import type { Command, HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type ConversationMemory, type Decision } from '../outcome.ts';
import { countRating } from '../questions/index.ts';
import { clauseOf, readTypedClause, remember, showContents, showNeighbour } from './clauses.ts';
import { chooseMeaning } from './question.ts';
import { MORE } from './replies.ts';

export const COMMANDS: readonly Command[] = [
  {
    id: 'policy.clause',
    name: '条款',
    aliases: ['看条款', '查条款'],
    summary: '按序号看原文',
    example: '条款 徽州 二（二）2（5）',
    allowed: 'anyone',
    run: readTypedClause,
  },
  {
    id: 'policy.contents',
    name: '目录',
    aliases: ['文件目录'],
    summary: '有哪些文件，文件里有什么',
    example: '目录 徽州',
    allowed: 'anyone',
    run: showContents,
  },
  {
    id: 'policy.original',
    name: '原文',
    aliases: [],
    allowed: 'anyone',
    run: (ctx, value) => showNeighbour(ctx, value, 0),
  },
  {
    id: 'policy.previous',
    name: '上一条',
    aliases: ['上条'],
    allowed: 'anyone',
    run: (ctx, value) => showNeighbour(ctx, value, -1),
  },
  {
    id: 'policy.next',
    name: '下一条',
    aliases: ['下条'],
    allowed: 'anyone',
    run: (ctx, value) => showNeighbour(ctx, value, 1),
  },
  { id: 'policy.more', name: '更多', aliases: ['下一页', '接着说'], allowed: 'anyone', run: showMore },
  { id: 'policy.useful', name: '有用', aliases: [], allowed: 'anyone', run: (ctx, value) => rate(ctx, value, true) },
  {
    id: 'policy.useless',
    name: '没用',
    aliases: ['没有用', '不对'],
    allowed: 'anyone',
    // 不对 是去中医院 corrects a waiting draft; only the bare word speaks of the last answer.
    accepts: (argument) => argument === '',
    run: (ctx, value) => rate(ctx, value, false),
  },
  // Only a button carries it; the name is what nobody types.
  { id: 'policy.choose', name: '选择地区', aliases: [], allowed: 'anyone', run: chooseMeaning },
];

async function showMore(ctx: HandlerContext): Promise<Decision> {
  const [page, ...pages] = ctx.memory.pages ?? [];
  if (page === undefined) return answer(say('后面没有了。'));
  const more = pages.length > 0 ? [{ type: 'buttons' as const, items: [MORE] }] : [];
  return { replies: [say(page, ...more)], memory: remember(ctx, { pages }) };
}

/** Counts which clause helped, and for which question where that is known; a second press of the same person counts nothing. */
async function rate(ctx: HandlerContext, value: string, useful: boolean): Promise<Decision> {
  const clause = clauseOf(ctx, value);
  if (!clause) return answer(say('还没有回答过问题。直接提问就好。'));
  const same = (one: ConversationMemory['answered' | 'rated']): boolean =>
    one?.doc === clause.doc && one.path === clause.path;
  const { answered, ...kept } = ctx.memory;
  const asked = same(answered) ? answered : undefined;
  const thanks = say(useful ? '谢谢，记下了。' : '记下了。可以换个说法再问，或发送“目录”自己查。');
  if (!asked && same(ctx.memory.rated)) return answer(thanks);
  return {
    replies: [thanks],
    writes: await countRating(ctx, { useful, clause, asked }),
    memory: { ...kept, ...(asked ? {} : { answered }), rated: clause },
    audit: [
      {
        action: useful ? 'policy.useful' : 'policy.useless',
        objectType: 'clause',
        objectId: `${clause.doc} ${clause.path}`,
      },
    ],
  };
}
