/** Reads a question in its conversation: only what it lacks is borrowed from the questions before it（追问）. */
import { isPlaceName } from './places.ts';
import { type ReadOptions, type ReadQuestion, readQuestion, type Term } from './question.ts';
import { normalise } from './words.ts';

/** How much the borrowed matter counts beside words the new question has of its own. */
const BORROWED = 0.3;
/** Borrowed terms stand behind every place of the words themselves. */
const BEHIND = 10_000;

/** How one goes on: 那超支呢, 还有呢, 换成2027年. */
const GOES_ON = /^(?:那么|那|然后|还有|另外|再|换成|改成|如果是|要是)+/;
/** 2027年的呢, 揭西怎么样: names a new subject and leaves the asking out. */
const NAMES_ONLY = /(?:的)?(?:呢|咋样|怎么样|如何|又如何)$/;
/** Words that stand for something said before. */
const POINTS_BACK =
  /它|他们|她们|(?:这|那|(?<!应)该)(?:项|条|个|一项|一条|些|几个|几项|几条|里面|家|笔)?(?=的|是|由|归|有|要|怎|谁|什么|多少|包|算|属|里|$)|其中|前者|后者|上面|刚才|第[一二三四五六七八九十\d]+(?:个|项|条|类)(?:呢|是什么|怎么|$)/;
/** Says by itself what kind of answer it wants. */
const ASKS =
  /谁|哪|几|多少|什么|啥|怎么|怎样|如何|咋|为何|吗$|么$|能不能|能否|是否|是不是|有没有|可不可以|要不要|会不会/;
/** What any question may be about: who does it, by when, the target, the list. It names no matter of its own. */
const NO_MATTER =
  /^(?:责任|配合|牵头|负责|主管|承担|协助|单位|部门|机构|科室|地方|目标|指标|目标值|指标值|基数|基期|数值|数据|来源|数据来源|数据从哪来|从哪来|口径|公式|分子|分母|计算|计算方法|依据|出处|原文|条款|文号|内容|具体|明细|标准|要求|规定|完成|达到|实现|需要|包括|建成|启动|开始|结束|安排|执行|实施|落实|时间|期限|原因|结果|部分|方面|全市|市级|县级|区级|全县|全省|省里|市里|县里|区里|组长|副组长|主任|书记|成员|名单|两|个|年底|年初|比例|金额|人数|数量)+$/;

const isStage = (word: string): boolean => /^第.{1,2}(?:阶段|步|条|章)$/.test(word);
const isRate = (word: string): boolean => /(?:率|占比|比值|人数)$/.test(word);

/** What was asked, completed from the conversation where it leans on it; otherwise read as it stands. */
export function readInContext(question: string, earlier: readonly string[], options: ReadOptions = {}): ReadQuestion {
  const plain = spokenYear(normalise(question));
  const alone = readQuestion(plain, options);
  const before = earlier.at(-1);
  if (before === undefined) return alone;
  const lack = lackOf(plain, alone);
  if (lack === 'nothing') return alone;
  const base = readInContext(before, earlier.slice(0, -1), options);
  const fresh = freshWords(plain);
  return lack === 'matter' ? withMatterOf(base, fresh, alone, options) : withAskingOf(base, fresh, options);
}

/** True when the question borrows from what was said before it. */
export function leansOnContext(question: string): boolean {
  const plain = spokenYear(normalise(question));
  return lackOf(plain, readQuestion(plain)) !== 'nothing';
}

/** 2027呢, 那27年: a bare number that can only be a year. */
function spokenYear(plain: string): string {
  return plain.replace(/^((?:那么|那|换成|到|再看)*)(20[23]\d)(?=底|的|呢|怎|目标|$)/, '$1$2年');
}

/** What a question has not of its own: the matter (配合的有哪几家), the asking (那超支呢), or nothing. */
function lackOf(plain: string, read: ReadQuestion): 'matter' | 'asking' | 'nothing' {
  const words = plain.replace(/[?。!，]+$/g, '');
  const own = ownTerms(read);
  const asks = ASKS.test(words.replace(NAMES_ONLY, ''));
  if (own.length === 0) return 'matter';
  if (asks && POINTS_BACK.test(words) && own.length < 2) return 'matter';
  if (asks) return 'nothing';
  if (NAMES_ONLY.test(words) && own.length <= 2) return 'asking';
  return GOES_ON.test(words) && own.length <= 2 ? 'asking' : 'nothing';
}

