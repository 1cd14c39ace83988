/** Says of every target and date that lies before today that it is past, in points, lists, comparisons and rows（已过）. Pure. */
import type { AnswerPart, Citation, PolicyAnswer } from '../types.ts';
import { normalise } from '../words.ts';

const DAY =
  /(?:到|至|于)?(20\d{2})年(?:(\d{1,2})月(?:(\d{1,2})日|底)?(?:\s*[—–-]+\s*(?:(20\d{2})年)?(\d{1,2})月)?|底|末)?前?(目标值(?:（市）)?[^；，（\s]*)?/g;
const PAST = '（已过）';
const NOW = '（正在进行）';
/** 10月开展自评: the year is that of the sentence. */
const BARE_MONTH = /(?<![年\d—–-])(\d{1,2})月(?![—–\d-])/g;
/** Characters that must agree for a point to be found again in the words it was taken from. */
const SAME = 8;

/** Marks dates and targets of a text that lie before `today`: 2025年目标值为≥59%（已过）. */
export function markPast(text: string, today: string | undefined): string {
  if (today === undefined) return text;
  return text.replace(DAY, (words, ...groups) => {
    const end = endOf(words, groups);
    if (runsOn(words, groups, today)) return text.includes(`${words}${NOW}`) ? words : `${words}${NOW}`;
    return end !== undefined && end < today && !text.includes(`${words}${PAST}`) ? `${words}${PAST}` : words;
  });
}

/** The whole answer with what is past marked; words taken from behind a date that is left out are given it. */
export function markAnswer(answer: PolicyAnswer, today: string | undefined): PolicyAnswer {
  if (today === undefined || answer.kind !== 'answer') return answer;
  const [first] = answer.citations;
  const parts = answer.parts?.map((part) => markPart(part, today));
  const lead = parts === undefined ? markWords(answer.lead, first, today) : markPast(answer.lead, today);
  const running = parts?.filter((part) => part.text.endsWith(NOW)) ?? [];
  return {
    ...answer,
    lead: running.length === 1 ? `现在是${running[0]?.text.split('：')[0]}。${lead}` : lead,
    ...(parts ? { parts } : {}),
    citations: answer.citations.map((citation) => markCells(citation, today)),
  };
}

function markPart(part: AnswerPart, today: string): AnswerPart {
  return {
    ...part,
    text: markWords(part.text, part.citation, today),
    ...(part.citation ? { citation: markCells(part.citation, today) } : {}),
  };
}

function markWords(words: string, citation: Citation | undefined, today: string): string {
  const marked = markPast(words, today);
  if (marked !== words || !citation || citation.cells || /20\d{2}年/.test(words)) return marked;
  const date = governing(words, citation.quote);
  if (date === undefined) return words;
  if (markPast(date, today).endsWith(PAST)) return `${words}（${date}的要求，已过）`;
  return words.replace(BARE_MONTH, (month, number: string) => {
    const end = `${/20\d{2}/.exec(date)?.[0] ?? ''}-${number.padStart(2, '0')}-31`;
    return end.startsWith('20') && end < today ? `${month}${PAST}` : month;
  });
}

/** The date under which words stand in the sentence they were taken from: 到2020年底，甲…；乙… holds for both. */
function governing(words: string, quote: string): string | undefined {
  const [plain, source] = [normalise(words), normalise(quote)];
  for (let from = 0; from + SAME <= plain.length; from += 1) {
    const at = source.indexOf(plain.slice(from, from + SAME));
    if (at < 0) continue;
    const before = source.slice(0, at).split('。').at(-1) ?? '';
    const dates = [...before.matchAll(DAY)].filter((match) => endOf(match[0], match.slice(1)) !== undefined);
    return dates.at(-1)?.[0].replace(/^[到至于]/, '');
  }
  return undefined;
}

/** 2026年10月—12月 while it lasts. */
function runsOn(
  words: string,
  [year = '', month = '', , laterYear = '', laterMonth = '']: readonly (string | undefined)[],
  today: string,
): boolean {
  if (month === '' || laterMonth === '' || /^[到至于]/.test(words)) return false;
  return (
    `${year}-${month.padStart(2, '0')}-01` <= today && today <= `${laterYear || year}-${laterMonth.padStart(2, '0')}-31`
  );
}

/** The last day of a date that is an aim; `undefined` for a year that only tells (2023年指标值). */
function endOf(
  words: string,
  [year = '', month = '', day = '', laterYear = '', laterMonth = '', target = '']: readonly (string | undefined)[],
): string | undefined {
  if (target === '' && month === '' && !/^[到至于]|[底末前]$/.test(words)) return undefined;
  return `${laterYear || year}-${(laterMonth || month || '12').padStart(2, '0')}-${(laterMonth ? '31' : day || '31').padStart(2, '0')}`;
}

function markCells(citation: Citation, today: string): Citation {
  if (!citation.cells) return citation;
  return { ...citation, cells: citation.cells.map(({ label, value }) => ({ label: markPast(label, today), value })) };
}
