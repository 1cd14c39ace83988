/** The commands of the commission around what staff do not find（问题清单、回答、词典）. */
import type { BoundContext, Command } from '../feature.ts';
import { closeEntry, isEntryArgument, proposeAnswer, withdrawAnswer } from './answering.ts';
import { isDictionaryArgument, keepDictionary } from './dictionary.ts';
import { showList } from './listing.ts';

export const COMMANDS: readonly Command[] = [
  {
    id: 'questions.list',
    name: '问题清单',
    aliases: ['没找到的问题', '待答问题'],
    summary: '大家问了没找到的问题',
    example: '问题清单',
    allowed: ['commission'],
    accepts: (argument) => /^$|^第?\d|^(?:关闭|停用|已答|已指定|答过)|关闭$|停用$/.test(argument),
    run: async (ctx: BoundContext, argument: string) => {
      if (/关闭/.test(argument)) return closeEntry(ctx, argument);
      if (/停用/.test(argument)) return withdrawAnswer(ctx, argument);
      return showList(ctx, argument);
    },
  },
  {
    id: 'questions.answer',
    name: '回答',
    aliases: ['指定条款'],
    summary: '给一个问题指定条款',
    example: '回答 3 徽州 二（二）2（5）',
    allowed: ['commission'],
    accepts: isEntryArgument,
    run: proposeAnswer,
  },
  {
    id: 'questions.close',
    name: '不是条款',
    aliases: ['不是条款能答的'],
    allowed: ['commission'],
    accepts: isEntryArgument,
    run: closeEntry,
  },
  {
    id: 'questions.dictionary',
    name: '词典',
    aliases: ['词库'],
    summary: '加本地说法，查得更准',
    example: '词典 两病 = 高血压、糖尿病',
    allowed: ['commission'],
    accepts: isDictionaryArgument,
    run: keepDictionary,
  },
];
