/** What the stand-in says: one canned answer for every kind of block, a referral in a group, a digest at 08:00. */
import type { Block } from '../../handlers/message.ts';
import { barPicture } from './bar-picture.ts';
import type { PostedMessage } from './fake-playground.ts';

export interface FakeReply {
  /** `here`, `sender` in private, or the id of a conversation. */
  readonly to: string;
  readonly blocks: readonly Block[];
}

const NUMBER = 'ZZ20261121007';

const text = (words: string): Block => ({ type: 'text', text: words });

/** Every kind of block, once, with characters that must arrive literally. */
export const EVERY_BLOCK: readonly Block[] = [
  text('第一行 <b>不是粗体</b> & "引号"\n第二行'),
  {
    type: 'markdown',
    text: '**要点**\n1. 先看 `附件2`\n2. 再看[原文](https://example.org/plan)\n> 引一句\n<img src=x onerror=alert(1)>',
  },
  {
    type: 'quote',
    text: '二级以上医院预留不少于20%的门诊号源、检查和住院床位，优先保障上转患者。',
    source: '《示范县实施方案》三/（二）/5',
  },
  {
    type: 'fields',
    items: [
      { label: '单号', value: NUMBER },
      { label: '去向', value: '巫溪县红池坝镇卫生院 → 巫溪县人民医院' },
      { label: '状态', value: '待接收' },
    ],
  },
  {
    type: 'table',
    columns: ['序号', '指标', '2025年', '2027年', '本期', '进度', '责任单位'],
    rows: [
      ['7', '基层医疗卫生机构诊疗量占比', '58%', '60%', '58.9%', '低于进度', '县卫生健康委'],
      ['9', '家庭医生签约人数', '18万人', '20万人', '19.1万人', '正常', '县卫生健康委'],
    ],
  },
  { type: 'list', ordered: true, items: ['打开私聊', '补充患者信息', '确认'] },
  { type: 'list', ordered: false, items: ['号源', '床位'] },
  { type: 'image', name: '进度.png', alt: '指标进度图', base64: barPicture([0.98, 0.72, 0.86, 0.64, 0.9]) },
  { type: 'file', name: '缺药清单.csv', base64: Buffer.from('药品,数量\n阿莫西林胶囊,20盒\n').toString('base64') },
  {
    type: 'buttons',
    items: [
      { id: 'referral.accept', label: '接收', value: NUMBER, version: 3 },
      { id: 'referral.reject', label: '拒绝', value: NUMBER, version: 3 },
    ],
  },
];

function policyAnswer(): readonly Block[] {
  return [
    text('二级及以上医院要预留不少于20%的门诊号源、检查和住院床位，优先给上转患者。'),
    {
      type: 'quote',
      text: '二级及以上医院预留不少于20%的门诊号源、检查和住院床位，优先保障基层上转患者。',
      source: '《示范县实施方案》三/（二）/5',
    },
    text('以主管部门解释为准。'),
    {
      type: 'buttons',
      items: [
        { id: 'policy.source', label: '原文', value: '三/（二）/5' },
        { id: 'policy.next', label: '下一条', value: '三/（二）/5' },
        { id: 'policy.useful', label: '有用', value: '三/（二）/5' },
      ],
    },
  ];
}

function referral(message: PostedMessage): readonly FakeReply[] {
  const draft: readonly Block[] = [
    text('请核对这张转诊单：'),
    {
      type: 'fields',
      items: [
        { label: '方向', value: '上转' },
        { label: '患者', value: '男 67岁' },
        { label: '去向', value: '巫溪县人民医院 心内科' },
      ],
    },
    {
      type: 'buttons',
      items: [
        { id: 'referral.confirm', label: '确认', value: 'draft-1', version: 1 },
        { id: 'referral.cancel', label: '取消', value: 'draft-1', version: 1 },
      ],
    },
  ];
  if (message.conversation.kind === 'direct') return [{ to: 'here', blocks: draft }];
  return [
    { to: 'here', blocks: [text('已受理，请在私聊中补充。刚才的话里有患者信息，请撤回。')] },
    { to: 'sender', blocks: draft },
  ];
}

function confirmed(): readonly FakeReply[] {
  const card = `【转诊 ${NUMBER}】红池坝镇卫生院 → 县人民医院 · 心内科 · 普通 · 待接收`;
  return [
    { to: 'here', blocks: [text(`已提交，单号 ${NUMBER}。对方接收后会通知您。`)] },
    { to: 'wx-group-1', blocks: [text(card)] },
    {
      to: 'direct:wx-coordinator-1',
      blocks: [
        text(card),
        { type: 'buttons', items: [{ id: 'referral.accept', label: '接收', value: NUMBER, version: 1 }] },
      ],
    },
  ];
}

function digest(at: Date): readonly Block[] {
  const day = new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    month: 'long',
    day: 'numeric',
    weekday: 'short',
  }).format(at);
  return [
    { type: 'markdown', text: `**每日汇总** ${day}（演示）\n2 项指标低于进度，1 张转诊单超时，3 个缺药品种未解决。` },
    {
      type: 'table',
      columns: ['指标', '本期', '进度线'],
      rows: [
        ['基层诊疗量占比', '58.9%', '59.4%'],
        ['双向转诊增长率', '4.1%', '5.0%'],
      ],
    },
    {
      type: 'image',
      name: '进度.png',
      alt: '指标进度图：基层诊疗量占比略低于进度线',
      base64: barPicture([0.98, 0.82, 0.96, 0.74, 0.9, 1]),
    },
    { type: 'buttons', items: [{ id: 'indicator.list', label: '看全部指标', value: '' }] },
  ];
}

/** Answers to what was posted, and what falls due when the clock passes 08:00. */
export const cannedReplies = {
  to(message: PostedMessage): readonly FakeReply[] {
    if (message.action?.id === 'referral.confirm') return confirmed();
    if (message.action) return [{ to: 'here', blocks: [text(`已办：${message.action.id} ${message.action.value}`)] }];
    const words = message.text;
    if (words === '全部') return [{ to: 'here', blocks: EVERY_BLOCK }];
    if (words.startsWith('回声 ')) return [{ to: 'here', blocks: [text(words.slice('回声 '.length))] }];
    if (words.startsWith('上转') || words.startsWith('下转')) return referral(message);
    if (words === '帮助') {
      return [
        {
          to: 'here',
          blocks: [
            text('您可以这样说：'),
            {
              type: 'list',
              ordered: false,
              items: [
                '上转 男 67岁 … 转县医院 心内科',
                '缺药 阿莫西林胶囊 0.25g 20盒',
                '直接问政策，例如：预留号源是多少',
              ],
            },
          ],
        },
      ];
    }
    return [{ to: 'here', blocks: policyAnswer() }];
  },
  dueBetween(from: Date, to: Date): readonly FakeReply[] {
    const digests: FakeReply[] = [];
    const eightOClock = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate());
    for (let at = eightOClock; at <= to.getTime(); at += 86_400_000) {
      if (at > from.getTime()) digests.push({ to: 'direct:wx-manager-1', blocks: digest(new Date(at)) });
    }
    return digests;
  },
};
