/** The commands of the shortage work（缺药命令表）; the help is made from this table. */
import { normaliseText } from '../chinese/numbers.ts';
import type { Command, HandlerContext } from '../feature.ts';
import type { RoleCode } from '../people.ts';
import { shanghaiDay } from '../time.ts';
import { REGISTER_ELSEWHERE } from './discretion.ts';
import { resolveDrug } from './drugs.ts';
import { moveBy } from './moves.ts';
import { parseShortage } from './parser.ts';
import { pressed, register } from './register.ts';
import type { StepId } from './states.ts';
import { board, mine, progressOf } from './views.ts';

const REGISTRANTS: readonly RoleCode[] = ['village-doctor', 'clinician', 'pharmacist'];
const PHARMACISTS: readonly RoleCode[] = ['pharmacist'];

const QUESTION =
  /[?？]|怎么|什么|如何|哪|谁|是否|能不能|吗$|规定|制度|流程|政策|要求|文件|条款|平均|最多|统计|比例|为什么|多久|情况|问题|时限/;

/** 缺药登记制度是什么 is a question, 缺阿莫西林20盒 an order, 缺医少药 neither. */
function looksLikeOrder(argument: string, ctx: HandlerContext): boolean {
  if (!/[\p{L}\p{N}]/u.test(argument)) return true;
  if (QUESTION.test(argument)) return false;
  const { lines } = parseShortage(argument, shanghaiDay(ctx.clock.now()));
  const known = lines.some((line) => line.name !== undefined && resolveDrug(line.name).kind !== 'unmatched');
  const counted = lines.some((line) => line.quantity !== undefined && line.quantity.unit !== undefined);
  if (known || counted) return true;
  const command = /^(?:缺药登记|登记缺药|缺药|没药|断货)[\s:,，、]/.test(normaliseText(ctx.message.text));
  return command && lines.length > 0;
}

/** After a move's word comes a number, a line, or nothing. */
function looksLikeMove(argument: string): boolean {
  return argument === '' || /^(?:qy ?\d|\d{8,}|第 ?[\d一二三四五六七八九十])/i.test(argument);
}

/** 签收 and 到货了 may go on with what is wrong: 少了3盒, 有一盒破损. */
function looksLikeReceipt(argument: string): boolean {
  return (
    looksLikeMove(argument) ||
    /^(?:少|缺|差|实收|收到|全|齐|破损|坏|有.{1,3}(?:破损|坏)|\d+ ?[盒瓶支袋])/.test(argument)
  );
}

function moving(command: {
  readonly step: StepId;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly allowed: readonly RoleCode[];
  readonly summary: string;
  readonly example: string;
  readonly accepts?: (argument: string) => boolean;
}): Command {
  const { step, accepts = looksLikeMove, ...rest } = command;
  return { ...rest, id: `shortage.${step}`, accepts, run: moveBy(step) };
}

export const shortageCommands: readonly Command[] = [
  {
    id: 'shortage.register',
    deidentifiedReply: REGISTER_ELSEWHERE,
    name: '缺药',
    aliases: ['缺药登记', '登记缺药', '没药了', '没药', '断货', '供不上', '缺'],
    summary: '登记缺的药，一条可写几种',
    example: '缺药 阿莫西林胶囊 0.25g*24粒 20盒 还能用3天；布洛芬 10盒',
    allowed: REGISTRANTS,
    accepts: looksLikeOrder,
    run: register,
  },
  {
    id: 'shortage.board',
    name: '缺药清单',
    aliases: ['缺药列表', '缺药看板', '缺药汇总'],
    summary: '未解决的缺药，先急后缓',
    example: '缺药清单 阿莫西林',
    allowed: ['village-doctor', 'clinician', 'pharmacist', 'coordinator', 'manager', 'commission'],
    run: board,
  },
  {
    id: 'shortage.mine',
    name: '我的缺药',
    aliases: ['我登记的缺药', '我的缺药单'],
    summary: '自己登记的和到货情况',
    example: '我的缺药',
    allowed: REGISTRANTS,
    run: (ctx) => mine(ctx),
  },
  moving({
    step: 'allocate',
    name: '有货',
    aliases: ['可以供应'],
    allowed: PHARMACISTS,
    summary: '中心药房有货；只够一部分写数量',
    example: '有货 QY20261121001-2 10盒',
  }),
  moving({
    step: 'purchase',
    name: '采购',
    aliases: ['临采', '采购中'],
    allowed: PHARMACISTS,
    summary: '去采购，写预计到货日',
    example: '采购 QY20261121001 12月1日',
  }),
  moving({
    step: 'deliver',
    name: '配送',
    aliases: ['已配送', '配送中', '发货'],
    allowed: PHARMACISTS,
    summary: '已发出，可写预计到货日',
    example: '配送 QY20261121001 明天',
  }),
  moving({
    step: 'refuse-supply',
    name: '无货',
    aliases: ['暂无法供应', '没货', '供应不了'],
    allowed: PHARMACISTS,
    summary: '暂无法供应，写原因和复核日期',
    example: '无货 QY20261121001 厂家断供 12月15日',
  }),
  moving({
    step: 'receive',
    name: '签收',
    aliases: ['到货了', '收货', '已签收'],
    allowed: REGISTRANTS,
    summary: '收到药；数量不符写明',
    example: '签收 QY20261121001 少3盒',
    accepts: looksLikeReceipt,
  }),
  moving({
    step: 'collect',
    name: '已取药',
    aliases: ['取药了'],
    allowed: REGISTRANTS,
    summary: '患者取走了药',
    example: '已取药 QY20261121001',
  }),
  moving({
    step: 'miss',
    name: '未取药',
    aliases: ['没来取药'],
    allowed: REGISTRANTS,
    summary: '患者没有来取',
    example: '未取药 QY20261121001',
  }),
  moving({
    step: 'cancel',
    name: '取消缺药',
    aliases: ['撤销缺药', '不缺了'],
    allowed: REGISTRANTS,
    summary: '不需要了',
    example: '取消缺药 QY20261121001 患者不再需要',
  }),
  {
    id: 'shortage.progress',
    name: '进度',
    aliases: ['查进度', '缺药进度'],
    allowed: 'bound',
    accepts: (argument) => /^qy ?\d{11,}$/i.test(argument),
    run: progressOf,
  },
  // The card's buttons; in words they reach the draft as 确认, 合并, 取消.
  {
    id: 'shortage.confirm',
    deidentifiedReply: REGISTER_ELSEWHERE,
    name: '确认缺药登记',
    aliases: [],
    allowed: REGISTRANTS,
    run: (ctx, argument) => pressed(ctx, argument, 'separate'),
  },
  {
    id: 'shortage.merge',
    deidentifiedReply: REGISTER_ELSEWHERE,
    name: '合并缺药登记',
    aliases: [],
    allowed: REGISTRANTS,
    run: (ctx, argument) => pressed(ctx, argument, 'merge'),
  },
  {
    id: 'shortage.discard',
    deidentifiedReply: REGISTER_ELSEWHERE,
    name: '放弃缺药登记',
    aliases: [],
    allowed: REGISTRANTS,
    run: (ctx, argument) => pressed(ctx, argument, 'discard'),
  },
];
