/** Finds the clauses a question is about: candidates from the database's full text, the score from structure and meaning. */
import type { Knex } from 'knex';
import { joinNear } from './embedding/fusion.ts';
import type { ReadQuestion } from './question.ts';
import { type Reading, readClause, underTitle } from './reading.ts';
import { createScorer, type Hit, type WeighedTerm } from './score.ts';
import { soundOf, tonesOf } from './sounds.ts';
import { listDocuments, readClauses } from './store.ts';
import { isHollow, isNoWord, type Term } from './terms.ts';
import { tagWords, tokensOf, wordEdges } from './words.ts';

/** Candidates that are read and scored. */
const MAX_CANDIDATES = 90;
/** Up to so many documents their clauses are gone through; among more the words' index is faster. */
const FEW_DOCUMENTS = 8;
/** Postings looked at for one question; the rarest terms come first. */
const MAX_POSTINGS = 20_000;
/** Terms a candidate query holds at most. */
const MAX_QUERY_TERMS = 28;
/** Clauses remembered ready for scoring, per process. */
const REMEMBERED = 3000;
const REMEMBERED_TERMS = 20_000;

export class Search {
  private readonly db: Knex;
  private readonly kind: 'sqlite' | 'pg';
  private readings = new Map<number, Reading>();
  private frequencies = new Map<string, number>();
  private sounds = new Map<string, readonly string[]>();
  private titles: ReadonlyMap<string, string> | undefined;

  constructor(db: Knex, kind: 'sqlite' | 'pg') {
    this.db = db;
    this.kind = kind;
  }

  /** Forgets what depends on the documents in force. */
  forget(): void {
    this.readings = new Map();
    this.frequencies = new Map();
    this.sounds = new Map();
    this.titles = undefined;
  }

  /** Weighs the terms by how rare they are in `total` clauses, and adds what they may have been meant to be. */
  async weigh(question: ReadQuestion, total: number): Promise<readonly WeighedTerm[]> {
    const heard = await this.hear(question);
    const tokens = new Map<string, readonly string[]>();
    for (const term of heard.terms)
      for (const { text } of term.alternatives) {
        tokens.set(text, tokensOf(text));
        for (const part of compoundParts(term)) tokens.set(part, tokensOf(part));
      }
    const counts = await this.countTerms([...new Set([...tokens.values()].flat())]);
    const frequency = (text: string): number =>
      Math.min(...wholeWords(tokens.get(text) ?? []).map((token) => counts.get(token) ?? 0), total);
    const terms = heard.terms
      .filter((term) => !(term.alternatives.length === 1 && isNoWord(term.text) && frequency(term.text) === 0))
      .flatMap((term) => {
        // 数据备份 in a plan that says 数据每日备份: each of two known words counts by itself.
        const parts = frequency(term.text) === 0 ? compoundParts(term) : [];
        if (parts.length < 2 || parts.some((part) => frequency(part) === 0)) return [term];
        return parts.map((text) => ({
          ...term,
          text,
          at: term.at + term.text.indexOf(text),
          alternatives: [{ text, weight: 1 }],
          grip: term.grip * (isHollow(text) ? 0.3 : 0.8),
        }));
      });
    return terms.map((term) => {
      const alternatives = term.alternatives.filter((alternative, at) => at === 0 || frequency(alternative.text) > 0);
      const found = Math.min(
        total,
        Math.max(
          ...alternatives.map((alternative) => (alternative.weight >= 0.7 ? frequency(alternative.text) : 0)),
          0,
        ),
      );
      const rarity = Math.log(1 + total / Math.max(found, 0.7)) / Math.log(1 + total);
      // A word no document knows says little for a verb (落灰), much for a noun (签约费).
      const unknown =
        found === 0
          ? term.quoted || A_THING.test(term.text)
            ? 1
            : term.grip >= 1
              ? 0.6
              : term.grip >= 0.65
                ? 0.5
                : 0.3
          : 1;
      const quoted =
        term.quoted ||
        (found === 0 && (term.asked === true || A_THING.test(term.text) || /^[a-z]{4,}$/.test(term.text)));
      return {
        ...term,
        quoted,
        alternatives,
        found,
        literal: frequency(term.text) > 0,
        weight: term.grip * rarity * unknown,
      };
    });
  }

