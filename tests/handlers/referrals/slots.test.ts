import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Directory } from '../../../handlers/directory/institutions.ts';
import type { HandlerContext } from '../../../handlers/feature.ts';
import type { InstitutionKind } from '../../../handlers/people.ts';
import { looksLikeCase } from '../../../handlers/referrals/commands.ts';
import { referrals } from '../../../handlers/referrals/index.ts';
import { meansReferral, meantDirection } from '../../../handlers/referrals/recognise.ts';
import { mergeSlots, missingSlots, readSlots } from '../../../handlers/referrals/slots.ts';
import { findCommand } from '../../../handlers/router.ts';
import catalogue from '../../../knowledge/catalogue/institutions.json' with { type: 'json' };

function directoryOf(ownId: string): Directory {
  const institutions = catalogue.institutions
    .filter((one) => one.regionId === 'wuxi')
    .map((one) => ({
      id: one.id,
      name: one.name,
      shortName: one.shortName,
      kind: one.kind as InstitutionKind,
      regionId: one.regionId,
      smallPopulation: one.smallPopulation,
      allianceIds: one.alliances.map((alliance) => alliance.id),
      leads: one.alliances.filter((alliance) => alliance.part === 'lead').map((alliance) => alliance.id),
      names: [one.name, one.shortName, ...one.aliases],
    }));
  return { institutions, ownId, allianceIds: ['wx-general'] };
}
const town = directoryOf('wx-hongchiba');
const hospital = directoryOf('wx-people-hospital');

