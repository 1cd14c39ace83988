/** What travels between the platform and us, in the platform's own names, as far as we read it. */
import { z } from 'zod';

/** Ids are numbers of up to 52 bits at the platform and words here; demonstration staff have words at the simulator, too. */
const id = z.union([z.number().int(), z.string().min(1).max(64)]).transform(String);

const userSchema = z.looseObject({
  id,
  is_bot: z.boolean().default(false),
  first_name: z.string().default(''),
  last_name: z.string().optional(),
  username: z.string().optional(),
});

const chatSchema = z.looseObject({
  id,
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: z.string().optional(),
});
export type TelegramChat = z.infer<typeof chatSchema>;

/** Offsets and lengths count UTF-16 units, as strings here do. */
const entitySchema = z.looseObject({
  type: z.string(),
  offset: z.number().int().min(0),
  length: z.number().int().min(0),
  user: userSchema.optional(),
});
export type TelegramEntity = z.infer<typeof entitySchema>;

const fileSchema = z.looseObject({ file_id: z.string().min(1).max(512), file_name: z.string().optional() });

const repliedSchema = z.looseObject({
  from: userSchema.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
});

const messageSchema = z.looseObject({
  message_id: z.number().int(),
  message_thread_id: z.number().int().optional(),
  is_topic_message: z.boolean().optional(),
  /** Seconds; 0 for a message the bot cannot see any more. */
  date: z.number().int().min(0).default(0),
  chat: chatSchema,
  from: userSchema.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  entities: z.array(entitySchema).optional(),
  caption_entities: z.array(entitySchema).optional(),
  reply_to_message: repliedSchema.optional(),
  quote: z.looseObject({ text: z.string() }).optional(),
  photo: z.array(fileSchema).optional(),
  document: fileSchema.optional(),
  voice: fileSchema.optional(),
  audio: fileSchema.optional(),
  video: fileSchema.optional(),
  video_note: fileSchema.optional(),
  animation: fileSchema.optional(),
  location: z.unknown().optional(),
  contact: z.unknown().optional(),
  migrate_to_chat_id: id.optional(),
});
export type TelegramMessage = z.infer<typeof messageSchema>;

const callbackSchema = z.looseObject({
  id: z.string().min(1).max(128),
  from: userSchema,
  data: z.string().max(256).optional(),
  message: messageSchema.optional(),
});
export type TelegramCallback = z.infer<typeof callbackSchema>;

const memberSchema = z.looseObject({
  chat: chatSchema,
  new_chat_member: z.looseObject({ status: z.string() }),
});

/** One callback of the platform. Kinds we did not ask for stay as they are, so that they can be named. */
export const updateSchema = z.looseObject({
  update_id: z.number().int().min(0),
  message: messageSchema.optional(),
  callback_query: callbackSchema.optional(),
  my_chat_member: memberSchema.optional(),
});
export type TelegramUpdate = z.infer<typeof updateSchema>;

/** What the platform is asked to send us. */
export const WANTED_UPDATES = ['message', 'callback_query', 'my_chat_member'] as const;

/** Limits of the platform (core.telegram.org/bots/api and /bots/faq). */
export const LIMITS = {
  /** Text of one message, UTF-16 units after the marks are taken off. */
  textUnits: 4096,
  /** Words under a picture or file, the same way. */
  captionUnits: 1024,
  /** What a button carries, UTF-8. */
  callbackBytes: 64,
  /** Largest file a bot can fetch. */
  downloadBytes: 20 * 1024 * 1024,
  /** About one a second in a chat, bursts allowed; 20 a minute in a group. */
  toOneChat: [{ count: 3, withinMs: 3_000 }],
  toOneGroup: [
    { count: 3, withinMs: 3_000 },
    { count: 20, withinMs: 60_000 },
  ],
} as const;
