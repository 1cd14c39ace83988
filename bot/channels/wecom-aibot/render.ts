/** Draws replies for the AI bot: what goes back in a callback, and the parts that go out by themselves. */
import { createHash } from 'node:crypto';
import type { Block, Button, ImageBlock, IncomingMessage } from '../../../handlers/message.ts';
import { plainText, wordsToSay } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import { type MarkdownOptions, markdownParts } from '../wecom-markdown.ts';
import { buttonsCard, buttonsLeft, type DrawnCard, taskId, updatedCard, wholeCard } from './card.ts';
import { feedbackId } from './feedback.ts';
import { type Card, LIMITS, type Part } from './types.ts';

/** What is shown instead of nothing: a stream that ends without words leaves its placeholder standing. */
export const NOTHING_TO_SHOW = '（无内容）';
/** Shown at once while a slow answer is on its way. */
export const LOOKING = '正在查阅…';
/** Ends a placeholder whose answer came, or comes, as a message of its own. */
export const ELSEWHERE = '答复已另发，请看新消息。';

/** What goes back in a callback, or is fetched by polls: a recorded payload, JSON. */
export interface Payload {
  readonly content?: string | undefined;
  readonly images?: readonly { readonly base64: string; readonly md5: string }[] | undefined;
  /** The whole reply as a card: only as the first answer, a stream that began goes on as a stream. */
  readonly whole?: Card | undefined;
  /** The buttons below the words. */
  readonly beside?: Card | undefined;
  readonly feedback?: string | undefined;
}

