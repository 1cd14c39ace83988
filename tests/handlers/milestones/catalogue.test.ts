/** Every milestone and duty of the catalogue stands in its plan, and its day follows from the printed words. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../handlers/time.ts';
import { DUTIES, MILESTONES } from '../../../knowledge/catalogue/milestones.ts';
import { clauseText } from '../indicators/clause-text.ts';

const flat = (doc: string) =>
  readFileSync(new URL(`../../../knowledge/corpus/${doc}.txt`, import.meta.url), 'utf8').replace(/\s/g, '');

describe('dated obligations', () => {
  test.each(MILESTONES.map((milestone) => ({ id: milestone.id, milestone })))(
    '$id: words and date as printed',
    ({ milestone }) => {
      const text = flat(milestone.doc);
      expect(text).toContain(milestone.quote.replace(/\s/g, ''));
      if (milestone.printed) expect(text).toContain(milestone.printed.replace(/\s/g, ''));
      if (milestone.responsiblePrinted) for (const unit of milestone.responsible) expect(text).toContain(unit);
      expect(clauseText(milestone.doc, milestone.path)).toContain(milestone.quote.replace(/\s/g, ''));
    },
  );

  test('the day is the last one of what is printed', () => {
    for (const { id, printed, precision, opens, due } of MILESTONES) {
      const years = [...(printed ?? '').matchAll(/\d{4}(?=年)/g)].map(Number);
      const months = [...(printed ?? '').matchAll(/(\d{1,2})月/g)].map((match) => Number(match[1]));
      const year = years.at(-1) ?? 2026;
      const month = months.at(-1) ?? 12;
      const lastDay = addDays(
        month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`,
        -1,
      );
      if (precision === 'undated') expect([printed, opens, due], id).toEqual([null, null, null]);
      else expect(due, id).toBe(lastDay);
      if (precision === 'window')
        expect(opens, id).toBe(`${years[0] ?? 2026}-${String(months[0]).padStart(2, '0')}-01`);
      else expect(opens, id).toBeNull();
    }
  });

  test('all 25 of the five plans are there', () => {
    const count = (region: string) => MILESTONES.filter((milestone) => milestone.regionId === region).length;
    expect(['jieyang', 'mudan', 'hunan', 'wuxi', 'huizhou'].map(count)).toEqual([6, 2, 4, 4, 9]);
    expect(new Set(MILESTONES.map((milestone) => milestone.id)).size).toBe(25);
  });
});

describe('recurring duties', () => {
  test.each(DUTIES.map((duty) => ({ id: duty.id, duty })))('$id: words and frequency as printed', ({ duty }) => {
    const text = flat(duty.doc);
    expect(clauseText(duty.doc, duty.path)).toContain(duty.quote.replace(/\s/g, ''));
    if (duty.frequency) expect(text).toContain(duty.frequency.replace(/\s/g, ''));
    if (duty.responsiblePrinted) for (const unit of duty.responsible) expect(text).toContain(unit);
  });
});
