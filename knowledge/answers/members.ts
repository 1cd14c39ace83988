/** Finds counted words in a text (五大共享中心, 三单, 5家医院) and the members that the same words list（数词短语及其成员）. Pure. */

const HAN = '零一二三四五六七八九十';
const MEASURES = '大个项类家种条处所级';
/** Nouns that take a number without a measure word: 六统一, 两包, 九不准. */
const BARE_NOUNS = '统一|不准|允许|贯通|包(?![括含])|单(?![位独])|强化|提升|合(?![同理作并格])';

/** A number with what it counts, as it stands in a text. */
export interface CountedPhrase {
  /** 五大共享中心 */
  readonly text: string;
  readonly count: number;
  /** 大, 个, 家; '' where none is said. */
  readonly measure: string;
  /** 共享中心; in a sentence it may run on (共享中心作用). */
  readonly noun: string;
  readonly at: number;
}

/** Members of a counted phrase, as the text words them. */
export interface Listing {
  readonly members: readonly string[];
  /** What stands between the list and the number (临床服务 of …等临床服务“五大中心”); '' where nothing does. */
  readonly label: string;
}

const PHRASE = new RegExp(
  `(?<![\\d第〔年月.：:—-])([两二三四五六七八九十]|\\d{1,2})(?:([${MEASURES}])([\\u4e00-\\u9fff]{0,14})|(${BARE_NOUNS})([\\u4e00-\\u9fff]{0,8}))`,
  'g',
);
/** What a figure is, not what a list has: 6个月, 2个以上, 一级, 三级医院. */
const NO_LIST = /^(?:月|以上|以下|以内|工作日|百分点|小时|学时)/;

/** The counted phrases of a text, in its order. */
export function phrasesOf(text: string): readonly CountedPhrase[] {
  const found: CountedPhrase[] = [];
  PHRASE.lastIndex = 0;
  for (let match = PHRASE.exec(text); match; match = PHRASE.exec(text)) {
    const [words, figure = '', measure = '', counted = '', bare = '', rest = ''] = match;
    const noun = bare === '' ? counted : bare;
    // 两包三单六贯通: the next number begins where the noun of the first ends.
    PHRASE.lastIndex = match.index + words.length - (bare === '' ? laterNumber(counted) : rest.length);
    if (NO_LIST.test(noun) || (measure === '级' && /^(?:医|公立|甲)/.test(noun)) || (measure !== '' && noun === ''))
      continue;
    if (/[级类]/.test(measure) && /[一二]/.test(figure)) continue; // 二级医院, 二类绩效: which one, not how many
    const count = countOf(figure);
    if (count < 2) continue;
    found.push({ text: `${figure}${measure}${noun}`, count, measure, noun, at: match.index });
  }
  return found;
}

/** Characters from the next number in a run of words on; a phrase may begin there. */
function laterNumber(words: string): number {
  const at = words.search(/[两二三四五六七八九十](?:大|统一|不准|允许|贯通|包|单|强化|提升)/);
  return at < 0 ? 0 : words.length - at;
}

export function countOf(figure: string): number {
  return /\d/.test(figure) ? Number(figure) : figure === '两' ? 2 : HAN.indexOf(figure);
}

