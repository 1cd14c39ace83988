/** What a message quotes（引用的消息）: the case it points at, the matter it asks on from; never taken for words typed. */
import type { IncomingMessage } from './message.ts';
import { speaksOfSomebody } from './questions/people-in-words.ts';
import { findPatientData, mentionsPatient } from './safety/privacy.ts';

const CASE_NUMBER = /(?:ZZ|EM|QY) ?\d{11,}/gi;
/** Most characters of a quote that are read as the matter. */
const MATTER_CHARACTERS = 200;
/** The last line of an answer from the plans, or the line with its place. */
const OWN_ANSWER = /以主管部门解释为准|(?:^|\n)——.*〔\d{4}〕/;

/** The one case a quote points at; `undefined` where it names none or several. */
export function quotedNumber({ quotedText = '' }: IncomingMessage): string | undefined {
  const [only, ...others] = new Set(
    [...quotedText.normalize('NFKC').matchAll(CASE_NUMBER)].map(([number]) => number.replace(' ', '').toUpperCase()),
  );
  return others.length === 0 ? only : undefined;
}

/** Whether a quote repeats a patient's data: the same rules hold for it as for typed words. */
export function quotesPatient({ quotedText = '' }: IncomingMessage): boolean {
  if (findPatientData(quotedText).kinds.length > 0) return true;
  return !OWN_ANSWER.test(quotedText) && mentionsPatient(quotedText);
}

/** What was quoted, as an earlier question: of an own answer its point alone; nothing that speaks of somebody. */
export function quotedMatter(message: IncomingMessage): string | undefined {
  const quoted = message.quotedText?.trim() ?? '';
  if (quoted === '' || quotesPatient(message)) return undefined;
  const lines = quoted.split('\n').map((line) => line.trim());
  const first = lines.find((line) => line !== '') ?? '';
  const point = OWN_ANSWER.test(quoted) ? (first.split(/[：:]/)[0] ?? '') : quoted.replace(/\s+/g, ' ');
  const matter = [...point].slice(0, MATTER_CHARACTERS).join('').trim();
  return matter === '' || speaksOfSomebody(matter) ? undefined : matter;
}