describe('fields of an upward referral', () => {
  it.each([
    [
      '男 67岁 胸痛2小时 疑似心梗 转县医院 胸痛中心 急',
      {
        sex: '男',
        age: '67岁',
        problem: '胸痛2小时，疑似心梗',
        department: '胸痛中心',
        urgency: 'emergency',
        to: '县人民医院',
      },
    ],
    [
      '男67岁胸痛2小时疑似心梗转县医院胸痛中心急',
      {
        sex: '男',
        age: '67岁',
        problem: '胸痛2小时疑似心梗',
        department: '胸痛中心',
        urgency: 'emergency',
        to: '县人民医院',
      },
    ],
    ['有个病人要转上去，脑梗，有床吗', { problem: '脑梗', asksForBed: true }],
    [
      '张某某 女 52 2型糖尿病 血糖控制不佳 内分泌 普通门诊 知情同意已签',
      {
        name: '张某某',
        sex: '女',
        age: '52岁',
        problem: '2型糖尿病，血糖控制不佳',
        department: '内分泌科',
        visit: '门诊',
        urgency: 'routine',
        consent: true,
      },
    ],
    ['孕38周 胎动减少 到县妇幼 绿通', { sex: '女', problem: '孕38周，胎动减少', urgency: 'green', to: '县妇幼保健院' }],
    ['男 45 阑尾炎 县人民 外科', { sex: '男', age: '45岁', problem: '阑尾炎', department: '外科', to: '县人民医院' }],
    [
      '姓名：张某某 身份证11010519491231002X 电话13800138000 高血压3级 转心内',
      {
        name: '张某某',
        idCard: '11010519491231002X',
        phone: '13800138000',
        problem: '高血压3级',
        department: '心内科',
      },
    ],
    [
      '王建国 138 0013 8000 六十七岁 男 咳嗽3天 既往高血压 青霉素过敏 转县中医院骨伤科',
      {
        name: '王建国',
        phone: '13800138000',
        sex: '男',
        age: '67岁',
        problem: '咳嗽3天',
        history: '既往高血压，青霉素过敏',
        department: '骨伤科',
        to: '县中医院',
      },
    ],
    [
      '麻烦老师帮我转一下，李秀英，女，70岁，髋部骨折，需要手术，县人民医院骨科，谢谢',
      {
        name: '李秀英',
        sex: '女',
        age: '70岁',
        problem: '髋部骨折，需要手术',
        purposeCode: 'surgery_intervention',
        department: '骨科',
        to: '县人民医院',
      },
    ],
    [
      '8个月大 女 高热惊厥 县医院儿科 急诊',
      { sex: '女', age: '8个月', problem: '高热惊厥', department: '儿科', urgency: 'emergency', to: '县人民医院' },
    ],
    [
      '刘海 男 30 车祸 I级 县医院 急诊科',
      {
        name: '刘海',
        sex: '男',
        age: '30岁',
        problem: '车祸',
        level: 'Ⅰ级',
        department: '急诊科',
        urgency: 'emergency',
        to: '县人民医院',
      },
    ],
    ['女 60 急性阑尾炎', { sex: '女', age: '60岁', problem: '急性阑尾炎' }],
    ['女 60 头晕 加急', { sex: '女', age: '60岁', problem: '头晕', urgency: 'urgent' }],
    ['男 50 头痛 转华西医院', { sex: '男', age: '50岁', problem: '头痛', unknownTarget: '华西医院' }],
    ['名字叫王小红 咳嗽', { name: '王小红', problem: '咳嗽' }],
    ['上传，胸闷', { problem: '胸闷' }],
    ['肚子疼，医院', { problem: '肚子疼' }],
    ['咳嗽，火星科', { problem: '咳嗽', unknownDepartment: '火星科' }],
    ['男的', { sex: '男' }],
    ['老头72了', { sex: '男', age: '72岁' }],
    ['72了', { age: '72岁' }],
    ['奶奶 3天没吃饭', { problem: '奶奶，3天没吃饭' }],
    [
      '病人 女 33 怀孕 36周 见红 要转妇产科 县医院',
      { sex: '女', age: '33岁', problem: '怀孕，36周，见红', department: '妇产科', to: '县人民医院' },
    ],
    ['', {}],
  ] as const)('are read from: %s', (text, expected) => {
    const { words: _words, asksForBed, target, ...fields } = readSlots(text, { directory: town, direction: 'U' });
    const read = { ...fields, ...(asksForBed ? { asksForBed } : {}), ...(target ? { to: target.name } : {}) };
    const { purposeCode: _code, ...plain } = read;
    expect('purposeCode' in expected ? read : plain).toEqual(expected);
  });

  it('never takes the own institution as the target', () => {
    expect(readSlots('男 45 阑尾炎 我院', { directory: town, direction: 'U' }).target).toBeUndefined();
    expect(readSlots('男 45 阑尾炎 转红池坝卫生院', { directory: town, direction: 'U' }).target).toBeUndefined();
  });
});

describe('fields of a downward referral', () => {
  it('keeps the plan apart from the diagnosis, and the bed apart from the identity', () => {
    const slots = readSlots('12床 脑梗恢复期 回红池坝卫生院 康复 阿司匹林+阿托伐他汀 两周后复查', {
      directory: hospital,
      direction: 'D',
    });
    expect(slots).toMatchObject({
      bed: '12床',
      problem: '脑梗恢复期',
      plan: '康复；阿司匹林+阿托伐他汀；两周后复查',
      target: { id: 'wx-hongchiba', name: '红池坝镇卫生院' },
    });
    expect(missingSlots(mergeSlots({ direction: 'D' }, slots), false)).toEqual(['patient']);
  });

  it('reads the case it continues', () => {
    const slots = readSlots('这个病人可以回去了 转回ZZ20261120003那边', { directory: hospital, direction: 'D' });
    expect(slots).toMatchObject({ linkedNumber: 'ZZ20261120003' });
    expect(slots.problem).toBeUndefined();
  });

  it('asks for the plan', () => {
    const slots = readSlots('张三 男 67岁 脑梗恢复期 回红池坝', { directory: hospital, direction: 'D' });
    expect(missingSlots(mergeSlots({ direction: 'D' }, slots), false)).toEqual(['plan']);
  });
});

