/** Clause paths as people read and type them: 二（二）2（5）, 附件2第7行, 第十二条（条款序号）. */
import { ordinalOf } from './parser/numbering.ts';

/** `附件2/7` → 附件2第7行, `二/（二）/2/（5）` → 二（二）2（5）. */
export function showPath(path: string, kind?: string): string {
  const shown = kind === 'row' ? path.replace(/^(.*)\/([^/]+)$/, '$1第$2行') : path;
  return shown.replaceAll('/', '');
}

/**
 * Finds the path people typed. Brackets of any width, 、 and ． after numbers, 第N行, 第N条 and spaces do not matter; neither do
 * outer parts where what is typed is unique without them (六 for 五/六 only when nothing else is 六).
 */
export function resolveTypedPath(typed: string, paths: readonly string[]): string | undefined {
  const wanted = keyOf(typed);
  if (wanted === '') return undefined;
  const exact = paths.find((path) => keyOf(path) === wanted);
  if (exact) return exact;
  const ending = paths.filter((path) => keyOf(path).endsWith(wanted) && endsAtPart(path, wanted));
  if (ending.length === 1) return ending[0];
  const loose = paths.filter((path) => bareKey(path) === bareKey(typed));
  return loose.length === 1 ? loose[0] : ending[0];
}

function endsAtPart(path: string, wanted: string): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => keyOf(parts.slice(at).join('/')) === wanted);
}

function keyOf(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/第\s*([^第行条款项]+?)\s*(行|款|项|点|部分)/g, '/$1')
    .replace(/[\s/、.．。,，:：]+/g, '/')
    .replace(/(\))(?=[^/])/g, '$1/')
    .replace(/(?<=[^/])(\()/g, '/$1')
    .replace(/附件?\s*([一二三四五六七八九十]+)/g, (_, n: string) => `附件${ordinalOf(n)}`)
    .replace(/(附件\d+)(?=[^\d/-])/g, '$1/')
    .replace(/([一二三四五六七八九十])(?=\d)/g, '$1/')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\/+/g, '/');
}

/** Without brackets, and with all numbers as digits: 二二25 and 二（二）2（5） are alike. */
function bareKey(text: string): string {
  return keyOf(text)
    .replace(/[()/]/g, ' ')
    .trim()
    .split(/\s+/)
    .map((part) => (/^[一二三四五六七八九十百]+$/.test(part) ? String(ordinalOf(part)) : part))
    .join(' ');
}
