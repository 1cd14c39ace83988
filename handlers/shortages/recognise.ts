/** Free sentences that are about a missing drug though no command word begins them（自由说法）. */
import { normaliseText } from '../chinese/numbers.ts';
import type { BoundContext, HandlerContext } from '../feature.ts';
import { say } from '../message.ts';
import { answer, type Decision } from '../outcome.ts';
import { hasRole } from '../people.ts';
import { narcoticRefusal, refusalBlocks } from '../safety/refusals.ts';
import { shanghaiDay } from '../time.ts';
import { REGISTER_ELSEWHERE } from './discretion.ts';
import { knownNameAt, resolveDrug } from './drugs.ts';
import { parseShortage } from './parser.ts';
import { register } from './register.ts';
import { isOpen } from './rules.ts';
import { listShortages, sightOf } from './store.ts';
import { mine } from './views.ts';
import { orderLabel, stateLabel } from './wording.ts';

const ASKED_LATER =
  /(?:登记|缺|报)的?(?:那个?|这个?|几个|那几个)?药.{0,6}(?:来了没|到了没|到没|来没|到货没|怎么样了|有消息)/;
const WHEN = /^(?:我的?|我们的?|那个|登记的)?药(?:品)?(?:什么时候|啥时候|几时|多久)(?:能|才)?(?:到|来|送)/;
/** The central pharmacy thinks of another drug; nobody decides that in chat. */
const SUBSTITUTION = /用.{1,8}替|换成?.{2,8}(?:行|可|能|吧|吗|$)|代替|替代/;
const AVAILABILITY = /还有没有|有没有货|有货吗|有货没|有库存吗|还有吗|有没有$|还有货/;
const MISSING = /没有.{0,12}了|没.{0,8}了|缺.{0,10}$|断货|断供|供不上|用完了|快没了|用光了/;
const ORDERING = /要|来|申请|补|调|登记|送/;
const QUESTION = /[?？]|怎么|什么|如何|为什么|是否|规定|制度|政策|比例|目标|指标|吗$|能不能|可以.{0,6}吗/;

const SUBSTITUTE_ADVICE =
  '替代不由机器人决定：同一通用名换厂家或规格由药师定，换成别的药须开方医生确认。定下后请登记实际供应的药，原来的单发“无货 编号 原因 复核日期”。';

/** Takes 我们这没有降压药了, 阿托要10盒, 心痛定还有没有, 上次登记的药来了没; everything else is left to others. */
export async function recognise(ctx: HandlerContext): Promise<Decision | undefined> {
  const { actor } = ctx;
  const refusal = narcoticRefusal(ctx.message.text, actor?.regionPath);
  if (refusal && (ORDERING.test(ctx.message.text) || MISSING.test(ctx.message.text))) {
    return answer({ audience: 'here', blocks: await refusalBlocks(ctx.knowledge, refusal) });
  }
  if (!actor || !hasRole(actor, 'village-doctor', 'clinician', 'pharmacist')) return undefined;
  const bound: BoundContext = { ...ctx, actor };
  const text = normaliseText(ctx.message.text);
  if (ASKED_LATER.test(text) || WHEN.test(text)) return mine(bound);
  const { lines } = parseShortage(text, shanghaiDay(ctx.clock.now()));
  const [first] = lines;
  const known = lines.filter((line) => line.name !== undefined && isDrugName(line.name));
  if (!first || known.length === 0) return undefined;
  const wanted = AVAILABILITY.test(text) || MISSING.test(text) || ORDERING.test(text);
  if (ctx.deidentified) return wanted && !QUESTION.test(text) ? answer(say(REGISTER_ELSEWHERE)) : undefined;
  if (hasRole(actor, 'pharmacist') && SUBSTITUTION.test(text) && !lines.some((line) => line.quantity))
    return answer(say(SUBSTITUTE_ADVICE));
  if (AVAILABILITY.test(text)) return availability(bound, known[0]?.name ?? '');
  if (QUESTION.test(text)) return undefined;
  const counted = lines.some((line) => line.quantity?.unit !== undefined) && ORDERING.test(text);
  if (MISSING.test(text) || counted || (known.length === lines.length && lines.every((line) => line.quantity?.unit))) {
    return register(bound, text);
  }
  return undefined;
}

/** A name of the table, or one that grows from it: 复方阿莫西林 is for the pharmacist, 医保基金 is not. */
function isDrugName(name: string): boolean {
  return resolveDrug(name).kind !== 'unmatched' || knownNameAt(name) !== undefined;
}

/** 心痛定还有没有: stock is not connected; says so, and what is known of open registrations. */
async function availability(ctx: BoundContext, name: string): Promise<Decision> {
  const resolution = resolveDrug(name);
  const meant =
    resolution.kind === 'matched' ? [resolution.generic] : resolution.kind === 'choose' ? resolution.options : [name];
  const { filter, label } = await sightOf(ctx.db, ctx.actor);
  const open = (await listShortages(ctx.db, { ...filter, open: true })).flatMap((shortage) =>
    shortage.lines
      .filter((line) => isOpen(line) && meant.some((one) => line.name.startsWith(one)))
      .map((line) => ({ shortage, line })),
  );
  const which =
    meant.length === 1 && meant[0] === name
      ? name
      : `${name}（${meant.slice(0, 3).join('、')}${meant.length > 3 ? '等' : ''}${meant.length > 1 ? '，请写全名' : ''}）`;
  const head = `机器人还没有接入药房库存，查不到${which}有没有货，请问中心药房。要登记请发“缺药 药名 数量”。`;
  if (open.length === 0 || ctx.message.conversation.kind === 'group') return answer(say(head));
  const items = open
    .slice(0, 5)
    .map(
      ({ shortage, line }) =>
        `${shortage.number} ${shortage.institution.shortName} ${orderLabel(line)} · ${stateLabel(line)}`,
    );
  return answer(say(head, { type: 'text', text: `${label}未解决的登记：` }, { type: 'list', ordered: false, items }));
}
