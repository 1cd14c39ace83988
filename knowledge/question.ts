/** Reads what a question wants: the kind of answer, the words it must be about, years and numbers（问题分析）. */

import { type Attribute, isAsked, type Predicate, readAttribute, readPredicate } from './asked.ts';
import { demandsOf } from './demands.ts';
import type { FindNear } from './embedding/types.ts';
import { type Alternative, LEXICON, type Lexicon } from './lexicon.ts';
import { normalise, tagWords, wordEdges } from './words.ts';

/** What kind of words answers the question. */
export type Want =
  | 'formula'
  | 'responsible'
  | 'cooperating'
  | 'duties'
  | 'date'
  | 'duration'
  | 'hour'
  | 'each'
  | 'money'
  | 'ratio'
  | 'percent'
  | 'count'
  | 'number'
  | 'who'
  | 'names'
  | 'units'
  | 'contents'
  | 'details'
  | 'where'
  | 'lead'
  | 'list'
  | 'definition';

/** True for words that only ask or point, and for words in every clause: they are never a slip of another. */
export function isHollow(word: string): boolean {
  return ASKING.has(word) || COMMON.has(word);
}

/** One thing the answer must speak of. */
export interface Term {
  readonly text: string;
  readonly alternatives: readonly Alternative[];
  /** How much it says by its kind of word: 1 for nouns of the field, less for verbs and common words. */
  readonly grip: number;
  /** Where it stands in the question. */
  readonly at: number;
  /** A year; must stand with the answer itself. */
  readonly year: boolean;
  /** Stood in quotation marks: must be in the document as it is. */
  readonly quoted: boolean;
  /** The kind of thing asked for: 银行 in 是哪个银行. Where no document knows it, it is not written. */
  readonly asked?: boolean | undefined;
}

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
  /请问一下|请问|麻烦|想问一下|我想问|想问|问一下|查一下|帮我查|帮忙|告诉我|说一下|讲一下|到底|究竟|一下|老师|你好|您好|谢谢|那个|呃|嗯|啊|呀|哦|呢|吧|哈|啦|嘛|咱们|我们|咱|你们|他们|大家/g;

/** Marks characters of a question that a term already holds. */
const TAKEN = '\ue000';

const HAN_DIGITS = '零一二三四五六七八九十';

/** Words about the asking, not about the matter. */
/** The asking itself, which must not be taken for the matter: 百分之几, 从几月到几月, 叫什么名字. */
const ASKED_FORM =
  /百分之(?:几|多少)|从?几[月号点]到几[月号点]|几[月号点]|分别叫什么(?:名字|名称)?|叫什么(?:名字|名称)?|(?:怎么个|几)比几|(?:哪|第)一天|哪[天年月]|多大比例|什么时候|啥时候|多少钱|怎么回事|有没有(?:硬性|明确|具体|统一|专门)?(?:的)?(?:规定|要求|说法)|是怎么规定的|(?:给)?个?(?:计算)?公式|怎么算的?|怎么计算的?|如何计算|怎样计算|是?(?:干|做)(?:什么|啥)(?:用)?的?|具体内容|具体是|具体指|能不能|可不可以|要不要|会不会|是不是|怎么要求的|有什么规定|(?:什么|啥)样(?:子|的)?|(?:干|做|办|完)成(?:什么|啥|哪些)(?:事情?|任务)?|哪几(?:个)?月|哪几(?:年|天)|(?:什么|啥|哪种|何种)情况下?|([行好成对])不\1|一次性|(?:是)?(?:什么|啥)意思|含义|(?:设|放|建|安|挂|定)在了?哪(?:里|儿|家|个)?|怎么个?(?<!预)算法|(?<=[药钱人病床账号])要(?=统一|做|设|报|交|占|配|派|考|拨|付|分|管|送|转)/g;

