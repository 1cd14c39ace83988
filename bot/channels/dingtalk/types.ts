/** What travels between DingTalk and us, in the platform's own names. Nothing outside this folder sees these. */
import { z } from 'zod';

const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));
/** Documented as text, sent as a number: both, in milliseconds. */
const milliseconds = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : Number(value)));
/** Anything: looked into by who knows the type. */
const anything = z.unknown().optional();

/** A message to the robot: body of the HTTP callback, `data` of the stream's. */
export const robotMessageSchema = z.looseObject({
  msgId: z.string().min(1).max(256),
  msgtype: optionalText,
  conversationId: z.string().min(1).max(256),
  /** `1` a private chat, `2` a group. */
  conversationType: z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.enum(['1', '2'])),
  conversationTitle: optionalText,
  senderId: z.string().min(1).max(256),
  senderNick: optionalText,
  /** Absent for people outside the robot's organisation, and while the robot is not published. */
  senderStaffId: optionalText,
  senderCorpId: optionalText,
  chatbotCorpId: optionalText,
  sessionWebhook: optionalText,
  sessionWebhookExpiredTime: milliseconds,
  createAt: milliseconds,
  robotCode: optionalText,
  text: anything,
  content: anything,
  errorCode: z.union([z.string(), z.number()]).nullish(),
});
export type RobotMessage = z.infer<typeof robotMessageSchema>;

/** A quoted message; its content may be JSON in a string. */
export const quotedSchema = z.looseObject({ msgType: optionalText, content: anything });

/** A press on an interactive card. An older page calls `content` `value`. */
export const cardCallbackSchema = z.looseObject({
  outTrackId: z.string().min(1).max(256),
  userId: z.string().min(1).max(128),
  corpId: optionalText,
  content: optionalText,
  value: optionalText,
});

export const cardContentSchema = z.looseObject({
  cardPrivateData: z.looseObject({
    actionIds: z.array(z.string()).nullish(),
    params: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** Answer of `oauth2/accessToken`. */
export const tokenAnswerSchema = z.looseObject({
  accessToken: z.string().min(1).max(1024),
  /** Seconds. */
  expireIn: z.number().positive(),
});

/** What the old API always says. The custom robot's page shows `"0"`. */
export const oapiAnswerSchema = z.looseObject({
  errcode: z.union([z.number(), z.string()]).transform(Number),
  errmsg: z.string().nullish(),
  media_id: z.string().optional(),
});

export const batchSendAnswerSchema = z.looseObject({
  invalidStaffIdList: z.array(z.string()).nullish(),
  flowControlledStaffIdList: z.array(z.string()).nullish(),
});

export const deliverAnswerSchema = z.looseObject({
  result: z
    .looseObject({
      deliverResults: z
        .array(z.looseObject({ success: z.boolean().nullish(), errorMsg: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
});

export const downloadAnswerSchema = z.looseObject({ downloadUrl: z.string().min(1).max(4096) });

export const gatewayAnswerSchema = z.looseObject({
  endpoint: z.string().min(1).max(2048),
  ticket: z.string().min(1).max(1024),
});

/** One frame of the stream. */
export const frameSchema = z.looseObject({
  type: z.string(),
  headers: z.record(z.string(), z.unknown()),
  data: z.string().nullish(),
});
export type Frame = z.infer<typeof frameSchema>;

/** Topics of the stream that we take. */
export const TOPICS = {
  robot: '/v1.0/im/bot/messages/get',
  card: '/v1.0/card/instances/callback',
} as const;

/** Limits of the platform; pages change without notice, so they stand here once. */
export const LIMITS = {
  /** Window of the signature, both ways. */
  signatureWindowMs: 60 * 60_000,
  /** `msgParam` of groupMessages/send, as JSON; assumed for private sends too. */
  messageParamBytes: 15_000,
  /** What we fill of it: title and names need some, and phones get slow. */
  partBytes: 14_500,
  /** Where a reply is cut first: about 3,600 Chinese characters, as other connectors do. */
  preferredBytes: 11_000,
  /** Of one variable of a card. */
  cardValueBytes: 1_000,
  /** outTrackId of a card. */
  cardIdCharacters: 100,
  /** Calls of one app to one API (page on throttling). */
  appPerSecond: { count: 20, withinMs: 1_000 },
  /** Messages of one custom robot; beyond it the platform is silent for ten minutes. */
  robotPerMinute: { count: 20, withinMs: 60_000 },
  /** A session that ends within this time is not begun with. */
  sessionMarginMs: 30_000,
} as const;

/** How many variables the card template has for each thing; docs/channels.md lists them. */
export const CARD = { bodies: 4, buttons: 6 } as const;
