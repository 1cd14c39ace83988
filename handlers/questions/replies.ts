/** What is said about the list of questions: entries, drafts, what became of them（问题清单回复）. */
import type { Block, Reply } from '../message.ts';
import { say } from '../message.ts';
import type { Reader } from '../ports.ts';
import { formatDay, shanghaiDay } from '../time.ts';
import { citationsOf, type Entry, findCited, isWaiting, keyText } from './store.ts';

/** Entries shown at once. */
const SHOWN = 5;
/** Characters of a question in the list. */
const SHORT_WORDING = 40;
const MORE = { id: 'policy.more', label: '更多', value: '' };

/** The list with its pages: what is asked most comes first, the newest of equals. */
export interface DrawnList {
  readonly reply: Reply;
  readonly pages: readonly string[];
  /** Entries that wait. */
  readonly waiting: number;
}

/** Entries somebody should look at, in the order they are shown. */
export function waitingEntries(entries: readonly Entry[]): readonly Entry[] {
  const weight = (entry: Entry): number => entry.notFound + entry.useless;
  return entries
    .filter(isWaiting)
    .sort(
      (a, b) =>
        Number(b.vanished) - Number(a.vanished) ||
        weight(b) - weight(a) ||
        (a.lastOn === b.lastOn ? b.number - a.number : a.lastOn < b.lastOn ? 1 : -1),
    );
}

/** @param lead - a line before the list, such as that it comes once a week */
export async function drawList(
  db: Reader,
  list: { readonly entries: readonly Entry[]; readonly regionName: string; readonly lead?: string | undefined },
): Promise<DrawnList | undefined> {
  const waiting = waitingEntries(list.entries);
  const [first] = waiting;
  if (!first) return undefined;
  const lines: string[] = [];
  for (const entry of waiting) lines.push(await entryLines(db, entry));
  const pages: string[] = [];
  for (let from = 0; from < lines.length; from += SHOWN) pages.push(lines.slice(from, from + SHOWN).join('\n'));
  const head = `【问题清单】${list.regionName} · 待处理${waiting.length}个`;
  const how = [howToAnswer(first.number, list.regionName), `不是条款能答的：问题清单 关闭 ${first.number}`].join('\n');
  const [page = '', ...later] = pages;
  return {
    waiting: waiting.length,
    pages: later,
    reply: say(
      [...(list.lead ? [list.lead] : []), head, page, how].join('\n'),
      ...(later.length > 0 ? [{ type: 'buttons', items: [MORE] } satisfies Block] : []),
    ),
  };
}

async function entryLines(db: Reader, entry: Entry): Promise<string> {
  const [name, facts] = [await nameOf(db, entry), factsOf(entry)];
  const near = entry.vanished ? [] : (await citationsOf(db, entry.nearest)).slice(0, 1);
  const rated = entry.rated && entry.useless > 0 ? await citationsOf(db, [entry.rated]) : [];
  const hints = [
    ...(entry.vanished ? [`原指定的${entry.taught?.label ?? '条款'}在新版本里没有了，已停用`] : []),
    ...rated.map((label) => `答过${label}`),
    ...near.map((label) => `相近：${label}`),
  ];
  return [`${entry.number}. ${short(name)}`, `　${facts}${hints.length > 0 ? `；${hints.join('；')}` : ''}`].join('\n');
}

/** The question, or the clause that was rated where no question is kept. */
async function nameOf(db: Reader, entry: Entry): Promise<string> {
  if (entry.wording !== undefined) return entry.wording;
  const cited = entry.rated && (await findCited(db, entry.rated));
  if (cited) return `（没有留下问题）${cited.label}的回答`;
  return entry.rated ? `（没有留下问题）${keyText(entry.rated)}的回答` : '（问题已过保存期）';
}

/** 没找到5次、没用1次，3月2日至3月9日 */
function factsOf(entry: Entry): string {
  const counts = [
    ...(entry.notFound > 0 ? [`没找到${entry.notFound}次`] : []),
    ...(entry.useless > 0 ? [`没用${entry.useless}次`] : []),
    ...(entry.useful > 0 ? [`有用${entry.useful}次`] : []),
  ].join('、');
  const days =
    entry.firstOn === entry.lastOn
      ? formatDay(entry.lastOn)
      : `${formatDay(entry.firstOn)}起，最近${formatDay(entry.lastOn)}`;
  return `${counts}，${days}`;
}

/** One entry with its nearest clauses in their own words. */
export async function entryReply(db: Reader, entry: Entry, regionName: string): Promise<Reply> {
  const blocks: Block[] = [];
  for (const key of entry.nearest) {
    const cited = await findCited(db, key);
    const words =
      cited && (cited.clause.kind === 'row' || cited.clause.text !== '' ? cited.clause.text : cited.clause.heading);
    if (cited && words && [...words].length <= 160)
      blocks.push({ type: 'quote', text: words.replaceAll('\t', ' | '), source: cited.label });
  }
  const state = isWaiting(entry) ? [] : [handledLine(entry)];
  const lead = [`${entry.number}. ${await nameOf(db, entry)}`, factsOf(entry), ...state];
  if (blocks.length > 0) lead.push('相近的条款（不是答案）：');
  const next = entry.wording === undefined ? [] : [howToAnswer(entry.number, regionName)];
  const end = entry.state === 'open' ? [...next, `不处理：问题清单 关闭 ${entry.number}`] : next;
  return say(lead.join('\n'), ...blocks, ...(end.length > 0 ? [{ type: 'text' as const, text: end.join('\n') }] : []));
}

/** 指定条款：回答 3 徽州 加条款序号 */
export function howToAnswer(number: number, regionName: string): string {
  return `指定条款：发送“回答 ${number} ${regionName} 条款序号”，序号见“目录 ${regionName}”`;
}

/** 已由王科长11月21日指定徽办发〔2026〕2号 二（二）2（5）。 */
export function handledLine(entry: Entry): string {
  const who = entry.handled ? `已由${entry.handled.name}${formatDay(shanghaiDay(new Date(entry.handled.at)))}` : '已';
  if (entry.state === 'closed') return `${who}关闭。`;
  return entry.taught ? `${who}指定${entry.taught.label}。` : `${who}处理。`;
}

function short(text: string): string {
  const letters = [...text];
  return letters.length <= SHORT_WORDING ? text : `${letters.slice(0, SHORT_WORDING - 1).join('')}…`;
}