const ASKING = new Set(
  '那组 这组 那几个 法子 老是 总是 老 算法 分母 分子 什么 怎么 怎样 如何 多少 几个 哪些 哪个 哪家 哪里 哪儿 哪几 哪种 谁 是否 有没有 是不是 能不能 可不可以 要不要 会不会 为什么 多久 多长 何时 什么时候 啥 咋 咋样 怎么办 怎么样 哪年 哪天 几时 时候 可以 应该 需要 必须 能够 可能 现在 目前 以后 之后 之前 后面 然后 如果 的话 是 有 没有 要 能 会 让 给 把 被 对 和 与 及 或 在 从 到 向 为 由 按 按照 根据 关于 规定 要求 文件 政策 里面 里头 里 内容 方面 情况 问题 事情 东西 地方 时间 部分 具体 主要 分别 各自 各 每 其中 其他 一共 总共 包括 包含 属于 进行 实行 实施 开展 推进 做 做到 搞 弄 办 干 算 说 写 提 提到 明确 规定了 达到 定 定了 定的 设 这个 那个 这项 那项 这条 那条 这块 那块 这些 那些 这边 那边 这样 那样 之间 全县 全省 全区 全市 这里 那里 我 你 他 她 它 我们 咱们 不 没 都 也 还 就 才 又 再 只 很 最 太 更 比较 一个 一些 一样 不同 区别 差别 的 了 着 过 吗 呢 啊 上 下 中 内 外 前 后 个 家 名 条 项 种 类 号 次 年 月 日 天 今年 明年 去年 看看 知道 清楚 介绍 下来 下去 上来 上去 出来 起来 过来 过去 回来 回去 进来 进去 还有 这事 那事 这事儿 那事儿 事 事儿 这回事 来着 各要 各是 方案里 文件里 其实 好像 感觉 觉得 听说 据说 估计 算是 不是 是不 全部 所有 整个 大概 左右 多大 第一位 排 首先'.split(
    ' ',
  ),
);

/** Words that stand in nearly every clause: they say little. */
const COMMON = new Set(
  '医共体 县域医共体 方案 计划 建设 管理 服务 工作 医疗 卫生 医院 机构 单位 部门 医疗卫生 资源 能力 体系 制度 机制 加强 完善 建立 健全 落实 提升 统一 县域 县域内 负责 组织 人员 目标 任务 指标 标准 措施 使用 支持 相关 实现 区 县 市 镇 乡 村'.split(
    ' ',
  ),
);

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
    .replace(/几多/g, '多少');
}

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

const MEASURES =
  /(?:几|多少)(?:个)?(张|元|块|钱|天|日|小时|分钟|公里|里地|台|辆|岁|次|万人|万元|亿元|平方米|周|月|年|人|家|名|个|所|处|项|类|种|条|级|大|阶段|支|间|分)/;

/** What is counted: 多少工作人员 counts people. */
function readMeasure(text: string): string {
  if (/(?:多少|几)(?:名|位|个)?(?:工作)?(?:人(?!口|次|均)|医生|大夫|护士|医务人员|职工|专家|干部)/.test(text))
    return '名';
  return MEASURES.exec(text)?.[1] ?? '';
}

function howMany(text: string): number | undefined {
  const match = /(?:哪|是)([两二三四五六七八九十]|\d{1,2})(?:个|条|项|类|大|家|种|方面|部分|块|点|步|阶段)/.exec(text);
  if (!match) return undefined;
  const n = match[1] ?? '';
  return /\d/.test(n) ? Number(n) : n === '两' ? 2 : HAN_DIGITS.indexOf(n);
}

