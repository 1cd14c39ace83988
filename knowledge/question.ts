/** Reads what a question wants: the kind of answer, the words it must be about, years and numbers（问题分析）. */

import { type Attribute, type Predicate, readAttribute, readPredicate } from './asked.ts';
import { demandsOf } from './demands.ts';
import type { FindNear } from './embedding/types.ts';
import { LEXICON, type Lexicon } from './lexicon.ts';
import { forLeader, readTerms, TAKEN, type Term } from './terms.ts';
import { HAN_DIGITS, howMany, readMeasure, readWants, type Want } from './wants.ts';
import { normalise } from './words.ts';

export type { Term } from './terms.ts';
export type { Want } from './wants.ts';

export interface ReadQuestion {
  /** Normalised words without region names. */
  readonly text: string;
  /** The same, what only does the asking blanked out. */
  readonly matter: string;
  readonly wants: ReadonlySet<Want>;
  readonly terms: readonly Term[];
  readonly years: readonly string[];
  /** For `count`: what is counted (张, 家, 天); '' where nothing is said. */
  readonly measure: string;
  /** 市级目标: the column of the municipality, not of the county. */
  readonly municipal: boolean;
  /** N of 哪六个, 哪四条. */
  readonly howMany: number | undefined;
  /** What must be in the list asked about: 里有没有阑尾炎, 包不包括慢病; '' where nothing is. */
  readonly member: string;
  /** Of a follow-up the words that are new (那超支呢): the sentence itself must speak of them. */
  readonly focus?: readonly Term[] | undefined;
  /** Finds clauses near in meaning; only in a second look, where words did not answer for sure. */
  readonly near?: FindNear | undefined;
  /** Places of the words that ask something of the subject: 走医保报销 in 上门服务能不能走医保报销; `act` for 谁报销, 怎么招标. */
  readonly predicate?: Predicate | undefined;
  /** The word that says what of the subject is asked: 住宿 in 下沉人员住宿怎么解决. */
  readonly attribute?: Attribute | undefined;
  /** A clause named by its number, brackets half wide: 二(三), (13), 5 of 第5项; '' where none is. */
  readonly clause: string;
  /** What the words of the answer must hold. */
  readonly demands?: readonly RegExp[] | undefined;
  /** Asks how things stand now; plans hold goals only. */
  readonly actual: boolean;
  /** Asks what changes by the day and no plan holds: who is on duty, a telephone number. */
  readonly live: boolean;
}

const FILLERS =
  /在?[这那](?:件|个|一|桩)?事(?:情|儿)?上|(?:我们?|咱们?|你们)?(?:这|那)(?:头|边|块儿?|儿|里头|旮旯)(?=[^是有]|$)|(?:我们|咱们?)这(?![项个条份种])|平时|平常|(?<!日)平日|(?<!家)门口|请问一下|请问|麻烦|想问一下|我想问|想问|问一下|一哈儿?|查一下|帮我查|帮忙|告诉我|说一下|讲一下|到底|究竟|一下|老师|你好|您好|谢谢|那个|呃|嗯|啊|呀|哦|呢|吧|哈|啦|嘛|咱们|我们|咱|你们|他们|大家/g;

/** The asking itself, which must not be taken for the matter: 百分之几, 从几月到几月, 叫什么名字. */
const ASKED_FORM =
  /百分之(?:几|多少)|从?几[月号点]到几[月号点]|几[月号点]|分别叫什么(?:名字|名称)?|叫什么(?:名字|名称)?|(?:怎么个|几)比几|(?:哪|第)一天|哪[天年月]|多大比例|什么时候|啥时候|多少钱|怎么回事|有没有(?:硬性|明确|具体|统一|专门)?(?:的)?(?:规定|要求|说法)|是怎么规定的|(?:给)?个?(?:计算)?公式|怎么算的?|怎么计算的?|如何计算|怎样计算|是?(?:干|做)(?:什么|啥)(?:用)?的?|具体内容|具体是|具体指|(?<=[\da-z])(?:代表|表示|对应)的?(?:是)?(?=什么|哪)|能不能|可不可以|要不要|会不会|是不是|怎么要求的|有什么规定|(?:什么|啥)样(?:子|的)?|(?:干|做|办|完)成(?:什么|啥|哪些)(?:事情?|任务)?|哪几(?:个)?月|哪几(?:年|天)|(?:什么|啥|哪种|何种)情况下?|([行好成对去来给让])不\1|多长时间|多少天|(?:多少|几)分钟|一次性|(?:是)?(?:什么|啥)意思|含义|(?:设|放|建|安|挂|定)在了?哪(?:里|儿|家|个)?|怎么个?(?<!预)算法|(?<=[药钱人病床账号])要(?=统一|做|设|报|交|占|配|派|考|拨|付|分|管|送|转)/g;

/** How questions are read. */
export interface ReadOptions {
  /** Default: the lexicon that comes with the program. */
  readonly lexicon?: Lexicon | undefined;
}

