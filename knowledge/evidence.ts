/** Whether words can answer at all: a date for 什么时候, a percentage for 百分之几, a unit for 谁负责（答案要素）. */
import { countNamed, isOtherRank, kindAsked } from './names.ts';
import type { ReadQuestion, Want } from './question.ts';
import type { Reading, Sentence } from './reading.ts';

/** Kinds of answer that need words of a certain form; without them a question is not answered. */
export const STRICT: readonly Want[] = [
  'formula',
  'money',
  'ratio',
  'percent',
  'count',
  'date',
  'duration',
  'hour',
  'each',
  'number',
  'responsible',
  'cooperating',
  'lead',
  'names',
  'units',
  'contents',
  'details',
  'who',
];

const HAN_NUMBER = '[一二三四五六七八九十百千万两半]';
const NUMBER = `(?:\\d+(?:\\.\\d+)?|${HAN_NUMBER}+)`;
const DATE =
  /(?:20\d{2}年|\d{1,2}月|第[一二三四]季度|年底|年初|年终|年中|月底|当[日天]|次[日月年]|之日起|每年|每季|每月|按月|按季|年度|季度|[一二三四五六七八九十]+月|十[一二三四五]五)/;
/** A unit that can act: an office, a hospital, a department. */
const UNIT =
  /(?:局|委|办|院|部门|中心|机构|政府|党委|委员会|专班|机制|医共体|部|公司|集团|企业|团队|医生|医院|科室|单位|组织部|理事会|卫生室)/;
/** What a unit does that is responsible. */
const ACTS =
  /责任单位|牵头|负责|主管|承担|组织|管理|协调|办公室设在|指导|会同|核定|审核|考核|提名|任命|兼任|担任|统筹|组建|建立/;
/** Measures that may stand for one another: 几个中医 is answered by 1名. */
const LOOSE_MEASURES = '个名家人位所处项类种级条大支间者';

/** … but not for every one: 家 counts institutions, never people. */
const ALIKE: Readonly<Record<string, string>> = {
  家: '家个所处',
  所: '所家个处',
  处: '处家个所',
  项: '项条类种个大',
  条: '条项类种个',
  类: '类种项大个',
  种: '种类项个',
};

