import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPatientData, isIdCard, locatePatientData, mentionsPatient } from '../../../handlers/safety/privacy.ts';

describe('patient data in free text', () => {
  it.each([
    ['姓名：张某某 身份证11010519491231002X 电话13800138000 高血压3级 转心内', ['name', 'id-card', 'mobile']],
    ['110105 19491231 002X', ['id-card']],
    ['１１０１０５１９４９１２３１００２Ｘ', ['id-card']],
    ['身份证号：110105194912310021', ['id-card']],
    ['138 0013 8000', ['mobile']],
    ['联系方式+86-138-0013-8000', ['mobile']],
    ['家里电话0731-84512233', ['landline']],
    ['患者家属 电话 84512233', ['landline']],
    ['住院号：ZY20260012', ['record-number']],
    ['医保卡号 430012345678', ['record-number']],
    ['健康档案编号43010200100112345', ['record-number']],
    ['患者张三，男', ['name']],
    ['病人叫李秀英', ['name']],
    ['上转 王小明 男 67岁 胸痛', ['name']],
    ['转诊单 张某某 女 52 2型糖尿病', ['name']],
    ['欧阳建国 男 45', ['name']],
    ['红池坝镇双河村三组', ['address']],
    ['住在幸福小区5栋2单元301室', ['address']],
    ['家庭住址：花台乡石板村', ['address']],
    ['出生日期1949-12-31', ['birth-date']],
    ['1949年12月31日出生', ['birth-date']],
    ['生日19491231', ['birth-date']],
  ] as const)('finds in %s: %j', (text, kinds) => {
    expect(findPatientData(text).kinds).toEqual(kinds);
  });

  it.each([
    '',
    '缺药登记 阿莫西林胶囊 0.25g*24粒 20盒 急',
    '硝苯地平控释片30mg×7片×2板/盒 30盒；厄贝沙坦0.15g*7*4 20盒；甘精胰岛素3ml:300单位 10支',
    '湘卫发〔2024〕4号',
    '菏区政办发〔2023〕39号第三条',
    '徽办发〔2026〕2号 二（二）2（5）',
    '预拨 1380.5万元，人均13800元',
    '接收 ZZ20261121007 明早8点半 心内门诊3诊室',
    'ZZ20261120003',
    '巫溪县人民医院值班电话023-51522345',
    '转诊中心 电话 51522345',
    '组长是谁？王中县长，副组长谢桂芳部长',
    '患者高血压怎么管理',
    '患者安排到哪个科',
    '病人多少',
    '病人需要转诊时走什么流程',
    '患者满意度指标是多少',
    '病人高热，咳嗽',
    '患者黄疸',
    '县医院叫什么名字',
    '每村至少一名村医，行政村卫生室全覆盖',
    '社区卫生服务中心有几个',
    '2025年12月17日生效',
    '住院楼5栋3楼',
    '文件是2026年2月11日印发的',
    '下转 12床 脑梗恢复期 回红池坝卫生院 康复',
    '管理人员：李医生 张主任',
    '病人找李医生',
    '家庭医生转诊预留20%',
    '目标值 ≥90 到2027年100',
    '男科在几楼',
    '村卫生室 38个',
  ])('finds nothing in %s', (text) => {
    expect(locatePatientData(text)).toEqual([]);
  });

  it('finds a known name without a cue, and lets public names pass', () => {
    expect(findPatientData('阿依古丽的单子呢', { knownNames: ['阿依古丽'] }).kinds).toEqual(['name']);
    expect(findPatientData('姓名：谢桂芳').kinds).toEqual(['name']);
    expect(findPatientData('姓名：谢桂芳', { publicNames: ['谢桂芳'] }).kinds).toEqual([]);
  });

  it('checks the last digit of a citizen number', () => {
    expect(isIdCard('11010519491231002X')).toBe(true);
    expect(isIdCard('11010519491231002x')).toBe(true);
    expect(isIdCard('110105194912310021')).toBe(false);
    expect(findPatientData('流水110105194912310021').kinds).toEqual([]);
  });

  it('finds a planted number wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('，', ' ', '转', '患者 ', '：'),
        fc.constantFrom('，', ' ', '转', '。', ''),
        fc.integer({ min: 30_0000_0000, max: 99_9999_9999 }),
        (before, after, rest) => {
          expect(findPatientData(`上转${before}1${rest}${after}`).kinds).toContain('mobile');
        },
      ),
    );
  });
});

describe('a sentence about one patient', () => {
  it.each([
    '男 67岁 胸痛2小时',
    '有个病人要转上去，脑梗，有床吗',
    '12床 脑梗恢复期',
    '67岁老人 骨折',
    '女，52，糖尿病',
    '孕38周 胎动减少',
    '患者张三',
  ])('is seen in %s', (text) => {
    expect(mentionsPatient(text)).toBe(true);
  });

  it.each([
    '65岁以上老年人高血压管理率',
    '35-64岁妇女两癌筛查',
    '高血压患者规范管理率目标',
    '0~6岁儿童健康管理',
    '家庭医生签约率',
    '心脑血管疾病往哪转',
    '缺药 男宝 10盒',
    '预留20%床位',
    '糖尿病用药缺货 女金片 20盒',
  ])('is not seen in %s', (text) => {
    expect(mentionsPatient(text)).toBe(false);
  });
});
