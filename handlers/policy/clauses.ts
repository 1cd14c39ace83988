/** Reading in the plans: a clause by its number, its neighbours, the contents of a document（条款、目录）. */
import { type DocumentInfo, listVersions, viewOldClause } from '../../knowledge/index.ts';
import type { HandlerContext } from '../feature.ts';
import { type Block, say } from '../message.ts';
import { answer, type ConversationMemory, type Decision } from '../outcome.ts';
import { clauseReply } from './replies.ts';

/** 条款 徽州 二（二）2（5）; the asker's own region where none is named. */
export async function readTypedClause(ctx: HandlerContext, argument: string): Promise<Decision> {
  if (argument === '') return answer(say('请写明条款，例如：条款 徽州 二（二）2（5）'));
  const found = await findDocument(ctx, argument);
  if (!found.document)
    return answer(say(`请写明是哪里的方案（${await regionNames(ctx)}），例如：条款 徽州 二（二）2（5）`));
  const { document, rest } = found;
  const old = /^(.*?)[\s（(,，]*(?:版本\s*(\d{1,3})|第\s*(\d{1,3})\s*版)[)）]?$/.exec(rest);
  if (old) return showOldClause(ctx, document, (old[1] ?? '').trim(), Number(old[2] ?? old[3]));
  if (rest === '') return listContents(ctx, document, '');
  const path = await ctx.knowledge.resolvePath(document.doc, rest);
  if (path === undefined) {
    return answer(
      say(`${document.regionShortName}的方案里没有“${rest}”。发送“目录 ${document.regionShortName}”看有哪些条款。`),
    );
  }
  return showClause(ctx, document.doc, path);
}

/** 条款 徽州 二（二）2（5） 版本1: as it stood in an older version, said to be no longer in force. */
async function showOldClause(
  ctx: HandlerContext,
  document: DocumentInfo,
  typed: string,
  version: number,
): Promise<Decision> {
  const versions = await listVersions(ctx.db, document.doc);
  const meant = versions.find((one) => one.version === version);
  const name = document.regionShortName;
  if (!meant) return answer(say(`${name}这份文件没有版本${version}。发送“版本 ${name}”看有哪些。`));
  if (meant.inForce) {
    const path = await ctx.knowledge.resolvePath(document.doc, typed);
    if (path !== undefined) return showClause(ctx, document.doc, path);
  }
  const view = await viewOldClause(ctx.db, meant, typed);
  if (!view) return answer(say(`${name}的版本${version}里没有“${typed}”。`));
  const { reply, pages } = clauseReply(view);
  const current = versions.find((one) => one.inForce)?.version;
  const notice = `这是旧版（版本${version}），现行的是版本${current ?? ''}，请以现行版为准。`;
  return {
    replies: [{ ...reply, blocks: [{ type: 'text', text: notice }, ...reply.blocks] }],
    memory: remember(ctx, { pages: pages.map((page) => `（旧版，版本${version}）\n${page}`) }),
  };
}

/** Shows one clause and remembers it for 上一条 and 下一条. */
export async function showClause(ctx: HandlerContext, doc: string, path: string): Promise<Decision> {
  const view = await ctx.knowledge.clause(doc, path);
  if (!view) return answer(say('这一条在现行文件里找不到了，可能文件已更新。发送“目录”看现行文件。'));
  const { reply, pages } = clauseReply(view);
  return { replies: [reply], memory: remember(ctx, { clause: { doc, path }, pages }) };
}

/** 原文, 上一条, 下一条: of the button's clause, else of the one last shown. */
export async function showNeighbour(ctx: HandlerContext, argument: string, step: -1 | 0 | 1): Promise<Decision> {
  const clause = clauseOf(ctx, argument);
  if (!clause) return answer(say('还没有看过条款。先提个问题，或发送“条款 徽州 二（二）2（5）”。'));
  if (step === 0) return showClause(ctx, clause.doc, clause.path);
  const view = await ctx.knowledge.clause(clause.doc, clause.path);
  const path = step < 0 ? view?.previousPath : view?.nextPath;
  if (path === undefined) return answer(say(step < 0 ? '这已经是第一条了。' : '这已经是最后一条了。'));
  return showClause(ctx, clause.doc, path);
}