/** True when the sentence holds words of the form the question asks for. */
export function hasEvidence(question: ReadQuestion, want: Want, sentence: Sentence, reading: Reading): boolean {
  const plain = sentence.plain;
  switch (want) {
    case 'formula':
      return (
        /[=]|×|÷/.test(plain) ||
        /(?:总额|金额|费用|比例)[^。]{0,6}(?:确定|计算|核定)方式|剔除|扣除/.test(plain) ||
        (reading.clause.kind === 'row' && /计算方法|概率/.test(plain))
      );
    case 'money':
      // 报多少 is met by 90% as well as by 400元.
      return (
        /\d(?:\.\d+)?(?:万|亿)?元|免费/.test(plain) ||
        (REIMBURSED.test(question.text) && /\d(?:%|个百分点)/.test(plain))
      );
    case 'ratio':
      if (isFigureRow(reading) && !/怎么分|几比几/.test(question.text)) return true;
      return /\d+:\d+(?::\d+)?|\d+(?:\.\d+)?%|百分之|对半|平均|按比例\d/.test(plain);
    case 'percent':
      return /\d+(?:\.\d+)?%|百分之|\d+:\d+|[≥≤]\d/.test(plain.replace(/×100%|\(%\)/g, '')) || isFigureRow(reading);
    case 'count':
      return hasCount(question, plain, reading);
    case 'date':
      return (
        dateOf(question).test(plain) ||
        // 动员部署阶段（2025年6月—7月）: the heading dates what stands under it.
        (/20\d{2}年\d|\d{1,2}月/.test(reading.heading) && dateOf(question).test(reading.heading)) ||
        isFigureRow(reading) ||
        /第.阶段/.test(reading.label)
      );
    case 'lead':
      return (
        namesLeader(plain) ||
        (/中心|平台|药房/.test(question.text) &&
          /(?:医院|局|委|办|[市县区][一二三四五六]院)(?:组建|建立|成立|设立|建设)/.test(plain)) ||
        (isLabelled(reading) && namesLeader(reading.plain)) ||
        /兼任|担任/.test(plain)
      );
    case 'contents':
      return (
        (reading.clause.kind === 'row' && !/项目|病种|材料|名单/.test(question.text)) ||
        reading.clause.children > 1 ||
        isLabelled(reading) ||
        /(?:标准|条件|办法|流程|范围|情形)$/.test(reading.heading) ||
        listsWhatIsAsked(question, plain)
      );
    case 'details':
      return reading.clause.children > 1;
    case 'names':
      return namesAny(question, sentence, reading);
    case 'units':
      return (
        reading.clause.kind === 'row' || isLabelled(reading) || reading.clause.children > 1 || SEVERAL_UNITS.test(plain)
      );
    case 'duration':
      // 几个月 and 至少多久 want a number, 多久 may be answered by 常年.
      return new RegExp(
        `${NUMBER}(?:个)?(?:月|年|天|日|工作日|周|小时|分钟)|半年${/几|多少|至少|最少|最短|最长/.test(question.text) ? '' : '|长期|常年'}`,
      ).test(plain.replace(/20\d{2}年(?:底|\d+月)?/g, ''));
    case 'hour':
      return /\d{1,2}(?:点|时(?!间|期))|\d{1,2}:\d{2}|[上下]午|\d+(?:个)?小时/.test(plain);
    case 'each':
      return (
        isFigureRow(reading) ||
        plain.split(/[，；。]/).some((part) => /\d/.test(part) && /每|各|分别|人均|均为/.test(part)) ||
        /\d[^，；。]{0,8}、[^，；。]{0,8}\d/.test(plain)
      );
    case 'number':
      if (isFigureRow(reading)) return !AMOUNT.test(question.text) || /元/.test(plain);
      if (!besideCounted(question, plain)) return false;
      return new RegExp(
        AMOUNT.test(question.text)
          ? '\\d(?:\\.\\d+)?(?:万|亿)?元|\\d%|\\d:\\d|\\d[个名家]'
          : `\\d|${HAN_NUMBER}(?:个|名|家|项|条|种|次|倍|成)`,
      ).test(plain.replace(/20\d{2}年(?:底)?|120(?![项个人名家种元万%小分天])|×100+%?|\(\d\)|^\d+[.．]/g, ''));
    case 'who':
      return (
        holdsRole(question, plain, reading) &&
        (UNIT.test(plain) ||
          isLabelled(reading) ||
          reading.clause.kind === 'row' ||
          /由[^，。]{2,12}(?:代缴|承担|支付|负责|出资|投入)/.test(plain) ||
          /主任|书记|组长|院长|负责人|负责同志|领导|医师|医生|专家|人员/.test(plain))
      );
    case 'responsible':
      if (/责任单位|责任部门/.test(question.text)) return /责任单位/.test(plain);
      return (
        ownerSentence(reading) !== undefined ||
        ((UNIT.test(plain) || /(?:药师|护士|主任|负责人|值班|专人)/.test(plain)) &&
          (!/负责|牵头|主管|管|承担|协调/.test(question.text) || ACTS.test(plain)))
      );
    case 'cooperating':
      return /配合单位|配合|协同/.test(plain);
    default:
      return true;
  }
}

/** 卫生院住院报多少. */
const REIMBURSED = /报(?:销)?(?:的)?(?:多少|几)|能报/;

/** 有多少指标: the figure stands beside what is counted. */
function besideCounted(question: ReadQuestion, plain: string): boolean {
  const match = /有多少(?:个|项|条)?([\u4e00-\u9fff]{2,4})[?。]*$/.exec(question.text);
  const counted = match && question.terms.find((term) => (match[1] ?? '').startsWith(term.text));
  if (!counted) return true;
  return plain
    .split(/[，；。]/)
    .some(
      (part) => /\d|[一二三四五六七八九十]/.test(part) && counted.alternatives.some((one) => part.includes(one.text)),
    );
}

