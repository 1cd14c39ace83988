/** What kind of answer a question asks for: a date, a figure, a unit, a list（问什么）. */

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

/** Digits as they are spoken, each at its own place. */
export const HAN_DIGITS = '零一二三四五六七八九十';

const MEASURES =
  /(?:几|多少)(?:个)?(张|元|块|钱|天|日|小时|分钟|公里|里地|台|辆|岁|次|万人|万元|亿元|平方米|周|月|年|人|家|名|个|所|处|项|类|种|条|级|大|阶段|支|间|分)/;

/** What is counted: 多少工作人员 counts people. */
export function readMeasure(text: string): string {
  if (/(?:多少|几)(?:名|位|个)?(?:工作)?(?:人(?!口|次|均)|医生|大夫|护士|医务人员|职工|专家|干部)/.test(text))
    return '名';
  return MEASURES.exec(text)?.[1] ?? '';
}

/** N of 哪六个, 哪四条. */
export function howMany(text: string): number | undefined {
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
    /责任(?:单位|部门|主体)|牵头(?:单位|部门)是|主责|主办单位|第一责任|(?:谁|哪家|哪个|哪些|哪几家|哪几个|什么)(?:部门|单位|机构|科室|局)?(?:来|去)?(?:负责|主管|主抓|管(?!理)|牵头|承办|落实|主办|协调|抓)|(?<!(?:钱|资金|结余|经费|[剩省余]下)[^，。]{0,3})归(?:谁|哪(?:个|家)?(?:部门|单位|管))|找谁(?![批审签])|谁管|谁来管|谁负责|由谁|由哪|责任人|(?:哪些|哪几家|哪几个|哪个|哪家|什么)(?:部门|单位)(?:负责|协调|牵头|承担)|是(?:哪些|哪几家|哪几个|哪个|哪家)(?:单位|部门)(?:负责|的责任)/,
  ],
  [
    'date',
    /什么时候|何时|哪天|哪一天|哪年|哪一年|几月|哪几个?月|几号|什么时间|啥时候|几时|截止|最晚|最迟|期限|哪个月|时间节点|从哪一?年|(?<!多长|多久|多少)时间安排|(?:哪|什么)(?:个)?阶段/,
  ],
  ['duration', /多久|多长时间|(?<!哪)几个月|(?<!哪)几年|多少天|多少个月|几天|多少年|几小时|多少小时|(?<![号码段])多长/],
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
  ['number', /多少|(?<![那这哪好])几(?!点)个?|指标值|目标值|基数|基期|数值/],
  [
    'duties',
    /(?:负责|管|承担|职责|任务|干|做)(?:的)?(?:哪些|什么|啥|哪几|些什么|些啥)|职责(?:是|有)|职能|功能定位|管(?:什么|啥|哪些)|干(?:什么|啥)|有什么(?:任务|职责)|要做(?:什么|哪些)|担(?:什么|哪些)责|(?:做|干|管)[些点](?:什么|啥)/,
  ],
  ['who', /谁|哪家|哪个(?:医院|单位|部门|机构)|哪些(?:医院|单位|部门|机构)|哪所|由哪/],
  ['details', /具体条目|条目|明细|细则(?!由|归|是?谁|哪)|具体条款|逐条/],
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

/** The kinds of answer a question asks for. */
export function readWants(text: string): ReadonlySet<Want> {
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
  // 在几家卫生院之间挪动 does not ask how many.
  if (/在几(?:家|个|所)[^，。]{0,8}(?:之间|中间|里头|内部)/.test(text))
    for (const want of ['count', 'number'] as const) wants.delete(want);
  // 没花完的钱归谁 asks what becomes of it.
  if (/(?:钱|资金|结余|经费)(?:该|都)?归谁/.test(text)) wants.delete('who');
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
