/** Reads which clause is meant: 徽州 二（二）2（5）, 徽办发〔2026〕2号 二（二）2（5）, or the number alone（条款引用）. */
import type { Knowledge } from '../../knowledge/index.ts';
import type { DocumentInfo } from '../../knowledge/types.ts';
import type { ClauseKey } from './store.ts';

/** The clause, or in Chinese why there is none. */
export type Referred = ClauseKey | { readonly problem: string };

/** @param regionPath - whose documents may be named: the own region's and those above it */
export async function readReference(
  knowledge: Knowledge,
  typed: string,
  regionPath: readonly string[],
): Promise<Referred> {
  const documents = await knowledge.documents();
  const own = regionPath.flatMap((id) => documents.filter((one) => one.regionId === id));
  const named = readDocument(typed, documents);
  if (named && !regionPath.includes(named.documents[0]?.regionId ?? ''))
    return { problem: `${named.name}的文件不能作本地区的答案。请指定本地区或上级文件的条款。` };
  const rest = named ? named.rest : typed.trim();
  const where = named ? named.documents : own;
  if (where.length === 0) return { problem: '本地区还没有文件，先发送“入库”看怎么放进来。' };
  if (rest === '') return { problem: `请写明是哪一条。序号见“目录 ${where[0]?.regionShortName ?? ''}”。` };
  for (const document of where) {
    const path = await knowledge.resolvePath(document.doc, rest);
    if (path !== undefined) return { doc: document.doc, path };
  }
  const name = named?.name ?? where[0]?.regionShortName ?? '';
  return {
    problem: `${name}的文件里没有“${rest.slice(0, 30).replaceAll('(', '（').replaceAll(')', '）')}”这一条。发送“目录 ${where[0]?.regionShortName ?? ''}”看有哪些。`,
  };
}

interface NamedDocument {
  readonly name: string;
  readonly documents: readonly DocumentInfo[];
  readonly rest: string;
}

/** The document by its number, its region or its own name; the longest name wins. */
function readDocument(typed: string, documents: readonly DocumentInfo[]): NamedDocument | undefined {
  const candidates: NamedDocument[] = [];
  for (const document of documents) {
    for (const name of [document.number, document.doc]) {
      const rest = name === undefined ? undefined : restAfter(typed, name);
      if (name !== undefined && rest !== undefined) candidates.push({ name, documents: [document], rest });
    }
    const name = document.regionShortName;
    const rest = restAfter(typed, name);
    if (rest !== undefined) {
      const ofRegion = documents.filter((one) => one.regionId === document.regionId);
      candidates.push({ name, documents: ofRegion, rest: rest.replace(/^(?:省|市|县|区)?[\s的：:，,]*/u, '') });
    }
  }
  return candidates.sort((a, b) => b.name.length - a.name.length)[0];
}

/** What follows a name at the beginning, brackets and blanks aside; `undefined` where it does not begin so. */
function restAfter(typed: string, name: string): string | undefined {
  const wanted = bare(name);
  for (let end = 1; end <= typed.length; end += 1) {
    const head = bare(typed.slice(0, end));
    if (!wanted.startsWith(head)) return undefined;
    if (head === wanted)
      return typed
        .slice(end)
        .replace(/^[\s》）)〕\]，,：:的]+/u, '')
        .trim();
  }
  return undefined;
}

function bare(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s〔〕[\]()【】《》]/g, '')
    .toLowerCase();
}
