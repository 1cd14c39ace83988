/** Parts a paragraph into its heading and what follows: a run-in heading, a label, or its first sentence. */

export interface Headed {
  readonly heading: string;
  readonly text: string;
}

const OPENERS = '（(《“〔【';
const CLOSERS = '）)》”〕】';
/** A label before a colon is a heading up to this length. */
const MAX_LABEL = 24;

/** A paragraph without number: its first sentence, full stop included, and the rest. */
export function splitSentence(paragraph: string): Headed {
  const { at, length } = sentenceEnd(paragraph.split('\n')[0] ?? '', false);
  return { heading: paragraph.slice(0, at + length), text: paragraph.slice(at + length).trim() };
}

/** First sentence, or label before a colon, as heading; the rest as text. Marks that part them belong to neither. */
export function splitHeading(paragraph: string): Headed {
  const line = paragraph.indexOf('\n');
  const first = line < 0 ? paragraph : paragraph.slice(0, line);
  const after = line < 0 ? '' : paragraph.slice(line + 1);
  const end = sentenceEnd(first);
  const head = first.slice(0, end.at);
  const rest = first.slice(end.at + end.length);
  return { heading: bare(head), text: [rest.trim(), after.trim()].filter((part) => part !== '').join('\n') };
}

/** `（建设准备）` → 建设准备; a heading keeps no closing mark. */
function bare(head: string): string {
  const inner = /^[（(【]([^（）()【】]*)[）)】]$/.exec(head.trim());
  return (inner?.[1] ?? head).trim().replace(/[；;：:，,]$/, '');
}

function sentenceEnd(text: string, labels = true): { readonly at: number; readonly length: number } {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (OPENERS.includes(char)) depth += 1;
    else if (CLOSERS.includes(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && /[。！？]/.test(char)) return { at, length: 1 };
    else if (
      labels &&
      depth === 0 &&
      /[：:]/.test(char) &&
      at > 0 &&
      at <= MAX_LABEL &&
      !/[，,；]/.test(text.slice(0, at)) &&
      !/^\d[:：]\d/.test(text.slice(at - 1))
    )
      return { at, length: 1 };
  }
  return { at: text.length, length: 0 };
}
