/** The file that waits for its sender's 确认: its text sealed in a table of its own, what was said about it beside it（待确认文件）. */
import { z } from 'zod';
import type { IngestRequest } from '../../knowledge/index.ts';
import { DRAFT_TTL_MS } from '../drafts.ts';
import type { Write } from '../outcome.ts';
import type { Clock, Reader, Vault } from '../ports.ts';

/** A confirmed file that could not be stored for so long is given up. */
const CONFIRMED_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** What the person said about the file, where it does not say so itself. */
export const answersSchema = z.object({
  region: z.string().optional(),
  number: z.string().optional(),
  /** The person said that it has none. */
  noNumber: z.boolean().optional(),
  date: z.string().optional(),
});
export type Answers = Readonly<z.infer<typeof answersSchema>>;

/** The draft's own fields: where the file lies, and the answers so far. */
export const draftSchema = z.object({ document: z.string(), answers: answersSchema, doubts: z.array(z.string()) });
export type FileDraft = Readonly<z.infer<typeof draftSchema>>;

export interface WaitingDocument {
  readonly id: string;
  readonly staffId: string;
  readonly state: 'waiting' | 'confirmed';
  readonly name: string;
  readonly text: string;
  readonly answers: string | undefined;
  readonly createdAt: string;
}

interface WaitingRow {
  readonly id: string;
  readonly staff_id: string;
  readonly state: string;
  readonly name: string;
  readonly text_sealed: string;
  readonly answers_sealed: string | null;
  readonly created_at: string;
}

/** The file with its text, or `undefined` when it is stored, dropped or forgotten. */
export async function readWaiting(
  { db, vault }: { readonly db: Reader; readonly vault: Vault },
  id: string,
): Promise<WaitingDocument | undefined> {
  const row: WaitingRow | undefined = await db('waiting_documents').where({ id }).first();
  if (!row) return undefined;
  return {
    id: row.id,
    staffId: row.staff_id,
    state: row.state === 'confirmed' ? 'confirmed' : 'waiting',
    name: row.name,
    text: vault.open(row.text_sealed),
    answers: row.answers_sealed === null ? undefined : vault.open(row.answers_sealed),
    createdAt: row.created_at,
  };
}

/** What was said about a confirmed file. */
export function readAnswers(waiting: WaitingDocument): Answers {
  return waiting.answers === undefined ? {} : answersSchema.parse(JSON.parse(waiting.answers));
}

/** How one document of the file is to be planned: a number and a day that were said belong to a file of one document only. */
export function requestOf(name: string, text: string, answers: Answers, parts: number): IngestRequest {
  const alone = parts === 1;
  return {
    text,
    fileName: name,
    region: answers.region,
    number: alone ? answers.number : undefined,
    date: alone ? answers.date : undefined,
  };
}

/** Puts a file aside for its sender; files of the same person that still wait are dropped. */
export async function putAside(
  ports: { readonly db: Reader; readonly vault: Vault; readonly clock: Clock },
  file: { readonly id: string; readonly staffId: string; readonly name: string; readonly text: string },
): Promise<readonly Write[]> {
  const now = ports.clock.now();
  const older: { id: string }[] = await ports
    .db('waiting_documents')
    .where({ staff_id: file.staffId, state: 'waiting' })
    .select('id');
  return [
    ...older.map(({ id }): Write => ({ kind: 'delete', table: 'waiting_documents', where: { id } })),
    {
      kind: 'insert',
      table: 'waiting_documents',
      row: {
        id: file.id,
        staff_id: file.staffId,
        state: 'waiting',
        name: file.name,
        text_sealed: ports.vault.seal(file.text),
        created_at: now.toISOString(),
        expires_at: new Date(now.getTime() + DRAFT_TTL_MS).toISOString(),
      },
    },
  ];
}

/** Hands the file over to the job that stores it. */
export function confirmWaiting(
  ports: { readonly vault: Vault; readonly clock: Clock },
  id: string,
  answers: Answers,
): Write {
  return {
    kind: 'update',
    table: 'waiting_documents',
    where: { id, state: 'waiting' },
    set: {
      state: 'confirmed',
      answers_sealed: ports.vault.seal(JSON.stringify(answers)),
      expires_at: new Date(ports.clock.now().getTime() + CONFIRMED_TTL_MS).toISOString(),
    },
  };
}
