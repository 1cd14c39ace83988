/**
 * A small, safe subset of Markdown as elements: headings, bold, code, links to http(s), lists, quotes, rules, line breaks.
 * Everything else, HTML included, stays the text it is.
 */
import { element } from './dom.js';

const INLINE = /\*\*(?<bold>[^*\n]+)\*\*|`(?<code>[^`\n]+)`|\[(?<label>[^\]\n]+)\]\((?<url>https?:\/\/[^\s)]+)\)/gu;

/** Pieces of one line: `{ kind: 'text' | 'bold' | 'code' | 'link', text, url? }`. Pure. */
export function parseInline(line) {
  const pieces = [];
  let end = 0;
  for (const match of line.matchAll(INLINE)) {
    if (match.index > end) pieces.push({ kind: 'text', text: line.slice(end, match.index) });
    const { bold, code, label, url } = match.groups;
    if (bold !== undefined) pieces.push({ kind: 'bold', text: bold });
    else if (code !== undefined) pieces.push({ kind: 'code', text: code });
    else pieces.push({ kind: 'link', text: label, url });
    end = match.index + match[0].length;
  }
  if (end < line.length) pieces.push({ kind: 'text', text: line.slice(end) });
  return pieces;
}

const LINES = [
  { kind: 'heading', pattern: /^#{1,6}\s+(.*)$/u },
  { kind: 'quote', pattern: /^>\s?(.*)$/u },
  { kind: 'bullet', pattern: /^\s*[-*]\s+(.*)$/u },
  { kind: 'number', pattern: /^\s*(\d+)[.、)]\s+(.*)$/u },
  { kind: 'rule', pattern: /^\s*(?:-{3,}|\*{3,})\s*$/u },
];

/** Runs of equal lines: `{ kind: 'paragraph' | 'heading' | 'quote' | 'bullet' | 'number' | 'rule', lines, start? }`. Pure. */
export function parseBlocks(text) {
  const blocks = [];
  let open;
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    if (line.trim() === '') {
      open = undefined;
      continue;
    }
    const found = LINES.map(({ kind, pattern }) => ({ kind, match: pattern.exec(line) })).findLast((one) => one.match);
    const kind = found?.kind ?? 'paragraph';
    const words = found ? (found.match.at(-1) ?? '') : line;
    if (open?.kind === kind && kind !== 'heading' && kind !== 'rule') {
      open.lines.push(words);
      continue;
    }
    open = { kind, lines: [words], start: kind === 'number' ? Number(found.match[1]) : undefined };
    blocks.push(open);
  }
  return blocks;
}

function inline(line) {
  return parseInline(line).map((piece) => {
    if (piece.kind === 'bold') return element('strong', {}, piece.text);
    if (piece.kind === 'code') return element('code', {}, piece.text);
    if (piece.kind === 'link')
      return element('a', { href: piece.url, target: '_blank', rel: 'noopener noreferrer' }, piece.text);
    return piece.text;
  });
}

function joined(lines) {
  return lines.flatMap((line, index) => (index === 0 ? inline(line) : [element('br'), ...inline(line)]));
}

function draw({ kind, lines, start }) {
  if (kind === 'rule') return element('hr');
  if (kind === 'heading') return element('p', { class: 'md-heading' }, ...joined(lines));
  if (kind === 'quote') return element('blockquote', {}, ...joined(lines));
  const items = () => lines.map((line) => element('li', {}, ...inline(line)));
  if (kind === 'bullet') return element('ul', {}, ...items());
  if (kind === 'number') return element('ol', { start: start === 1 ? undefined : start }, ...items());
  return element('p', {}, ...joined(lines));
}

/** The text as elements. */
export function renderMarkdown(text) {
  return element('div', { class: 'markdown' }, ...parseBlocks(text).map(draw));
}