/** The clause a button or the conversation means. */
export function clauseOf(
  ctx: HandlerContext,
  argument: string,
): { readonly doc: string; readonly path: string } | undefined {
  const match = /^(\S+) (\S.*)$/.exec(argument);
  if (match) return { doc: match[1] ?? '', path: match[2] ?? '' };
  return ctx.memory.clause;
}

/** 目录: the documents in force; 目录 徽州: what is in one; 目录 徽州 二: what is under a heading. */
export async function showContents(ctx: HandlerContext, argument: string): Promise<Decision> {
  const documents = await ctx.knowledge.documents();
  if (argument === '') {
    return answer({
      audience: 'here',
      blocks: [
        {
          type: 'list',
          ordered: false,
          items: documents.map((one) => `${one.regionShortName}：${one.title}${one.number ? `（${one.number}）` : ''}`),
        },
        {
          type: 'buttons',
          items: documents.map((one) => ({
            id: 'policy.contents',
            label: `目录 ${one.regionShortName}`,
            value: one.doc,
          })),
        },
      ],
    });
  }
  const { document, rest } = await findDocument(ctx, argument);
  if (!document) return answer(say(`没有这份文件。现有：${await regionNames(ctx)}。`));
  if (rest === '') return listContents(ctx, document, '');
  const path = await ctx.knowledge.resolvePath(document.doc, rest);
  if (path === undefined) return answer(say(`没有这份文件或这一条。现有：${await regionNames(ctx)}。`));
  return listContents(ctx, document, path);
}

async function listContents(ctx: HandlerContext, document: DocumentInfo, path: string): Promise<Decision> {
  const clauses = await ctx.knowledge.contents(document.doc, path);
  if (clauses.length === 0) return showClause(ctx, document.doc, path);
  const items = clauses.map(
    (clause) =>
      `${clause.path.split('/').at(-1)} ${clause.heading.length > 26 ? `${clause.heading.slice(0, 24)}……` : clause.heading}`,
  );
  const list: Block = { type: 'list', ordered: false, items };
  const example = clauses.find((clause) => clause.kind === 'section' || clause.kind === 'row') ?? clauses[0];
  return {
    replies: [
      say(
        `${document.regionShortName}《${document.title}》${path === '' ? '' : ` ${path.replaceAll('/', '')}`}`,
        list,
        {
          type: 'text',
          text: `看一条：条款 ${document.regionShortName} ${(example?.path ?? '一').replaceAll('/', '')}`,
        },
      ),
    ],
  };
}

/** The document whose region the words begin with, else that of the asker; `rest` is what follows. */
async function findDocument(
  ctx: HandlerContext,
  argument: string,
): Promise<{ readonly document: DocumentInfo | undefined; readonly rest: string }> {
  const documents = await ctx.knowledge.documents();
  const named = documents.find(
    (one) => argument.startsWith(one.regionShortName) || argument === one.doc || argument.startsWith(`${one.doc} `),
  );
  if (named) {
    const name = argument.startsWith(named.regionShortName) ? named.regionShortName : named.doc;
    return { document: named, rest: argument.slice(name.length).replace(/^(?:省|市|县|区)?[\s的：:，,]*/u, '') };
  }
  const own = [
    ctx.memory.clause && documents.find((one) => one.doc === ctx.memory.clause?.doc),
    ...regionPathOf(ctx).map((id) => documents.find((one) => one.regionId === id)),
  ];
  return {
    document:
      own.slice(1).find((one) => one !== undefined) ?? own[0] ?? (documents.length === 1 ? documents[0] : undefined),
    rest: argument,
  };
}

function regionPathOf(ctx: HandlerContext): readonly string[] {
  return ctx.actor?.regionPath ?? (ctx.memory.regionId === undefined ? [] : [ctx.memory.regionId]);
}

async function regionNames(ctx: HandlerContext): Promise<string> {
  return [...new Set((await ctx.knowledge.documents()).map((one) => one.regionShortName))].join('、');
}

/** The conversation's memory with something new; what waited for a choice is settled. */
export function remember(ctx: HandlerContext, news: ConversationMemory): ConversationMemory {
  const { pending: _settled, pages: _seen, ...kept } = ctx.memory;
  return { ...kept, ...news };
}
