/** Documents sent in chat, and their versions（文件入库、版本）as a feature: the door of this room. */
import type { Feature } from '../feature.ts';
import { resumeFile } from './answering.ts';
import { COMMANDS } from './commands.ts';
import { receiveFile } from './receiving.ts';

export { storedReply } from './replies.ts';
export { readAnswers, readWaiting, requestOf } from './waiting.ts';

export const documents: Feature = {
  name: 'documents',
  commands: COMMANDS,
  file: receiveFile,
  resume: resumeFile,
};
