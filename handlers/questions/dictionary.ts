/** 词典: everyday words of a region and the words of the documents they mean, kept by its commission（本地词典）. */
import type { BoundContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import type { Reader } from '../ports.ts';
import { findPatientData } from '../safety/privacy.ts';
import { PRIVATE_ONLY } from './listing.ts';
import { listSayings, type Saying } from './store.ts';

/** Words one region may add: beyond it a search looks for everything at once. */
const MAX_SAYINGS = 300;
/** Meanings of one word. */
const MAX_MEANINGS = 8;
const SAY_LENGTH = { least: 2, most: 12 };
const MEANING_LENGTH = { least: 2, most: 20 };
/** Words of one page of the list. */
const SHOWN = 20;

const EXAMPLE = '词典 两病 = 高血压、糖尿病';
/** Words that stand in every question mean nothing by themselves. */
const ONLY_ASKS = /^(?:什么|怎么|如何|多少|哪些|哪个|可以|能不能|是不是|有没有|医院|方案|文件|规定|谁|的)+$/;

/** 词典: the list; 词典 甲 = 乙、丙: adds; 词典 删除 2, 词典 删除 甲: takes away. */
export async function keepDictionary(ctx: BoundContext, argument: string): Promise<Decision> {
  if (ctx.message.conversation.kind === 'group') return answer(say(PRIVATE_ONLY));
  const sayings = await listSayings(ctx.db, ctx.actor.region.id);
  const removed = /^(?:删除|删掉|删|去掉)\s*(.*)$/u.exec(argument)?.[1];
  if (removed !== undefined) return removeSaying(ctx, sayings, removed.trim());
  const added = /^(.+?)\s*(?:=+|＝|→|等于|就是|指的?是)\s*(.*)$/u.exec(argument);
  if (added) return addSaying(ctx, sayings, added[1] ?? '', added[2] ?? '');
  if (argument === '') return showSayings(ctx, sayings);
  return answer(say(`没有看懂。这样加：${EXAMPLE}；这样删：词典 删除 1`));
}

/** Whether what follows 词典 is meant for it. */
export function isDictionaryArgument(argument: string): boolean {
  return argument === '' || /^(?:删|去掉)|=|＝|→|等于|就是|指的?是/.test(argument);
}

function showSayings(ctx: BoundContext, sayings: readonly Saying[]): Decision {
  const name = ctx.actor.region.shortName;
  if (sayings.length === 0) return answer(say(`${name}还没有加过词。群众和同事的说法查不到时，这样加：${EXAMPLE}`));
  const lines = sayings.map((one, at) => `${at + 1}. ${one.say} = ${one.mean.join('、')}`);
  const pages: string[] = [];
  for (let from = SHOWN; from < lines.length; from += SHOWN) pages.push(lines.slice(from, from + SHOWN).join('\n'));
  const { pending: _settled, pages: _seen, ...kept } = ctx.memory;
  const text = [`${name}的词典（${sayings.length}个）：`, ...lines.slice(0, SHOWN), '删除：词典 删除 1'].join('\n');
  const more =
    pages.length > 0 ? [{ type: 'buttons' as const, items: [{ id: 'policy.more', label: '更多', value: '' }] }] : [];
  return { replies: [say(text, ...more)], memory: { ...kept, pages } };
}

async function addSaying(
  ctx: BoundContext,
  sayings: readonly Saying[],
  typedWord: string,
  typedMeanings: string,
): Promise<Decision> {
  const word = tidy(typedWord);
  const mean = [...new Set(typedMeanings.split(/[、，,;；/|]+/).map(tidy))].filter((one) => one !== '' && one !== word);
  const problem = problemOf(word, mean, sayings);
  if (problem !== undefined) return answer(say(problem));
  const unknown: string[] = [];
  for (const one of mean) if (!(await standsInDocuments(ctx.db, one))) unknown.push(one);
  if (unknown.length === mean.length)
    return answer(say(`现行文件里都没有“${mean.join('、')}”，加了也查不到，没有加。请用文件里的说法。`));
  const kept = mean.filter((one) => !unknown.includes(one));
  const { region } = ctx.actor;
  const left = unknown.length > 0 ? `文件里没有“${unknown.join('、')}”，没有加进去。` : '';
  const replaced = sayings.some((one) => one.say === word) ? '（原来的已替换）' : '';
  return {
    replies: [
      say(
        `记下了：${region.shortName}有人说“${word}”，就按“${kept.join('、')}”去找${replaced}。${left}不要了：词典 删除 ${word}`,
      ),
    ],
    writes: [
      {
        kind: 'upsert',
        table: 'local_sayings',
        key: { region_id: region.id, say: word },
        set: {
          id: sayings.find((one) => one.say === word)?.id ?? ctx.ids.next(),
          mean: JSON.stringify(kept),
          added_by: ctx.actor.id,
          added_at: ctx.clock.now().toISOString(),
        },
      },
    ],
    audit: [{ action: 'lexicon.added', objectType: 'region', objectId: region.id, details: { meanings: kept.length } }],
  };
}

function problemOf(word: string, mean: readonly string[], sayings: readonly Saying[]): string | undefined {
  const outside = (text: string, { least, most }: typeof SAY_LENGTH): boolean =>
    [...text].length < least || [...text].length > most;
  if (mean.length === 0) return `请写明它指文件里的什么词，例如：${EXAMPLE}`;
  if (outside(word, SAY_LENGTH) || !/^[\p{L}\p{N}]+$/u.test(word))
    return `左边写一个${SAY_LENGTH.least}到${SAY_LENGTH.most}个字的词，例如：${EXAMPLE}`;
  if (ONLY_ASKS.test(word)) return `“${word}”太常见，加了会查得更乱，没有加。请写具体的说法。`;
  if (mean.length > MAX_MEANINGS || mean.some((one) => outside(one, MEANING_LENGTH)))
    return `右边最多${MAX_MEANINGS}个词，每个${MEANING_LENGTH.least}到${MEANING_LENGTH.most}个字，用、隔开。`;
  if ([word, ...mean].some((one) => /\d{5}/.test(one) || findPatientData(one).kinds.length > 0))
    return '词典里不能有姓名、电话这类个人信息，没有加。';
  if (sayings.length >= MAX_SAYINGS && !sayings.some((one) => one.say === word))
    return `词典已有${MAX_SAYINGS}个词，请先删掉不用的：词典`;
  return undefined;
}

function removeSaying(ctx: BoundContext, sayings: readonly Saying[], typed: string): Decision {
  const meant = /^\d+$/.test(typed) ? sayings[Number(typed) - 1] : sayings.find((one) => one.say === tidy(typed));
  if (!meant) {
    const named = /^\d+$/.test(typed) ? `第${typed.slice(0, 7)}个` : `“${typed.slice(0, 20)}”`;
    return answer(say(typed === '' ? '请写编号或词，例如：词典 删除 1' : `词典里没有${named}。发送“词典”看编号。`));
  }
  return {
    replies: [say(`已删除：${meant.say} = ${meant.mean.join('、')}`)],
    writes: [{ kind: 'delete', table: 'local_sayings', where: { id: meant.id } }],
    audit: [{ action: 'lexicon.removed', objectType: 'region', objectId: ctx.actor.region.id }],
  };
}

async function standsInDocuments(db: Reader, word: string): Promise<boolean> {
  const part = `%${word.replace(/[%_]/g, '')}%`;
  const row: unknown = await db('clauses')
    .join('documents', 'documents.id', 'clauses.document_id')
    .where({ active: true })
    .andWhere((query) => query.where('clauses.heading', 'like', part).orWhere('clauses.text', 'like', part))
    .first('clauses.n');
  return row !== undefined;
}

function tidy(text: string): string {
  return text.normalize('NFKC').replace(/["“”‘’「」《》\s。.]/g, '');
}
