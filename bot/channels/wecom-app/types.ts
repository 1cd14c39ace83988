/** What travels between the platform and us, in the platform's own names. Nothing outside this folder sees these. */
import { z } from 'zod';

/**
 * One element of a decrypted callback. Always text, never a number: userid `0020203`, text `0012` and a MsgId over 2^53 stay
 * as they are.
 */
export interface XmlElement {
  readonly [name: string]: string | XmlElement | readonly (string | XmlElement)[];
}

/** Body of `message/send`: key order is fixed, because the platform compares requests as they are. */
export interface SendBody {
  readonly touser: string;
  readonly msgtype: 'text' | 'image' | 'file' | 'template_card';
  readonly agentid: number;
  readonly enable_duplicate_check: 1;
  readonly duplicate_check_interval: number;
}

const userIds = z
  .union([z.string(), z.array(z.string())])
  .transform((ids) => (typeof ids === 'string' ? ids.split('|') : ids).filter((id) => id !== ''));

/** Every answer has HTTP status 200 and says in `errcode` what happened. */
export const apiAnswerSchema = z.looseObject({
  errcode: z.number().int(),
  /** userids separated by `|`, in lower case whatever we sent; an array in the answer to a card's update. */
  invaliduser: userIds.optional(),
  unlicenseduser: userIds.optional(),
});
export type ApiAnswer = z.infer<typeof apiAnswerSchema>;

/** Answer of `media/upload`. */
export const mediaAnswerSchema = z.looseObject({ media_id: z.string().min(1).max(1024) });

/** Answer of `gettoken`. */
export const tokenAnswerSchema = z.looseObject({
  access_token: z.string().min(1).max(512),
  /** Seconds. */
  expires_in: z.number().positive(),
});

/** Limits of the platform; pages change without notice, so they stand here once. */
export const LIMITS = {
  /** Text of a passive reply (page 90241) and of message/send (page 90236): longer is cut silently. */
  textBytes: 2048,
  /** Media of message/send (page 96484): more than 5 bytes; pictures JPG or PNG. */
  mediaBytes: { least: 6, image: 10 * 1024 * 1024, file: 20 * 1024 * 1024 },
  /** Answers of the API are a few hundred bytes. */
  answerBytes: 64 * 1024,
  /** The platform drops the connection after 5 s (page 90238); half a second is kept for the way back. */
  passiveDeadlineMs: 4500,
  /** Active messages of one app to one member (page 90454): what is over it is dropped without an error. */
  toOneMember: [
    { count: 30, withinMs: 60_000 },
    { count: 1000, withinMs: 3_600_000 },
  ],
  /** Duplicate guard, seconds (page 90236): at most 4 h. */
  duplicateGuardSeconds: { from: 1800, to: 14_400 },
} as const;