const WANTS: readonly (readonly [Want, RegExp])[] = [
  [
    'formula',
    /公式|(?<!预)算法|怎么算(?!什么)|咋算|如何算|怎样算|如何计算|怎么计算|怎样计算|计算方法|计算方式|怎么得出|怎么统计|分子|分母|总额怎么定|怎么核定/,
  ],
  ['cooperating', /配合(?:的)?(?:单位|部门|有哪|是哪|是谁)|谁(?:来)?配合|协助单位|协办/],
  [
    'responsible',
    /责任(?:单位|部门|主体)|牵头(?:单位|部门)是|主责|主办单位|第一责任|(?:谁|哪家|哪个|哪些|哪几家|哪几个|什么)(?:部门|单位|机构|科室|局)?(?:来|去)?(?:负责|主管|主抓|管(?!理)|牵头|承办|落实|主办|协调|抓)|归(?:谁|哪(?:个|家)?(?:部门|单位|管))|找谁|谁管|谁来管|谁负责|由谁|由哪|责任人|(?:哪些|哪几家|哪几个|哪个|哪家|什么)(?:部门|单位)(?:负责|协调|牵头|承担)|是(?:哪些|哪几家|哪几个|哪个|哪家)(?:单位|部门)(?:负责|的责任)/,
  ],
  [
    'date',
    /什么时候|何时|哪天|哪一天|哪年|哪一年|几月|哪几个?月|几号|什么时间|啥时候|几时|截止|最晚|最迟|期限|哪个月|时间节点|多会儿|从哪一?年|时间安排|(?:哪|什么)(?:个)?阶段/,
  ],
  ['duration', /多久|多长时间|(?<!哪)几个月|(?<!哪)几年|多少天|多少个月|几天|多少年|几小时|多少小时|多长/],
  [
    'money',
    /多少钱|多少元|几块钱|几元|花多少|收费多少|多少万(?!人|名|例|张|次)|多少亿(?!人)|金额(?:是|有)?多|能报(?:销)?多少|报销?(?:多少|几成)|补(?:贴|助)?多少/,
  ],
  [
    'ratio',
    /几比几|怎么个比例|几几|按(?:照)?什么比例|按(?:多大|多少)比例|比例(?:是|为)?(?:怎么|多少|几|如何)|多大(?:的)?比例/,
  ],
  [
    'percent',
    /百分之(?:几|多少)|几个(?:百分)?点|占(?:比)?(?:是|为|要|达到|应|到)*(?:多少|几成)|(?:率|占比|比重|比例|比值)(?:[^，。?？]{0,14})(?:多少|(?<!哪)几)|几成|多少百分/,
  ],
  [
    'count',
    /(?<!哪|好|这|那)(?:几|多少)(?:个|家|名|人|位|所|张|处|项|条|类|种|级|次|大|步|阶段|部门|万人|台|辆|支|间|岁|平台|中心)/,
  ],
  ['hour', /几点|几时几分|什么钟点/],
  ['number', /多少|几(?!点)个?|指标值|目标值|基数|基期|数值/],
  [
    'duties',
    /(?:负责|管|承担|职责|任务|干|做)(?:的)?(?:哪些|什么|啥|哪几|些什么|些啥)|职责(?:是|有)|职能|功能定位|管(?:什么|啥|哪些)|干(?:什么|啥)|有什么(?:任务|职责)|要做(?:什么|哪些)/,
  ],
  ['who', /谁|哪家|哪个(?:医院|单位|部门|机构)|哪些(?:医院|单位|部门|机构)|哪所|由哪/],
  ['details', /具体条目|条目|明细|细则|具体条款|逐条/],
  [
    'where',
    /(?:设|放|建|安|挂|定)在(?:了)?哪|在哪(?:家|个|里|儿)?(?:医院|单位|地方)?(?:[?。]|$)|地点|依托(?:哪|什么|谁)/,
  ],
  [
    'contents',
    /(?:里|中|上)(?:面|头)?(?:都)?(?:有|包括|含|列了|写了)(?:哪些|什么|哪几|啥)|(?:病种|目录|名单|清单|条件|情形|流程|材料|标准|细则|办法|项目|事项|范围)(?:都)?(?:具体)?(?:是|有|包括|含)(?:哪些|哪几(?:个|种|项|条)?|什么|啥)|哪(?:些|几种|几个)(?:病种|情形|条件)/,
  ],
  [
    'names',
    /名单(?:$|[?。]|有|是|给|列|发|呢)|姓什么|姓名|叫什么(?:名字|名称)?|(?:名字|名称)(?:是|叫|有)|都是哪些(?:医院|卫生院|单位)/,
  ],
  [
    'list',
    /哪些|哪几|有什么|包括(?:什么|啥|哪)|包含|分别|有谁|哪[两二三四五六七八九十]|几项|几类|几个方面|列出|列一下|名单|都(?:有|是|查|含|要)|什么内容|主要内容|具体内容|怎么排|清单/,
  ],
  ['definition', /是什么|什么是|啥是|是啥|什么意思|啥意思|指什么|指的是|是指|含义|定义|怎么理解|哪几个字/],
];

const ASKS_NAMES =
  /(?:医院|卫生院|卫生室|保健院|服务中心|卫生站|服务站)(?:[^，。?]{0,6})?(?:分别|都|具体)?(?:是|有|叫|为)(?:哪(?:些|一?家|一?所|几[家个所]|[一二三四五六七八九十]+[家个所])|什么(?:医院|卫生院))$/;

const LEADS =
  /(?:谁|哪家|哪个|哪些|哪几家|哪几个|哪所)[^，。]{0,6}牵头|牵头(?:医院|单位)?(?:的)?(?:是|有|为)?(?:谁|哪)/;

