/** What a phone shows of WeCom's markdown: marks are taken for marks, a backslash before one is not. */

/** Stands for an escaped character while marks are looked for. */
const PRIVATE = 0xe000;

/** The words a reader sees, line by line: quotes behind a bar, tables as cells, links as their words. */
export function viewMarkdown(markdown: string): string {
  const lines = markdown.split('\n');
  const shown: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const next = lines[at + 1] ?? '';
    if (/^\s*\|.*\|\s*$/.test(line) && /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/.test(next)) {
      shown.push(viewRow(line));
      at += 2;
      for (; /^\s*\|.*\|\s*$/.test(lines[at] ?? ''); at += 1) shown.push(viewRow(lines[at] ?? ''));
      at -= 1;
      continue;
    }
    shown.push(viewLine(line, /\S/.test(lines[at - 1] ?? '')));
  }
  return shown.join('\n');
}

function viewLine(line: string, follows: boolean): string {
  const quote = /^\s{0,3}> ?(.*)$/.exec(line);
  if (quote) return `│ ${viewLine(quote[1] ?? '', false)}`;
  if (follows && /^\s{0,3}(?:-+|=+)\s*$/.test(line)) return ''; // makes a heading of the line above
  const heading = /^\s{0,3}#{1,6}\s+(.*)$/.exec(line);
  if (heading) return inline(heading[1] ?? '');
  const bullet = /^\s{0,3}[-+*]\s+(.*)$/.exec(line);
  if (bullet) return `• ${inline(bullet[1] ?? '')}`;
  return inline(line);
}

function viewRow(line: string): string {
  const cells = hide(line.trim()).slice(1, -1).split('|');
  return cells.map((cell) => marked(cell).trim()).join(' ｜ ');
}

function inline(text: string): string {
  return marked(hide(text));
}

function hide(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) => String.fromCharCode(PRIVATE + mark.charCodeAt(0)));
}

function marked(text: string): string {
  return text
    .replace(/`([^`]+)`/g, '$1')
    .replace(/<think>[\s\S]*?<\/think>/g, '')
    .replace(/<(?:\/?[A-Za-z!?]|@)[^>]*>/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*(\S(?:[^*]*\S)?)\*\*/g, '$1')
    .replace(/\*(\S(?:[^*]*\S)?)\*/g, '$1')
    .replace(/(?<![\p{L}\p{N}])_(\S(?:[^_]*\S)?)_(?![\p{L}\p{N}])/gu, '$1')
    .replace(/~{1,2}(\S(?:[^~]*\S)?)~{1,2}/g, '$1')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, ' ')
    .replace(/[\ue021-\ue07e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - PRIVATE));
}
