/** Tells talk among colleagues from a question to the plans（同事间的话）. */
import type { WeighedTerm } from './score.ts';
import type { PolicyAnswer } from './types.ts';

/** Asks a colleague to do something now, or speaks of one bed, one shift, one meeting. */
const TO_COLLEAGUES =
  /谁(?:有空|有时间|没事|在(?:科里|院里|岗|家|呢|吗)|能(?:来|去|帮|替|顶)|方便|去(?:一趟|一下|拿|取|送|接)|来(?:一下|一趟|拿|取)|替我|帮我)|(?:帮我|帮忙|麻烦|谁来)(?:看看|看一?下|带|拿|顶|盯|换|取|送|接)(?:一?下)?\S{0,4}(?:\d+床|病房|班|饭|快递|标本|血|病历|片子)|(?<!\d)\d{1,3}\s*床(?!位)|(?:换|顶|替|调)(?:个|一个|一下)?班|几点(?:开会|下班|上班|吃饭|集合|出发)|吃(?:什么|啥|饭)|(?:在|到)哪(?:开会|集合|吃饭)|开会(?:在|去)哪|车(?:停|在)哪|钥匙|快递|打卡|团建|聚餐/;

/** 收到，马上去办. */
const ACKNOWLEDGES =
  /^(?:收到|好的|好|行|嗯|明白|知道|可以|没问题|ok|了解|谢谢)+(?:了|的|啦|哈)?[，。!]?(?:我|我们|这边)?(?:马上|这就|立刻|立马|稍后|一会儿?|等下|等会儿?|尽快|现在|回头|下午|明天|晚点|随后|按要求|已经?|去|来)/;

/** Any form of asking. */
const ASKS =
  /还是|谁|哪|几|多少|什么|啥|怎么|怎样|如何|咋|为何|为什么|吗|么|能不能|能否|是否|是不是|有没有|可不可以|要不要|会不会|多久|何时|呢|[?？]|([\u4e00-\u9fff])[不没]\1|请问|查|给我|列|说说|讲讲|介绍/;

/** Share of the words no document knows from which a statement is no question put in key words. */
const FOREIGN = 0.6;

const LINE =
  '这句像是跟同事说的，我只按实施方案的原文答问。可以直接问我，例如“医保结余怎么分”；转诊、缺药请发送“帮助”看怎么说。';

/** The line for words that are meant for people. */
export function toColleagues(plain: string): PolicyAnswer | undefined {
  return TO_COLLEAGUES.test(plain) || (ACKNOWLEDGES.test(plain) && !ASKS.test(plain)) ? talk() : undefined;
}

/** A statement of which the documents know little: 明天下午三点开会别忘了. Not a question that was not found. */
export function notAsked(plain: string, terms: readonly WeighedTerm[]): PolicyAnswer | undefined {
  if (ASKS.test(plain)) return undefined;
  const total = terms.reduce((sum, term) => sum + term.weight, 0);
  const foreign = terms.reduce((sum, term) => sum + (term.found === 0 ? term.weight : 0), 0);
  return total === 0 || foreign >= total * FOREIGN ? talk() : undefined;
}

function talk(): PolicyAnswer {
  return { kind: 'smalltalk', answerable: false, lead: LINE, citations: [] };
}
