/** What an answer from the plans looks like in a chat: the point, the words, where they stand, what can be pressed. */
import { type Citation, type ClauseView, type PolicyAnswer, pointAbove } from '../../knowledge/index.ts';
import type { Block, Button, ConversationKind, Reply } from '../message.ts';
import { PAGE_CHARACTERS, splitPages } from './pages.ts';

/** Room that the line of words to say (原文 · 上一条 · …) takes where a platform has no buttons. */
const BUTTON_CHARACTERS = 30;
/** The next page of what did not fit. */
export const MORE: Button = { id: 'policy.more', label: '更多', value: '' };

export interface Said {
  readonly reply: Reply;
  /** Pages still to come. */
  readonly pages: readonly string[];
}

/** `doc path`, as a button carries it. */
export function clauseValue(clause: { readonly doc: string; readonly path: string }): string {
  return `${clause.doc} ${clause.path}`;
}

/** An answer with its citations; what does not fit waits for 更多. */
export function answerReply(answer: PolicyAnswer): Said {
  const [first] = answer.citations;
  const closing = first ? closingLine(first) : '';
  const point = pointAbove(answer);
  const room = PAGE_CHARACTERS - [...point].length - [...closing].length - BUTTON_CHARACTERS;
  const shown: Citation[] = [];
  const waiting: Citation[] = [];
  let used = 0;
  for (const citation of answer.citations) {
    const length = [...citation.quote].length + [...citation.label].length + 6;
    if (waiting.length === 0 && (used + length <= room || shown.length === 0) && [...citation.quote].length <= room) {
      shown.push(citation);
      used += length;
    } else waiting.push(citation);
  }
  const pages = waiting.flatMap((citation) => splitPages(`“${lines(citation.quote)}”\n——${citation.label}`));
  const blocks: Block[] = [
    ...(point === '' ? [] : [{ type: 'text', text: point } satisfies Block]),
    ...shown.map((citation): Block => ({ type: 'quote', text: lines(citation.quote), source: citation.label })),
    ...(closing === '' ? [] : [{ type: 'text', text: closing } satisfies Block]),
    ...(first
      ? [{ type: 'buttons', items: [...(pages.length > 0 ? [MORE] : []), ...clauseButtons(first)] } satisfies Block]
      : []),
  ];
  return { reply: { audience: 'here', blocks }, pages };
}

/** Cells of a table row are parted visibly. */
function lines(quote: string): string {
  return quote.replaceAll('\t', ' | ');
}

/** `徽州 · 2026-02-11 · 以主管部门解释为准` */
function closingLine(citation: Citation): string {
  return [citation.regionShortName, citation.issuedOn, '以主管部门解释为准']
    .filter((part) => part !== undefined)
    .join(' · ');
}

function clauseButtons(clause: { readonly doc: string; readonly path: string }): readonly Button[] {
  const value = clauseValue(clause);
  return [
    { id: 'policy.original', label: '原文', value },
    { id: 'policy.previous', label: '上一条', value },
    { id: 'policy.next', label: '下一条', value },
    { id: 'policy.useful', label: '有用', value },
    { id: 'policy.useless', label: '没用', value },
  ];
}

/** Which region, which meaning: to press or to type. */
export function choiceReply(answer: PolicyAnswer, kind: ConversationKind): Reply {
  const choices = answer.choices ?? [];
  return {
    audience: 'here',
    blocks: [
      { type: 'text', text: answer.lead },
      {
        type: 'buttons',
        // What somebody typed into a group is never repeated there, not even inside a button.
        items: choices.map((choice) => ({
          id: 'policy.choose',
          label: choice.label,
          value: kind === 'group' ? choice.label : choice.question,
        })),
      },
    ],
  };
}

/** Nothing found: said plainly, who would know, and the nearest clauses as no more than that. */
export function notFoundReply(answer: PolicyAnswer): Reply {
  const near = (answer.nearest ?? []).filter((citation) => [...citation.quote].length <= 160).slice(0, 2);
  const blocks: Block[] = [{ type: 'text', text: answer.lead }];
  if (near.length > 0) blocks.push({ type: 'text', text: '相近的条款（不是答案）：' });
  for (const citation of near) blocks.push({ type: 'quote', text: lines(citation.quote), source: citation.label });
  const [first] = near;
  if (first)
    blocks.push({ type: 'buttons', items: [{ id: 'policy.original', label: '原文', value: clauseValue(first) }] });
  return { audience: 'here', blocks };
}

/** A clause as it stands: where it is, its words, what stands under it. */
export function clauseReply(view: ClauseView): Said {
  const { clause, document } = view;
  const place = [...view.above, clause.heading].filter((heading) => heading !== '').join(' › ');
  const words =
    clause.kind === 'row' ? rowLines(view) : [clause.heading, clause.text].filter((part) => part !== '').join('\n');
  const parts = view.children.map((child) => `${child.path.split('/').at(-1)} ${short(child.heading)}`);
  const children = parts.length > 0 ? [{ type: 'list', ordered: false, items: parts } satisfies Block] : [];
  const closing = [document.regionShortName, document.issuedOn, '以主管部门解释为准']
    .filter((part) => part !== undefined)
    .join(' · ');
  const taken = [...place].length + [...closing].length + [...parts.join('\n')].length + BUTTON_CHARACTERS + 30;
  const [page = '', ...pages] = splitPages(words, Math.max(200, PAGE_CHARACTERS - taken));
  const value = clauseValue({ doc: document.doc, path: clause.path });
  return {
    pages,
    reply: {
      audience: 'here',
      blocks: [
        ...(view.above.length > 0 ? [{ type: 'text', text: place } satisfies Block] : []),
        { type: 'quote', text: page, source: view.label },
        ...children,
        { type: 'text', text: closing },
        {
          type: 'buttons',
          items: [
            ...(pages.length > 0 ? [MORE] : []),
            ...(view.previousPath === undefined ? [] : [{ id: 'policy.previous', label: '上一条', value }]),
            ...(view.nextPath === undefined ? [] : [{ id: 'policy.next', label: '下一条', value }]),
          ],
        },
      ],
    },
  };
}

/** A table row with the heads of its columns: 2025年目标值：≥90. */
function rowLines({ clause }: ClauseView): string {
  const columns = clause.columns ?? [];
  return clause.text
    .split('\t')
    .map((cell, at) => (columns[at] === undefined ? cell : `${columns[at]}：${cell}`))
    .join('\n');
}

function short(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 22)}……`;
}
