/** Makes the point as short as a phone wants it: the figure, the date, yes or no（要点）. */
import type { ReadQuestion } from '../question.ts';
import type { WeighedTerm } from '../score.ts';
import { normalise } from '../words.ts';

/** Points up to this length are short enough as they stand. */
const SHORT = 24;

/** The point of a sentence for this question; the words given back are the sentence's own, but for 可以, 不, 是. */
export function shortPoint(question: ReadQuestion, terms: readonly WeighedTerm[], lead: string): string {
  const answer = yesOrNo(question.text, terms, lead);
  if (answer !== undefined) return `${answer}：${lead}`;
  return figurePoint(question, lead) ?? datePoint(question, terms, lead) ?? lead;
}

const FIGURE_WANTS = ['percent', 'ratio', 'count', 'number', 'duration', 'money'] as const;
const FIGURE =
  /(?:不少于|不低于|不超过|至少|低于|超过)?\s*(?:\d+(?::\d+)+|\d+(?:\.\d+)?\s*(?:%|个月|天|小时|分钟|万人|万元|亿元|元|名|家|所|处|人|年(?![底初终度\d])))(?:以上|以下|左右|以内)?/g;

/** 20%以上（专家号源、住院床位等）: where the sentence has one figure only; two are not taken apart. */
function figurePoint(question: ReadQuestion, lead: string): string | undefined {
  if (!FIGURE_WANTS.some((want) => question.wants.has(want)) || lead.length <= SHORT) return undefined;
  if (['list', 'formula', 'who', 'lead'].some((want) => question.wants.has(want as 'list'))) return undefined;
  const plain = lead.replace(/\s/g, '');
  const figures = [...plain.matchAll(FIGURE)].filter((match) => !/^20\d{2}年/.test(match[0]));
  const [only] = figures;
  if (!only || figures.length > 1) return undefined;
  // 超过100万人 sets who is meant; how many 个 was asked.
  const unit = /[\u4e00-\u9fff]+$/.exec(only[0].replace(/(?:以上|以下|左右|以内)$/, ''))?.[0] ?? '';
  if (question.measure === '个' && /人$/.test(unit) && /^(?:低于|超过|不超过)/.test(only[0])) return undefined;
  const rest = plain.slice(only.index + only[0].length).replace(/^的/, '');
  const listed = /^([^，。；]{2,24}?等)/.exec(rest)?.[1];
  const follows = /^([^，。；、…]{2,20})/.exec(rest)?.[1] ?? '';
  const before = (
    plain
      .slice(0, only.index)
      .split(/[，；：…]/)
      .at(-1) ?? ''
  ).replace(/(?:要|应|须)?(?:达到|占|为|按|至|到|在|是)?$/, '');
  const limits = /^(?:低于|超过|不超过)/.test(only[0]);
  const subject = limits ? (before.split('、').at(-1) ?? '') : before;
  const what = listed ?? (subject.length >= 4 ? subject : follows);
  // 根据考核结果在区、乡、村之间原则上 is no name of what is counted.
  if (listed === undefined ? NO_SUBJECT.test(what) : /给予|根据|派|由/.test(listed)) return undefined;
  return what.length >= 2 && what.length <= 40 ? `${only[0]}（${what}）` : undefined;
}

const NO_SUBJECT = /根据|按照|之间|原则|组建|由|和$|与|、|给予|派|对|至少|等$|各$|不少于|方式/;

/** 2023年底：中心药房实现医共体全覆盖: the date, and the part of the sentence that speaks of the matter. */
function datePoint(question: ReadQuestion, terms: readonly WeighedTerm[], lead: string): string | undefined {
  if (!question.wants.has('date') || lead.length <= SHORT) return undefined;
  const [, date = '', rest = ''] =
    /^(?:到|至|于)?(20\d{2}年(?:\d{1,2}月(?:\d{1,2}日|底)?(?:[—–-]+(?:20\d{2}年)?\d{1,2}月)?|底|末)?前?)[，,](.+)$/.exec(
      lead,
    ) ?? [];
  const parts = rest.split(/[，；]/).filter((part) => part.length >= 4);
  if (date === '' || parts.length < 2) return undefined;
  const value = (part: string): number =>
    terms.reduce(
      (sum, term) =>
        sum + (!term.year && term.alternatives.some((one) => normalise(part).includes(one.text)) ? term.weight : 0),
      0,
    );
  const best = parts.reduce((chosen, part) => (value(part) > value(chosen) ? part : chosen));
  return value(best) > 0 ? `${date}：${best}` : undefined;
}

