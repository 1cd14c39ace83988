/** What an answer from the plans looks like in a chat: the point, the words, where they stand, what can be pressed. */
import {
  type AnswerPart,
  type Citation,
  type ClauseView,
  type PolicyAnswer,
  pointAbove,
  readable,
  showPath,
} from '../../knowledge/index.ts';
import type { Block, Button, ConversationKind, Reply } from '../message.ts';
import { PAGE_CHARACTERS, splitPages } from './pages.ts';

/** Room that the line of words to say (原文 · 上一条 · …) takes where a platform has no buttons. */
const BUTTON_CHARACTERS = 36;
/** Line breaks, numbers and quotation marks around a piece. */
const SEAMS = 6;
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

/** An answer: the point, its lines, the words of the plan with their place; what does not fit waits for 更多. */
export function answerReply(answer: PolicyAnswer): Said {
  const [first] = answer.citations;
  const place = placeOfList(answer);
  const closing = first ? closingLine(answer) : '';
  const point = pointAbove(answer);
  const buttons = first ? clauseButtons(first) : [];
  const pieces = [...partPieces(answer), ...quotesBeside(answer).map(quotePiece)];
  const room = PAGE_CHARACTERS - lengthOf(point) - lengthOf(closing) - BUTTON_CHARACTERS - SEAMS - lengthOf(place);
  const { shown, waiting } = fitting(pieces, room);
  const pages = paged(waiting, closing, place);
  const blocks: Block[] = [
    ...(point === '' ? [] : [{ type: 'text', text: point } satisfies Block]),
    ...joined(shown),
    ...(place === '' || shown.some(givesPlace) ? [] : [{ type: 'text', text: place } satisfies Block]),
    ...(closing === '' ? [] : [{ type: 'text', text: closing } satisfies Block]),
    ...(first ? [{ type: 'buttons', items: [...(pages.length > 0 ? [MORE] : []), ...buttons] } satisfies Block] : []),
  ];
  return { reply: { audience: 'here', blocks }, pages };
}

/** Something that is shown whole or waits: a line of a list, a row of a comparison, a quote. */
interface Piece {
  readonly blocks: readonly Block[];
  /** The same as plain text, for a later page. */
  readonly text: string;
  /** Where it stands, said on every page that it needs. */
  readonly source?: string | undefined;
}

/** A line of a list with its place, or one plan of a comparison with its citation. */
function partPieces(answer: PolicyAnswer): readonly Piece[] {
  const { parts = [], citations } = answer;
  const host = sharedLabel(parts);
  // Where few clauses hold all lines, the quotes below say where.
  const places = new Set(parts.map((part) => part.citation?.path)).size;
  const quoted = places === 1 || (places < parts.length * 0.6 && quotesBeside(answer).length > 0);
  return parts.map((part, at): Piece => {
    const { citation } = part;
    if (part.label !== undefined) {
      const source = citation ? [citation.label, citation.issuedOn].filter(Boolean).join(' · ') : '—';
      const columns = ['地区', '怎么写', '出处'];
      return {
        blocks: [{ type: 'table', columns, rows: [[part.label, part.text, source]] }],
        text: `${part.label}：${part.text}\n——${source}`,
      };
    }
    const place = citation && citations.length > 1 && !quoted ? placeIn(citation, host) : '';
    const item = `${part.text}${place === '' ? '' : `（${place}）`}`;
    return { blocks: [{ type: 'list', ordered: true, items: [item] }], text: `${at + 1}. ${item}` };
  });
}

/** 巫溪府办发〔2025〕31号 where all lines stand in one document; '' where they do not. */
function sharedLabel(parts: readonly AnswerPart[]): string {
  const numbers = new Set(parts.flatMap((part) => part.citation?.label.split(' ')[0] ?? []));
  return numbers.size === 1 ? ([...numbers][0] ?? '') : '';
}

function placeIn(citation: Citation, host: string): string {
  return host !== '' && citation.label.startsWith(`${host} `) ? citation.label.slice(host.length + 1) : citation.label;
}

/** A quote or a row, which says where it stands. */
function givesPlace({ blocks }: Piece): boolean {
  return blocks.some((block) => block.type === 'quote' || block.type === 'fields');
}

/** ——巫溪府办发〔2025〕31号 四（七）: where a list stands, for a page that shows none of its quotes. */
function placeOfList(answer: PolicyAnswer): string {
  const { parts = [], citations } = answer;
  const host = sharedLabel(parts);
  if (host === '' || parts.some((part) => part.label !== undefined)) return '';
  const [first = [], ...paths] = citations.map((one) => one.path.split('/'));
  const shared = first.filter((step, at) => paths.every((path) => path[at] === step));
  if (paths.every((path) => path.join('/') === first.join('/'))) return `——${citations[0]?.label ?? host}`;
  return `——${host}${shared.length > 0 ? ` ${showPath(shared.join('/'))}` : ''}`;
}

