/** Finds what is really asked in a chat message: without greeting, self-introduction, how the question came up（问话主干）. */

/** Says who is speaking, how it came up, or that a question follows; asks nothing itself. */
const PREAMBLES: readonly RegExp[] = [
  /^(?:各位)?(?:领导|老师|同志|同事|主任|专家|小助手|助手|机器人|大家)?(?:们)?(?:你们?|您|大家|老师|各位|领导)?(?:好|早)(?:啊|呀|的)?$/,
  /^(?:在吗|在不在|打扰(?:一下|了)?|不好意思|麻烦(?:你|您|问)?(?:一下|下|了)?|辛苦(?:你|您)?(?:了|一下)?|早上好|上午好|中午好|下午好|晚上好|谢谢|多谢)$/,
  /^(?:我|我们|咱|这边|我这边|本人)(?:们)?(?:这边)?(?:是|在|就是)(?!想|说|要|问)[^?？]{2,24}(?:的|医生|大夫|护士|药师|会计|院长|主任|村医|科长|干事|卫生院|医院|卫生室|中心|卫健[委局]|单位|人员|上班|工作)$/,
  /^我?(?:刚|新|才)(?:刚)?(?:调|来|到|接手|上任|入职|参加工作|毕业|接)[^?？]{0,14}$/,
  /^(?:我们|咱)?(?:领导|院长|主任|书记|上级|局里|院里|科里|单位|区里|县里)(?:刚才|今天|昨天|又|刚|非)?(?:让|要|叫|安排|喊|催|布置|通知)(?:我|我们|咱)?[^?？]{0,20}$/,
  /^(?:今天|昨天|上午|下午|早上|刚才|刚刚|前天|那天|上次|上周)[^?？]{0,6}(?:开会|培训|学习|例会|会上|群里|门诊|查房|下乡|巡诊)[^?？]{0,20}$/,
  /^(?:有(?:个|位)?|我?(?:一个)?)(?:人|病人|患者|家属|老百姓|群众|同事|村民|大爷|大妈|老人|领导)(?:今天|昨天|来|又|老)?(?:问|说|打听|吵|反映)(?:我|起|到|过|了|我们)?(?:个事|一个问题|个问题)?$/,
  /^(?:文件|方案|政策)?(?:太长|字太多|看了半天|翻了半天|找了半天|没找到|没看懂|看不懂|看晕了|不太懂|不太清楚|不大清楚|记不清|记不清了|忘了|有点懵|有点糊涂|想不起来)(?:了|没找到|也没找到)?$/,
  /^(?:我)?(?:想|要|来|就|还)?(?:请教|咨询|请问|问|了解|打听|确认|核实)(?:一下|下|你|您|大家|各位|个事|个事儿|个问题|一个问题|点事|老师)*$/,
  /^(?:是这样(?:的)?|事情是这样|情况是这样|话说|对了|那个|哎|唉|哦对了|另外)$/,
];

/** What stands before the question itself, within one part: 我想问一下…, 麻烦问下…. */
const CUE =
  /^(?:[^?？，,。]{0,12}?)(?:(?:我)?(?:就|还)?(?:想|要|来)(?:请教|咨询|请问|问|了解|打听|确认|核实|知道)(?:一下|下|问|清楚|你|您|大家)*|(?:请|麻烦|劳烦)(?:帮我|帮忙|你|您)?(?:问|查|看)(?:问|查|看)?(?:一下|下)?|请问(?:一下|下)?)(?:就是|说)?[:：]?/;

const ASKS =
  /谁|哪|几|多少|什么|啥|怎么|怎样|如何|咋|为何|吗|么|能不能|能否|是否|是不是|有没有|可不可以|要不要|会不会|多久|何时|呢|[?？]|(.)不\1/;

/** 三单这事…哦不，绩效考评谁管: what was said before is taken back. */
const TAKEN_BACK =
  /(?:哦|噢|呃|啊|额|哎)(?:不对|不是|不)[，,。…\s]+|(?:说错了|打错了|发错了|问错了|写错了)[，,。…\s]+(?:是|应该是)?/g;

function endOfLast(text: string, pattern: RegExp): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last && last.index + last[0].length < text.length - 3 ? last.index + last[0].length : 0;
}

/** The message without what only leads up to the question; the message itself where nothing is left or nothing leads up. */
export function heartOf(message: string): string {
  const said = message.slice(message.search(TAKEN_BACK) < 0 ? 0 : endOfLast(message, TAKEN_BACK));
  const parts = said.split(/(?<=[，,。！!?？\n~～…；;])/).filter((part) => part.trim() !== '');
  const kept: string[] = [];
  for (const part of parts) {
    const bare = part.replace(/[\s，,。！!?？~～…；;]+/g, '').replace(/(?:啊|呀|哈|哦|嘛|呢|吧|啦|哟)+$/, '');
    if (bare === '') continue;
    if (parts.length > 1 && PREAMBLES.some((pattern) => pattern.test(bare))) continue;
    kept.push(part);
  }
  const cut = kept.map((part) => {
    const rest = part.replace(CUE, '');
    return rest.replace(/[\s，,。！!?？]/g, '').length >= 4 && ASKS.test(rest) ? rest : part;
  });
  const heart = cut.join('').trim();
  return heart.length >= 4 ? heart : message;
}
