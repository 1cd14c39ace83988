/** The words of a clause of a plan with everything below it, blanks aside, as the parser reads them. */
import { readFileSync } from 'node:fs';
import { type ParsedDocument, parseDocument } from '../../../knowledge/index.ts';

const parsed = new Map<string, ParsedDocument>();

/** Empty where there is no such clause. */
export function clauseText(doc: string, path: string): string {
  const file = new URL(`../../../knowledge/corpus/${doc}.txt`, import.meta.url);
  const document = parsed.get(doc) ?? parseDocument(readFileSync(file, 'utf8'));
  parsed.set(doc, document);
  return document.clauses
    .filter((clause) => clause.path === path || clause.path.startsWith(`${path}/`))
    .map((clause) => `${clause.heading}${clause.text}`)
    .join('')
    .replace(/\s/g, '');
}
