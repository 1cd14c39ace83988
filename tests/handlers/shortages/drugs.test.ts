/** What typed drug names are taken for, and what is always asked. */
import { describe, expect, it } from 'vitest';
import { AS_TYPED, drugFacts, drugKey, isSameDrug, resolveDrug } from '../../../handlers/shortages/drugs.ts';

describe('resolveDrug', () => {
  it.each([
    ['阿莫西林', '阿莫西林', undefined],
    ['阿莫西林胶囊', '阿莫西林', '胶囊'],
    ['盐酸二甲双胍片', '二甲双胍', '片'],
    ['注射用头孢曲松', '头孢曲松', undefined],
    ['复方甘草片', '复方甘草', '片'],
  ])('takes the generic name %s as %s', (typed, generic, form) => {
    const found = resolveDrug(typed);
    expect(found).toMatchObject({ kind: 'matched', generic });
    expect(found.kind === 'matched' && found.form).toBe(form);
    expect(found.kind === 'matched' && found.via).toBeUndefined();
  });

  it.each([
    ['拜新同', '硝苯地平', '控释片'],
    ['络活喜', '氨氯地平', undefined],
    ['二甲', '二甲双胍', undefined],
    ['二甲双瓜', '二甲双胍', undefined],
    ['阿托伐他丁', '阿托伐他汀', undefined],
    ['降压０号', '复方利血平氨苯蝶啶', undefined],
    ['654-2', '山莨菪碱', undefined],
    ['诺和灵30r', '精蛋白人胰岛素(30R)', undefined],
    ['对乙酰', '对乙酰氨基酚', undefined],
  ])('offers for %s the candidate %s, to be checked', (typed, generic, form) => {
    const found = resolveDrug(typed);
    expect(found).toMatchObject({ kind: 'matched', generic });
    expect(found.kind === 'matched' && found.form).toBe(form);
    expect(found.kind === 'matched' && found.via).toBeTruthy();
  });

  it.each([
    ['阿托', ['阿托品', '阿托伐他汀']],
    ['消心痛', ['硝酸异山梨酯', '吲哚美辛']],
    ['心痛定', ['硝苯地平', '普萘洛尔']],
    ['优降糖', ['格列本脲', '帕吉林']],
    ['倍他乐克', ['酒石酸美托洛尔片', '琥珀酸美托洛尔缓释片']],
    ['甲强龙', ['注射用甲泼尼龙琥珀酸钠', '甲泼尼龙片']],
    ['胰岛素', ['甘精胰岛素', '人胰岛素']],
    ['头孢', ['头孢克肟']],
    ['消炎药', ['阿莫西林']],
    ['补液盐', ['口服补液盐III']],
    ['葡萄糖', ['5%葡萄糖', '10%葡萄糖', '50%葡萄糖']],
  ])('never decides %s by itself', (typed, options) => {
    const found = resolveDrug(typed);
    expect(found.kind).toBe('choose');
    expect(found.kind === 'choose' && found.options).toEqual(expect.arrayContaining(options));
  });

  it('takes a longer name that begins with a known one for another drug', () => {
    expect(resolveDrug('头孢呋辛酯片干糖浆').kind).toBe('unmatched');
    expect(resolveDrug('氨氯地平阿托伐他汀钙片').kind).toBe('unmatched');
  });

  it('asks where one character is wrong, and lets the words stand', () => {
    const found = resolveDrug('硝笨地平');
    expect(found.kind === 'choose' && found.options).toEqual(['硝苯地平', AS_TYPED]);
  });

  it('resolves every option it offers', () => {
    for (const typed of ['阿托', '胰岛素', '头孢', '消炎药', '降压药', '补液盐', '倍他乐克', '甲强龙', '葡萄糖']) {
      const found = resolveDrug(typed);
      for (const option of found.kind === 'choose' ? found.options : []) {
        expect(resolveDrug(option), option).toMatchObject({ kind: 'matched', generic: option });
      }
    }
  });

  it.each(['', '不知道什么药'])('finds nothing for “%s”', (typed) => expect(resolveDrug(typed).kind).toBe('unmatched'));
});

describe('keys and facts', () => {
  it('one drug typed in several ways has one key', () => {
    expect(drugKey({ name: 'ＣＯＱ１０ 片' })).toBe(drugKey({ name: 'coq10片' }));
    expect(drugKey({ generic: '阿莫西林', form: '胶囊', name: 'x' })).not.toBe(drugKey({ name: '阿莫西林' }));
  });
  it('a form left out does not make two drugs, another form does', () => {
    const key = (form?: string) => drugKey({ generic: '硝苯地平', form, name: '' });
    expect(isSameDrug(key(), key('控释片'))).toBe(true);
    expect(isSameDrug(key('片'), key('控释片'))).toBe(false);
  });
  it('warns of look-alikes and marks high-alert drugs', () => {
    expect(drugFacts('氯化钾')).toMatchObject({ highAlert: true, lookAlikes: ['氯化钠'] });
    expect(drugFacts('甘精胰岛素')).toMatchObject({ highAlert: true, coldChain: true });
    expect(drugFacts('阿莫西林')).toMatchObject({ highAlert: false, lookAlikes: [] });
  });
});
