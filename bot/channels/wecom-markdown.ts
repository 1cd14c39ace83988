/** Draws replies as the markdown of WeCom's AI bot and group robots (markdown_v2): tables, quotes, lists; words literally. */
import type { Block, TableBlock } from '../../handlers/message.ts';
import { plainText, wordsToSay } from './plain-text.ts';
import { splitText } from './splitting.ts';

export interface MarkdownOptions {
  readonly maxBytes: number;
  /** Markup in words of documents and people is escaped with a backslash. */
  readonly escapes: boolean;
  /** What becomes of buttons: a last line of words to say, or nothing where they are shown otherwise. */
  readonly buttons: 'words' | 'elsewhere';
  /** Pictures and files that go another way are not named. */
  readonly media: 'named' | 'elsewhere';
}

/** Wider tables are told row by row: a phone is narrow. */
const MAX_COLUMNS = 3;

interface Piece {
  readonly text: string;
  /** Needs a blank line around it: a line that follows a quote or list directly would become part of it. */
  readonly apart: boolean;
}

/**
 * Draws blocks in order, split at `maxBytes` without cutting a character, an escape, or a quote or table that fits one part.
 * @returns no part when there is nothing to show
 */
export function markdownParts(blocks: readonly Block[], options: MarkdownOptions): readonly string[] {
  const buttons = blocks.flatMap((block) => (block.type === 'buttons' ? block.items : []));
  const pieces = blocks.flatMap((block) => piecesOf(block, options));
  if (options.buttons === 'words' && buttons.length > 0) {
    pieces.push({ text: escapeOf(wordsToSay(buttons), options), apart: false });
  }
  const parts: string[] = [];
  let part = '';
  let apart = false;
  for (const piece of pieces.filter(({ text }) => text.trim() !== '')) {
    const joined = part === '' ? piece.text : `${part}${apart || piece.apart ? '\n\n' : '\n'}${piece.text}`;
    apart = piece.apart;
    if (Buffer.byteLength(joined) <= options.maxBytes) {
      part = joined;
      continue;
    }
    if (part !== '') parts.push(part);
    const split = splitEscaped(piece.text, options.maxBytes);
    parts.push(...split.slice(0, -1));
    part = split.at(-1) ?? '';
  }
  return part.trim() === '' ? parts : [...parts, part];
}

function piecesOf(block: Block, options: MarkdownOptions): readonly Piece[] {
  const near = (text: string): Piece => ({ text, apart: false });
  const apart = (text: string): Piece => ({ text, apart: true });
  const words = (text: string) => escapeOf(text, options);
  switch (block.type) {
    case 'text':
      return [near(words(block.text))];
    case 'markdown':
      return [near(readable(block.text))];
    case 'quote': {
      const source = block.source === '' ? '' : `\n——${block.source}`;
      // Room for the marks and escapes that drawing adds.
      const parts = splitText(readable(block.text), { maxBytes: Math.floor(options.maxBytes / 2) });
      return parts.map((part, at) => apart(quoted(words(at === parts.length - 1 ? part + source : part))));
    }
    case 'fields':
      return [near(block.items.map(({ label, value }) => `**${words(label)}**：${words(value)}`).join('\n'))];
    case 'table':
      return block.columns.length > MAX_COLUMNS
        ? [near(words(plainText([block])))]
        : tables(block, options).map((table) => apart(table));
    case 'list':
      return [
        apart(
          block.items
            .map((item, at) => `${block.ordered ? `${at + 1}.` : '-'} ${words(item.replace(/\s*\n\s*/g, ' '))}`)
            .join('\n'),
        ),
      ];
    case 'image':
    case 'file':
      return options.media === 'named' ? [near(words(plainText([block])))] : [];
    case 'buttons':
      return [];
    default:
      return [near(words(plainText([block])))];
  }
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** One table, or several with the same head where one is too long for a part. */
function tables({ columns, rows }: TableBlock, options: MarkdownOptions): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => escapeOf(cell.replace(/\s*\n\s*/g, ' '), options).replace(/\\?\|/g, '\\|')).join(' | ')} |`;
  const head = `${line(columns)}\n| ${columns.map(() => '---').join(' | ')} |`;
  const drawn: string[] = [];
  let table = head;
  for (const cells of rows) {
    const longer = `${table}\n${line(columns.map((_, at) => cells[at] ?? ''))}`;
    if (table !== head && Buffer.byteLength(longer) > options.maxBytes) {
      drawn.push(table);
      table = `${head}\n${line(cells)}`;
    } else table = longer;
  }
  return [...drawn, table];
}

function escapeOf(text: string, { escapes }: MarkdownOptions): string {
  return escapes ? escapeMarkdown(readable(text)) : readable(text);
}

/** Without the characters that no chat shows and JSON of the platform refuses. */
function readable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
}

/**
 * Words that arrive as they are: a backslash before what markdown would take for markup, and before nothing else, so that
 * little is spoilt where a client should not know the backslash.
 */
export function escapeMarkdown(text: string): string {
  const tildes = text.indexOf('~') !== text.lastIndexOf('~');
  return text
    .split('\n')
    .map((line) => escapeLine(line, tildes))
    .join('\n');
}

function escapeLine(line: string, tildes: boolean): string {
  const inline = line
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\')
    .replace(/[*`]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/~/g, tildes ? '\\~' : '~')
    .replace(/\[(?=[^\]]*\]\()|^\[(?=[^\]]*\]:)/g, '\\[')
    .replace(/<(?=[A-Za-z/!?@])/g, '\\<')
    .replace(/&(?=#?\w+;)/g, '\\&');
  return inline
    .replace(/^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|-{2,}\s*$|=+\s*$|\|(?=[\s|:-]*$))/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** Cuts escaped text; never between a backslash and what it escapes. */
function splitEscaped(text: string, maxBytes: number): readonly string[] {
  const parts: string[] = [];
  let carried = '';
  for (const part of splitText(text, { maxBytes: maxBytes - 1 })) {
    const whole = carried + part;
    const dangling = (/\\+$/.exec(whole)?.[0].length ?? 0) % 2 === 1;
    carried = dangling ? '\\' : '';
    parts.push(dangling ? whole.slice(0, -1) : whole);
  }
  if (carried !== '') parts.push(carried);
  return parts.filter((part) => part !== '');
}
