/** Builds the clause tree from blocks in order: who stands under whom, and the path of each（条款树）. */
import type { Clause } from '../types.ts';
import { splitHeading, splitSentence } from './heading.ts';
import { MARKER_RANK, type Marker, type MarkerKind, readMarker } from './numbering.ts';
import type { Block } from './paragraphs.ts';
import { isNote, type Table } from './tables.ts';

/** A clause with its words as printed, number included: together they are the whole document. */
export interface ParsedClause extends Clause {
  readonly printed: string;
}

/** The words of a block as printed. */
export function textOf(block: Block): string {
  if (block.kind === 'paragraph') return block.text;
  return block.kind === 'annex' ? block.printed : block.table.rows.map((row) => row.cells.join('\t')).join('\n');
}

interface Node {
  readonly label: string;
  readonly markerKind: MarkerKind | 'annex' | 'root';
  readonly kind: Clause['kind'];
  readonly parent: Node | undefined;
  /** Heading as printed, number included. */
  readonly printed: string;
  readonly heading: string;
  /** Text on the heading's own line. */
  runIn: string;
  readonly paragraphs: string[];
  readonly table: string[];
  readonly children: Node[];
  readonly group?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

const NOTE = /^(?:备?注|说明)\s*\d*\s*[:：]\s*/;
/** A title of an annex that is whole: it ends with what the annex is. */
const WHOLE_TITLE =
  /(?:表|清单|名单|方案|目录|办法|细则|规定|指标|任务|分工|职责|标准|规范|流程|制度|章程|要点|规则|协议书?|说明)(?:[（(].{1,16}[）)])?$/;
/** A line about a person or a member, no title: 组长：王某, 王某某 县卫生健康局局长. */
const MEMBER = /[:：]|^[\u4e00-\u9fff]{2,4}[ \u3000]+\S|[、，,]/;

/** Takes the blocks of a document one by one and gives its clauses. */
export class TreeBuilder {
  private readonly root: Node = node('', 'root', 'section', undefined, '', '', '');
  private at: Node = this.root;
  /** Kinds seen under other kinds, so that a list that is inverted in this document stays so. */
  private readonly above = new Map<MarkerKind, Set<MarkerKind>>();

  /** Text without number that is one clause of its own at the top. */
  leaf(label: string, kind: Clause['kind'], texts: readonly string[]): void {
    if (texts.length === 0) return;
    const [first = '', ...rest] = texts;
    const head = kind === 'head' ? { heading: texts.join('\n'), text: '' } : splitSentence(first);
    const leaf = node(
      label,
      'root',
      kind,
      this.root,
      texts.join('\n'),
      kind === 'head' ? first : head.heading,
      [kind === 'head' ? '' : head.text, ...rest].filter((text) => text !== '').join('\n'),
    );
    this.root.children.push(leaf);
  }

  add(block: Block): void {
    if (block.kind === 'annex') {
      const annex = node(block.label, 'annex', 'section', this.root, block.printed, block.title, '');
      this.root.children.push(annex);
      this.at = annex;
    } else if (block.kind === 'table') this.addTable(block.table);
    else if (block.marker) this.addNumbered(block.marker, block.text);
    else this.addParagraph(block.text, block.prose);
  }

  tail(text: string): void {
    const last = this.root.children.at(-1);
    if (last?.kind === 'tail') last.paragraphs.push(text);
    else {
      const tail = node('文尾', 'root', 'tail', this.root, '', '', '');
      tail.paragraphs.push(text);
      this.root.children.push(tail);
    }
    this.at = this.root;
  }

  /** The numbered lines of a note (注：1.…, 2.…) belong to it. */
  private goesOnWithNote(marker: Marker, text: string): boolean {
    const note = this.annexOrTop().children.at(-1);
    if (note?.kind !== 'note' || marker.kind !== 'number') return false;
    const last = [...note.paragraphs]
      .reverse()
      .map(readMarker)
      .find((found) => found?.kind === 'number');
    const before = last ?? readMarker(note.printed.replace(NOTE, ''));
    const expected = before?.kind === 'number' ? before.ordinal + 1 : note.printed.replace(NOTE, '') === '' ? 1 : 0;
    if (marker.ordinal !== expected) return false;
    note.paragraphs.push(text);
    return true;
  }

  private addNumbered(marker: Marker, text: string): void {
    if (this.goesOnWithNote(marker, text)) return;
    const parent = this.parentFor(marker);
    if (parent.markerKind !== 'annex' && parent.markerKind !== 'root') {
      const under = this.above.get(parent.markerKind) ?? new Set();
      under.add(marker.kind);
      this.above.set(parent.markerKind, under);
    }
    const isTitle = marker.kind === 'title-bracket';
    const { heading, text: runIn } = isTitle
      ? { heading: marker.label.slice(1, -1), text: marker.rest }
      : splitHeading(marker.rest);
    const child = node(marker.label, marker.kind, 'section', parent, text, heading, runIn);
    parent.children.push(child);
    this.at = child;
  }

  /** A kind already open goes on at its level; a new one opens below, unless this document uses it above an open one. */
  private parentFor(marker: Marker): Node {
    for (let open: Node | undefined = this.at; open; open = open.parent)
      if (open.markerKind === marker.kind) return open.parent ?? this.root;
    let parent = this.at;
    for (let open: Node | undefined = this.at; open?.parent; open = open.parent) {
      if (open.markerKind === 'annex' || open.markerKind === 'root') break;
      const known = this.above.get(marker.kind)?.has(open.markerKind) ?? false;
      const runsOn = marker.ordinal > 1 && MARKER_RANK[marker.kind] <= MARKER_RANK[open.markerKind];
      const outer =
        MARKER_RANK[marker.kind] <= MARKER_RANK.article && MARKER_RANK[marker.kind] < MARKER_RANK[open.markerKind];
      if (known || runsOn || outer) parent = open.parent;
    }
    return parent;
  }

