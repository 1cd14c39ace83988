/** `npm run --silent clauses -- FILE`: the clause tree of a document, `{path, heading, text}` a line in document order. */
import { readFileSync, statSync } from 'node:fs';
import { checkSize, parseDocument, readFileText } from '../../knowledge/index.ts';
import { fail } from './open-knowledge.ts';

const file = process.argv[2];
try {
  if (file === undefined) throw new Error('usage: npm run --silent clauses -- FILE');
  checkSize(statSync(file).size);
  const { text } = await readFileText({ name: file, bytes: readFileSync(file) }, { limits: { totalMs: 600_000 } });
  const { clauses } = parseDocument(text);
  for (const { path, heading, text } of clauses) process.stdout.write(`${JSON.stringify({ path, heading, text })}\n`);
} catch (error) {
  fail(error);
}
