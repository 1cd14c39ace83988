/** How well a few words have the form that answers: what it is for, who does it, what it hangs on, how it is done（答形）. Pure. */
import { countNamed, kindAsked } from '../names.ts';
import type { ReadQuestion } from '../question.ts';
import { actorIn } from './actor.ts';
import { limitFit } from './limit.ts';
import { hospitalAsked, unitAsked, wordsFor } from './units.ts';

/** A way of asking, and the form of words that answers it; both on normalised text. */
interface Form {
  readonly asks: RegExp;
  readonly answers: RegExp;
  readonly worth: number;
}

const FORMS: readonly Form[] = [
  // 资金池的钱能干什么用: 主要用于….
  {
    asks: /用来|拿来|拿去|用[在到于]哪|用于(?:什么|哪)|花[在到]|怎么[花用使]|用途|用处|(?:干|做)(?:什么|嘛|吗|撒子)(?:用|使|的)?$|有什么用|起什么作用|算什么|算作/,
    answers: /用于|用作|纳入|作为|以[^，]{2,8}为统领|统筹[^，]*(?:采购|维修|设施)/,
    worth: 1.2,
  },
  { asks: /从哪(?:来|里来|儿来)|哪来|来源|怎么来/, answers: /提取|注入|来源|整合[^，]*资金/, worth: 1.2 },
  // 考核结果会影响什么: 与…挂钩.
  {
    asks: /挂钩|挂上|挂着|影响|体现在?哪|用在哪|有什么用/,
    answers: /(?:与|和)[^。]*(?:挂钩|脱钩)|体现在|运用到|不得与/,
    worth: 1.1,
  },
  { asks: /倾斜|看(?:重|哪|什么)|考核(?:什么|哪)|考哪/, answers: /倾斜|加强[^，]*考核|方面的?考核/, worth: 0.9 },
  // 招不到村医咋办: 通过…等方式.
  {
    asks: /怎么(?:办|弄|搞|处理|保障|解决|看病|实现|参与|安排|打造|做到)|如何(?:保障|解决|实现|参与|处理)|靠(?:什么|哪)|什么(?:办法|法子|方式|途径)|通过(?:什么|哪)|哪些(?:办法|方式|渠道|途径)/,
    answers: /^(?:且|并)?(?:通过|采取|采用|实行|依托|设置|制定|根据各自|安排|统一"|由)|方式|渠道|分担/,
    worth: 0.7,
  },
  { asks: /怎么参与|参与(?:什么|哪|些)|什么角色|什么作用/, answers: /参与[^，]*(?:管理|监督|服务)|作用/, worth: 0.6 },
  {
    asks: /怎么(?:拨|付|给|结|支付|付费)|付钱|付费/,
    answers: /拨付|预拨|付费|按(?:月|季|年|病种|人头)|年初/,
    worth: 0.9,
  },
  {
    asks: /(?:多久|多长时间|几个?月|几天)[^，]{0,6}一[次回趟]|频率|先[^，]{0,6}(?:还是|再)/,
    answers: /按(?:月|季|年)|年初|每年|季度|考核后/,
    worth: 0.9,
  },
  { asks: /(?:几比几|比例|百分之几|怎么分|分法|怎么摊|几几)/, answers: /\d:\d|\d%|各方分担比例|1:1/, worth: 0.9 },
  // 能不能: what is allowed or forbidden.
  {
    asks: /能不能|能否|可不可以|可以[^，]*吗|能[^，]*[吗不么]$|让不让|准不准|允许|是不是|是否|要不要|得不得|算不算|还能|行不行/,
    answers: /可以|可(?=[^能靠及持])|鼓励|支持|允许|不得|不能|禁止|暂停|脱钩|不再|列入|原则上|不变/,
    worth: 0.4,
  },
  { asks: /要不要|必须|应不应|得不得|该不该|强制/, answers: /应|须|必须|全部/, worth: 0.3 },
  { asks: /建(?:立|设)?(?:了)?(?:哪|什么|几)|设(?:了)?(?:哪些|几)/, answers: /建立|建设|组建|设立|成立/, worth: 0.8 },
  { asks: /变(?!更)|调整|取消|撤/, answers: /调整|变更|必要时/, worth: 0.6 },
  { asks: /一样|相同|同价/, answers: /同(?:病同|城同|县同|等|质)/, worth: 0.5 },
  { asks: /谁(?:来|去)?(?:掏|出|承担|买单|负担|分担|兜|摊)|算谁|谁和谁/, answers: /承担|分担|负担/, worth: 0.9 },
  { asks: /(?:建|搞|整|组|设)[^，]{0,3}几个/, answers: /数量|\d个|\d-\d个/, worth: 0.6 },
  {
    asks: /程序|手续|批|点头|同意|拍板|说了算|流程/,
    answers: /审核|同意|备案|报[^，]{2,12}(?:审|批|备)|任免|征求|提名/,
    worth: 0.6,
  },
  { asks: /什么样|成什么|目标|达到什么/, answers: /达到|建成|更加|打造|实现/, worth: 0.5 },
  {
    asks: /在哪|哪(?:家|个)(?:医院|单位|地方)[^，]{0,3}$|设哪|放哪|落在/,
    answers: /设在|地点|依托|[在由][^，]{2,12}(?:建|设)/,
    worth: 0.6,
  },
  // 疾控中心要出什么力: what it does.
  {
    asks: /(?:出|尽)(?:什么|哪些)力|(?:干|做|管)(?:些)?(?:什么|哪)|职责|职能|责任|(?:什么|哪些)[^，]{0,3}作用|定位/,
    answers: /做好|负责|承担|统筹|牵头|参与|履行|提供|发挥[^，]*作用/,
    worth: 0.5,
  },
  { asks: /叫什么|名称|挂什么牌|牌子|招牌|简称/, answers: /简称|名称|牌子|称为/, worth: 0.6 },
  { asks: /职称|资格|条件|级别|什么人|资质/, answers: /资格|职称|以上|符合|具备|级/, worth: 0.4 },
];

/** Asks for members. */
const LISTS =
  /哪些|哪几|哪[两二三四五六七八九十]|包括|包含|有什么|(?:管|查|做|干|负责|参与|承担|看|统筹|协调|建|统一|监管|消毒|提供|服务|评估)(?:了)?(?:些)?(?:什么|哪)|些什么|什么(?:东西|内容|项目|方面|任务|职责)|都(?:有|是)谁|各是|分别/;
/** The kind of thing asked for, right after 哪些 or 几家. */
const KIND =
  /(?:哪些|哪几(?:个|家|所|项|类|种|样|条)?|哪[两二三四五六七八九十](?:个|家|所|项|类|种|样|大)?|什么|多少(?:个|家|所|处|名)?|几(?:个|家|所|处|名))([\u4e00-\u9fff]{2,4})/;
const SEVERAL = 0.3;
const MOST_SEVERAL = 0.9;
/** 医保等部门, 等方面: the end of a list. */
const LIST_END = /、[^，；]*等|[^，；]、[^，；]+和[^，；]/;

/** How well the words have the form asked for; 0 where the question asks for none, about 2 at most. */
export function fitOf(question: ReadQuestion, plain: string): number {
  const asked = question.text.replace(/[?。!，]+$/, '');
  let fit = 0;
  for (const form of FORMS) if (form.asks.test(asked) && form.answers.test(plain)) fit += form.worth;
  return (
    fit +
    listFit(asked, plain) +
    kindFit(asked, plain) +
    actorFit(question, asked, plain) +
    unitFit(asked, plain) +
    limitFit(asked, plain)
  );
}

/** 哪些部门: the part that enumerates, all the more where it enumerates what was asked for. */
function listFit(asked: string, plain: string): number {
  if (!LISTS.test(asked)) return 0;
  const several = Math.min(MOST_SEVERAL, (plain.match(/、/g)?.length ?? 0) * SEVERAL);
  const kind = KIND.exec(asked)?.[1] ?? '';
  const institutions = kindAsked(/哪.*$/.exec(asked)?.[0] ?? '');
  const named = institutions !== undefined && countNamed(plain, institutions) >= 2 ? 1.6 : 0;
  const ends = kind.length >= 2 && LIST_END.test(plain) && new RegExp(`等[^，、]{0,8}${kind.slice(-2)}`).test(plain);
  return several + named + (ends ? 0.6 : 0);
}

/** 哪个乡, 制度叫什么: one of the kind is named. */
function kindFit(asked: string, plain: string): number {
  const [, of = '', before = ''] =
    /哪(?:一)?(?:个|家|所|条|种|些)([县区市乡镇村院病]|[\u4e00-\u9fff]{2})|([\u4e00-\u9fff]{2})(?:叫|称)什么/.exec(
      asked,
    ) ?? [];
  const kind = of === '' ? before : of;
  return kind !== '' && new RegExp(`[\\u4e00-\\u9fff]${kind}`).test(plain) ? 0.35 : 0;
}

/** 谁来建: somebody acts in these words. */
function actorFit(question: ReadQuestion, asked: string, plain: string): number {
  return asksActor(question, asked) && actorIn(plain) !== undefined ? 0.9 : 0;
}

/** Asks who does something, or where it is done. */
export function asksActor({ wants }: ReadQuestion, asked: string): boolean {
  return wants.has('who') || wants.has('responsible') || wants.has('lead') || ACTOR_ASKED.test(asked);
}

const ACTOR_ASKED =
  /谁|由哪|归哪|哪(?:家|个|里)(?:单位|部门|医院|中心|机构|局|科室)?(?:来|去)?(?:负责|建|牵头|统筹|管|办|提名|组建|定|发)/;

const UNIT_ACTS =
  /(?:干|做|管|负责|统筹|出|参与|承担|建|帮扶?|带|牵头|考核|给|起)(?:了)?(?:些)?(?:什么|哪|谁|几)|职责|责任|作用/;

/** 区疾控中心要出什么力: the words that name it as the one who acts. */
function unitFit(asked: string, plain: string): number {
  const unit = hospitalAsked(asked) ?? unitAsked(asked);
  if (unit === undefined || !UNIT_ACTS.test(asked)) return 0;
  return new RegExp(
    `(?:^|发挥|支持|由|依托|在)(?:[\\u4e00-\\u9fff]{2}[县区市])?[县区市]?(?:${wordsFor(unit).join('|')})`,
  ).test(plain)
    ? 0.5
    : 0;
}
