/** The list of features; nothing else names them all. Their order is the order in which free sentences are offered to them. */
import { deliveries } from './deliveries/index.ts';
import { directory } from './directory/index.ts';
import { documents } from './documents/index.ts';
import type { Feature } from './feature.ts';
import { groups } from './groups/index.ts';
import { indicators } from './indicators/index.ts';
import { milestones } from './milestones/index.ts';
import { policy } from './policy/index.ts';
import { questions } from './questions/index.ts';
import { referrals } from './referrals/index.ts';
import { shortages } from './shortages/index.ts';

export const features: readonly Feature[] = [
  referrals,
  shortages,
  indicators,
  milestones,
  directory,
  groups,
  deliveries,
  documents,
  questions,
  policy,
];
