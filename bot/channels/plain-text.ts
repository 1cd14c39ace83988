/** Draws a reply as plain words, readable on a phone: the playground's `text`, and every platform without richer means. */
import type { Block, Button, QuoteBlock, TableBlock } from '../../handlers/message.ts';

/** Tables up to this width keep a heading line; wider ones repeat the column's name in each row, a phone is narrow. */
const MAX_COLUMNS_UNDER_ONE_HEADING = 3;
/** Numbers people quote: a button about one case is said as `接收 ZZ20261121001`. */
const CASE_NUMBER = /^(?:ZZ|EM|QY)\d{6,}$/;

/**
 * Renders blocks as plain text in their order, except that all buttons become the last line: the words to say
 * （原文 · 下一条 · 有用）. Never fails: a block kind written by a newer version falls back to its `text`, or is left out.
 * Not for logs: replies may name patients.
 */
export function plainText(blocks: readonly Block[]): string {
  const buttons = blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
  const lines = blocks.map(plainBlock).filter((text) => text.trim() !== '');
  if (buttons.length > 0) lines.push(wordsToSay(buttons));
  return lines.join('\n');
}

/** What a person types instead of pressing these buttons, as one line, each once. */
export function wordsToSay(buttons: readonly Button[]): string {
  return [...new Set(buttons.map(wordOf))].join(' · ');
}

/** What stands on a button: beside others of its name, as below a list, also the number of its case. */
export function labelAmong(button: Button, all: readonly Button[]): string {
  return all.some((other) => other !== button && other.label === button.label) ? wordOf(button) : button.label;
}

function wordOf(button: Button): string {
  const asksForNumber = CASE_NUMBER.test(button.value) && !button.label.includes(button.value);
  return asksForNumber ? `${button.label} ${button.value}` : button.label;
}

function plainBlock(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'markdown':
      return withoutMarkup(block.text);
    case 'quote':
      return plainQuote(block);
    case 'fields':
      return block.items.map(({ label, value }) => `${label}：${value}`).join('\n');
    case 'table':
      return plainTable(block);
    case 'list':
      return block.items.map((item, at) => `${block.ordered ? `${at + 1}.` : '·'} ${item}`).join('\n');
    case 'image':
      return `〔图片：${block.alt || block.name}〕`;
    case 'file':
      return `〔文件：${block.name}〕`;
    case 'buttons':
      return '';
    default:
      return textOfUnknown(block);
  }
}

/** The document's words between “ ”, its source on the next line after ——; splitting.ts keeps the two together. */
function plainQuote({ text, source }: QuoteBlock): string {
  return source === '' ? `“${text}”` : `“${text}”\n——${source}`;
}

function plainTable({ columns, rows }: TableBlock): string {
  if (columns.length <= MAX_COLUMNS_UNDER_ONE_HEADING) {
    return [columns, ...rows]
      .filter((cells) => cells.length > 0)
      .map((cells) => cells.map(onOneLine).join(' ｜ '))
      .join('\n');
  }
  return rows
    .map((cells) => cells.map((cell, at) => (at === 0 ? onOneLine(cell) : `${columns[at] ?? ''}：${onOneLine(cell)}`)))
    .map((cells) => cells.join(' ｜ '))
    .join('\n');
}

function onOneLine(cell: string): string {
  return cell.replace(/\s*\n\s*/g, ' ');
}

/** Takes off the marks of the markdown our features write: headings, bold, code, links, quotes, bullets. */
function withoutMarkup(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) =>
      line
        .replace(/^#{1,6} +/, '')
        .replace(/^> ?/, '')
        .replace(/^[-*] +/, '· ')
        .replace(/\*\*([^*]+)\*\*/g, '$1')
        .replace(/`([^`]+)`/g, '$1')
        .replace(/\[([^[\]]+)\]\((https?:[^()\s]+)\)/g, '$1（$2）'),
    )
    .join('\n');
}

function textOfUnknown(block: unknown): string {
  const text = typeof block === 'object' && block !== null && 'text' in block ? block.text : undefined;
  return typeof text === 'string' ? text : '';
}
