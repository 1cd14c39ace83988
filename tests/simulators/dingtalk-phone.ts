/** What a phone makes of DingTalk's markdown and of the card template in docs/channels.md. */
/** The template of docs/channels.md on a phone. */
export function cardAsShown(params: Readonly<Record<string, string>>): string {
  const bodies = [1, 2, 3, 4].map((n) => params[`body${n}`] ?? '').filter((text) => text !== '');
  const buttons = [1, 2, 3, 4, 5, 6].map((n) => params[`button${n}`] ?? '').filter((label) => label !== '');
  return [
    ...bodies.map(markdownAsShown),
    ...(buttons.length > 0 ? [buttons.map((label) => `[${label}]`).join(' ')] : []),
  ].join('\n');
}

/** What a phone shows of the platform's markdown: marks gone, escapes undone, single line ends ignored. */
export function markdownAsShown(markdown: string): string {
  const paragraphs = markdown.split(/\n{2,}/).map((paragraph) => {
    const lines: string[] = [];
    let open = false; // the line before goes on in this one
    for (const line of paragraph.split('\n')) {
      const hard = / {2,}$/.test(line);
      const list = /^\s*(?:[-*+]|\d{1,9}[.)]) /.test(line);
      const shown = inlineAsShown(line.replace(/ {2,}$/, ''));
      if (open && !list) lines[lines.length - 1] += ` ${shown}`;
      else lines.push(shown);
      open = !hard;
    }
    return lines.join('\n');
  });
  return paragraphs.join('\n');
}

/** One line. */
function inlineAsShown(line: string): string {
  const kept: string[] = [];
  const keep = (text: string) => {
    kept.push(text);
    return `\ue000${kept.length - 1}\ue001`;
  };
  const marked = line
    .replace(/\\([!-/:-@[-`{-~])/g, (_, sign: string) => keep(sign))
    .replace(/&(amp|lt|gt|nbsp|#\d+);/g, (_, name: string) => keep(entity(name)))
    .replace(/^>\s?/, '')
    .replace(/^\s*[-*+] /, '· ')
    .replace(/^#{1,6} /, '')
    .replace(/<[^>]*>/g, '')
    .replace(/(\*\*|__)(.+?)\1/g, '$2')
    .replace(/([*_`~])(.+?)\1/g, '$2')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trimStart();
  return marked.replace(/\ue000(\d+)\ue001/g, (_, at: string) => kept[Number(at)] ?? '');
}

function entity(name: string): string {
  if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
  return { amp: '&', lt: '<', gt: '>', nbsp: ' ' }[name] ?? '';
}
