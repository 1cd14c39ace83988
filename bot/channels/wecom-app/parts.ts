/** One rendered part of a reply as the app's outbox carries it, from drawing to sending. */
import type { ButtonCard } from './card.ts';

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}
export interface MediaPart {
  readonly kind: 'image' | 'file';
  readonly name: string;
  readonly base64: string;
}
export interface CardPart {
  readonly kind: 'card';
  readonly card: ButtonCard;
  /** The same words, for where a card cannot go. */
  readonly text: string;
}
/** Changes the card that was pressed: to another card, or only its button. */
export interface UpdatePart {
  readonly kind: 'update';
  readonly card?: ButtonCard | undefined;
  readonly replaceName?: string | undefined;
  /** Said as a message where the card cannot be changed any more; empty when the words follow anyway. */
  readonly text: string;
}
export type Part = TextPart | MediaPart | CardPart | UpdatePart;

export function writePart(part: Part): string {
  return JSON.stringify(part);
}

/** Reads what `writePart` wrote; the outbox draws afresh for every send, so no older form is met. */
export function readPart(raw: string): Part {
  return JSON.parse(raw) as Part;
}
