/** The list of jobs: what a slot may name. */
import { auditSeal } from './audit-seal.ts';
import { dailyDigest } from './daily-digest.ts';
import { embedClauses } from './embed-clauses.ts';
import { ingestDocument } from './ingest-document.ts';
import type { Job } from './job.ts';
import { milestoneReminders } from './milestone-reminders.ts';
import { retention } from './retention.ts';
import { weeklyQuestions } from './weekly-questions.ts';

export const jobs: readonly Job[] = [
  dailyDigest,
  milestoneReminders,
  auditSeal,
  retention,
  ingestDocument,
  embedClauses,
  weeklyQuestions,
];