describe('what is required', () => {
  it.each([
    ['emergency', { direction: 'U' }, true, ['problem', 'target']],
    ['ordinary up', { direction: 'U' }, false, ['patient', 'problem', 'target']],
    ['down', { direction: 'D' }, false, ['patient', 'problem', 'target', 'plan']],
    ['a bed is no patient', { direction: 'U', bed: '12床', problem: '咳嗽' }, false, ['patient', 'target']],
    ['sex without age', { direction: 'U', sex: '男', problem: '咳嗽' }, false, ['patient', 'target']],
    ['sex and age', { direction: 'U', sex: '男', age: '45岁', problem: '咳嗽' }, false, ['target']],
  ] as const)('%s', (_, form, emergency, missing) => {
    expect(missingSlots(form, emergency)).toEqual(missing);
  });

  it('lets a correction replace and a supplement add', () => {
    const form = { direction: 'U', problem: '咳嗽', sex: '男' } as const;
    const more = readSlots('发热3天 女', { directory: town, direction: 'U' });
    expect(mergeSlots(form, more)).toMatchObject({ problem: '咳嗽，发热3天', sex: '女' });
    expect(mergeSlots(form, more, true)).toMatchObject({ problem: '发热3天' });
  });
});

describe('orders and questions', () => {
  it.each(['', '男 67岁 胸痛', 'ZZ20261120003', '李大爷 走不动了', '孕38周 胎动减少 到县妇幼 绿通', '12床 脑梗恢复期'])(
    '上转 %s is an order',
    (argument) => expect(looksLikeCase(argument)).toBe(true),
  );
  it.each([
    '率目标是多少',
    '的条件是什么',
    '流程',
    '标准',
    '和下转有什么区别',
    '病人门槛费怎么算',
    '比',
    '需要什么手续？',
  ])('上转%s is a question', (argument) => expect(looksLikeCase(argument)).toBe(false));
  it.each([
    ['有个病人要转上去，脑梗，有床吗', 'U'],
    ['姓名：张某某 身份证11010519491231002X 电话13800138000 高血压3级 转心内', 'U'],
    ['这个病人可以回去了 转回ZZ20261120003那边', 'D'],
    ['刚来个老人，骨折，要转到县医院', 'U'],
    ['病人 女 33 怀孕 36周 见红 要转妇产科 县医院', 'U'],
    ['急 孕妇大出血 转县医院', 'U'],
    ['转市里可以吗 华西那种', undefined],
    ['结核可疑的往哪转', undefined],
    ['不在病种目录能不能转', undefined],
    ['病人从镇上一路往上转着住院，门槛费要交两回吗？', undefined],
    ['我们这没有降压药了', undefined],
    ['上转病人的报销比例', undefined],
  ] as const)('%s means %s', (text, direction) => {
    expect(meantDirection(text)).toBe(direction);
  });
});

it.each([
  ['转 男 70 骨折', true],
  ['男 70 骨折 好转', false],
  ['女 60 头晕 转移灶待查', false],
  ['男 70 骨折 要转多少钱', false],
  ['转', false],
] as const)('an order without a direction: %s is %s', (text, meant) => {
  expect(meansReferral(text)).toBe(meant);
});

it('leaves every question to the plans alone', () => {
  const lines = ['dev', 'own'].flatMap((name) =>
    readFileSync(join(import.meta.dirname, `../../qa/${name}.jsonl`), 'utf8')
      .trim()
      .split('\n'),
  );
  const questions = lines.map((line) => (JSON.parse(line) as { q: string }).q);
  const context = { memory: { number: 'ZZ20261121001' } } as HandlerContext;
  const taken = questions.filter(
    (q) => findCommand([referrals], q, context) ?? meantDirection(q) ?? (meansReferral(q) || undefined),
  );
  expect(taken).toEqual([]);
});