/** Quotes that say more than the lines above them; one place at least is always given. */
function quotesBeside({ parts = [], citations }: PolicyAnswer): readonly Citation[] {
  const squeeze = (text: string): string => text.replace(/\s+/g, '');
  const said = parts.map((part) => ({ text: squeeze(part.text), citation: part.citation }));
  return citations.filter((citation) => {
    const line = said.find(
      (one) => one.citation && one.citation.label === citation.label && one.citation.quote === citation.quote,
    );
    return line === undefined || !(citation.cells !== undefined || alike(line.text, squeeze(citation.quote)));
  });
}

/** The line holds the quote, or nearly all of it (a heading without its number). */
function alike(line: string, quote: string): boolean {
  return line.includes(quote) || (quote.includes(line) && quote.length - line.length <= 3);
}

/** A row of a table as its columns, everything else in the document's own words. */
function quotePiece(citation: Citation): Piece {
  const text = `${readable(citation)}\n——${citation.label}`;
  const source = citation.label;
  if (citation.cells === undefined) return { blocks: [{ type: 'quote', text: citation.quote, source }], text, source };
  return {
    blocks: [
      { type: 'fields', items: citation.cells },
      { type: 'text', text: `——${source}` },
    ],
    text,
    source,
  };
}

/** As many pieces, from the first, as there is room for; a piece too long for any page is cut by the pages. */
function fitting(
  pieces: readonly Piece[],
  room: number,
): { readonly shown: readonly Piece[]; readonly waiting: readonly Piece[] } {
  let used = 0;
  const fits = pieces.findIndex((piece) => {
    used += lengthOf(piece.text) + SEAMS;
    return used > room;
  });
  const at = fits < 0 ? pieces.length : fits;
  return { shown: pieces.slice(0, at), waiting: pieces.slice(at) };
}

/** Lines of one list, and rows of one table, become one block. */
function joined(pieces: readonly Piece[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const block of pieces.flatMap((piece) => piece.blocks)) {
    const before = blocks.at(-1);
    if (block.type === 'list' && before?.type === 'list')
      blocks[blocks.length - 1] = { ...before, items: [...before.items, ...block.items] };
    else if (block.type === 'table' && before?.type === 'table')
      blocks[blocks.length - 1] = { ...before, rows: [...before.rows, ...block.rows] };
    else blocks.push(block);
  }
  return blocks;
}

/** The pages of what waits: pieces stay whole where a page holds them; every page says where its words stand. */
function paged(waiting: readonly Piece[], closing: string, place: string): readonly string[] {
  const room = PAGE_CHARACTERS - lengthOf(closing) - lengthOf(place) - BUTTON_CHARACTERS - SEAMS;
  const pages: string[] = [];
  for (const piece of waiting)
    for (const part of cut(piece, room)) {
      const last = pages.at(-1);
      if (last !== undefined && lengthOf(last) + lengthOf(part) + 1 <= room)
        pages[pages.length - 1] = `${last}\n${part}`;
      else pages.push(part);
    }
  return pages.map((page) =>
    [page, /(?:^|\n)——/.test(page) ? '' : place, closing].filter((line) => line !== '').join('\n'),
  );
}

/** A piece too long for one page, in parts that each say where they stand. */
function cut({ text, source }: Piece, room: number): readonly string[] {
  if (lengthOf(text) <= room) return [text];
  if (source === undefined) return splitPages(text, room);
  const body = text.slice(0, -`\n——${source}`.length);
  const quoted = /^“([\s\S]*)”$/.exec(body)?.[1];
  const parts = splitPages(quoted ?? body, room - lengthOf(source) - SEAMS);
  return parts.map((part) => `${quoted === undefined ? part : `“${part}”`}\n——${source}`);
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** `徽州 · 2026-02-11 · 以主管部门解释为准` */
function closingLine({ citations }: PolicyAnswer): string {
  const [first] = citations;
  const several = new Set(citations.map((one) => one.regionShortName)).size > 1;
  return [...(several ? [] : [first?.regionShortName, first?.issuedOn]), '以主管部门解释为准']
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
  for (const citation of near) blocks.push(...quotePiece(citation).blocks);
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
  // A later page has no headings and no list, but its place and the reservation as the first.
  const later = PAGE_CHARACTERS - lengthOf(view.label) - lengthOf(closing) - BUTTON_CHARACTERS - SEAMS;
  const [page = '', ...rest] = splitPages(words, Math.min(later, Math.max(200, PAGE_CHARACTERS - taken)));
  const pages = rest.map((part) => `“${part}”\n——${view.label}\n${closing}`);
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
