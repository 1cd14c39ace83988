/** Cuts Chinese text into words: one dictionary of the language, one of the field, and tokens of our own（分词）. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Jieba } from '@node-rs/jieba';

const DICTIONARY = join(import.meta.dirname, 'catalogue/dictionary.txt');

/** Raised whenever the same text would give other tokens. */
const TOKENS_VERSION = 3;

let jieba: Jieba | undefined;

function cutter(): Jieba {
  if (!jieba) {
    const folder = dirname(createRequire(import.meta.url).resolve('@node-rs/jieba/package.json'));
    jieba = Jieba.withDict(readFileSync(join(folder, 'dict.txt')));
    jieba.loadDict(
      Buffer.from(
        `${fieldWords()
          .map((word) => `${word} 100000 n`)
          .join('\n')}\n`,
      ),
    );
  }
  return jieba;
}

/** The field's words, one a line; lines that begin with # are comments. */
export function fieldWords(): readonly string[] {
  return readFileSync(DICTIONARY, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Changes when the dictionary or the way of cutting does: what was indexed before must be read again. */
export function wordsFingerprint(): string {
  return createHash('sha256')
    .update(String(TOKENS_VERSION))
    .update(readFileSync(DICTIONARY))
    .digest('hex')
    .slice(0, 16);
}

/** Text in one width (comma and semicolon full, brackets and colons half) and one case, without white space and bold marks. */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s*]+/g, '')
    .replace(/[—–―−~～]+/g, '-')
    .replace(/[〔［【]/g, '[')
    .replace(/[〕］】]/g, ']')
    .replace(/[“”„‟「」『』"]/g, '"')
    .replace(/[‘’']/g, '')
    .replaceAll(',', '，')
    .replaceAll(';', '；')
    .toLowerCase();
}

export interface TaggedWord {
  readonly word: string;
  /** Part of speech: n noun, v verb, a adjective, m number, r pronoun, … */
  readonly tag: string;
}

/** Words of a normalised text with their part of speech. */
export function tagWords(text: string): readonly TaggedWord[] {
  return cutter().tag(text, true);
}

/** True for a word no dictionary has, put together by the cutter alone: 事上, 干到, 采药 in 集采药. */
export function isPutTogether(word: string): boolean {
  return word.length > 1 && cutter().cut(word, false).length === word.length;
}

/** Places in a normalised text where a word of the language begins or ends. */
export function wordEdges(text: string): ReadonlySet<number> {
  const edges = new Set([0]);
  let at = 0;
  for (const { word } of tagWords(text)) {
    // Inside what the cutter alone put together (最多报) a word may end anywhere.
    if ((word.length > 2 || /[是的要了得]/.test(word)) && isPutTogether(word))
      for (let inside = 1; inside < word.length; inside += 1) edges.add(at + inside);
    at += word.length;
    edges.add(at);
  }
  return edges;
}

/** Numbers with what belongs to them: 20%, ≥90, 58.62, 2027年, 6:3:1, [2023]41号. */
const OWN_TOKENS = /[≥≤><]?\d+(?:\.\d+)?%?(?::\d+)+|[≥≤]\d+(?:\.\d+)?%?|\d+(?:\.\d+)?%|\d{4}年|\d+号|\d+\.\d+|--/g;

/** Texts up to this length are words of questions and come again and again: their tokens are remembered. */
const SHORT = 24;
const MAX_REMEMBERED = 20_000;
const remembered = new Map<string, readonly string[]>();

/** Distinct index tokens of a text, the same for a clause and for a question. */
export function tokensOf(text: string): readonly string[] {
  if (text.length > SHORT) return cutTokens(text);
  const known = remembered.get(text);
  if (known) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const tokens = cutTokens(text);
  remembered.set(text, tokens);
  return tokens;
}

function cutTokens(text: string): readonly string[] {
  const plain = normalise(text);
  const tokens = new Set<string>();
  // 冯克林  县卫生健康委主任: a name set apart is a word, whatever the characters after it would make of it.
  for (const name of text.matchAll(/(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?=[ \u3000]+[\u4e00-\u9fff])/g))
    tokens.add(indexForm(name[0]));
  for (const match of plain.matchAll(OWN_TOKENS)) tokens.add(indexForm(match[0]));
  for (const word of cutter().cutForSearch(plain, true)) {
    const token = indexForm(word);
    if (/[\p{L}\p{N}]/u.test(word)) tokens.add(token);
  }
  return [...tokens];
}

/** A token as both databases store it: letters and digits only, so that no operator of a query language is left. */
export function indexForm(token: string): string {
  return token
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, (char) => `x${(char.codePointAt(0) ?? 0).toString(16)}x`);
}
