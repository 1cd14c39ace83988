/** What staff ask and do not find, and what the commission teaches（问题清单、词典）as a feature: the door of this room. */
import type { Feature } from '../feature.ts';
import { QUESTIONS, resumeAnswer } from './answering.ts';
import { COMMANDS } from './commands.ts';

export { askLocally } from './asking.ts';
export { countNotFound, countRating } from './counting.ts';
export { weeklyLists } from './weekly.ts';

export const questions: Feature = {
  name: QUESTIONS,
  commands: COMMANDS,
  resume: resumeAnswer,
};
