/** Drug shortages: registered in chat, answered by the central pharmacy, followed to the shelf（缺药登记和配送）. */
import type { Feature } from '../feature.ts';
import { shortageCommands } from './commands.ts';
import { shortageDigest } from './digest.ts';
import { recognise } from './recognise.ts';
import { resume, SHORTAGES, showUnseen } from './register.ts';

export { progressOf } from './views.ts';

export const shortages: Feature = {
  name: SHORTAGES,
  commands: shortageCommands,
  resume,
  showUnseen,
  recognise,
  digest: shortageDigest,
};