  private addParagraph(text: string, prose: boolean): void {
    if (isNote(text)) {
      const host = this.annexOrTop();
      const { heading, text: rest } = splitSentence(text.replace(NOTE, ''));
      host.children.push(node('注', 'root', 'note', host, text, heading, rest));
      return;
    }
    // A paragraph after a table or its rows belongs to what holds the table.
    if (this.at.kind === 'row') this.at = this.at.parent ?? this.root;
    if (!prose && isTitleOf(this.at, text)) {
      this.retitle(this.at, text);
      return;
    }
    const before = this.at.paragraphs.at(-1);
    // Lines of a list (牵头单位：…) stay together; running text makes a paragraph each.
    if (!prose && before !== undefined && !/[。！？；]/.test(before.at(-1) ?? ''))
      this.at.paragraphs[this.at.paragraphs.length - 1] = `${before}\n${text}`;
    else this.at.paragraphs.push(text);
  }

  private retitle(annex: Node, line: string): void {
    const longer: Node = { ...annex, heading: `${annex.heading}${line}`, printed: `${annex.printed}\n${line}` };
    const siblings = this.root.children;
    siblings[siblings.indexOf(annex)] = longer;
    this.at = longer;
  }

  private annexOrTop(): Node {
    let open: Node = this.at;
    while (open.parent && open.markerKind !== 'annex') open = open.parent;
    return open === this.root ? this.at : open;
  }

  private addTable(table: Table): void {
    const host = this.at.kind === 'row' ? (this.at.parent ?? this.root) : this.at;
    if (table.heads.length > 0) host.table.push(table.heads.join('\t'));
    host.table.push(...table.groups);
    for (const row of table.rows) {
      const cells = row.cells.join('\t');
      host.children.push({
        ...node(row.label, 'root', 'row', host, cells, row.name.replace(/\n/g, ''), cells),
        group: row.group,
        columns: table.columns,
      });
    }
    this.at = host;
  }

  /** The heads of a table that stands under nothing go to the head of the document. */
  private placeLooseHeads(): void {
    if (this.root.table.length === 0) return;
    const [first] = this.root.children;
    if (first?.kind === 'head') first.table.push(...this.root.table);
    else this.root.children.unshift({ ...node('文头', 'root', 'head', this.root, '', '', ''), table: this.root.table });
  }

  /** The clauses in document order with unique paths. */
  finish(): readonly ParsedClause[] {
    const clauses: ParsedClause[] = [];
    const used = new Map<string, number>();
    const unique = (path: string): string => {
      const times = (used.get(path) ?? 0) + 1;
      used.set(path, times);
      return times === 1 ? path : `${path}#${times}`;
    };
    const visit = (item: Node, above: string): void => {
      const path = unique(above === '' ? item.label : `${above}/${item.label}`);
      const several = item.paragraphs.length > 1 && item.kind === 'section';
      const own = [item.runIn, ...item.table, ...(several ? [] : item.paragraphs)].filter((text) => text !== '');
      const printed =
        item.kind === 'row'
          ? item.printed
          : [item.printed, ...item.table, ...(several ? [] : item.paragraphs)].filter((text) => text !== '').join('\n');
      const heading = item.kind === 'tail' ? (item.paragraphs[0] ?? '') : item.heading;
      const text = item.kind === 'tail' ? item.paragraphs.slice(1).join('\n') : own.join('\n');
      clauses.push({
        path,
        heading,
        text,
        kind: item.kind,
        printed,
        ...(item.group === undefined ? {} : { group: item.group }),
        ...(item.columns === undefined ? {} : { columns: item.columns }),
      });
      if (several)
        for (const [n, paragraph] of item.paragraphs.entries())
          clauses.push(asParagraph(unique(`${path}/第${n + 1}段`), paragraph));
      for (const child of item.children) visit(child, path);
    };
    this.placeLooseHeads();
    const front = this.root.children.filter((child) => child.kind === 'head' || child.kind === 'preamble');
    for (const child of front) visit(child, '');
    for (const [n, paragraph] of this.root.paragraphs.entries())
      clauses.push(asParagraph(unique(`第${n + 1}段`), paragraph));
    for (const child of this.root.children) if (!front.includes(child)) visit(child, '');
    return clauses;
  }
}

/** A line under an annex that is its title, or goes on with a title cut in two. */
function isTitleOf(annex: Node, line: string): boolean {
  if (annex.markerKind !== 'annex' || annex.children.length > 0 || annex.paragraphs.length > 0) return false;
  if (annex.table.length > 0) return false;
  if (/^[（(][^）)]*[）)]$/.test(line) && annex.heading !== '') return true;
  if (annex.heading === '') return !/^\S{1,6}[:：]/.test(line) || WHOLE_TITLE.test(line);
  if (MEMBER.test(line)) return false;
  return !WHOLE_TITLE.test(annex.heading) || (WHOLE_TITLE.test(line) && line.length <= 24);
}

function asParagraph(path: string, printed: string): ParsedClause {
  const { heading, text } = splitSentence(printed);
  return { path, heading, text, kind: 'paragraph', printed };
}

function node(
  label: string,
  markerKind: Node['markerKind'],
  kind: Clause['kind'],
  parent: Node | undefined,
  printed: string,
  heading: string,
  runIn: string,
): Node {
  return { label, markerKind, kind, parent, printed, heading, runIn, paragraphs: [], table: [], children: [] };
}
