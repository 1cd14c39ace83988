/** `npm run --silent clauses -- FILE`: the clause tree of a document, `{path, heading, text}` a line in document order. */
import { readFileSync } from 'node:fs';
import { parseDocument } from '../../knowledge/index.ts';
import { decodeText } from './decode.ts';
import { fail } from './open-knowledge.ts';

const file = process.argv[2];
try {
  if (file === undefined) throw new Error('usage: npm run --silent clauses -- FILE');
  const { clauses } = parseDocument(decodeText(readFileSync(file)));
  for (const { path, heading, text } of clauses) process.stdout.write(`${JSON.stringify({ path, heading, text })}\n`);
} catch (error) {
  fail(error);
}