  /** Adds to unknown words the known ones that sound alike (双相 → 双向, 一共体 → 医共体). */
  private async hear(question: ReadQuestion): Promise<{ readonly terms: readonly Term[] }> {
    const text = question.matter;
    const words = question.terms.map((term) => term.text);
    const ownTokens = [...new Set(words.flatMap((word) => [...tokensOf(word)]))];
    const counts = await this.countTerms(ownTokens);
    const known = (word: string): boolean => tokensOf(word).every((token) => (counts.get(token) ?? 0) > 0);
    const settled = new Array<boolean>(text.length).fill(false);
    for (const term of question.terms) {
      if (term.text.length < 2 || !(known(term.text) || term.alternatives.length > 1)) continue;
      for (let i = term.at; i < term.at + term.text.length; i += 1) settled[i] = true;
    }
    const edges = wordEdges(text);
    const windows: { readonly text: string; readonly at: number; readonly sound: string; readonly cut: boolean }[] = [];
    for (let at = 0; at < text.length; at += 1)
      for (let length = 2; length <= 6 && at + length <= text.length; length += 1) {
        const part = text.slice(at, at + length);
        // A slip may have been cut anywhere (白明|单是): three characters and more need no edge, if they sound just alike.
        const cut = !edges.has(at) || !edges.has(at + length);
        if (isHollow(part) || (cut && length < 3) || HOLLOW.test(part) || afterNumber(text, at)) continue;
        const free = [...part].filter((_, i) => !settled[at + i]).length;
        if (free === 0 || (free < length && length < 3)) continue;
        const sound = soundOf(part);
        if (sound) windows.push({ text: part, at, sound, cut });
      }
    if (windows.length === 0) return { terms: question.terms };
    const bySound = await this.wordsBySound([...new Set(windows.map((window) => window.sound))]);
    const added: Term[] = [];
    const taken = new Array<boolean>(text.length).fill(false);
    for (const window of windows.sort((a, b) => b.text.length - a.text.length || a.at - b.at)) {
      const meant = (bySound.get(window.sound) ?? []).filter(
        (word) =>
          word !== window.text &&
          isContentWord(word) &&
          (word.length > 2
            ? !window.cut || tonesOf(word) === tonesOf(window.text)
            : tonesOf(word) === tonesOf(window.text)),
      );
      if (meant.length === 0 || taken.slice(window.at, window.at + window.text.length).some(Boolean)) continue;
      if (window.text.length === 2 && isOrdinaryWord(window.text)) continue;
      for (let i = window.at; i < window.at + window.text.length; i += 1) taken[i] = true;
      added.push({
        text: window.text,
        at: window.at,
        alternatives: [{ text: window.text, weight: 1 }, ...meant.map((word) => ({ text: word, weight: 0.8 }))],
        grip: 1,
        year: false,
        quoted: false,
      });
    }
    if (added.length === 0) return { terms: question.terms };
    const covered = (term: Term): boolean =>
      added.some((other) => term.at < other.at + other.text.length && other.at < term.at + term.text.length) &&
      !(term.text.length >= 2 && known(term.text));
    return { terms: [...question.terms.filter((term) => !covered(term)), ...added].sort((a, b) => a.at - b.at) };
  }

  /** Clauses in force that hold each token. */
  private async countTerms(tokens: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const missing = tokens.filter((token) => !this.frequencies.has(token));
    if (missing.length > 0) {
      if (this.frequencies.size > REMEMBERED_TERMS) this.frequencies = new Map();
      const rows: { term: string; total: number | string }[] = await this.db('document_terms')
        .join('documents', 'documents.id', 'document_terms.document_id')
        .where({ active: true })
        .whereIn('term', missing)
        .groupBy('term')
        .select('term')
        .sum({ total: 'clauses' });
      for (const token of missing) this.frequencies.set(token, 0);
      for (const row of rows) this.frequencies.set(row.term, Number(row.total));
    }
    return this.frequencies;
  }

