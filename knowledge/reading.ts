/** A clause made ready for scoring: its sentences, normalised once and remembered（条款分句）. */
import type { StoredClause } from './store.ts';
import { normalise } from './words.ts';

export interface Sentence {
  /** Verbatim, as it may be quoted. */
  readonly raw: string;
  readonly plain: string;
  /** The clause's own heading. */
  readonly isHeading: boolean;
}

export interface Reading {
  readonly clause: StoredClause;
  readonly sentences: readonly Sentence[];
  readonly heading: string;
  /** The number where people say it: 第三阶段, 第八条, 附件2. */
  readonly label: string;
  /** Headings above, outermost first, normalised. */
  readonly above: readonly string[];
  readonly group: string;
  /** The title of its document. */
  readonly title: string;
  readonly columns: readonly string[];
  /** The clause with all it stands under, to see at once whether a word can be met. */
  readonly everything: string;
  /** The whole clause, normalised. */
  readonly plain: string;
}

/** Parts a clause into sentences; a table row is one. */
export function readClause(clause: StoredClause): Reading {
  const heading = normalise(clause.heading);
  const sentences: Sentence[] = [];
  if (clause.kind === 'row') sentences.push({ raw: clause.text, plain: normalise(clause.text), isHeading: false });
  else {
    if (clause.heading !== '')
      sentences.push({ raw: clause.heading, plain: heading, isHeading: clause.kind === 'section' });
    for (const raw of splitSentences(clause.text)) sentences.push({ raw, plain: normalise(raw), isHeading: false });
  }
  const label = normalise(spokenLabel(clause.path));
  const above = clause.above.map(normalise);
  const group = normalise(clause.group ?? '');
  const columns = (clause.columns ?? []).map(normalise);
  const plain = clause.kind === 'row' ? normalise(clause.text) : `${heading}${normalise(clause.text)}`;
  const everything = [plain, heading, label, group, ...above, ...columns].join('\n');
  return { clause, sentences, heading, label, above, group, title: '', columns, everything, plain };
}

/** The same clause, knowing the title of its document. */
export function underTitle(reading: Reading, title: string): Reading {
  const plain = normalise(title);
  return { ...reading, title: plain, everything: `${reading.everything}\n${plain}` };
}

/** The last part of a path where it is a name people use: 第三阶段, 第八条, 附件2; else ''. */
export function spokenLabel(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return /^(?:第.+(?:阶段|步|条|章|节)|附.+)$/.test(last) ? last : '';
}

/** Sentences with their closing marks, verbatim; a bracket after a full stop (（责任单位：…）) is one of its own. */
export function splitSentences(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const line of text.split('\n')) {
    let from = 0;
    let depth = 0;
    for (let at = 0; at < line.length; at += 1) {
      const char = line[at] ?? '';
      if ('（(〔《“'.includes(char)) depth += 1;
      else if ('）)〕》”'.includes(char)) depth = Math.max(0, depth - 1);
      if (depth > 0 || !/[。；！？]/.test(char)) continue;
      const next = line[at + 1] ?? '';
      const end = /[”’」]/.test(next) ? at + 2 : at + 1;
      sentences.push(line.slice(from, end));
      from = end;
    }
    sentences.push(line.slice(from));
  }
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}
