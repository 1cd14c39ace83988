/** Sentences that mean a referral without beginning with its command（自然说法）. */
import type { HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { quotedNumber } from '../quotes.ts';
import { isEmergency } from '../safety/emergency.ts';
import { findPatientData, foldWidth, mentionsPatient } from '../safety/privacy.ts';
import { startReferral } from './drafting.ts';
import { showProgress } from './looking.ts';
import * as replies from './replies.ts';
import type { FormDirection } from './slots.ts';

/** Words of a question to the plans, whatever patient stands in it. */
const POLICY =
  /规定|政策|文件|条款|标准|流程|目录|条件|哪些|几次|比例|率(?!低|慢|快)|门槛费|起付|报销|医保|责任|什么是|怎么办理|往哪|哪里转/;
const ASKING = /多少|要求|能不能|可以吗|吗[?？]?$/;
const BED_QUESTION =
  /(?:还)?(?:有没有|有)(?:空)?(?:床位?|号源?|位置)(?:了)?(?:吗|么|没有?|不)?[?？]?|能不能收[?？]?|能收(?:吗|不)[?？]?/;
const UPWARD =
  /往上转|转上去|转上来|上转|要转(?:院|诊)|想转(?:院|诊)|(?:转|送)(?:到|去|往)?(?:县|区|市|总院|牵头|上级|[\u4e00-\u9fa5]{1,8}?(?:医院|妇幼|保健院))|转(?:到|去)?(?:心内|神内|心血管|神经|呼吸|消化|内分泌|骨|普外|外|内|儿|妇|产|急诊|肿瘤|肾)/;
const DOWNWARD = /往下转|转下去|转下来|下转|转回|(?:可以|能|要)回去/;
/** 转 as an order of its own: 转 男 70 骨折, 要转; not 好转, 转移, 转氨酶. */
const PLAIN_ORDER =
  /(?:^|[\s,，。;；]|要|想|需|申请|请|得|急|紧急)转(?!移|氨|归|为|阴|阳|录|身|头|动|圈|换|折|院率|诊率|运|介|发|告|给|入)/;
const STATUS = /(到了没|到没到|来了没|接了没|收了没|接收了没|安排了没|怎么样了|什么情况|到哪一步|到院没|进度|有消息)/;
const NUMBER = /(?:ZZ|EM)\d{11,}/i;
/** Longest question after a quoted case: 这个病人到了没. */
const STATUS_CHARACTERS = 12;
const THAT_ONE = /那单|刚才那个|上一单|\d{1,4}号单/;

/** Which way a sentence wants to send a patient; `undefined` for questions and everything else. */
export function meantDirection(text: string): FormDirection | undefined {
  const words = foldWidth(text);
  const identified = findPatientData(words).kinds.length > 0;
  if (POLICY.test(words) && !identified) return undefined;
  const certain = identified || mentionsPatient(words);
  const acute = isEmergency(words);
  if (!certain && ASKING.test(words.replace(BED_QUESTION, ''))) return undefined;
  const speaksOfOne = certain || acute || /(?:有|来了|这)个?(?:病人|患者|老人|孕妇|产妇|小孩|娃)/.test(words);
  if (DOWNWARD.test(words) && (speaksOfOne || NUMBER.test(words))) return 'D';
  return UPWARD.test(words) && speaksOfOne ? 'U' : undefined;
}

/** 转 男 70 骨折: a patient and 转, nothing of a question; which way follows from where the person works（转诊口语）. */
export function meansReferral(text: string): boolean {
  const words = foldWidth(text).trim();
  const asks = POLICY.test(words) || ASKING.test(words.replace(BED_QUESTION, ''));
  const oneIsMeant = findPatientData(words).kinds.length > 0 || mentionsPatient(words) || isEmergency(words);
  return !asks && oneIsMeant && PLAIN_ORDER.test(words);
}

/** Takes a sentence for this feature, or leaves it to the others. */
export async function recogniseReferral(ctx: HandlerContext): Promise<Decision | undefined> {
  const { actor } = ctx;
  const text = foldWidth(ctx.message.text).trim();
  if (!actor) return undefined;
  const bound = { ...ctx, actor };
  const number = NUMBER.exec(text);
  if (number && (number[0].length === text.length || STATUS.test(text))) return showProgress(bound, text);
  const quoted = quotedNumber(ctx.message) ?? '';
  if (STATUS.test(text) && text.length <= STATUS_CHARACTERS && NUMBER.test(quoted)) return showProgress(bound, quoted);
  if (STATUS.test(text) && THAT_ONE.test(text)) return showProgress(bound, THAT_ONE.exec(text)?.[0] ?? '');
  const direction = meantDirection(text);
  if (direction) return startReferral(bound, text, direction);
  if (meansReferral(text)) return startReferral(bound, text, undefined);
  if (isEmergency(text)) return answer(say(ctx.deidentified ? replies.EMERGENCY_ELSEWHERE : replies.EMERGENCY_ADVICE));
  return undefined;
}
