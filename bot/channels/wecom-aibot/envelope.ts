/** The encrypted JSON around callbacks and their answers（加解密信封）, and the bodies that go into it. */
import type { EdgeAnswer } from '../channel.ts';
import type { WecomCipher } from '../wecom-cipher.ts';
import { FEEDBACK_LATER } from './feedback.ts';
import { ELSEWHERE, LOOKING, NOTHING_TO_SHOW, type Payload } from './render.ts';

/** The empty 200: received, nothing to say. */
export const ACKNOWLEDGED: EdgeAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: '' };

/** Seals answers to one request: the platform wants its own nonce back. */
export type Envelope = (body: object) => EdgeAnswer;

export function envelopeFor(cipher: WecomCipher, nonce: string, now: () => Date): Envelope {
  return (body) => {
    const timestamp = Math.floor(now().getTime() / 1000);
    const encrypt = cipher.encrypt(JSON.stringify(body));
    const msgsignature = cipher.sign(String(timestamp), nonce, encrypt);
    return {
      status: 200,
      type: 'application/json; charset=utf-8',
      body: JSON.stringify({ encrypt, msgsignature, timestamp, nonce }),
    };
  };
}

/** The answer to a message that is ready at once. */
export function firstAnswer(payload: Payload, streamId: string): object {
  if (payload.whole) return { msgtype: 'template_card', template_card: rated(payload.whole, payload.feedback) };
  return streamAnswer(payload, streamId, payload.feedback);
}

/** The same for a poll: a stream that began goes on as a stream. */
export function polledAnswer(payload: Payload, streamId: string): object {
  return streamAnswer(payload, streamId, undefined);
}

/** Ends a stream whose answer goes another way; never without words, they would leave the placeholder standing. */
export function endedAnswer(streamId: string): object {
  return { msgtype: 'stream', stream: { id: streamId, finish: true, content: ELSEWHERE } };
}

/** Shown at once; rated later, whatever the answer turns out to be: the platform takes the id with the first words only. */
export function placeholder(streamId: string): object {
  return {
    msgtype: 'stream',
    stream: { id: streamId, finish: false, content: LOOKING, feedback: { id: FEEDBACK_LATER } },
  };
}

/** Polled before it is ready. */
export function stillLooking(streamId: string): object {
  return { msgtype: 'stream', stream: { id: streamId, finish: false, content: LOOKING } };
}

/** The first words to who opens the chat. */
export function greeting(payload: Payload): object {
  if (payload.whole) return { msgtype: 'template_card', template_card: payload.whole };
  return { msgtype: 'text', text: { content: payload.content ?? NOTHING_TO_SHOW } };
}

/** The pressed card anew, for everybody who sees it. */
export function cardUpdate(payload: Payload, task: string): object {
  return { response_type: 'update_template_card', template_card: { ...payload.whole, task_id: task } };
}

function streamAnswer(payload: Payload, id: string, feedback: string | undefined): object {
  const { content = NOTHING_TO_SHOW, images, beside } = payload;
  const stream = {
    id,
    finish: true,
    content,
    ...(images ? { msg_item: images.map((image) => ({ msgtype: 'image', image })) } : {}),
    ...(feedback === undefined ? {} : { feedback: { id: feedback } }),
  };
  if (!beside) return { msgtype: 'stream', stream };
  return { msgtype: 'stream_with_template_card', stream, template_card: beside };
}

function rated(card: object, feedback: string | undefined): object {
  return feedback === undefined ? card : { ...card, feedback: { id: feedback } };
}