  private async wordsBySound(sounds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const missing = sounds.filter((sound) => !this.sounds.has(sound));
    if (missing.length > 0) {
      if (this.sounds.size > REMEMBERED_TERMS) this.sounds = new Map();
      const found = new Map<string, string[]>(missing.map((sound) => [sound, []]));
      for (let from = 0; from < missing.length; from += 400) {
        const rows: { term: string; sound: string }[] = await this.db('document_terms')
          .join('documents', 'documents.id', 'document_terms.document_id')
          .where({ active: true })
          .whereIn('sound', missing.slice(from, from + 400))
          .distinct('term', 'sound');
        for (const row of rows) found.get(row.sound)?.push(row.term);
      }
      for (const [sound, words] of found) this.sounds.set(sound, words.sort());
    }
    return this.sounds;
  }

  /** Scored clauses of the documents, best first; in a second look, behind them, those only near in meaning. Same order on every database. */
  async find(
    question: ReadQuestion,
    terms: readonly WeighedTerm[],
    documentIds: readonly string[],
  ): Promise<readonly Hit[]> {
    if (documentIds.length === 0) return [];
    const ns = await this.candidates(terms, documentIds);
    const alike = question.near ? await question.near(question.text, documentIds) : [];
    const score = createScorer(question, terms);
    const found = (await this.read(ns)).map(score).sort((a, b) => b.score - a.score); // stable: equals stay in the order of document and place
    const others = await this.read(alike.map((one) => one.n).filter((n) => !ns.includes(n)));
    return joinNear(found, others.map(score), alike);
  }

  private async candidates(terms: readonly WeighedTerm[], documentIds: readonly string[]): Promise<readonly number[]> {
    const weights = new Map<string, number>();
    for (const term of terms)
      for (const alternative of term.alternatives)
        for (const token of tokensOf(alternative.text))
          weights.set(token, Math.max(weights.get(token) ?? 0, term.weight * alternative.weight));
    const counts = await this.countTerms([...weights.keys()]);
    let postings = 0;
    const chosen: { readonly token: string; readonly weight: number }[] = [];
    const rarest = [...weights]
      .map(([token, weight]) => ({ token, weight, count: counts.get(token) ?? 0 }))
      .filter(({ count }) => count > 0);
    rarest.sort((a, b) => a.count - b.count || (a.token < b.token ? -1 : 1));
    for (const { token, weight, count } of rarest) {
      if (chosen.length >= MAX_QUERY_TERMS || (chosen.length > 0 && postings + count > MAX_POSTINGS)) break;
      postings += count;
      chosen.push({ token, weight: Math.round((weight / Math.log(2 + count)) * 10_000) });
    }
    if (chosen.length === 0) return [];
    if (this.kind === 'pg' && documentIds.length <= FEW_DOCUMENTS) return this.candidatesOfFew(chosen, documentIds);
    const part =
      this.kind === 'pg'
        ? 'select n, ?::int as w from clauses where tokens @@ ?::tsquery'
        : 'select rowid as n, ? as w from clauses_text where clauses_text match ?';
    const bindings: (string | number)[] = [];
    for (const { token, weight } of chosen) bindings.push(weight, this.kind === 'pg' ? `'${token}'` : `"${token}"`);
    const sql = `select c.n as n, sum(t.w) as total from (${chosen.map(() => part).join(' union all ')}) t
      join clauses c on c.n = t.n join documents d on d.id = c.document_id
      where c.document_id in (${documentIds.map(() => '?').join(',')})
      group by c.n, d.doc, c.position order by total desc, d.doc, c.position limit ${MAX_CANDIDATES}`;
    const result = await this.db.raw(sql, [...bindings, ...documentIds]);
    const rows = (this.kind === 'pg' ? result.rows : result) as readonly { n: number | string }[];
    return rows.map((row) => Number(row.n));
  }

