/** Specifications as they are typed, glued and abbreviated. */
import { describe, expect, it } from 'vitest';
import {
  formatSpecification,
  isSameStrength,
  packFactor,
  readSpecification,
} from '../../../handlers/shortages/specs.ts';

const read = (text: string) => {
  const found = readSpecification(text.normalize('NFKC'));
  return found && { spec: formatSpecification(found.specification), rest: text.normalize('NFKC').slice(found.length) };
};

describe('readSpecification', () => {
  it.each([
    ['0.3g.*80北京顺鑫', '0.3g×80', '北京顺鑫'],
    ['100mg*30.青岛双鲸药', '100mg×30', '.青岛双鲸药'],
    ['2ml:10mg国药容生', '2ml:10mg', '国药容生'],
    ['10ml*15支北京诚济', '10ml×15支', '北京诚济'],
    ['2ml:15mg*10辰欣药业股', '2ml:15mg×10', '辰欣药业股'],
    ['4000IU上海上药第', '4000IU', '上海上药第'],
    ['0.5长春迪瑞制', '0.5', '长春迪瑞制'],
    ['1ml*5mg.河南润弘有', '1ml:5mg', '.河南润弘有'],
    ['0.25g*24粒 20盒', '0.25g×24粒', ' 20盒'],
    ['0.25g×24粒/盒', '0.25g×24粒/盒', ''],
    ['０．２５ｇ＊２４粒', '0.25g×24粒', ''],
    ['0.25gx24粒', '0.25g×24粒', ''],
    ['30mg×7片×2板/盒 30盒', '30mg×7片×2板/盒', ' 30盒'],
    ['0.15g*7*4 20盒', '0.15g×7×4', ' 20盒'],
    ['3ml:300单位 10支', '3ml:300单位', ' 10支'],
    ['100ml:2g', '100ml:2g', ''],
    ['10mg/2ml', '2ml:10mg', ''],
    ['20mg/ml', '1ml:20mg', ''],
    ['0.25g/片*24', '0.25g×24片', ''],
    ['10支/盒×10盒/条', '10支×10盒/条', ''],
    ['7片×2板/盒', '7片×2板/盒', ''],
    ['5%', '5%', ''],
    ['0.9% 500ml', '0.9%', ' 500ml'],
    ['50ug', '50μg', ''],
    ['100U', '100单位', ''],
    ['80万单位', '80万单位', ''],
    ['2.5克', '2.5g', ''],
    ['0.25g,24粒', '0.25g×24粒', ''],
    ['0.25g,20盒', '0.25g', ',20盒'],
    ['0.25g*20盒', '0.25g', '*20盒'],
  ])('reads %s as %s', (text, spec, rest) => expect(read(text)).toEqual({ spec, rest }));

  it.each(['', '20盒', '20', '阿莫西林', '两盒', '20支', '3天', '20盒/月'])('finds none in “%s”', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('knows when the unit of a strength is missing', () => {
    expect(readSpecification('0.5的对乙酰')?.specification.strengthUnitMissing).toBe(true);
    expect(readSpecification('0.5g')?.specification.strengthUnitMissing).toBe(false);
  });
});

describe('packFactor', () => {
  it.each([
    ['30mg×7片×2板/盒', { count: 14, unit: '片' }],
    ['0.15g*7*4', { count: 28, unit: undefined }],
    ['0.25g*24粒', { count: 24, unit: '粒' }],
    ['5%', undefined],
  ])('of %s', (text, factor) => {
    const found = readSpecification(text);
    expect(found && packFactor(found.specification)).toEqual(factor);
  });
});

describe('isSameStrength', () => {
  it.each([
    ['0.25g', '250mg', true],
    ['0.1mg', '100μg', true],
    ['0.25g', '0.5g', false],
    ['100IU', '100mg', false],
    ['2ml:10mg', '2ml:10mg', true],
  ])('%s and %s: %s', (a, b, same) => expect(isSameStrength(a, b)).toBe(same));
});
