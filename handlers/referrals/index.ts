/** Two-way referral（双向转诊）as a feature: the door of this room. */
import { normaliseText } from '../chinese/numbers.ts';
import type { Feature } from '../feature.ts';
import { say } from '../message.ts';
import { answer } from '../outcome.ts';
import { DRAFT_ELSEWHERE } from '../safety/deidentified.ts';
import { COMMANDS } from './commands.ts';
import { referralDigest } from './digest.ts';
import { endsForm, resumeForm } from './drafting.ts';
import { resumeReason } from './moves.ts';
import { recogniseReferral } from './recognise.ts';
import { DRAFT_KIND, draftData, showUnseen } from './waiting.ts';

export const referrals: Feature = {
  name: DRAFT_KIND,
  commands: COMMANDS,
  resume: async (ctx, draft) => {
    const words = normaliseText(ctx.message.text);
    const given = await resumeReason(ctx, draft, words);
    if (given || !ctx.deidentified) return given ?? resumeForm(ctx, draft, words);
    return draftData(draft).form && endsForm(words) ? answer(say(DRAFT_ELSEWHERE)) : undefined;
  },
  showUnseen,
  recognise: recogniseReferral,
  digest: referralDigest,
};
