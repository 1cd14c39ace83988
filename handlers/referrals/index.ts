/** Two-way referral（双向转诊）as a feature: the door of this room. */
import { normaliseText } from '../chinese/numbers.ts';
import type { Feature } from '../feature.ts';
import { COMMANDS } from './commands.ts';
import { referralDigest } from './digest.ts';
import { resumeForm } from './drafting.ts';
import { resumeReason } from './moves.ts';
import { recogniseReferral } from './recognise.ts';
import { DRAFT_KIND } from './waiting.ts';

export const referrals: Feature = {
  name: DRAFT_KIND,
  commands: COMMANDS,
  resume: async (ctx, draft) => {
    const words = normaliseText(ctx.message.text);
    return (await resumeReason(ctx, draft, words)) ?? (await resumeForm(ctx, draft, words));
  },
  recognise: recogniseReferral,
  digest: referralDigest,
};
