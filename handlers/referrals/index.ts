/** Two-way referral（双向转诊）as a feature: the door of this room. */
import { normaliseText } from '../chinese/numbers.ts';
import type { Feature } from '../feature.ts';
import { COMMANDS } from './commands.ts';
import { referralDigest } from './digest.ts';
import { DRAFT_KIND, resumeForm } from './drafting.ts';
import { resumeReason } from './moves.ts';
import { recogniseReferral } from './recognise.ts';

/** Words behind the buttons of a waiting draft. */
const BUTTON_WORDS: Readonly<Record<string, string>> = { 'drafts.confirm': '确认', 'drafts.cancel': '取消' };

export const referrals: Feature = {
  name: DRAFT_KIND,
  commands: COMMANDS,
  resume: async (ctx, draft) => {
    const words = BUTTON_WORDS[ctx.message.action?.id ?? ''] ?? normaliseText(ctx.message.text);
    return (await resumeReason(ctx, draft, words)) ?? (await resumeForm(ctx, draft, words));
  },
  recognise: recogniseReferral,
  digest: referralDigest,
};