const YES_NO = /(?:吗|么)$|是不是|是否|能不能|能否|可不可以|要不要|会不会|有没有|([\u4e00-\u9fff])不\1/;
const OTHER_QUESTION =
  /谁|哪|什么|啥|多少|几(?!乎)|怎么|如何|咋|(?<!(?:我们|我|咱|卫生院|单位|医院|现在|以后|后|，|^))还是(?!.{0,6}法人)/;
const FORBIDS = /不得|不能|禁止|不允许|暂停|脱钩|不再/;
const ALLOWS = /可以|可(?:由|按|在|向|通过|自主|根据|结合|将|以|享受|转)|允许|准许|自主|不受|放开/;
const KEEPS = /保持不变|不变|保留/;
const ASKS_CHANGE = /变|取消|撤|改|丢|注销|合并|没了/;

/** 可以, 是, 不 and so on, where the sentence leaves no doubt; `undefined` where it is no such question or not so clear. */
function yesOrNo(asked: string, terms: readonly WeighedTerm[], lead: string): string | undefined {
  const text = asked.replace(/[?。!]+$/, '');
  if (!YES_NO.test(text) || OTHER_QUESTION.test(text)) return undefined;
  const plain = normalise(lead);
  const heavy = terms.filter((term) => !term.year && term.weight >= 0.25);
  // A saying (重新交 for 连续计算) may mean the opposite; what is done must stand there in its own word.
  const met = heavy.filter((term) =>
    term.alternatives.some((one) => one.weight >= (term.grip >= 1 ? 0.85 : 1) && plain.includes(one.text)),
  );
  // A word that no document knows may be the very thing that is asked about (选医院, 招人); what is kept or suspended is plain.
  const unknown = terms.some((term) => term.found === 0 && term.text.length >= 2 && !YES_NO.test(term.text));
  const forbids = FORBIDS.exec(plain)?.[0];
  if (forbids !== undefined)
    return (unknown && forbids !== '暂停') || text.includes(forbids) || met.length * 2 < heavy.length
      ? undefined
      : refusal(text, forbids);
  // 变不变: 法人资格不变 is the answer as it stands.
  if (KEEPS.test(plain)) {
    if (/变不变|[会能要得]变|变[吗么没了]|改变/.test(text)) return undefined;
    return KEEPS.test(text) || /还是/.test(text) ? '是' : ASKS_CHANGE.test(text) && met.length > 0 ? '不会' : undefined;
  }
  if (unknown || heavy.length === 0 || met.length < heavy.length || /[没不]/.test(text.replace(YES_NO, '')))
    return undefined;
  if (/有没有|有/.test(text)) return '方案写了';
  if (/鼓励|探索|有条件|支持/.test(plain) && /必须|一定|硬性|要不要|强制/.test(text)) return '鼓励，没有写必须';
  // A clause that orders something done does not allow the asker anything: only words that allow do.
  if (/能|可不可以|可以/.test(text)) return ALLOWS.test(plain) ? '可以' : undefined;
  if (/要|必须|应/.test(text)) return /应|须|要|实行|统一|全部/.test(plain) ? '要' : undefined;
  return '是';
}

/** 不能, 不挂钩, 要暂停: a no in the words of the question. */
function refusal(text: string, forbids: string): string {
  if (forbids === '暂停') return '要暂停';
  if (/能|可以|可否|可不可|让|准|许|行不行/.test(text)) return '不能';
  return /挂钩|挂着|挂上/.test(text) ? '不挂钩' : '不会';
}

/** True where the point says more than the first quote alone does. */
export function saysMoreThan(lead: string, quote: string): boolean {
  const bare = (text: string): string =>
    normalise(text)
      .replace(/\(已过\)/g, '')
      .replace(/[。；，、!?:]/g, '');
  return bare(lead) !== bare(quote);
}
