/** Conversations: a question that leans on the one before borrows only what it lacks, a whole question borrows nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBot, type TestBot } from '../../support/bot.ts';
import { databaseKinds } from '../../support/databases.ts';

interface Turn {
  readonly says: string;
  /** Must stand in the first block: the point, or the quote where that is the point. */
  readonly point?: RegExp;
  /** Must stand somewhere in the reply. */
  readonly text?: RegExp;
  /** Must stand nowhere in the reply. */
  readonly never?: RegExp;
}

const CONVERSATIONS: readonly (readonly [string, string, readonly Turn[]])[] = [
  [
    'a whole question after another one is answered by itself',
    'hz-clinician-1',
    [
      { says: '家庭医生转诊预留多少号源？', text: /20%以上/ },
      { says: '结余的钱怎么分', point: /6:3:1/, never: /号源/ },
      { says: '报销比例是多少', text: /没有写/, never: /6:3:1|号源/ },
      { says: '五统一是哪五个', text: /药款支付/, never: /6:3:1/ },
    ],
  ],
  [
    'a new matter with 呢 keeps the asking only',
    'hz-clinician-1',
    [
      { says: '结余的钱怎么分', point: /6:3:1/ },
      { says: '那超支呢', point: /建立合理超支分担机制/, never: /6:3:1/ },
    ],
  ],
  [
    'a region with 呢 keeps matter and asking',
    'hz-manager-1',
    [
      { says: '结余的钱怎么分', point: /6:3:1/ },
      { says: '揭阳呢', point: /80%/, text: /揭府办函〔2020〕30号/, never: /6:3:1/ },
      { says: '那超支呢', point: /1:1/, text: /揭府办函/ },
      { says: '牡丹呢', text: /菏区政办发〔2023〕39号 四（四）13/ },
    ],
  ],
  [
    'a person of another county asks for the figure of the next',
    'jy-clinician-1',
    [
      { says: '普宁市基层就诊率2020年底要到多少', point: /65%/ },
      { says: '揭西呢', point: /揭西县.*60%/ },
      { says: '榕城区的呢', point: /其他地区.*60%/ },
    ],
  ],
  [
    'one rate after another of the same place',
    'jy-manager-1',
    [
      { says: '揭西县县域内就诊率2020年底要到多少', point: /85%/ },
      { says: '住院率呢', point: /住院率.*80%/ },
    ],
  ],
  [
    'the surplus and then the overrun in Jieyang',
    'jy-clinician-2',
    [
      { says: '结余的钱怎么分', point: /80%/ },
      { says: '超支呢', point: /1:1/ },
      { says: '哪几家医院由揭阳市人民医院帮扶', text: /揭阳市第三人民医院/, never: /1:1/ },
    ],
  ],
  [
    'another year of the same row, then the whole municipality',
    'wx-manager-1',
    [
      { says: '县聘乡用2025年目标是多少', text: /75/ },
      { says: '2027年的呢', point: /100/, never: /6000人/ },
      { says: '全市的呢', point: /6000/ },
      { says: '缺药怎么登记', point: /缺药登记/, never: /县聘乡用/ },
    ],
  ],
  [
    'cooperating units of the clause just read',
    'wx-coordinator-1',
    [
      { says: '统一绩效管理的责任单位是谁', point: /县卫生健康委/ },
      { says: '配合的有哪几家', point: /县人力社保局、县医保局/ },
      { says: '消毒供应中心建在哪', point: /县人民医院/, never: /县人力社保局/ },
      { says: '由谁负责', point: /县卫生健康委/ },
    ],
  ],
  [
    'where the data of an indicator come from',
    'wx-clinician-2',
    [
      { says: '县域内基层医疗卫生机构医保基金支出占比怎么算', text: /全部定点医疗卫生机构医保基金支出/ },
      { says: '数据从哪来', text: /县医保局/ },
      { says: '分母是什么', text: /全部定点医疗卫生机构医保基金支出/ },
    ],
  ],
  [
    'one pharmacy after the other',
    'md-pharmacist-1',
    [
      { says: '中心药房谁建的', point: /牡丹人民医院/ },
      { says: '那中药房呢', point: /区中医医院|共享中药房/ },
      { says: '双向转诊怎么走', point: /转诊/, never: /药房/ },
    ],
  ],
  [
    'who decides after what is decided',
    'md-manager-1',
    [
      { says: '管理委员会主任是谁', point: /区主要领导/ },
      { says: '那办公室设在哪', point: /区卫健局/ },
      { says: '六统一是哪六个', text: /储备调剂/, never: /区主要领导/ },
    ],
  ],
  [
    'a second place inside the same plan',
    'md-clinician-1',
    [
      { says: '医保结算中心设在哪家医院', point: /牡丹人民医院/ },
      { says: '那中药房呢', point: /中药房/ },
      { says: '年薪制给谁', point: /负责人/, never: /结算中心/ },
    ],
  ],
  [
    'one department after the other',
    'hn-commission-1',
    [
      { says: '药监部门管啥', point: /药品、医疗器械质量监管/ },
      { says: '那财政呢', point: /财政投入/ },
      { says: '农业农村部门呢', text: /防止规模性因病返贫|农村公共服务/ },
      { says: '下沉半年处方权怎么办', point: /暂停原机构处方权/, never: /财政/ },
    ],
  ],
  [
    'the same matter in another plan and back',
    'hn-manager-1',
    [
      { says: '预留号源多少', point: /20%/ },
      { says: '徽州的呢', point: /20%/, text: /徽办发〔2026〕2号/ },
      { says: '中药饮片供应中心依托谁建', point: /县级中医医院/, text: /湘卫发〔2024〕4号/, never: /号源/ },
    ],
  ],
  [
    'a pronoun for the office just named',
    'hn-clinician-1',
    [
      { says: '发展改革部门参与医共体吗', text: /发展改革/ },
      { says: '他们负责哪些', text: /发展规划/ },
    ],
  ],
  [
    'polite words between two questions change nothing',
    'hz-commission-1',
    [
      { says: '第一阶段做什么', text: /测算各乡镇/ },
      { says: '谢谢', text: /不客气/ },
      { says: '第四阶段呢', text: /督导评估/, never: /测算/ },
      { says: '谁负责双向转诊', never: /第四阶段/ },
    ],
  ],
  [
    'a village doctor of another county asks whole questions one after the other',
    'hz-village-doctor-1',
    [
      { says: '门诊慢病能在村里拿药吗', text: /下沉村卫生室/ },
      { says: '乡聘村用是怎么回事', text: /乡聘村用/, never: /下沉村卫生室/ },
      { says: '救护车多久能到', never: /乡聘村用/ },
    ],
  ],
];

describe.each(databaseKinds())('questions in a conversation on %s', (kind) => {
  let bot: TestBot;
  beforeAll(async () => {
    bot = await startTestBot({ kind });
  });
  afterAll(() => bot.stop());

  it.each(CONVERSATIONS)('%s', async (name, staff, turns) => {
    for (const { says, point, text, never } of turns) {
      const replies = await bot.says(staff, says, { direct: `follow-up ${name}` });
      const [first] = replies[0]?.blocks ?? [];
      const said = replies.map((reply) => reply.text).join('\n');
      if (point) expect(first?.type === 'text' || first?.type === 'quote' ? first.text : '', says).toMatch(point);
      if (text) expect(said, says).toMatch(text);
      if (never) expect(said, says).not.toMatch(never);
    }
  });
});
