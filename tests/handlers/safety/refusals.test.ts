import { describe, expect, it } from 'vitest';
import { narcoticRefusal, notifiableDisease } from '../../../handlers/safety/refusals.ts';

describe('controlled drugs', () => {
  it.each(['麻烦登记吗啡片', '缺药 杜冷丁 10支', '芬太尼透皮贴没货了', '申领麻醉药品', '地西泮还有没有', '麻药没有了'])(
    'are refused: %s',
    (text) => {
      expect(narcoticRefusal(text)?.text).toContain('不能在聊天里登记');
    },
  );
  it.each(['缺药 阿莫西林', '麻精药品管理情况由谁监管', '阿托品 10支', '麻醉疼痛诊疗中心', '精神卫生中心电话', ''])(
    'are not seen in: %s',
    (text) => {
      expect(narcoticRefusal(text)).toBeUndefined();
    },
  );
  it('cites the Hunan clause to people of Hunan only', () => {
    expect(narcoticRefusal('登记吗啡片', ['hunan'])?.clause).toEqual({ doc: 'hunan', path: '附件1/三/6' });
    expect(narcoticRefusal('登记吗啡片', ['wuxi', 'chongqing'])?.clause).toBeUndefined();
    expect(narcoticRefusal('登记吗啡片', ['wuxi', 'chongqing'])?.text).not.toContain('湖南');
  });
});

describe('notifiable diseases', () => {
  it.each([
    '发现3例手足口病，上报',
    '报一例肺结核',
    '学校聚集性呕吐，怎么上报',
    '疑似食物中毒 5人',
    '麻疹确诊2例',
    '手足口病在哪报卡 要报告',
  ])('are pointed to direct reporting: %s', (text) => {
    expect(notifiableDisease(text)?.text).toContain('按直报系统上报');
  });
  it.each([
    '结核可疑的往哪转',
    '上转 男 30 疑似肺结核 县医院 感染科',
    '传染病报告率目标是多少',
    '食源性疾病监测报告由哪个部门负责',
    '突发公共卫生事件处置职责',
    '流感疫苗缺货',
    '结核病怎么治？',
  ])('are not seen in: %s', (text) => {
    expect(notifiableDisease(text)).toBeUndefined();
  });
});
