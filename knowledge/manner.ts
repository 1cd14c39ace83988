/** Whether a sentence has the turn of words that fits how something is asked: where it is set up, who leads, who bears（句式相合）. */
import { namesLeader } from './evidence.ts';
import type { ReadQuestion } from './question.ts';
import type { Sentence } from './reading.ts';

/** Words that fit how it is asked: where something is set up, who leads. */
export function manner(question: ReadQuestion, { plain }: Sentence): number {
  const placed =
    question.wants.has('where') && /设在|地点|依托|[在由以]\S{2,14}(?:建立|设立|成立|组建|设置|建设)/.test(plain);
  const leads = question.wants.has('lead') && namesLeader(plain);
  const focused = inFocus(question, plain);
  const shares = focused && /怎么分|咋分|如何分|怎样分|怎么个分/.test(question.text) && /\d%|\d:\d/.test(plain);
  const text = question.text;
  // 有几个卫生院: 32家乡镇（中心）卫生院 says it, a list of them only shows it.
  const counted = question.wants.has('count')
    ? /(?:几|多少)(?:个|家|所|名|处|项)([\u4e00-\u9fff]{2,4})/.exec(text)?.[1]
    : undefined;
  const counts =
    counted !== undefined && new RegExp(`\\d+(?:个|家|所|名|处|项)[^，。、]{0,8}${counted.slice(0, 2)}`).test(plain);
  const duty =
    /干什么|做什么|干啥|管什么|管啥|管哪|管(?:些|点)?(?:什么|啥)|职责|职能|负责什么|负责哪/.test(text) &&
    /负责|统筹|承担|职责/.test(plain);
  const spends =
    /(?:花|用|使)(?:在|到)?(?:哪|什么地方|啥地方)|怎么[花用使]|用途|(?:做|干)什么用|拿来(?:做|干|用)/.test(text) &&
    /用于/.test(plain);
  const bears =
    /谁(?:来)?(?:去)?(?:掏|出钱|出|承担|买单|扛|负担|分担|兜)|怎么(?:分担|承担|分摊)/.test(text) &&
    /由[^，。]{2,30}承担|按[^，。]{1,12}(?:比例|分担)|各方分担/.test(plain);
  const founds =
    /谁(?:来)?(?:去)?(?:建|办|设|组建|成立)|哪(?:家|个)[^，。]{0,4}(?:建|设)/.test(text) &&
    /(?:医院|局|委|中心)(?:组建|建立|设立|成立|建设)/.test(plain);
  // 归哪个中心: the sentence that sets up one of the kind.
  const kind = /(?:哪|什么)(?:一)?(?:个|种|大)?(中心|平台|委员会|药房|科室|办公室|机制|制度|目录)/.exec(text)?.[1];
  const instance = kind !== undefined && new RegExp(`(?:建立|设立|成立|组建|建设)[^，。；]{2,16}${kind}`).test(plain);
  const hangs =
    /(?:跟|和|与)(?:什么|哪些|哪几)[^，。]{0,4}(?:挂钩|挂上)/.test(text) &&
    /结果[^。]{0,6}(?:与|和)[^。]{4,}挂钩|结果直接/.test(plain);
  return (
    (hangs ? 0.25 : 0) +
    (focused ? 0 : -0.3) +
    (instance ? 0.25 : 0) +
    (placed ? 0.2 : 0) +
    (leads ? 0.3 : 0) +
    (shares ? 0.2 : 0) +
    (counts || countsDirectly(question, plain) ? 0.25 : 0) +
    (duty ? 0.15 : 0) +
    (spends ? 0.2 : 0) +
    (bears ? 0.2 : 0) +
    (founds ? 0.12 : 0)
  );
}

/** What is new in a follow-up stands in the sentence itself. */
export function inFocus(question: ReadQuestion, plain: string): boolean {
  return (question.focus ?? []).every((term) => term.alternatives.some((one) => plain.includes(one.text)));
}

/** 多少县 is met by 90%以上的县. */
export function countsDirectly(question: ReadQuestion, plain: string): boolean {
  const counted = /多少(?:个)?([县村镇乡])/.exec(question.text)?.[1];
  return (
    counted !== undefined && (new RegExp(`\\d%?(?:以上|左右)?的?个?${counted}`).test(plain) || /全覆盖/.test(plain))
  );
}
