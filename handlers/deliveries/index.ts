/** The deliveries feature（投递）: what waits, what was given up, whom a platform does not reach; sending again. */
import type { BoundContext, Feature } from '../feature.ts';
import { resend, show } from './showing.ts';

/** Wired by handlers/index.ts. */
export const deliveries: Feature = {
  name: 'deliveries',
  commands: [
    {
      id: 'delivery.show',
      name: '投递',
      aliases: ['投递情况', '投递状态', '发送情况'],
      summary: '看消息送达情况、送不到的人和群',
      example: '投递',
      allowed: ['admin'],
      accepts: (argument) => argument === '' || /^[#＃]?\d{1,12}$/.test(argument),
      run: (ctx: BoundContext, argument: string) => show(ctx, argument),
    },
    {
      id: 'delivery.resend',
      name: '重发',
      aliases: ['重新投递'],
      summary: '把没送出的消息再送一次',
      example: '重发 全部',
      allowed: ['admin'],
      accepts: (argument) => argument === '' || /^(?:全部|所有|[#＃]?\d{1,12})$/.test(argument),
      run: (ctx: BoundContext, argument: string) => resend(ctx, argument),
    },
  ],
};