function readWants(text: string): ReadonlySet<Want> {
  const wants = new Set<Want>();
  for (const [want, pattern] of WANTS) if (pattern.test(text)) wants.add(want);
  if (/(?:多久|多长时间|几(?:个月|年|天)).{0,6}一[次回趟轮]|隔多久/.test(text)) {
    wants.delete('duration');
    wants.delete('count');
    wants.delete('number');
    wants.add('date');
  }
  if (/(?:多少|几)(?:名|位|个)?(?:工作)?(?:人(?!口|次|均)|医生|大夫|护士|医务人员|职工|专家|干部)/.test(text))
    wants.add('count');
  // 算成员还是配合单位 asks which of the two.
  if (/还是/.test(text) && /成员/.test(text)) wants.delete('cooperating');
  if (wants.has('ratio') || wants.has('percent')) wants.delete('count');
  if (wants.has('money')) wants.delete('count');
  if (wants.has('formula')) for (const want of ['count', 'number', 'percent', 'ratio'] as const) wants.delete(want);
  if (wants.has('duration')) wants.delete('count');
  if (/怎么|如何|咋|怎样/.test(text) && !/怎么(?:个)?(?:比例|算|定)/.test(text))
    for (const want of ['count', 'number'] as const) wants.delete(want);
  if (/哪[几两二三四五六七八九十]/.test(text) && !/多少|几(?:个|家|名|人|项)?[。?]?$/.test(text.replace(/哪几/g, '')))
    wants.delete('number');
  // 按1:1配套吗: a figure to be confirmed must be met by one of its kind.
  if (/吗|么$|吧$|是不是|对不对|是否|还是/.test(text.replace(/[?。!]+$/, ''))) {
    if (/\d:\d|\d%|百分之[一二三四五六七八九十]/.test(text)) wants.add('ratio');
    if (/\d(?:个月|天|小时|个工作日|分钟)/.test(text)) wants.add('duration');
    if (/\d(?:万|亿)?元/.test(text)) wants.add('money');
  }
  // 实际签约人数完成了没 asks for the figure reached.
  if (/(?:实际|人数|率|占比|指标|目标|任务)[^，。]{0,8}(?:完成|达到|达标|实现)了?(?:没有?|吗|么)/.test(text))
    wants.add('number');
  if (/几(?:个字|码|档)/.test(text)) for (const want of ['count', 'number'] as const) wants.delete(want);
  if (/多少[^，。]{2,12}怎么(?:定|确定|来)/.test(text))
    for (const want of ['count', 'number'] as const) wants.delete(want);
  // 第几项 asks for a place in a list.
  if (/第几/.test(text)) for (const want of ['count', 'number'] as const) wants.delete(want);
  // 每个镇各有多少 wants the figures one by one.
  if (!/^[和跟与、，]/.test(text) && /(?:各(?:有|是|占|分|配|要)?(?:多少|几)|分别(?:是|有|为)?(?:多少|几))/.test(text))
    wants.add('each');
  if (/(?:分|拿|得|摊|补)[^，。]{0,6}每(?:家|个|人|名|所|户)[^，。]{0,8}(?:多少|几)/.test(text)) wants.add('each');
  // 七个乡镇卫生院分别是哪些, 三级医院是哪一家: names, not the kind again.
  if (ASKS_NAMES.test(text)) wants.add('names');
  // 几病同防叫啥 asks for a name.
  if (/(?:叫|称)(?:什么|啥)|怎么(?:叫|称呼)/.test(text) && !/多少|几(?:个|家|名|人|次|年|天|条|项)/.test(text))
    for (const want of ['count', 'number'] as const) wants.delete(want);
  if (/(?:人数|人次|患者数|人员)/.test(text)) wants.delete('money');
  if (/([\u4e00-\u9fff])不\1|(?:吗|没有|不)$/.test(text.replace(/[?。!]+$/, '')) && /多少|几/.test(text)) {
    for (const want of ['count', 'number'] as const) wants.delete(want);
  }
  if (/能不能|能否|是否|可不可以|可以.*吗|行不行|让不让|有没有|是不是/.test(text) && !/多少/.test(text)) {
    for (const want of ['count', 'number'] as const) wants.delete(want);
  }
  if (/能不能|能否|可不可以|是不是|要不要/.test(text) && !/(?:多少|几)[^，。]{0,3}$/.test(text)) wants.delete('money');
  if (/哪几(?:家|所)|哪几个(?:医院|卫生院|中心|单位|部门|科|专科)/.test(text) && !wants.has('responsible'))
    wants.add('units');
  // 编共体这事哪个单位牵头 asks for the responsible unit, 医共体由哪个单位牵头 for the hospital that leads.
  if (
    /(?:哪个|哪些|哪几个|什么)单位(?:来|去)?(?:负责)?牵头/.test(text) &&
    !/^(?:[^，]{0,6}医共体)?(?:是|由)?(?:哪|什么)/.test(text)
  )
    wants.add('responsible');
  else if (LEADS.test(text) && !/部门|局|责任/.test(text)) {
    wants.add('lead');
    wants.delete('responsible');
  }
  return wants;
}

