/** Days as people say them; 2026-11-21 is a Saturday. */
import { describe, expect, it } from 'vitest';
import { parseDay, readDay } from '../../../handlers/chinese/days.ts';

const TODAY = '2026-11-21';

describe('parseDay', () => {
  it.each([
    ['今天', '2026-11-21'],
    ['明早', '2026-11-22'],
    ['后天', '2026-11-23'],
    ['周五前', '2026-11-27'],
    ['周六', '2026-11-21'],
    ['下周三', '2026-11-25'],
    ['月底', '2026-11-30'],
    ['12月15日', '2026-12-15'],
    ['12月15号之前', '2026-12-15'],
    ['十二月十五日', '2026-12-15'],
    ['12.15', '2026-12-15'],
    ['12/1', '2026-12-01'],
    ['2026-12-01', '2026-12-01'],
    ['２０２６年１２月１日', '2026-12-01'],
    ['1月5日', '2027-01-05'],
    ['11月1日', '2026-11-01'],
    ['25号', '2026-11-25'],
    ['5号', '2026-12-05'],
    ['3天后', '2026-11-24'],
    ['两周后', '2026-12-05'],
    ['年底', '2026-12-31'],
  ])('reads %s as %s', (text, day) => expect(parseDay(text, TODAY)).toBe(day));

  it.each(['', '赶集那天', '13月1日', '2月30日', '0.25g', '20盒', '过几天'])('finds no day in “%s”', (text) => {
    expect(parseDay(text, TODAY)).toBeUndefined();
  });

  it('leaves what follows the day alone', () => {
    expect(readDay('周五前要20盒', TODAY)).toEqual({ day: '2026-11-27', length: 2 });
  });
});
