/** Payloads and limits of the AI bot, as its pages say（智能机器人：100719, 101027, 101031, 101032, 101138, 101463）. */
import { z } from 'zod';

const id = z.string().trim().min(1).max(512);
const media = z.looseObject({
  url: z.string().optional(),
  /** Reported once instead of `url`. */
  pic_url: z.string().optional(),
  /** Key of this one file: long connection only. */
  aeskey: z.string().optional(),
});
const words = z.looseObject({ content: z.string() });
const payload = {
  msgtype: z.string(),
  text: words.optional(),
  voice: words.optional(),
  image: media.optional(),
  file: media.optional(),
  video: media.optional(),
};
const mixed = z
  .looseObject({
    msg_item: z.array(z.looseObject({ msgtype: z.string(), text: words.optional(), image: media.optional() })),
  })
  .optional();

/** Anything the platform brings, by callback or as the body of a frame. */
export const callbackSchema = z.looseObject({
  ...payload,
  mixed,
  msgid: id,
  /** Seconds; events only. */
  create_time: z.number().int().positive().optional(),
  aibotid: z.string().optional(),
  /** Groups only. */
  chatid: id.optional(),
  /** Absent in the platform's own sample of enter_chat. */
  chattype: z.string().optional(),
  from: z.looseObject({ userid: id }).optional(),
  response_url: z.string().optional(),
  quote: z.looseObject({ ...payload, mixed }).optional(),
  stream: z.looseObject({ id }).optional(),
  event: z
    .looseObject({
      eventtype: z.string(),
      template_card_event: z
        .looseObject({
          card_type: z.string().optional(),
          event_key: z.string().optional(),
          task_id: z.string().optional(),
          selected_items: z
            .looseObject({
              selected_item: z.array(
                z.looseObject({ option_ids: z.looseObject({ option_id: z.array(z.string()) }).optional() }),
              ),
            })
            .optional(),
        })
        .optional(),
      /** 1 accurate, 2 inaccurate, 3 taken back. */
      feedback_event: z.looseObject({ id: z.string(), type: z.number() }).optional(),
    })
    .optional(),
});
export type Callback = z.infer<typeof callbackSchema>;

/** The envelope of a callback; the page writes the key in lower case, its sample code in upper. */
export const envelopeSchema = z.looseObject({ encrypt: z.string().optional(), Encrypt: z.string().optional() });

/** Any frame of the long connection: callbacks have a `cmd`, answers to ours an `errcode`. */
export const frameSchema = z.looseObject({
  cmd: z.string().optional(),
  headers: z.looseObject({ req_id: z.string() }).optional(),
  errcode: z.number().int().optional(),
  body: z.unknown().optional(),
});
export type Frame = z.infer<typeof frameSchema>;

/** Answer of `response_url`. */
export const answerSchema = z.looseObject({ errcode: z.number().int().default(0) });

/** An interaction card（按钮交互卡片）: the only kind whose buttons come back. */
export interface Card {
  readonly card_type: 'button_interaction';
  readonly main_title: { readonly title: string };
  readonly sub_title_text?: string | undefined;
  readonly horizontal_content_list?: readonly { readonly keyname: string; readonly value: string }[] | undefined;
  readonly button_list: readonly { readonly text: string; readonly key: string }[];
  /** Set when it goes out: unique by bot, and the pressed card's own when that is updated. */
  readonly task_id?: string | undefined;
}

/** One stretch of a reply, drawn. JSON in the outbox's hands. */
export type Part =
  | {
      readonly kind: 'words';
      readonly content: string;
      /** The buttons in words, for where no card can follow. */
      readonly line: string;
      /** The id under which this answer may be rated. */
      readonly feedback?: string | undefined;
      /** Place among the reply's parts: the first finishes the stream that a message was answered with. */
      readonly at: number;
    }
  | {
      readonly kind: 'card';
      readonly card: Card;
      /** The same without a card. */
      readonly content: string;
      readonly line: string;
      /** Stands below words that are already there. */
      readonly beside: boolean;
      readonly feedback?: string | undefined;
      readonly at: number;
    }
  | {
      readonly kind: 'media';
      readonly type: 'image' | 'file';
      readonly name: string;
      readonly base64: string;
      /** For who cannot get it. */
      readonly content: string;
      readonly at: number;
    }
  /** The card that was pressed, in its new state: within 5 s or never. */
  | {
      readonly kind: 'update';
      readonly card: Card;
      /** The whole reply in words, where the card alone would carry it and the press is too old. */
      readonly otherwise?: string | undefined;
      readonly at: number;
    };

/** Limits of the platform; pages change without notice, so they stand here once. */
export const LIMITS = {
  /** Stream and markdown content, UTF-8 (100719, 101138). */
  contentBytes: 20_480,
  /** The greeting is a text; no limit is written, the app's is taken. */
  welcomeBytes: 2_048,
  /** A first byte within a second, whoever is slow: what is not there is fetched by the platform's polls. */
  firstAnswerMs: 800,
  /** A card's press and enter_chat take an answer for 5 s, once. */
  eventAnswerMs: 4_500,
  /** Polls come for 6 min from the message; half a minute is kept. */
  polledMs: 5.5 * 60_000,
  /** `response_url`: once, within an hour. */
  urlMs: 60 * 60_000,
  /** Images in a stream: 10, each 10 MB. */
  streamImages: 10,
  streamImageBytes: 10 * 1024 * 1024,
  /** Cards (101032): counts are enforced, lengths advised. */
  card: { buttons: 6, fields: 6, title: 26, subTitle: 112, keyname: 5, value: 26, keyBytes: 1024 },
  feedbackBytes: 256,
  /** Long connection: replies and pushes to one conversation together (101463). */
  toOneConversation: [
    { count: 30, withinMs: 60_000 },
    { count: 1000, withinMs: 3_600_000 },
  ],
  /** Uploads: chunks of 512 KB, at most 100; images 2 MB by the page (10 by its plugin), files 20 MB; at least 5 bytes. */
  chunkBytes: 512 * 1024,
  imageBytes: 2 * 1024 * 1024,
  fileBytes: 20 * 1024 * 1024,
  leastBytes: 5,
} as const;
