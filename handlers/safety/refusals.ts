/** What the bot does not do in chat: order controlled drugs（麻精毒放）, report notifiable diseases（法定传染病）. */
import type { Knowledge } from '../../knowledge/index.ts';
import type { Block } from '../message.ts';
import { foldWidth } from './privacy.ts';

/** A polite no with the way to go, and the clause behind it where the asker's own plan has one. */
export interface Refusal {
  readonly text: string;
  readonly clause?: { readonly doc: string; readonly path: string } | undefined;
}

/** Controlled drugs by generic and everyday name: narcotic, psychotropic, toxic, radioactive. */
const CONTROLLED =
  /吗啡|哌替啶|杜冷丁|度冷丁|芬太尼|美沙酮|可待因|羟考酮|奥施康定|布桂嗪|强痛定|右丙氧芬|阿片(片|酊|粉)|罂粟壳|二氢埃托啡|丁丙诺啡|氯胺酮|哌甲酯|利他林|专注达|三唑仑|司可巴比妥|咪达唑仑|地西泮|安定(片|针|注射)|艾司唑仑|舒乐安定|阿普唑仑|佳静安定|氯硝西泮|劳拉西泮|奥沙西泮|硝西泮|唑吡坦|佐匹克隆|扎来普隆|曲马多|苯巴比妥|鲁米那|地佐辛|布托啡诺|喷他佐辛|依托咪酯|砒霜|三氧化二砷|士的宁|肉毒毒素|生马钱子|生川乌|生草乌|生附子|洋金花|碘\[?131|碘-131|锝\[?99|锝-99|氟代脱氧葡萄糖/;
const CONTROLLED_CLASS = /麻精|麻醉药品|精神药品|毒麻|麻毒|毒性药品|放射性药品|麻药/;
const ORDER =
  /登记|缺|没有?了|没货|断货|要\d|来\d|补|调|配送|送点|申领|申请|领\d|\d+ ?(盒|支|片|瓶|板|粒|贴|箱)|还有没有|有没有货|借|匀/;
const ABOUT = /规定|政策|监管|谁管|怎么管|管理(情况|办法|要求|制度)|清单|内容|检查什么|查什么|哪些要求|条款|属于/;

/**
 * Refuses to take an order for a controlled drug（麻精毒放不在群聊登记）; questions about their management pass.
 * @param regionPath - the asker's region and its parents: the Hunan clause is cited to people of Hunan only
 */
export function narcoticRefusal(text: string, regionPath: readonly string[] = []): Refusal | undefined {
  const folded = foldWidth(text);
  if (ABOUT.test(folded)) return undefined;
  if (!CONTROLLED.test(folded) && !(CONTROLLED_CLASS.test(folded) && ORDER.test(folded))) return undefined;
  const clause = regionPath.includes('hunan') ? { doc: 'hunan', path: '附件1/三/6' } : undefined;
  return {
    text: '麻醉、精神、毒性、放射性药品不能在聊天里登记或调配，这条没有登记。请按本单位麻精药品管理流程办理，联系药学部门专管人员。',
    clause,
  };
}

const NOTIFIABLE =
  /传染病|鼠疫|霍乱|新冠|非典|艾滋|HIV|肝炎|甲肝|乙肝|丙肝|戊肝|脊髓灰质炎|脊灰|禽流感|麻疹|出血热|狂犬病|乙脑|登革热|炭疽|痢疾|结核|伤寒|流脑|百日咳|白喉|破伤风|猩红热|布病|布鲁氏菌|淋病|梅毒|钩体病|血吸虫|疟疾|流感|腮腺炎|风疹|麻风|斑疹伤寒|黑热病|包虫|丝虫|手足口|诺如|水痘|猴痘/i;
const OUTBREAK = /食物中毒|食源性|集体中毒|聚集性|群体性|暴发|突发公共卫生|突发事件|不明原因(肺炎|疾病)/;
const REPORT = /上报|报告|报卡|报病|传报|直报|填卡|报一(下|个|例)|要报|报\d|登记/;
const CASES = /(\d+|[一二三四五六七八九十两几多好]+) ?(例|个|名|人|位)|发现|出现|确诊|疑似/;
const POLICY =
  /负责|职责|责任|发病率|报告率|管理率|机制|制度|考核|监管|方案|规定|条款|清单|指标|目标|由谁|哪个部门|牵头|体系|比例|要求|医防|职能|文件|第.条|附件/;
const COUNTED = /(\d+|[一二三四五六七八九十两几]) ?(例|个|名|人|位)/;
const REFERRAL = /转诊|上转|下转|往哪转|转到|转上|转下|转县|转市|哪里看|去哪看|能转|怎么转/;

/**
 * Points a report of a notifiable disease or an outbreak to the national direct-reporting system（请按直报系统上报）. The
 * caller stores nothing of the text. Questions (结核可疑的往哪转, 报告率目标) pass.
 */
export function notifiableDisease(text: string): Refusal | undefined {
  const folded = foldWidth(text);
  if (REFERRAL.test(folded) || POLICY.test(folded)) return undefined;
  const outbreak = OUTBREAK.test(folded);
  if (!outbreak && !NOTIFIABLE.test(folded)) return undefined;
  if (!REPORT.test(folded) && !CASES.test(folded)) return undefined;
  if (/是不是|怎样|如何/.test(folded) && !COUNTED.test(folded)) return undefined;
  // How the reporting is arranged (报卡能不能自动出) is a question to the plans; what to do with a case is not.
  if (/怎么(?:弄|做|搞)|能不能|可不可以|能否/.test(folded) && !CASES.test(folded)) return undefined;
  const anyDisease = !outbreak && !NOTIFIABLE.test(folded.replaceAll('传染病', ''));
  if (anyDisease && /怎么|咋/.test(folded) && !COUNTED.test(folded)) return undefined;
  if (!REPORT.test(folded) && /[？?]|吗|怎么治|什么/.test(folded)) return undefined;
  return {
    text: '法定传染病、食源性疾病和突发事件不在这里上报，这条内容没有保存。请按直报系统上报，并告知本单位公共卫生科和属地疾控机构。',
  };
}

/** A refusal as reply blocks, with the words of its clause where it has one. */
export async function refusalBlocks(knowledge: Knowledge, refusal: Refusal): Promise<readonly Block[]> {
  const text: Block = { type: 'text', text: refusal.text };
  if (refusal.clause === undefined) return [text];
  const view = await knowledge.clause(refusal.clause.doc, refusal.clause.path);
  if (view === undefined) return [text];
  const words = [view.clause.heading, view.clause.text].filter((part) => part !== '').join('');
  return [text, { type: 'quote', text: words, source: view.label }];
}
