/** DingTalk's markdown: words escaped so that they arrive literally, and every block in the subset that phones show. */
import type { Block } from '../../../handlers/message.ts';

/**
 * Escapes words for markdown: signs are taken from their meaning, ends of lines are kept, spaces at the beginning too.
 * Reversible: a reader who undoes the escapes sees exactly the words.
 */
export function escapeMarkdown(text: string): string {
  return text.split('\n').map(escapeLine).join('  \n');
}

function escapeLine(line: string): string {
  const escaped = line
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]~|]/g, '\\$&')
    .replace(/!(?=\\\[)/g, '\\!');
  return escaped
    .replace(/^([ \t]*)(#|[-+=](?=[-+= \t]|$))/, '$1\\$2')
    .replace(/^([ \t]*\d{1,9})([.)])(?=[ \t]|$)/, '$1\\$2')
    .replace(/^[ \t]+/, (spaces) => '&nbsp;'.repeat(spaces.length))
    .replace(/ {2,}$/, (spaces) => '&nbsp;'.repeat(spaces.length));
}

/** A table with up to this many columns keeps one heading line; wider ones say the column in each row: a phone is narrow. */
const MAX_COLUMNS_UNDER_ONE_HEADING = 3;

/** One block as markdown; empty for buttons, and for what has nothing to show. Never fails. */
export function blockMarkdown(block: Block): string {
  switch (block.type) {
    case 'text':
      return escapeMarkdown(block.text);
    case 'markdown':
      return ownMarkdown(block.text);
    case 'quote': {
      const source = block.source === '' ? '' : `  \n——${escapeMarkdown(block.source)}`;
      return quoted(`“${escapeMarkdown(block.text)}”${source}`);
    }
    case 'fields':
      return block.items
        .map(({ label, value }) => `**${escapeMarkdown(label)}**：${escapeMarkdown(value)}`)
        .join('  \n');
    case 'table':
      return tableMarkdown(block.columns, block.rows);
    case 'list':
      return block.items
        .map((item, at) => `${block.ordered ? `${at + 1}.` : '-'} ${escapeMarkdown(item).replaceAll('\n', '\n  ')}`)
        .join('\n');
    case 'image':
      return `〔图片：${escapeMarkdown(block.alt || block.name)}〕`;
    case 'file':
      return `〔文件：${escapeMarkdown(block.name)}〕`;
    case 'buttons':
      return '';
    default: {
      const text: unknown = (block as { text?: unknown }).text;
      return typeof text === 'string' ? escapeMarkdown(text) : '';
    }
  }
}

/** Markdown of our own features is in the platform's subset already; only its line ends need two spaces. */
function ownMarkdown(text: string): string {
  return text.replace(/([^\n])\n(?=[^\n])/g, (_, before: string) => `${before}  \n`).replace(/ {3,}\n/g, '  \n');
}

function quoted(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** Not as a markdown table: older phones show its bars and dashes. */
function tableMarkdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cellOf = (cell: string) => escapeMarkdown(cell.replace(/\s*\n\s*/g, ' '));
  if (columns.length <= MAX_COLUMNS_UNDER_ONE_HEADING) {
    const heading = columns.length > 0 ? [`**${columns.map(cellOf).join(' ｜ ')}**`] : [];
    return [...heading, ...rows.map((cells) => cells.map(cellOf).join(' ｜ '))].join('  \n');
  }
  return rows
    .map((cells) =>
      cells
        .map((cell, at) =>
          at === 0
            ? `**${cellOf(cell)}**`
            : `${columns[at] === undefined ? '' : `${cellOf(columns[at])}：`}${cellOf(cell)}`,
        )
        .join(' ｜ '),
    )
    .join('\n\n');
}