function readTerms(text: string, quoted: readonly string[], lexicon: Lexicon): readonly Term[] {
  const terms: Term[] = [];
  const free = [...text];
  const take = (at: number, length: number): void => {
    for (let i = at; i < at + length; i += 1) free[i] = TAKEN;
  };
  for (const match of text.matchAll(/(20\d{2}|(?<!\d)2[0-9])年底?/g)) {
    const year = `${(match[1] ?? '').length === 2 ? '20' : ''}${match[1]}年`;
    terms.push({
      text: year,
      alternatives: [{ text: year, weight: 1 }],
      grip: 0.7,
      at: match.index,
      year: true,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/(?<!\d)(\d{1,2})月份?(?!\d)/g)) {
    if (free[match.index] === TAKEN) continue;
    const month = `${Number(match[1])}月`;
    terms.push({
      text: month,
      alternatives: [{ text: month, weight: 1 }],
      grip: 0.8,
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/\d+(?::\d+)+|\d+(?:\.\d+)?(?:%|号)/g)) {
    if (free[match.index] === TAKEN) continue;
    terms.push({
      text: match[0],
      alternatives: [{ text: match[0], weight: 1 }],
      grip: 1,
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  // 第五阶段, 第八条: the name of a place in the document is one word, however the cutter takes it.
  for (const match of text.matchAll(/第(?:[一二三四五六七八九十]+|\d{1,3})(?:阶段|条|章|步)/g)) {
    if (free.slice(match.index, match.index + match[0].length).includes(TAKEN)) continue;
    const alternatives = [{ text: match[0], weight: 1 }];
    terms.push({ text: match[0], alternatives, grip: 1, at: match.index, year: false, quoted: false });
    take(match.index, match[0].length);
  }
  const edges = wordEdges(text);
  for (const key of lexicon.keys) {
    for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
      if (free.slice(at, at + key.length).some((char) => char === TAKEN) || splitsWord(text, at, key.length)) continue;
      const from = edges.has(at) || (/[县区市镇乡省]/.test(text[at - 1] ?? '') && edges.has(at - 1)); // 县疾控
      if (key.length === 2 && !(from && edges.has(at + 2))) continue; // 家医 in 哪家医院
      terms.push({
        text: key,
        alternatives: lexicon.alternatives(key),
        grip: COMMON.has(key) ? 0.3 : 1,
        at,
        year: false,
        quoted: quoted.includes(key),
      });
      take(at, key.length);
      // 民政局长 is a person of 民政局, 签约费 another thing than 签约.
      const after = text[at + key.length] ?? '';
      const head = `${key.slice(-1)}${after}`;
      if (/^[局院科所站县区镇乡]长$/.test(head)) {
        terms.push({
          text: head,
          alternatives: lexicon.alternatives(head),
          grip: 0.8,
          at: at + key.length - 1,
          year: false,
          quoted: false,
        });
        take(at + key.length, 1);
      } else if (/[费金证卡表]/.test(after) && !/^(?:费用|金额|表[扬示达彰])/.test(text.slice(at + key.length))) {
        const thing = `${key.slice(-2)}${after}`;
        terms.push({
          text: thing,
          alternatives: lexicon.alternatives(thing),
          grip: 1,
          at: at + key.length - 2,
          year: false,
          quoted: true,
        });
        take(at + key.length, 1);
      }
    }
  }
  // 搞几个, 建两个: what is done is to set up.
  for (const match of text.matchAll(
    /(?:搞|整|弄|建|办|开|组|设)(?=(?:几|多|两|[一二三四五六七八九十]|\d+)(?:少)?个)/g,
  )) {
    if (free[match.index] === TAKEN) continue;
    const alternatives = ['组建', '建立', '设立', '成立'].map((word) => ({ text: word, weight: 0.85 }));
    terms.push({ text: match[0], alternatives, grip: 0.6, at: match.index, year: false, quoted: false });
    take(match.index, match[0].length);
  }
  for (const match of text.matchAll(/([两二三四五六七八九十])([个大张项类])(?!约|概)/g)) {
    if (free[match.index] === TAKEN || !edges.has(match.index + match[0].length)) continue; // 七大智慧平台 is one word
    const digits = String(match[1] === '两' ? 2 : HAN_DIGITS.indexOf(match[1] ?? ''));
    terms.push({
      text: match[0],
      alternatives: [
        { text: match[0], weight: 1 },
        { text: `${digits}${match[2]}`, weight: 1 },
      ],
      grip: text[match.index - 1] === '哪' ? 0.12 : 0.35, // 哪八个 asks, 八个 says
      at: match.index,
      year: false,
      quoted: false,
    });
    take(match.index, match[0].length);
  }
  let at = 0;
  for (const piece of free.join('').split(/(\ue000+)/)) {
    if (piece !== '' && !piece.startsWith(TAKEN)) {
      let inside = at;
      for (const { word, tag } of tagWords(piece)) {
        const grip = gripOf(word, tag);
        if (grip > 0)
          terms.push({
            text: word,
            alternatives: lexicon.alternatives(word),
            grip,
            at: inside,
            year: false,
            quoted: quoted.some((name) => name.includes(word)),
          });
        inside += word.length;
      }
    }
    at += piece.length;
  }
  return mergeChoice(
    terms
      .sort((a, b) => a.at - b.at)
      .map((term) => (isAsked(term, text.slice(0, term.at).replaceAll(TAKEN, '')) ? { ...term, asked: true } : term)),
    text,
  );
}

/** 牵头医院是哪家 is met by 由市三院牵头. */
function forLeader(terms: readonly Term[], wants: ReadonlySet<Want>): readonly Term[] {
  if (!wants.has('lead') && !wants.has('who')) return terms;
  return terms.map((term) =>
    /^牵头(?:医院|单位)$/.test(term.text)
      ? { ...term, alternatives: [...term.alternatives, { text: '牵头', weight: 0.85 }] }
      : term,
  );
}

/** 决算还是清算: one of the two is enough. */
function mergeChoice(terms: readonly Term[], text: string): readonly Term[] {
  const or = text.indexOf('还是');
  if (or < 0) return terms;
  const left = terms.filter((term) => term.at < or && or - (term.at + term.text.length) <= 3).at(-1);
  const right = terms.find((term) => term.at > or && term.at - or <= 5);
  if (!left || !right) return terms;
  const both: Term = { ...left, alternatives: [...left.alternatives, ...right.alternatives] };
  return terms.filter((term) => term !== right && term.text !== '还是').map((term) => (term === left ? both : term));
}

/** A lexicon word that begins or ends inside a number or a Latin word is none. */
function splitsWord(text: string, at: number, length: number): boolean {
  const inLatin = (left: string | undefined, right: string | undefined): boolean =>
    /[a-z0-9]/.test(left ?? '') && /[a-z0-9]/.test(right ?? '');
  return inLatin(text[at - 1], text[at]) || inLatin(text[at + length - 1], text[at + length]);
}

function gripOf(word: string, tag: string): number {
  if (!/[\p{L}\p{N}]/u.test(word) || ASKING.has(word)) return 0;
  if (/^(?:哪|几|啥|咋|谁)[\u4e00-\u9fff]{0,2}$|^[\u4e00-\u9fff]个$/.test(word)) return 0;
  if (/^[能要会可得该想][\u4e00-\u9fff]$/.test(word) && /^[vdx]|^n$/.test(tag)) return 0.2; // 能进, 要交
  if (word.length === 2 && /^[各其由该此每某]/.test(word)) return 0;
  if (COMMON.has(word)) return 0.3;
  if (/^[a-z]+$/.test(word)) return word.length > 1 ? 1 : 0;
  if (/^\d+(?:\.\d+)?$/.test(word)) return word.length > 1 ? 0.4 : 0;
  if (word.length === 1) return /^n|^j/.test(tag) ? 0.25 : 0;
  if (/^(?:n|j|l|i|z$|x|eng|s$|f$|b$|t$)/.test(tag)) return 1;
  if (/^v/.test(tag)) return tag === 'vn' ? 0.9 : 0.65;
  if (/^a/.test(tag)) return 0.6;
  if (/^(?:m|q)/.test(tag)) return 0.3;
  return 0.25;
}
