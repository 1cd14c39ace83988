/** The commands around versions of documents（入库、版本、对比 版本）. Everybody may read; only the commission puts in. */
import type { Command } from '../feature.ts';
import { say } from '../message.ts';
import { answer } from '../outcome.ts';
import { compareVersions, showVersions } from './versions.ts';

export const COMMANDS: readonly Command[] = [
  {
    id: 'documents.how',
    name: '入库',
    aliases: ['文件入库', '上传文件'],
    summary: '把新文件放进来',
    example: '入库',
    allowed: ['commission'],
    run: async () =>
      answer(say('请在私聊里把文件发给我：Word（.docx）、PDF、网页或文本都行。读完给您看，回复“确认”才入库。')),
  },
  {
    id: 'documents.compare',
    name: '对比 版本',
    aliases: ['对比版本', '版本对比', '比较版本', '比较 版本'],
    summary: '新旧版本改了哪些条',
    example: '对比 版本 徽州',
    allowed: 'anyone',
    accepts: () => true,
    run: compareVersions,
  },
  {
    id: 'documents.versions',
    name: '版本',
    aliases: ['文件版本', '历史版本'],
    summary: '文件有哪些版本',
    example: '版本 徽州',
    allowed: 'anyone',
    run: showVersions,
  },
];
