/** What the knowledge room takes and gives: documents, clauses, questions, answers. */
import type { LocalSaying } from './lexicon.ts';

/** One clause of a document（条款）, as parsed, in document order. */
export interface Clause {
  /** The document's own numbering, outermost first, joined by `/`: `三/（二）/5` (rules in docs/decisions.md). */
  readonly path: string;
  /** Heading, or first sentence, without its number. */
  readonly heading: string;
  /** Own text without heading and children; a table row is its cells joined by one tab. */
  readonly text: string;
  readonly kind: 'head' | 'preamble' | 'section' | 'paragraph' | 'row' | 'note' | 'tail';
  /** Of a table row: the group heading it stands under（一级指标）. A column, never a part of the path. */
  readonly group?: string | undefined;
  /** Of a table row: the heads of its columns, as many as it has cells（表头）. */
  readonly columns?: readonly string[] | undefined;
}

/** What is known of a document as a whole（文件）. */
export interface DocumentInfo {
  /** Base name of its file: hunan, wuxi … */
  readonly doc: string;
  readonly title: string;
  /** 文号 */
  readonly number: string | undefined;
  /** 发文机关 */
  readonly issuer: string | undefined;
  /** 成文日期, YYYY-MM-DD; undefined where the text prints none. */
  readonly issuedOn: string | undefined;
  readonly regionId: string;
  readonly regionShortName: string;
}

/** Where words stand: the document, the clause's path, and the words themselves, verbatim（引用依据）. */
export interface Citation {
  readonly doc: string;
  readonly path: string;
  /** Verbatim, white space aside; at least 4 characters; of a table row the whole row. */
  readonly quote: string;
  /** `徽办发〔2026〕2号 二（二）2（5）` */
  readonly label: string;
  readonly regionShortName: string;
  readonly issuedOn: string | undefined;
  /** Of a table row: its cells under the heads of their columns, for reading; `quote` stays the row as printed. */
  readonly cells?: readonly { readonly label: string; readonly value: string }[] | undefined;
}

/** One line of a point that has several: a member of a list, or what one plan says in a comparison（分项）. */
export interface AnswerPart {
  /** Whose it is, in a comparison: 徽州. */
  readonly label?: string | undefined;
  readonly text: string;
  /** Where it stands, and the words it is taken from. */
  readonly citation?: Citation | undefined;
}

export interface Question {
  readonly q: string;
  /** The asker's own region, or the one named with the question. A region in the words themselves wins. */
  readonly regionId?: string | undefined;
  /** Earlier questions of the conversation, oldest first. */
  readonly context?: readonly string[] | undefined;
  /** The asker's calendar day, YYYY-MM-DD; with it targets that lie before are said to be past. */
  readonly today?: string | undefined;
  /** Words of the asker's region beside the lexicon（词典）: what is said, and what it means in the documents. */
  readonly sayings?: readonly LocalSaying[] | undefined;
}

export type AnswerKind =
  | 'answer' // the clause was found
  | 'ask' // several regions or meanings: the person chooses; citations hold one a meaning
  | 'not-found' // the documents do not say; `office` names who would know
  | 'smalltalk' // greeting, thanks
  | 'out-of-scope'; // a request that is no question to the plans

export interface PolicyAnswer {
  readonly kind: AnswerKind;
  /** True for `answer` and `ask`. */
  readonly answerable: boolean;
  /** The point, one line, Chinese. For other kinds the whole friendly text. */
  readonly lead: string;
  /** What the point goes on with, a line each: members of a list, plans side by side. Shown in full, paged where long. */
  readonly parts?: readonly AnswerPart[] | undefined;
  /** Best first. Empty exactly where nothing was found. */
  readonly citations: readonly Citation[];
  /** For `ask`: what can be chosen; `question` is what to ask instead. */
  readonly choices?: readonly { readonly label: string; readonly question: string }[] | undefined;
  /** For `not-found`: the office that would know. */
  readonly office?: string | undefined;
  /** For `not-found`: nearest clauses, said to be only that. */
  readonly nearest?: readonly Citation[] | undefined;
  /** How sure the extracted answer is, 0 to 1, where that is known; below a half a language model may help. */
  readonly confidence?: number | undefined;
  /** Said beside the citation, never as words of the plan: 由卫健委指定. */
  readonly note?: string | undefined;
}

/** The knowledge room's door. Reads only; same question and same documents give the same answer on every database. */
export interface Knowledge {
  ask(question: Question): Promise<PolicyAnswer>;
  /** Documents in force, region by region. */
  documents(): Promise<readonly DocumentInfo[]>;
  /** A clause with its neighbours in document order; `undefined` where there is none. */
  clause(doc: string, path: string): Promise<ClauseView | undefined>;
  /** Clauses directly under a path (top level for ''). */
  contents(doc: string, path: string): Promise<readonly Clause[]>;
  /** Finds the path people typed (二（二）2（5）, 附件2第7行, 第十二条) in a document. */
  resolvePath(doc: string, typed: string): Promise<string | undefined>;
}

export interface ClauseView {
  readonly document: DocumentInfo;
  readonly clause: Clause;
  /** The label a citation of it carries. */
  readonly label: string;
  /** Headings above it, outermost first. */
  readonly above: readonly string[];
  readonly children: readonly Clause[];
  readonly previousPath: string | undefined;
  readonly nextPath: string | undefined;
}
