/** Draws a reply for a group robot: plain words as text, tables, quotes and lists as markdown_v2, pictures and files. */
import type { Block, FileBlock, ImageBlock } from '../../../handlers/message.ts';
import { plainText } from '../plain-text.ts';
import { splitText } from '../splitting.ts';
import { markdownParts } from '../wecom-markdown.ts';
import { LIMITS, type Part } from './types.ts';

const NOTHING_TO_SHOW = '（无内容）';
/** Drawn better by markdown than by words. Old clients show its source: what needs no markup is sent as text. */
const MARKED: readonly Block['type'][] = ['markdown', 'quote', 'table', 'list'];

/** @returns at least one part, each the JSON of a `Part` */
export function renderParts(blocks: readonly Block[]): readonly string[] {
  const parts: Part[] = [];
  let words: Block[] = [];
  const flush = () => {
    parts.push(...wordParts(words));
    words = [];
  };
  for (const block of blocks) {
    const media = block.type === 'image' || block.type === 'file' ? mediaPart(block) : undefined;
    if (!media) words.push(block);
    else {
      flush();
      parts.push(media);
    }
  }
  flush();
  const shown: readonly Part[] = parts.length > 0 ? parts : [{ kind: 'text', text: NOTHING_TO_SHOW }];
  return shown.map((part) => JSON.stringify(part));
}

function wordParts(blocks: readonly Block[]): readonly Part[] {
  if (blocks.some((block) => MARKED.includes(block.type))) {
    const parts = markdownParts(blocks, {
      maxBytes: LIMITS.markdownBytes,
      escapes: true,
      buttons: 'words',
      media: 'named',
    });
    return parts.map((text) => ({ kind: 'markdown', text }));
  }
  const text = withoutControls(plainText(blocks));
  return splitText(text, { maxBytes: LIMITS.textBytes })
    .filter((part) => part.trim() !== '')
    .map((part) => ({ kind: 'text', text: part }));
}

/** A picture or file as a robot takes it; undefined for what it refuses, which is then named in words. */
function mediaPart(block: ImageBlock | FileBlock): Part | undefined {
  const size = (block.base64.length / 4) * 3;
  if (size < LIMITS.fileBytes.least) return undefined;
  const isPicture = block.type === 'image' && /\.(?:png|jpe?g)$/i.test(block.name) && size <= LIMITS.imageBytes;
  if (!isPicture && size > LIMITS.fileBytes.most) return undefined;
  return { kind: isPicture ? 'image' : 'file', name: block.name, base64: block.base64 };
}

function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
}