/** Reads a question that has been freed of region names. Pure. */
export function readQuestion(raw: string, options: ReadOptions = {}): ReadQuestion {
  const lexicon = options.lexicon ?? LEXICON;
  const full = plainAsking(digitYears(normalise(raw)));
  const quoted = [...full.matchAll(/"([^"]{2,20})"/g)].map((match) => match[1] ?? '');
  const blank = (words: string): string => TAKEN.repeat(words.length);
  const text = full.replace(FILLERS, blank).replace(ASKED_FORM, blank);
  const wants = readWants(full);
  const years = [...full.matchAll(/(20\d{2}|(?<!\d)2[0-9])年/g)].map(
    (match) => `${(match[1] ?? '').length === 2 ? '20' : ''}${match[1]}年`,
  );
  return {
    text: full,
    matter: text,
    wants,
    years,
    terms: forLeader(readTerms(text, quoted, lexicon), wants),
    measure: readMeasure(full),
    predicate: readPredicate(full),
    attribute: readAttribute(full),
    demands: demandsOf(full),
    clause: clauseNamed(full),
    municipal: /全市|市级|市里|市上|（市）|\(市\)|重庆市/.test(full),
    howMany: howMany(full),
    member:
      /(?:里|中|上|内)(?:面|头)?(?:有没有|有无|包不包括|含不含|是否有|是否包括|包括)([\u4e00-\u9fff]{2,8})(?:[吗嘛么?。]|$)/.exec(
        full,
      )?.[1] ?? '',
    live: /(?:住|睡|停车?|坐车|吃饭)在?哪|哪一?(?:栋|层|号楼)|几(?:楼|号楼)|全文|原件|下载|在哪(?:里|儿)?(?:看|查|下载|领)|哪里(?:看|查|下载|领)|(?:今天|昨天|明天|今晚|昨晚|本周|这周|下周).{0,12}(?:谁|几|多少|有没有|哪)|(?:谁|哪个|哪位).{0,4}(?:值班|当班|坐诊|出诊(?!断))|(?:电话|手机号|微信号|邮箱|联系方式|地址|门牌)(?:号码?)?(?:是|有|$|[?。]|多少|在哪)/.test(
      full,
    ),
    actual:
      /(?:现在|目前|眼下|当前|截至|至今|实际|上个月|本月|今年|上季度|最新).{0,10}(?:完成|达到了|进度|做到|实际|是多少|有多少)|(?:完成|建成|签约|下派|配备|办成|覆盖|发展|招聘)了(?:多少|几)|(?:现在|目前|已经?)(?:已经?)?(?:建成|完成|签约|下派|配备|覆盖)(?:了)?(?:多少|几)|(?:实际|人数|率|占比|指标|目标|任务)[^，。]{0,8}(?:完成|达到|达标|实现)了?(?:没有?|吗|么)|完成得?怎么样|完成情况|进展如何|进度如何|实际值|完成值/.test(
        full,
      ),
  };
}

/** 啥 and 咋 as 什么 and 怎么, so that one form is enough everywhere else. */
function plainAsking(text: string): string {
  return text
    .replace(/(?<!为)啥子?|甚么|什麽/g, '什么')
    .replace(/咋个|咋(?!呼)/g, '怎么')
    .replace(/几多|好多(?=[?。]*$|[钱块元个人家名张岁天年次]|万)/g, '多少')
    .replace(/几几(?=分|开|摊|担)/g, '几比几')
    .replace(/几时(?!几分)|多会儿|啥时|什么辰光/g, '什么时候')
    .replace(/几号文件?|哪个文号/g, '哪个文')
    .replace(ROLE_ASKED, '$1是谁')
    .replace(/(?:哪个|哪位)(?=来|去|管(?!理)|当|在(?:管|统|负)|负责|统|托|出钱|承担|批|定(?!点)|扛|兜)/g, '谁');
}

/** 组长是哪个: a person is asked for. */
const ROLE_ASKED = /((?:组长|主任|书记|院长|局长|理事长|负责人|代表人))(?:是|叫)?(?:哪个|哪位)(?=[?。]*$)/g;

/** 二(三)那条, (13)条, 第5项指标. */
function clauseNamed(text: string): string {
  const bracketed =
    /([一二三四五六七八九十]*(?:\([一二三四五六七八九十]{1,3}\))?(?:\d{1,2})?\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)\d{0,2})(?=条|那条|这条|款|项|点|的|是|$)/.exec(
      text,
    )?.[1];
  return bracketed ?? /第(\d{1,2})(?:项|个|条)(?:核心|监测|绩效)?指标/.exec(text)?.[1] ?? '';
}

/** 二零二五年, 二七年: years as they are spoken. */
function digitYears(text: string): string {
  return text.replace(
    /(?<![零〇一二三四五六七八九十百])((?:[二2][零〇0])?[一二三][零〇一二三四五六七八九])(?=年)/g,
    (spoken) => [...spoken].map((char) => (/\d/.test(char) ? char : digitOf(char))).join(''),
  );
}

function digitOf(han: string): string {
  return han === '〇' ? '0' : String(HAN_DIGITS.indexOf(han));
}
