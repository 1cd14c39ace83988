/** What exactly is asked of a subject: the predicate of a yes-or-no question, the attribute, the kind of thing（所问之点）. */

/** Places of words in a question. */
export interface Predicate {
  readonly from: number;
  readonly to: number;
  /** An act with rules of its own (谁报销, 怎么招标). */
  readonly act: boolean;
  /** What an institution has or does (卫生院有没有透析): it must be written, known word or not. */
  readonly offered?: boolean | undefined;
}

const MODAL =
  /能不能(?:够)?|能否|可不可以|可以不可以|可否|是否|会不会|要不要|做得[了成]|看得[了成]|治得[了成]|搞得[了成]|开得[了成]|用不用|需不需要|该不该|让不让|准不准|许不许|允不允许|有没有|有无|算不算|能|可以/g;

/** Acts that have rules of their own: where these are asked for, the act itself must be spoken of. */
const SUPERVISES = /(分管)(?:的是)?(?:哪|什么)[^，。]*$/;
const ACTS_WITH_RULES =
  /(?:怎么|怎样|如何|由?谁(?:来|去)?|哪里|哪儿)((?:招标|投标|报销|报账|申请|申报|审批|注册|报名|处罚|处分|追责|问责|下载|办理|备案|投诉|举报|赔偿|赔|补偿|预约|排班|缴费|交费|领取|领|付钱买|付钱|付款|续签|解约|退费|退款|收费|招生|转正|入编|退休|请假|调动|离职|公示|抽查|盖章|签字|结账|开票|印发|打印|充值|激活|绑定)(?:的|了|呢)?)$/;

/** Has it, or does it for a patient. */
const OFFERS = /^(?:有没有|有无|.得[了成])|^[\u4e00-\u9fff]{1,4}?(?:做|开展|开|看|治|接|搞|查|拍|住|直接|设)/;

/** An institution, by its own name or its kind, perhaps at some hour. */
const INSTITUTION =
  /(?:医院|卫生院|卫生室|保健院|服务中心|服务站|[一二三四五六]院|分院)(?:[里的]|那边|这边)?(?:[^，。]{0,2}(?:夜里|晚上|周末|节假日|白天|现在|平时))?(?:急诊|门诊|病房|住院部)?$/;

/** What is asked of the subject: the words after the last 能不能, 是否, 可以… of a sentence that asks yes or no. */
export function readPredicate(text: string): Predicate | undefined {
  const bare = text.replace(/[?。!]+$/, '');
  const runs = SUPERVISES.exec(bare);
  if (runs && runs.index >= 2) return { from: runs.index, to: runs.index + 2, act: true };
  const act = ACTS_WITH_RULES.exec(bare);
  if (act && act.index >= 2)
    return { from: act.index + (act[0].length - (act[1]?.length ?? 0)), to: act.index + act[0].length, act: true };
  const open = /谁|哪|什么|啥|多少|几(?!乎)|怎么|如何|咋|还是|多久|何时/.test(bare);
  const choice = /([能可会要用该让准许有算])(?:不|没)(?:可以|可能|[能可会要用该让准许有算允])|能否|可否|是否|有无/.test(
    bare,
  );
  if (open || !(choice || /(?:吗|么|不|没有|没)$/.test(bare))) return undefined;
  const last = [...bare.matchAll(MODAL)].filter((match) => !choice || match[0].length > 1).at(-1);
  if (!last || last.index < 2) return undefined;
  const offered =
    INSTITUTION.test(bare.slice(0, last.index)) &&
    OFFERS.test(bare.slice(last.index)) &&
    !NO_ATTRIBUTE.test(bare.slice(last.index));
  return { from: last.index + last[0].length, to: bare.length, act: false, ...(offered ? { offered } : {}) };
}

/** What stands right after the attribute: 工资谁出, 住宿怎么解决. */
const AFTER_ATTRIBUTE =
  /(?:由|该|又|都|是|归|要|到底)?(?:谁|哪(?:边|方|头)|怎么(?!样)|怎样|如何)(?!算|计算|统计|得出|当|分)/g;
/** Has it, is there any: 有名额吗, 有没有宿舍. */
const HAS = /(?:有没有|有无|有)([\u4e00-\u9fff]{2,6}?)(?:吗|么|没有|没|不)?$/;

/** Words after 有 that ask no more than whether it is written. */
const NO_ATTRIBUTE =
  /规定|要求|说法|关系|影响|区别|好处|必要|问题|意见|办法|明确|硬性|具体|统一|专门|可能|机会|时间|条件|提到|写/;

/** Where the attribute of a question ends; `who` where it is asked who bears or does it. */
export interface Attribute {
  readonly end: number;
  readonly who: boolean;
}

/** The attribute of a question; `undefined` where none can be told. */
export function readAttribute(text: string): Attribute | undefined {
  const bare = text.replace(/[?。!]+$/, '');
  const has = HAS.exec(bare);
  if (has && has.index >= 2 && !/[谁哪什么多少几怎]/.test(bare) && !NO_ATTRIBUTE.test(has[1] ?? ''))
    return { end: has.index + has[0].indexOf(has[1] ?? '') + (has[1]?.length ?? 0), who: false };
  const last = [...bare.matchAll(AFTER_ATTRIBUTE)].at(-1);
  return last && last.index >= 4 ? { end: last.index, who: /谁$|哪.$/.test(last[0]) } : undefined;
}

/** What is handed in or shown. */
const PAPERS = /^(?:材料|资料|手续|证件|证明|表格|表单)$/;

/** Kinds so general that any thing may be of it, and words people only put in its place. */
const ANY_KIND =
  /^(?:单位|部门|机构|医院|卫生院|科室|方面|内容|地方|时候|情况|问题|事情|东西|目标|阶段|措施|要求|作用|意思|关系|原因|办法|方式|方法|说法|规定|文件|级别|名字|名称|条件|部分|好处|待遇|政策|任务|工作|职责|人员|区别|影响|结果|标志|牌子|层级|水平|特点|活动|动作|渠道|途径|手段|形式|类型|类别|性质|角色|身份|日子|日期|样子|程度|比例|数字|数据|指标|平台|中心|大中心)$/;

/** A noun right after 哪个, 什么, 多少种. */
export function isAsked(term: { readonly text: string; readonly grip: number }, before: string): boolean {
  if (term.text.length < 2 || term.grip < 1 || ANY_KIND.test(term.text) || /^[局院科厅委办站所家]/.test(term.text))
    return false;
  if (PAPERS.test(term.text) && /(?:哪些|什么)$/.test(before)) return true;
  return /(?:哪(?:一)?(?:个|家|种|类|所|款|份|张)|(?:多少|几)(?:个|种|家|张|台|辆|间|支))$/.test(before);
}
