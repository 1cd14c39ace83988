/** Chinese names of channels, states and failures, for the people who run the bot. */

const CHANNELS: Readonly<Record<string, string>> = {
  'wecom-app': '企业微信应用',
  'wecom-aibot': '企业微信智能机器人',
  'wecom-robot': '企业微信群机器人',
  dingtalk: '钉钉',
  'dingtalk-robot': '钉钉群机器人',
  telegram: 'Telegram',
  playground: '试用页',
  none: '没有渠道',
};

const REASONS: Readonly<Record<string, string>> = {
  auth: '凭证无效或权限不足',
  rejected: '平台拒绝了内容',
  unreachable: '平台说收不到',
  'no-way': '没有能送到的渠道',
  'rate-limited': '超过发送频率',
  server: '平台服务异常',
  network: '网络不通',
  timeout: '平台没有应答',
  left: '收件人已离岗或停用',
  'quiet-hours': '夜间不打扰，早上送',
};

export function channelLabel(channel: string): string {
  return CHANNELS[channel] ?? channel;
}

export function reasonLabel(reason: string | null): string {
  return reason === null ? '' : (REASONS[reason] ?? '原因不明');
}
