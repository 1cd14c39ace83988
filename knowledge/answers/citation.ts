/** Makes citations that are verbatim, or none at all（引用）. */
import { showPath } from '../paths.ts';
import type { Reading } from '../reading.ts';
import type { StoredDocument } from '../store.ts';
import type { Citation, DocumentInfo } from '../types.ts';
import { normalise } from '../words.ts';
import { cellsOf } from './table.ts';

/** `徽办发〔2026〕2号 二（二）2（5）`; the title where a document has no number. */
export function labelOf(document: DocumentInfo, path: string, kind?: string): string {
  return `${document.number ?? `《${document.title}》`} ${showPath(path, kind)}`;
}

/** A citation, or `undefined` where the words do not stand in the clause: what is not verbatim is never given. */
export function cite(document: StoredDocument, reading: Reading, quote: string): Citation | undefined {
  const words = normalise(quote);
  const clause = reading.clause;
  const inHeading = reading.heading.includes(words);
  const inText = normalise(clause.text).includes(words);
  if (words.length < 4 || !(inHeading || inText)) return undefined;
  return {
    doc: document.doc,
    path: clause.path,
    quote,
    label: labelOf(document, clause.path, clause.kind),
    regionShortName: document.regionShortName,
    issuedOn: document.issuedOn,
    ...(clause.kind === 'row' && normalise(clause.text) === words ? { cells: cellsOf(reading) } : {}),
  };
}