/** The listing that the sentence gives for one of its phrases: before it (甲、乙等两家) or after it (两家：甲、乙). */
export function listedAt(sentence: string, phrase: CountedPhrase): Listing | undefined {
  const before = sentence.slice(0, phrase.at).replace(/[“"‘]+$/, '');
  const segment = before.split(/[，；：。]/).at(-1) ?? '';
  const listed = phrase.measure === '级' ? levels(segment, phrase.count) : exactly(segment, phrase.count);
  if (listed) return { members: listed.map(bareWords), label: labelOf(segment) };
  // “甲—乙—丙”三级管理架构
  const chain = /[“"]?([^，。；“”"]+)[”"]?$/.exec(before)?.[1]?.split(/[—–-]+/) ?? [];
  if (chain.length === phrase.count) return { members: chain, label: '' };
  const after = sentence.slice(phrase.at + phrase.text.length);
  const opened = /^[^，。；：]{0,12}(?:[：:]|，?(?:是指|即|包括|分别(?:是|为))[：:]?)([^。；]+)/.exec(after)?.[1];
  const follows = opened === undefined ? undefined : exactly(opened, phrase.count);
  return follows && { members: follows.map(bareWords), label: '' };
}

/** A list of exactly so many members anywhere in the sentence, for a clause whose heading is the counted phrase itself. */
export function listedIn(sentence: string, count: number): readonly string[] | undefined {
  for (const part of [...sentence.split(/[，；：。]/), sentence]) {
    const listed = exactly(part, count);
    if (listed) return listed.map(bareWords);
  }
  return undefined;
}

/** The names ending like the noun that a text sets up: 建立县域远程医疗服务平台. */
export function setUp(text: string, noun: string): readonly string[] {
  const tail = noun.slice(-2);
  if (tail.length < 2) return [];
  const pattern = new RegExp(`(?:建立|建设|组建|设立|打造|搭建)([^，。；、]{2,24}?${tail})(?=[，。；、]|$)`, 'g');
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

/** Splits at 、 and, where that gives too few, the last part at 和 or 及. `undefined` unless it gives exactly so many. */
function exactly(segment: string, count: number): readonly string[] | undefined {
  const parts = partsOf(segment);
  if (parts.length === count) return clean(parts);
  const last = parts.at(-1) ?? '';
  for (const and of ['以及', '和', '及', '与']) {
    const at = last.indexOf(and);
    if (at > 0 && at + and.length < last.length && parts.length + 1 === count)
      return clean([...parts.slice(0, -1), last.slice(0, at), last.slice(at + and.length)]);
  }
  return undefined;
}

/** Parts between 、, those inside brackets and quotation marks left whole. */
function partsOf(segment: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const char of segment) {
    if ('（(“《'.includes(char)) depth += 1;
    else if ('）)”》'.includes(char)) depth = Math.max(0, depth - 1);
    if (char === '、' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}

/** 慢性病区、镇、村三级: levels have names of one character. */
function levels(segment: string, count: number): readonly string[] | undefined {
  const parts = partsOf(segment);
  if (parts.length !== count || count < 2) return undefined;
  const [first = '', ...others] = parts;
  return others.every((other) => other.length === 1) ? [first.slice(-1), ...others] : clean(parts);
}

/** Ends the last member where 等 closes the list, and begins the first where its own name begins. */
function clean(parts: readonly string[]): readonly string[] | undefined {
  const members = [...parts];
  members[members.length - 1] = endOf(members.at(-1) ?? '');
  members[0] = beginningOf(members[0] ?? '', members.slice(1));
  return members.every((member) => member.length >= 2 && member.length <= 40) ? members : undefined;
}

function endOf(last: string): string {
  const closed = last.split(/等(?!级|效|候)/)[0] ?? '';
  const words = (closed.length >= 2 ? closed : last).replace(/[“"].*$/, '');
  const short = words
    .replace(/(?:进一步|持续)(?:提升|完善|提高|加强)$/, '')
    .replace(/(?:资源)?共享中心$/, '')
    .replace(/(?:统一管理|上下贯通|死亡的.*)$/, '');
  return short.length >= 2 ? short : words;
}

/** Verbs that lead into a list; what stands before the last of them is not of the first member. */
const LEADS_IN =
  /^.*(?:建设|建立|建成|设立|组建|打造|完善|推进|实现|实行|实施|制定|落实|发挥[^、]{0,6}医院|创新|帮扶|开展|包括|确保|规范化的|[互联]通的|统筹|平衡|打包|为|在|因)/;

function beginningOf(first: string, others: readonly string[]): string {
  // 成员单位统一行政管理、统一财务管理: all begin alike.
  const start = others[0]?.slice(0, 2) ?? '';
  if (others.length > 1 && others.every((other) => other.startsWith(start)) && first.includes(start))
    return first.slice(first.indexOf(start));
  const led = first.replace(LEADS_IN, '');
  const words = led.length >= 2 ? led : first;
  const inside = words.replace(/^[“"]?(?:医共体内|县域内|区域内|全县|全区)/, '');
  return inside.length >= 2 ? inside : words;
}

/** What stands between 等 and the number. */
function labelOf(segment: string): string {
  return /等(?:方面的?)?([\u4e00-\u9fff]{2,8})$/.exec(segment)?.[1] ?? '';
}

function bareWords(member: string): string {
  return member.replace(/^[“"]+|[”"]+$/g, '').trim();
}

/** 第三个, 第2项. */
export function nth(text: string): number | undefined {
  const figure = /第([一二三四五六七八九十]|\d{1,2})(?:个|项|条|点)/.exec(text)?.[1];
  if (figure === undefined) return undefined;
  return /\d/.test(figure) ? Number(figure) : '零一二三四五六七八九十'.indexOf(figure);
}
