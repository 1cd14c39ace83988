import { describe, expect, it } from 'vitest';
import { plainText } from '../../../bot/channels/plain-text.ts';
import type { Block } from '../../../handlers/message.ts';

const button = (id: string, label: string, value = '') => ({ id, label, value });

describe('plain words of a reply', () => {
  const cases: readonly [string, readonly Block[], string][] = [
    ['nothing to say is empty', [], ''],
    [
      'text stays as it is, special characters included',
      [{ type: 'text', text: '<b>&amp;]]> 0012' }],
      '<b>&amp;]]> 0012',
    ],
    [
      'a quote stands between “ ” with its source on the next line',
      [{ type: 'quote', text: '到2027年底，基本建成。', source: '湘卫发〔2024〕1号 一/（二）' }],
      '“到2027年底，基本建成。”\n——湘卫发〔2024〕1号 一/（二）',
    ],
    [
      'fields read 标签：值',
      [
        {
          type: 'fields',
          items: [
            { label: '单号', value: 'ZZ20261121001' },
            { label: '状态', value: '待接收' },
          ],
        },
      ],
      '单号：ZZ20261121001\n状态：待接收',
    ],
    [
      'a narrow table keeps its heading line',
      [
        {
          type: 'table',
          columns: ['药品', '数量'],
          rows: [
            ['阿莫西林', '20'],
            ['二甲双\n胍', '5'],
          ],
        },
      ],
      '药品 ｜ 数量\n阿莫西林 ｜ 20\n二甲双 胍 ｜ 5',
    ],
    [
      'a wide table names the column in each row',
      [{ type: 'table', columns: ['指标', '目标', '实际', '差'], rows: [['基层诊疗占比', '65%', '61%', '4']] }],
      '基层诊疗占比 ｜ 目标：65% ｜ 实际：61% ｜ 差：4',
    ],
    [
      'an ordered list is numbered, another has dots',
      [
        { type: 'list', ordered: true, items: ['先', '后'] },
        { type: 'list', ordered: false, items: ['甲'] },
      ],
      '1. 先\n2. 后\n· 甲',
    ],
    [
      'pictures and files are named',
      [
        { type: 'image', name: 'a.png', alt: '本月指标', base64: '' },
        { type: 'file', name: '清单.xlsx', base64: '' },
      ],
      '〔图片：本月指标〕\n〔文件：清单.xlsx〕',
    ],
    [
      'markdown loses its marks',
      [{ type: 'markdown', text: '## 日报\n> **2** 项落后\n- [详情](https://a.example/x)\n`ZZ1`' }],
      '日报\n2 项落后\n· 详情（https://a.example/x）\nZZ1',
    ],
    [
      'buttons are the last line, as words to say',
      [
        { type: 'buttons', items: [button('policy.source', '原文'), button('policy.next', '下一条')] },
        { type: 'text', text: '以主管部门解释为准' },
        { type: 'buttons', items: [button('policy.useful', '有用', '17'), button('policy.next', '下一条')] },
      ],
      '以主管部门解释为准\n原文 · 下一条 · 有用',
    ],
    [
      'a button about one case is said with its number, once',
      [
        {
          type: 'buttons',
          items: [
            button('referral.accept', '接收', 'ZZ20261121001'),
            button('referral.reject', '拒绝 ZZ20261121001', 'ZZ20261121001'),
          ],
        },
      ],
      '接收 ZZ20261121001 · 拒绝 ZZ20261121001',
    ],
    [
      'a kind from a newer version falls back to its text',
      [{ type: 'poll', text: '请选择' } as unknown as Block, { type: 'chart' } as unknown as Block],
      '请选择',
    ],
  ];
  it.each(cases)('%s', (_, blocks, expected) => expect(plainText(blocks)).toBe(expected));
});
