/** What travels to a group robot's webhook（群机器人, page 91770）, in the platform's own names. */
import { z } from 'zod';

/** One rendered part. */
export type Part =
  | { readonly kind: 'text' | 'markdown'; readonly text: string }
  | { readonly kind: 'image' | 'file'; readonly name: string; readonly base64: string };

/** What is registered of a robot: the key of its webhook's address. */
export const addressSchema = z.object({ key: z.string().min(1) });

/** Every answer has HTTP status 200 and says in `errcode` what happened. */
export const answerSchema = z.looseObject({
  errcode: z.number().int(),
  media_id: z.string().min(1).max(1024).optional(),
});

export const LIMITS = {
  textBytes: 2048,
  markdownBytes: 4096,
  /** Raw picture; PNG or JPG. */
  imageBytes: 2 * 1024 * 1024,
  fileBytes: { least: 6, most: 20 * 1024 * 1024 },
  /** Of one robot; whether the minute slides is not documented, so ours does. */
  perRobot: [{ count: 20, withinMs: 60_000 }],
} as const;