/** One way of drawing for all: escapes as configured. */
export function createRenderer({ escapes }: { readonly escapes: boolean }) {
  const markdown = (blocks: readonly Block[], how: Pick<MarkdownOptions, 'buttons' | 'media'>, maxBytes: number) =>
    markdownParts(blocks, { ...how, escapes, maxBytes });

  /** A reply as one payload; undefined when it says nothing or is too long. */
  function payloadOf(blocks: readonly Block[], message: IncomingMessage): Payload | undefined {
    const shown = withLeftButtons(blocks);
    const images = imagesOf(blocks);
    const named = shown.filter((block) => block.type !== 'image' || !images.includes(block));
    const [content, ...more] = markdown(named, { buttons: 'elsewhere', media: 'named' }, LIMITS.contentBytes);
    const whole = wholeCard(blocks);
    const beside = buttonsCard(blocks);
    if (more.length > 0 || (content === undefined && images.length === 0 && !beside)) return undefined;
    const task = (card: Card) => ({ ...card, task_id: taskId(message.messageId, JSON.stringify(card)) });
    return {
      content: content ?? (images.length > 0 ? '见图。' : NOTHING_TO_SHOW),
      ...(images.length > 0 ? { images: images.map(asItem) } : {}),
      ...(whole?.complete ? { whole: task(whole.card) } : {}),
      ...(beside ? { beside: task(beside) } : {}),
      feedback: feedbackId(blocks),
    };
  }

  /** The greeting: a card where it fits one, else a text. */
  function greetingOf(blocks: readonly Block[], message: IncomingMessage): Payload | undefined {
    const whole = wholeCard(blocks);
    if (whole?.complete) {
      return { whole: { ...whole.card, task_id: taskId(message.messageId, JSON.stringify(whole.card)) } };
    }
    const [content, ...more] = splitText(plainText(blocks), { maxBytes: LIMITS.welcomeBytes });
    return content?.trim() && more.length === 0 ? { content } : undefined;
  }

  /** The pressed card in its new state; `complete`: the reply needs no message beside it. */
  function updateOf(blocks: readonly Block[], message: IncomingMessage): DrawnCard | undefined {
    return updatedCard(blocks, {
      stateful: message.action?.version !== undefined,
      inGroup: message.conversation.kind === 'group',
    });
  }

  /** For `response_url`: one message, so words and buttons in one; a card in private only. */
  function forUrl(blocks: readonly Block[], answering: IncomingMessage | undefined): readonly string[] {
    const whole = answering?.conversation.kind === 'direct' ? wholeCard(blocks) : undefined;
    const parts = markdown(blocks, { buttons: 'words', media: 'named' }, LIMITS.contentBytes);
    const texts = parts.length > 0 ? parts : [NOTHING_TO_SHOW];
    if (whole?.complete && texts.length === 1) {
      const [content = ''] = texts;
      return [asJson({ kind: 'card', card: whole.card, content, line: '', beside: false, at: 0 })];
    }
    return texts.map((content, at) => asJson({ kind: 'words', content, line: '', at }));
  }

  /** For the long connection: words, pictures and files in their order, the buttons' card last. */
  function forSocket(blocks: readonly Block[], answering: IncomingMessage | undefined): readonly string[] {
    const parts: Part[] = [];
    if (answering?.event === 'welcome' && wholeCard(blocks)?.complete !== true) {
      // The greeting is no markdown.
      const texts = splitText(plainText(blocks), { maxBytes: LIMITS.welcomeBytes });
      return texts.map((content, at) => asJson({ kind: 'words', content, line: '', at }));
    }
    const update = answering?.action && answering.replyHandle?.task ? updateOf(blocks, answering) : undefined;
    if (update) parts.push({ kind: 'update', card: update.card, at: 0 });
    if (update?.complete) {
      // Should the press be too old to update its card, the words still go out.
      const [content = NOTHING_TO_SHOW] = markdown(blocks, { buttons: 'words', media: 'named' }, LIMITS.contentBytes);
      return [asJson({ kind: 'update', card: update.card, at: 0, otherwise: content })];
    }
    // The updated card has the buttons; said in words, too, they survive a press that is too old to update it.
    const spoken = update ? [{ type: 'text', text: wordsToSay(buttonsIn(blocks)) } satisfies Block] : [];
    parts.push(...inOrder([...withLeftButtons(blocks), ...spoken]));
    if (update) return parts.map((part, at) => asJson({ ...part, at }));
    const whole = wholeCard(blocks);
    const line = lineOf(blocks);
    const feedback = feedbackId(blocks);
    const card = buttonsCard(blocks);
    const only = parts.length === 1 && parts[0]?.kind === 'words' ? parts[0] : undefined;
    if (whole?.complete && only) {
      return [asJson({ kind: 'card', card: whole.card, content: only.content, line, beside: false, feedback, at: 0 })];
    }
    if (card) {
      const last = parts.findLastIndex((part) => part.kind === 'words');
      const words = parts[last];
      if (words?.kind === 'words') parts[last] = { ...words, line };
      parts.push({ kind: 'card', card, content: '', line, beside: words?.kind === 'words', at: 0 });
    }
    if (parts.length === 0) parts.push({ kind: 'words', content: NOTHING_TO_SHOW, line: '', at: 0 });
    return parts.map((part, at) => asJson(part.kind === 'words' ? { ...part, feedback, at } : { ...part, at }));
  }

  function inOrder(blocks: readonly Block[]): readonly Part[] {
    const parts: Part[] = [];
    let words: Block[] = [];
    const flush = () => {
      const texts = markdown(words, { buttons: 'elsewhere', media: 'named' }, LIMITS.contentBytes);
      parts.push(...texts.map((content): Part => ({ kind: 'words', content, line: '', at: 0 })));
      words = [];
    };
    for (const block of blocks) {
      const media = mediaOf(block);
      if (!media) words.push(block);
      else {
        flush();
        parts.push(media);
      }
    }
    flush();
    return parts;
  }

  function mediaOf(block: Block): Part | undefined {
    if (block.type !== 'image' && block.type !== 'file') return undefined;
    const bytes = Buffer.from(block.base64, 'base64');
    if (bytes.length < LIMITS.leastBytes || bytes.length > LIMITS.fileBytes) return undefined;
    const type = block.type === 'image' && isPicture(bytes) && bytes.length <= LIMITS.imageBytes ? 'image' : 'file';
    const [content = NOTHING_TO_SHOW] = markdown(
      [block],
      { buttons: 'elsewhere', media: 'named' },
      LIMITS.contentBytes,
    );
    return { kind: 'media', type, name: block.name, base64: block.base64, content, at: 0 };
  }

  function lineOf(blocks: readonly Block[]): string {
    const buttons = blocks.filter((block) => block.type === 'buttons');
    return markdown(buttons, { buttons: 'words', media: 'named' }, LIMITS.contentBytes)[0] ?? '';
  }

  return { payloadOf, greetingOf, updateOf, forUrl, forSocket };
}
export type Renderer = ReturnType<typeof createRenderer>;

function buttonsIn(blocks: readonly Block[]): readonly Button[] {
  return blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
}

/** More buttons than a card takes are said in words, as the last line. */
function withLeftButtons(blocks: readonly Block[]): readonly Block[] {
  const left = buttonsLeft(blocks);
  return left.length === 0 ? blocks : [...blocks, { type: 'text', text: wordsToSay(left) }];
}

function imagesOf(blocks: readonly Block[]): readonly ImageBlock[] {
  return blocks
    .filter((block) => block.type === 'image')
    .filter(({ base64 }) => {
      const bytes = Buffer.from(base64, 'base64');
      return isPicture(bytes) && bytes.length <= LIMITS.streamImageBytes;
    })
    .slice(0, LIMITS.streamImages);
}

function asItem({ base64 }: ImageBlock): { base64: string; md5: string } {
  return { base64, md5: createHash('md5').update(Buffer.from(base64, 'base64')).digest('hex') };
}

/** PNG or JPEG, by their first bytes. */
function isPicture(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('hex') === '89504e47' || bytes.subarray(0, 3).toString('hex') === 'ffd8ff';
}

function asJson(part: Part): string {
  return JSON.stringify(part);
}

/** @throws SyntaxError for what is none of ours */
export function readPart(json: string): Part {
  return JSON.parse(json) as Part;
}
