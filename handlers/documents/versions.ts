/** Which versions a document has, and what changed between two of them（版本、对比）. */
import { type Change, compareClauses, type DocumentVersion, listVersions, readVersion } from '../../knowledge/index.ts';
import type { HandlerContext } from '../feature.ts';
import { type Button, say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { shanghaiDay } from '../time.ts';
import { placeOf } from './replies.ts';

/** Changes shown at once; the rest waits for 更多. */
const LINES = 10;
const HEADING = 18;
const MORE: Button = { id: 'policy.more', label: '更多', value: '' };

/** 版本: the documents with their version in force; 版本 徽州: all versions of that one. */
export async function showVersions(ctx: HandlerContext, argument: string): Promise<Decision> {
  const all = await listVersions(ctx.db);
  if (argument === '') {
    const items = all.filter((one) => one.inForce).map((one) => `${nameOf(one)}：版本${one.version}`);
    return answer(
      say('现行文件：', { type: 'list', ordered: false, items }, { type: 'text', text: '看一份的各个版本：版本 徽州' }),
    );
  }
  const found = findVersions(all, argument, ctx);
  if (found.length === 0) return answer(say(noSuchDocument(argument)));
  const [current] = found;
  const lines = found.map(
    (one) =>
      `版本${one.version}${one.inForce ? '（现行）' : ''}：${shanghaiDay(new Date(one.storedAt))}入库，${one.clauses}条`,
  );
  const next =
    found.length > 1 && current
      ? [
          {
            type: 'text' as const,
            text: `看改了什么：对比 版本 ${current.number ?? current.doc}\n看旧版一条：条款 ${current.regionShortName} 一 版本${found.at(-1)?.version}`,
          },
        ]
      : [];
  return answer(say(`${current ? nameOf(current) : ''}`, { type: 'list', ordered: false, items: lines }, ...next));
}

/** 对比 版本 徽州: the one in force with the one before; 对比 版本 徽州 1 3: these two. */
export async function compareVersions(ctx: HandlerContext, argument: string): Promise<Decision> {
  const numbers = /(?:^|[\s〕\]号])(?:版本)?(\d{1,3})\s*(?:和|与|跟|、|,|，|-|\s)\s*(?:版本)?(\d{1,3})$/.exec(argument);
  const name = numbers ? argument.slice(0, numbers.index + (/^[〕\]号]/.test(numbers[0]) ? 1 : 0)).trim() : argument;
  const found = findVersions(await listVersions(ctx.db), name, ctx);
  if (found.length === 0) return answer(say(name === '' ? '请写明文件，例如：对比 版本 徽州' : noSuchDocument(name)));
  const [newer, older] = numbers ? chosen(found, Number(numbers[1]), Number(numbers[2])) : lastTwo(found);
  if (!newer || !older) {
    const [only] = found;
    return answer(
      say(
        numbers
          ? '没有这两个版本。发送“版本 徽州”看有哪些。'
          : `${only ? nameOf(only) : ''}只有一个版本，没有可对比的。`,
      ),
    );
  }
  const changes = compareClauses(await readVersion(ctx.db, older.id), await readVersion(ctx.db, newer.id));
  const head = `${nameOf(newer)} 版本${older.version} → 版本${newer.version}`;
  if (changes.length === 0) return answer(say(`${head}：条款没有变化。`));
  const lines = changes.map(lineOf);
  const count = (kind: Change['kind']): number => changes.filter((change) => change.kind === kind).length;
  const summary = `${head}\n新增${count('added')}条，修改${count('changed')}条，删去${count('removed')}条`;
  const pages: string[] = [];
  for (let from = LINES; from < lines.length; from += LINES) pages.push(lines.slice(from, from + LINES).join('\n'));
  const { pending: _settled, pages: _seen, ...kept } = ctx.memory;
  return {
    replies: [
      say(
        `${summary}\n${lines.slice(0, LINES).join('\n')}`,
        ...(pages.length > 0 ? [{ type: 'buttons' as const, items: [MORE] }] : []),
      ),
    ],
    memory: { ...kept, pages },
  };
}

function chosen(found: readonly DocumentVersion[], a: number, b: number): readonly (DocumentVersion | undefined)[] {
  return [Math.max(a, b), Math.min(a, b)].map((version) => found.find((one) => one.version === version));
}

function lastTwo(found: readonly DocumentVersion[]): readonly (DocumentVersion | undefined)[] {
  const at = Math.max(
    0,
    found.findIndex((one) => one.inForce),
  );
  return [found[at], found[at + 1]];
}

function lineOf(change: Change): string {
  const clause = change.kind === 'removed' ? change.before : change.after;
  const place = placeOf(clause.path, clause.kind);
  const heading = short(clause.heading);
  if (change.kind === 'added') return `增 ${place} ${heading}`;
  if (change.kind === 'removed') return `删 ${place} ${heading}`;
  return `改 ${place}：“${change.was}”→“${change.is}”`;
}

function short(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return [...flat].length <= HEADING ? flat : `${[...flat].slice(0, HEADING - 1).join('')}…`;
}

function nameOf(document: DocumentVersion): string {
  return `${document.regionShortName}《${document.title}》${document.number ? `（${document.number}）` : ''}`;
}

function noSuchDocument(name: string): string {
  return `没有找到“${name}”这份文件。发送“版本”看有哪些文件。`;
}

/** Versions of the document that is meant by its number, region, name or title; the own region's where nothing is said. */
export function findVersions(
  all: readonly DocumentVersion[],
  typed: string,
  ctx: HandlerContext,
): readonly DocumentVersion[] {
  const plain = (text: string): string => text.normalize('NFKC').replace(/[\s〔〕[\]()（）【】《》]/g, '');
  const wanted = plain(typed);
  const isMeant = (one: DocumentVersion): boolean =>
    wanted !== '' &&
    (one.doc === typed.trim() ||
      plain(one.number ?? '') === wanted ||
      one.regionShortName === wanted ||
      wanted.replace(/[省市县区旗]$/, '') === one.regionShortName ||
      plain(one.title) === wanted);
  const own = ctx.actor?.regionPath ?? [];
  const document =
    wanted === ''
      ? own.map((id) => all.find((one) => one.inForce && one.regionId === id)).find((one) => one !== undefined)
      : (all.find((one) => one.inForce && isMeant(one)) ??
        all.find((one) => one.inForce && wanted.length >= 4 && plain(one.title).includes(wanted)));
  return all.filter((one) => one.doc === document?.doc);
}
