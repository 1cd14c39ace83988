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
];

const SICK =
  '发烧|发热|高烧|烧到|咳嗽|头疼|头痛|头晕|肚子疼|腹痛|胸痛|胸闷|拉肚子|腹泻|呕吐|过敏|皮疹|感冒|血压|血糖|心率|\\d{2}(?:\\.\\d)?度|骨折|出血|抽搐';
const DRUG =
  '(?:布洛芬|美林|阿司匹林|头孢|阿莫西林|硝苯地平|卡托普利|二甲双胍|胰岛素|氯吡格雷|他汀|地尔|普利|沙坦|洛尔|地平|西林|霉素|降压药|降糖药|退烧药|消炎药|抗生素|感冒药|激素|片剂|胶囊)';
/** What to take, how much, whether to stop: for a doctor, never for this assistant. */
const MEDICAL: readonly RegExp[] = [
  new RegExp(
    `(?:${SICK}).{0,16}(?:吃什么药|用什么药|怎么办|咋办|怎么治|怎么处理|严重吗|要紧吗|停药|吃药|先吃|先用|先打|用哪|吃哪)`,
  ),
  new RegExp(
    `${DRUG}.{0,14}(?:一起吃|同服|还是|几片|几粒|几次|怎么吃|怎么用|多少毫克|能吃|能用|合适|加量|减量|停|换成|一天|一次)`,
  ),
  new RegExp(`(?:吃|用|打|服|停)(?:了|点|不用)?(?:点)?${DRUG}.{0,8}(?:吗|么|还是|行不行|可以|几|多少)`),
  /吃什么药(?:好|合适)|(?:用药)?剂量(?:是|要|用)?(?:多少|多大)|能不能一起吃|可以停药吗|能不能停药|要不要停药/,
];

/** A drug or an illness named in a question about shortage, supply or money is about the plan. */
const POLICY =
  /方案|文件|报销|医保|缺药|登记|配送|采购|目录|中心药房|签约|考核|补助|转诊|转上|上转|下转|绿色通道|门诊慢|慢病管理|价格|收费/;
const NO_ADVICE = '我不能给诊疗建议，用药和处置请问接诊医生或上级医院；情况急的，先打120。方案里的规定可以直接问我。';

/** The friendly line for what is no question to the plans; `undefined` for everything else. */
export function smallTalk(question: string): PolicyAnswer | undefined {
  const plain = normalise(question);
  const bare = plain.replace(FILL, '');
  if (!/[\p{L}\p{N}]/u.test(bare)) return talk('smalltalk', `我在。${HINT}`);
  if (GREETING.test(bare)) return talk('smalltalk', `您好，我在。${HINT}`);
  if (THANKS.test(bare)) return talk('smalltalk', '不客气，有需要随时问我。');
  if (IDENTITY.test(bare)) return talk('smalltalk', `我是医共体助手，按实施方案原文答问，也收转诊和缺药登记。${HINT}`);
  if (MEDICAL.some((pattern) => pattern.test(plain)) && !POLICY.test(plain)) return talk('out-of-scope', NO_ADVICE);
  if (OUT_OF_SCOPE.some((pattern) => pattern.test(plain)))
    return talk('out-of-scope', `这件事我帮不上忙。我只按医共体实施方案的原文答问，${HINT}`);
  return undefined;
}

function talk(kind: 'smalltalk' | 'out-of-scope', lead: string): PolicyAnswer {
  return { kind, answerable: false, lead, citations: [] };
}
