/** The plans in chat（政策问答）as a feature: the door of this room. */
import type { Feature } from '../feature.ts';
import { COMMANDS } from './commands.ts';
import { answerQuestion } from './question.ts';

export { answerQuestion } from './question.ts';

export const policy: Feature = {
  name: 'policy',
  commands: COMMANDS,
  question: answerQuestion,
};