/** Words that name a matter: no year, no role, nothing that only asks. */
function ownTerms(read: ReadQuestion): readonly Term[] {
  return read.terms.filter((term) => !term.year && term.grip >= 0.6 && !NO_MATTER.test(term.text));
}

function freshWords(plain: string): string {
  return plain
    .replace(/[?。!]+$/, '')
    .replace(GOES_ON, '')
    .replace(NAMES_ONLY, '');
}

/** The matter is the earlier one; years and the kind of answer are new where the new words say any. */
function withMatterOf(base: ReadQuestion, fresh: string, alone: ReadQuestion, options: ReadOptions): ReadQuestion {
  let matter = base.text.replace(/[?。!]+$/, '');
  if (alone.years.length > 0) matter = matter.replace(/(?:20)?\d{2}年(?:底)?/g, '');
  if (ASKS.test(fresh) || alone.wants.size > 0) matter = matter.replace(ASKING_PART, '');
  if (OFFICE_HELD.test(fresh) && OFFICE_IN.test(matter)) return readQuestion(matter.replace(OFFICE_IN, fresh), options);
  const read = readQuestion(fresh === '' ? matter : `${matter}，${fresh}`, options);
  const borrowed = base.terms.filter((term) => term.at >= BEHIND);
  return { ...read, terms: [...read.terms, ...borrowed] };
}

/** 副组长呢 after 组长是谁 asks for the other office, not for both. */
const OFFICE_IN = /(?:副|常务副)?(?:组长|主任|书记|院长|局长)|成员(?!单位)|(?:成员|配合|牵头|责任)单位/;
const OFFICE_HELD = new RegExp(`^(?:${OFFICE_IN.source})$`);

/** The matter is new; of the earlier question only the form of the answer stays, and its words as a faint hint. */
function withAskingOf(base: ReadQuestion, fresh: string, options: ReadOptions): ReadQuestion {
  const asking = FORM.exec(base.text.replace(/[?。!]+$/, ''))?.[0] ?? '';
  const read = readQuestion(`${fresh}${asking}`, options);
  const own = ownTerms(readQuestion(fresh, options));
  const sameKind = (term: Term): boolean =>
    (term.year && read.years.length > 0) ||
    own.some((other) => [isPlaceName, isRate, isStage].some((kind) => kind(other.text) && kind(term.text)));
  // 揭西呢 keeps 就诊率: a place or a year changes where, not what.
  const share = own.every((term) => isPlaceName(term.text)) ? 1 : BORROWED;
  const borrowed = base.terms
    .filter((term) => !sameKind(term) && !read.terms.some((other) => other.text === term.text))
    .map((term) => ({ ...term, grip: term.grip * share, at: term.at + BEHIND }));
  return {
    ...read,
    years: read.years.length > 0 ? read.years : base.years,
    terms: [...read.terms, ...borrowed],
    focus: own,
  };
}

/** 多少, 谁负责, 什么时候, 怎么分 at the end of a question. */
const FORM =
  /(?:是)?(?:怎么|咋|如何|怎样)(?:分|算)(?:的)?$|(?:主要)?(?:管|负责|干|做|承担|配合|牵头|参与)(?:的)?(?:任务|工作)?(?:都)?(?:有)?(?:些)?(?:啥|什么|哪些|哪块)(?:事|工作|任务)?$|(?:的)?(?:目标|责任单位|配合单位|成员单位|牵头单位)?(?:都)?(?:是|有|为|要|到|达到)*(?:多少(?:[人个家名%张])?|几(?:个|家|名|人|张)|谁(?:负责|牵头|管)?|哪(?:些|几家|几个|个|家)(?:单位|部门|医院)?(?:负责|牵头)?|什么时候(?:到什么时候|完成|建成)?|何时|哪年|百分之几)$/;

/** The words of the earlier question that only say what kind of answer it wanted. */
const ASKING_PART =
  /(?:的)?(?:责任单位|配合单位|牵头单位)?(?:是|有|为)?(?:谁|哪些|哪[几两二三四五六七八九十](?:家|个|项|条)|哪(?:家|个|里|年|天)|多少(?:[人个家名%])?|几(?:个|家|名|人)|什么时候|何时|什么|啥)(?:单位|部门|医院|时候)?(?:负责|牵头)?$/;