/** 有几个部门参加 may be met by the names alone. */
const NAMED_INSTEAD =
  /(?:有|分|是|包括|包含|设|含|涉及|共|成立|建立)(?:了|的|为|成)?哪?(?:几|多少)|(?:几|多少)[^，。]{1,10}(?:组成|参加|参与|加入|负责|牵头|联合|挂钩)|^.{0,3}(?:几|多少)|哪(?:几|[两二三四五六七八九十])/;

/** What is given or paid is a figure, never a counted word (区乡两级). */
const AMOUNT =
  /(?:给|拨|发|补|投|投资|投入|花|交|出|掏|奖|奖励|补助|补贴|收|拿|挣|领|扣|罚|赚|付|开)(?:了|到)?(?:多少|几)(?![个名家人])/;

/** 哪天 wants a day, 哪年 a year, 什么时候 anything that places it in time. */
function dateOf(question: ReadQuestion): RegExp {
  if (/几号/.test(question.text)) return /\d{1,2}日|[一二三四五六七八九十]日/;
  if (/哪(?:一)?天|具体日期|几月几/.test(question.text)) return /\d{1,2}月\d{1,2}日|[一二三四五六七八九十]日/;
  if (/哪(?:一)?年/.test(question.text)) return /20\d{2}年|年底前/;
  if (/几月|哪(?:个)?月/.test(question.text)) return /\d{1,2}月|[一二三四五六七八九十]+月/;
  return DATE;
}

/** Lines of label and value, as in a list of members. */
export function isLabelled(reading: Reading): boolean {
  return /^[^。]*[:：][^。]*\n/.test(reading.clause.text) && !/[。]/.test(reading.clause.text);
}

/** 院长是谁 is answered only where an 院长 is spoken of, or someone is put into the office. */
function holdsRole(question: ReadQuestion, plain: string, reading: Reading): boolean {
  const role = /(院长|局长|科长|站长|所长|县长|区长|镇长|司长)(?:是|叫|由)?(?:谁|哪位|什么名|姓)/.exec(
    question.text,
  )?.[1];
  return role === undefined || plain.includes(role) || reading.plain.includes(`${role}:`);
}

/** 县人民医院、县中医院: more than one unit by name. */
const SEVERAL_UNITS =
  /(?:医院|卫生院|中心|保健院|[局委办部站室市县区]|部门|机构|平台)(?:\([^)]*\))?[、和及与][^，。]{2,}/;

/** 白名单里有哪些, 日间病床的病种有哪些: the part of the sentence that speaks of it lists something. */
function listsWhatIsAsked(question: ReadQuestion, plain: string): boolean {
  const holder =
    HOLDER.exec(question.text)
      ?.slice(1)
      .find((words) => words !== undefined) ?? '';
  const parts = plain
    .split(/[，；。]/)
    .filter((part) => holder.length < 2 || part.includes(holder.slice(-3)) || part.includes(holder.slice(-2)));
  return parts.some((part) => part.includes('、'));
}

const HOLDER =
  /([\u4e00-\u9fff]{2,8}?)"?(?:里|中|上)(?:面|头)?(?:都)?(?:有|包括|含|列了|写了)|([\u4e00-\u9fff]{2,8}?)(?:都)?(?:具体)?(?:是|有|包括|含)(?:哪些|哪几|什么|啥)|哪(?:些|几种|几个)([\u4e00-\u9fff]{2})/;

