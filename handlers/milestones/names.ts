/** Finds the milestone or duty somebody means by its words（里程碑名称识别）. */
import { DUTIES, type Duty, MILESTONES, type Milestone } from '../../knowledge/catalogue/milestones.ts';
import { normaliseText } from '../chinese/numbers.ts';

/** Milestones and duties of the person's regions that the words name, equally well; and the words left over. */
export interface NamedMilestones {
  readonly milestones: readonly Milestone[];
  readonly duties: readonly Duty[];
  readonly rest: string;
}

/** Plans of these regions only: two regions never share a calendar. */
export function milestonesOf(regionPath: readonly string[]): readonly Milestone[] {
  return MILESTONES.filter((milestone) => regionPath.includes(milestone.regionId));
}

/** Recurring duties of these regions. */
export function dutiesOf(regionPath: readonly string[]): readonly Duty[] {
  return DUTIES.filter((duty) => regionPath.includes(duty.regionId));
}

/** The longest name wins; an id (a button's value) is exact. */
export function findMilestones(text: string, regionPath: readonly string[]): NamedMilestones {
  const plain = compact(text);
  const milestones = milestonesOf(regionPath);
  const [first = '', ...others] = normaliseText(text).split(' ');
  const byId = milestones.find((milestone) => milestone.id === first);
  if (byId) return { milestones: [byId], duties: [], rest: others.join(' ') };
  const scoredMilestones = milestones.map((milestone) => ({
    milestone,
    word: longestIn(plain, [milestone.title, ...milestone.aliases]),
  }));
  const scoredDuties = dutiesOf(regionPath).map((duty) => ({
    duty,
    word: longestIn(plain, [duty.what, ...duty.aliases]),
  }));
  const best = Math.max(0, ...[...scoredMilestones, ...scoredDuties].map((each) => each.word.length));
  if (best === 0) return { milestones: [], duties: [], rest: normaliseText(text) };
  const found = scoredMilestones.filter((each) => each.word.length === best);
  const duties = scoredDuties.filter((each) => each.word.length === best).map((each) => each.duty);
  const word = found[0]?.word ?? '';
  return {
    milestones: found.map((each) => each.milestone),
    duties: found.length > 0 ? [] : duties,
    rest: withoutWord(normaliseText(text), word),
  };
}

function longestIn(text: string, names: readonly string[]): string {
  return names
    .map(compact)
    .filter((name) => text.includes(name))
    .reduce((best, name) => (name.length > best.length ? name : best), '');
}

/** The words without the name, which may be written with blanks or quotation marks. */
function withoutWord(text: string, word: string): string {
  if (word === '') return text;
  const spaced = [...word].map((char) => char.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s“”"、，,]*');
  return text
    .replace(new RegExp(spaced), ' ')
    .replace(/^[\s:：,，。]+|[\s]+$/g, '')
    .replace(/\s+/g, ' ');
}

function compact(text: string): string {
  return normaliseText(text).replace(/[\s“”"、，,]/g, '');
}
