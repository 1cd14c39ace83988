/** Greetings, thanks, requests for other work, and words that are no question at all（寒暄、闲聊、无关请求）. */
import type { PolicyAnswer } from '../types.ts';
import { normalise } from '../words.ts';

const HINT = '可以直接问我方案里的规定，例如“医保结余怎么分”“哪个部门负责双向转诊”。';
const GREETING =
  /^(?:你好|您好|你们好|大家好|hi|hello|嗨|哈喽|早|早上好|早安|上午好|中午好|下午好|晚上好|在吗|在不在|在么|有人吗|喂|老师好|打扰了|打扰一下|新年好|节日快乐|辛苦|辛苦了)+(?:老师|小助手|助手|机器人|各位)?$/;
const THANKS =
  /^(?:好的|好|行|嗯+|哦+|ok|收到|明白|明白了|知道了|了解|了解了|可以|没事了|没问题|谢谢|多谢|感谢|谢了|谢谢你|谢谢您|谢谢老师|辛苦|辛苦了|麻烦了|麻烦你了|太好了|不用了|再见|拜拜|回见|晚安|非常感谢|厉害|真棒|不错|赞)+(?:啦|了|哈|啊|呀|你|您|老师|助手)?$/;
const IDENTITY =
  /^(?:你是谁|你是什么|你叫什么(?:名字)?|你是(?:不是)?(?:机器人|人工|真人|ai)(?:吗)?|你能(?:做|干)(?:什么|啥)|你会(?:什么|啥|做什么)|你有什么功能|怎么用|怎么使用|介绍一下你自己|自我介绍)$/;
const FILL = /[\s，。,.!！?？~～、;；:：…]+|[呀啊哈呢吧啦哦嘛]/g;

/** Work this assistant does not do: writing, translating, reckoning, weather, jokes, medical advice. */
const OUT_OF_SCOPE: readonly RegExp[] = [
  /(?:帮我|帮忙|给我|替我|请你?|能不能|可以|麻烦)?.{0,6}(?:写|拟|起草|编|撰写|润色|改写|代写|做)(?:一?(?:个|份|篇|首|封|段|张|下|条)).{0,16}(?:通知|汇报|报告|总结|讲话|发言|稿|材料|信|函|诗|文章|论文|文案|ppt|方案|计划|请示|简报|新闻|检讨|祝福|对联|海报|表格|邮件|代码|程序|作文|请假条|申请)/,
  /(?:帮我|给我|替我|帮忙)(?:写|拟|起草|编|翻译|画|做个?ppt|算命|订|买|点|叫|查快递|导航|放|唱)/,
  /天气|下雨吗|气温|笑话|段子|讲个?故事|唱(?:首|个)歌|写诗|股票|基金净值|彩票|星座|运势|电影|电视剧|球赛|世界杯|菜谱|做菜|外卖|打车|火车票|机票|酒店|旅游攻略|翻译(?:成|一下|这)|几点了|今天星期几|今天几号|谁会赢|明星|八卦|游戏|作业|数学题/,
  /(?:我|孩子|老人|他|她|患者|病人).{0,10}(?:发烧|咳嗽|头疼|头痛|肚子疼|拉肚子|呕吐|过敏|皮疹).{0,12}(?:吃什么药|怎么办|咋办|用什么药|严重吗)|吃什么药好|(?:用药)?剂量是多少|能不能一起吃/,
];

/** The friendly line for what is no question to the plans; `undefined` for everything else. */
export function smallTalk(question: string): PolicyAnswer | undefined {
  const plain = normalise(question);
  const bare = plain.replace(FILL, '');
  if (!/[\p{L}\p{N}]/u.test(bare)) return talk('smalltalk', `我在。${HINT}`);
  if (GREETING.test(bare)) return talk('smalltalk', `您好，我在。${HINT}`);
  if (THANKS.test(bare)) return talk('smalltalk', '不客气，有需要随时问我。');
  if (IDENTITY.test(bare)) return talk('smalltalk', `我是医共体助手，按实施方案原文答问，也收转诊和缺药登记。${HINT}`);
  if (OUT_OF_SCOPE.some((pattern) => pattern.test(plain)))
    return talk('out-of-scope', `这件事我帮不上忙。我只按医共体实施方案的原文答问，${HINT}`);
  return undefined;
}

function talk(kind: 'smalltalk' | 'out-of-scope', lead: string): PolicyAnswer {
  return { kind, answerable: false, lead, citations: [] };
}