  /**
   * The same on PostgreSQL for a region's few documents: one pass over their clauses instead of one over the index for each word,
   * which reads the table again and again.
   */
  private async candidatesOfFew(
    chosen: readonly { readonly token: string; readonly weight: number }[],
    documentIds: readonly string[],
  ): Promise<readonly number[]> {
    const quoted = (token: string): string => `'${token}'`; // letters and digits only, as they were stored
    const weight = chosen.map(() => 'case when c.tokens @@ ?::tsquery then ?::int else 0 end').join(' + ');
    const sql = `select c.n as n, ${weight} as total from clauses c join documents d on d.id = c.document_id
      where c.document_id in (${documentIds.map(() => '?').join(',')}) and c.tokens @@ ?::tsquery
      order by total desc, d.doc, c.position limit ${MAX_CANDIDATES}`;
    const { rows }: { rows: readonly { n: number | string }[] } = await this.db.raw(sql, [
      ...chosen.flatMap((one) => [quoted(one.token), one.weight]),
      ...documentIds,
      chosen.map((one) => quoted(one.token)).join(' | '),
    ]);
    return rows.map((row) => Number(row.n));
  }

  /** Clauses ready for scoring, from memory where they are. */
  async read(ns: readonly number[]): Promise<readonly Reading[]> {
    const missing = ns.filter((n) => !this.readings.has(n));
    if (missing.length > 0) {
      if (this.readings.size + missing.length > REMEMBERED) this.readings = new Map();
      if (!this.titles) this.titles = new Map((await listDocuments(this.db)).map(({ id, title }) => [id, title]));
      for (const clause of await readClauses(this.db, missing))
        this.readings.set(clause.n, underTitle(readClause(clause), this.titles.get(clause.documentId) ?? ''));
    }
    return ns.flatMap((n) => this.readings.get(n) ?? []);
  }
}

/** 种 of 多少种药 counts. */
function afterNumber(text: string, at: number): boolean {
  return (
    /[个种家名张台条项类次位所处间]/.test(text[at] ?? '') &&
    /(?:多少|[几两一二三四五六七八九十\d])$/.test(text.slice(0, at))
  );
}

/** 费 of 签约服务费 goes with what follows in a text; the longer words tell. */
function wholeWords(tokens: readonly string[]): readonly string[] {
  const longer = tokens.filter((token) => token.length > 1);
  return longer.length > 1 ? longer : tokens;
}

/** The two words of a compound of four characters: 数据, 备份. */
function compoundParts(term: Term): readonly string[] {
  if (!/^[\u4e00-\u9fff]{4}$/.test(term.text) || term.quoted || term.asked || term.alternatives.length > 1) return [];
  const parts = [term.text.slice(0, 2), term.text.slice(2)];
  return wordEdges(term.text).has(2) || parts.every((part) => tokensOf(term.text).includes(part)) ? parts : [];
}

/** Things that are paid, issued or kept, each its own: 住宿费, 养老金, 登记表. */
const A_THING = /^[\u4e00-\u9fff]{2,}(?:费|金|证|卡|表|险|假|券|账号|编号)$/;

/** No typing slip begins or ends with a word of grammar. */
const HOLLOW =
  /^[的了是在和与有要能会就都也还不这那哪几个得地各把被给让从向到对为上下里中]|[的了是在和与吗呢吧得地个里上下中内外去来]$/;

function isContentWord(word: string): boolean {
  const [first] = tagWords(word);
  return word.length >= 2 && first !== undefined && first.word === word && /^(?:n|v|a|l|i|j|b|x)/.test(first.tag);
}

/** A word of the general language people also use on purpose; it is not taken for a slip. */
function isOrdinaryWord(word: string): boolean {
  const tagged = tagWords(word);
  return tagged.length === 1 && /^(?:r|d|c|p|u|m|q|t|y|f|v|a)/.test(tagged[0]?.tag ?? '');
}