/** The kind of institution asked about stands with names of its own: 甲卫生院、乙卫生院. */
function namesAny(question: ReadQuestion, sentence: Sentence, reading: Reading): boolean {
  if (/姓什么|姓名/.test(question.text)) return isLabelled(reading);
  if (isLabelled(reading)) return true;
  const kind = kindAsked(question.text);
  if (kind !== undefined) {
    if (/哪一?[家所]/.test(question.text))
      return countNamed(sentence.plain, kind) > 0 && !isOtherRank(question.text, sentence.plain, kind);
    return reading.sentences.some(
      ({ plain }) => countNamed(plain, kind) >= 2 && !isOtherRank(question.text, plain, kind),
    );
  }
  const other = ['中心', '平台', '单位', '局'].find((word) => question.text.includes(word));
  if (other === undefined) return true;
  return (
    reading.sentences.some(({ plain }) => (plain.match(new RegExp(`${other}、|${other}和`, 'g'))?.length ?? 0) >= 2) ||
    (reading.plain.match(new RegExp(`(?:建立|设立|成立|组建)[\\u4e00-\\u9fff]{2,16}${other}`, 'g'))?.length ?? 0) >= 2
  );
}

/** Words that name who leads: 由市三院牵头, 以牡丹人民医院为牵头医院, 牵头单位：…. */
export function namesLeader(plain: string): boolean {
  return /(?:由|以)[^，。；]{2,30}(?:牵头|为牵头)|牵头(?:单位|医院):/.test(plain);
}

/** The sentence that sets up who is responsible for all of a clause: 设立信息管理中心，负责…. */
export function ownerSentence(reading: Reading): Sentence | undefined {
  return reading.sentences.find((sentence) =>
    /(?:设立|建立|成立|设置|组建)[^，。]{2,16}(?:中心|委员会|办公室|机构|药房)[，][^。]*负责/.test(sentence.plain),
  );
}

/** A table row with figures under headed columns. */
export function isFigureRow(reading: Reading): boolean {
  return reading.clause.kind === 'row' && reading.columns.some((column) => /\d{4}年|目标|指标值|基数/.test(column));
}

function hasCount(question: ReadQuestion, plain: string, reading: Reading): boolean {
  // 有几个医共体 wants a number of them.
  if (/(?:几|多少)个医共体/.test(question.text))
    return plain
      .split('，')
      .some((part) => new RegExp(`${NUMBER}(?:-${NUMBER})?个[^，。]{0,4}医共体(?!试点)|医共体${NUMBER}个`).test(part));
  const measure = question.measure;
  if (measure === '级' && /几级(?!架构|管理|网络)/.test(question.text)) return /[一二三四]级|[甲乙丙]等/.test(plain);
  if (isFigureRow(reading)) return true;
  if (measure !== '' && '名人位'.includes(measure))
    return new RegExp(`(?<![第统唯同])${NUMBER}(?:余|多)?(?:以上)?[名人位](?![民员才事力财份身])`).test(plain);
  if (reading.clause.children > 1 && !/[家所处]/.test(measure)) return true;
  if (measure !== '' && !LOOSE_MEASURES.includes(measure)) {
    const forms: Readonly<Record<string, string>> = {
      钱: '元',
      块: '元',
      天: '(?:天|日|工作日)',
      日: '(?:天|日|工作日)',
    };
    return new RegExp(`${NUMBER}(?:余|多|个)?${forms[measure] ?? measure}`).test(plain);
  }
  const alike = ALIKE[measure] ?? LOOSE_MEASURES;
  if (new RegExp(`${NUMBER}(?:余|多)?(?:-${NUMBER})?[${alike}]`).test(plain)) return true;
  const counted = /(?:几|多少)(?:个|家|名|所|项|类|种|级)?([\u4e00-\u9fff]{2})/.exec(question.text)?.[1];
  if (counted && new RegExp(`${NUMBER}(?:余|多|个)?${counted}`).test(plain)) return true;
  if (new RegExp(`${HAN_NUMBER}(?:统一|个强化|贯通|包|单|强化)`).test(plain)) return true;
  if (/[家所处]/.test(measure))
    return (plain.match(/(?:医院|卫生院|中心|局|单位|办|委|部门|卫生室)、/g)?.length ?? 0) >= 1;
  // 要配几个 wants the figure; 有几个 may be met by naming them.
  if (!NAMED_INSTEAD.test(question.text)) return false;
  return !/[名人位种张台辆间支]/.test(measure) && (plain.match(/、/g)?.length ?? 0) >= 2;
}
