/** Sets several plans side by side: one line for the difference, then a line a plan with its place（各地对比）. */
import type { AnswerPart, Citation, PolicyAnswer } from '../types.ts';
import { type Found, shorten } from './material.ts';

/** What one region's plan says, or why it says nothing. */
export interface Compared {
  readonly regionShortName: string;
  readonly answer: Found | { readonly why: string };
}

/** The line of differences stays within a phone's line or two. */
const LINE = 60;
/** Characters of one plan's line, fewer where there are many. */
const LEAST = 60;
const ALL_LINES = 240;
/** Figures by which plans differ: 6:3:1, 20%以上, 6个月, 3名. */
const FIGURE =
  /(?!20\d{2}年)(?<!\d)\d+(?::\d+)+|(?!20\d{2}年)(?<!\d)(?:不低于|至少|不少于|[≥≤])?\d+(?:\.\d+)?(?:%|个月|年(?![底初末度\d])|万人|名|家|人)(?:以上|左右)?/g;

/** `undefined` where no plan says anything. */
export function sideBySide(compared: readonly Compared[], budget: number): PolicyAnswer | undefined {
  const each = Math.max(LEAST, Math.floor(ALL_LINES / compared.length));
  const parts = compared.map(({ regionShortName, answer }): AnswerPart => {
    if (!('lead' in answer)) return { label: regionShortName, text: answer.why };
    return { label: regionShortName, text: shorten(wordsOf(answer), each), citation: answer.citations[0] };
  });
  const citations = parts.flatMap((part) => part.citation ?? []);
  if (citations.length === 0) return undefined;
  const seconds = compared.flatMap(({ answer }) => ('lead' in answer ? answer.citations.slice(1, 2) : []));
  return {
    kind: 'answer',
    answerable: true,
    lead: difference(parts),
    parts,
    citations: withinBudget([...citations, ...seconds], budget, citations.length),
  };
}

function wordsOf({ lead, parts = [] }: Found): string {
  return `${lead}${parts.map((part) => part.text).join('；')}`;
}

/** 徽州6:3:1；揭阳80%、20%, where every plan that says something says it in figures; else how many say something. */
function difference(parts: readonly AnswerPart[]): string {
  const said = parts.filter((part) => part.citation !== undefined);
  const figures = said.map((part) => [...new Set(part.text.match(FIGURE) ?? [])].slice(0, 4));
  const silent = parts.filter((part) => part.citation === undefined).map((part) => part.label);
  const rest = silent.length > 0 ? `；${silent.join('、')}没有写` : '';
  if (said.length > 1 && figures.every((own) => own.length > 0)) {
    const same = figures.every((own) => own.join() === figures[0]?.join());
    const line = same
      ? `${said.map((part) => part.label).join('、')}都是${figures[0]?.join('、')}${rest}：`
      : `${said.map((part, at) => `${part.label}${figures[at]?.join('、')}`).join('；')}${rest}：`;
    if (line.length <= LINE) return line;
  }
  if (said.length === 1) return `只有${said[0]?.label}写了这一点${rest}：`;
  return `${said.length}地的方案写了这一点${rest}，各自的写法：`;
}

function withinBudget(citations: readonly Citation[], budget: number, least: number): readonly Citation[] {
  const kept: Citation[] = [];
  let used = 0;
  for (const [at, citation] of citations.entries()) {
    if (at >= least && used + citation.quote.length > budget) continue;
    kept.push(citation);
    used += citation.quote.length;
  }
  return kept;
}
