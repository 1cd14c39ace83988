/** Every answer to every question of the sets as it stands on a phone: length, first line, place, closing, words to say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText } from '../../../bot/channels/plain-text.ts';
import { answerReply, choiceReply, notFoundReply, type Said } from '../../../handlers/policy/replies.ts';
import { createKnowledge, type Knowledge, loadCorpus, type PolicyAnswer } from '../../../knowledge/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/databases.ts';

interface Item {
  readonly id: string;
  readonly q: string;
  readonly region: string | null;
  readonly context?: readonly string[];
}

const QA = join(import.meta.dirname, '../../qa');
const items: readonly Item[] = readdirSync(QA)
  .filter((file) => file.endsWith('.jsonl'))
  .flatMap((file) => readFileSync(join(QA, file), 'utf8').split('\n'))
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as Item);
const REGIONS: Readonly<Record<string, string>> = {
  湖南: 'hunan',
  牡丹: 'mudan',
  巫溪: 'wuxi',
  徽州: 'huizhou',
  揭阳: 'jieyang',
};
const TODAY = '2026-11-21';
const lengthOf = (text: string): number => [...text].length;

function said(answer: PolicyAnswer): Said {
  if (answer.kind === 'answer') return answerReply(answer);
  if (answer.kind === 'ask') return { reply: choiceReply(answer, 'direct'), pages: [] };
  if (answer.kind === 'not-found') return { reply: notFoundReply(answer), pages: [] };
  return { reply: { audience: 'here', blocks: [{ type: 'text', text: answer.lead }] }, pages: [] };
}

/** One database is enough: what is cited is compared between the two in tests/knowledge/evaluation.test.ts. */
describe('answers on a phone', () => {
  const kind = 'sqlite';
  let test: TestDatabase;
  let knowledge: Knowledge;
  const all: { readonly item: Item; readonly answer: PolicyAnswer; readonly said: Said; readonly text: string }[] = [];
  beforeAll(async () => {
    test = await freshDatabase(kind);
    await loadCorpus({ ...test.database, clock: { now: () => new Date('2026-11-21T00:00:00Z') } });
    knowledge = createKnowledge({ db: test.database.reader, kind });
    for (const item of items) {
      const regionId = item.region ? REGIONS[item.region] : undefined;
      const answer = await knowledge.ask({ q: item.q, regionId, context: item.context, today: TODAY });
      const reply = said(answer);
      all.push({ item, answer, said: reply, text: plainText(reply.reply.blocks) });
    }
  }, 120_000);
  afterAll(() => test.drop());
  const answers = () => all.filter(({ answer }) => answer.kind === 'answer');

  it('has at most 600 characters in a reply and on every page after it', () => {
    const long = all.flatMap(({ item, said: { pages }, text }) =>
      [text, ...pages].filter((page) => lengthOf(page) > 600).map((page) => `${item.id} ${lengthOf(page)}`),
    );
    expect(all.length).toBeGreaterThan(600);
    expect(long).toEqual([]);
  });

  it('has the point in the first line', () => {
    const first = answers().map(({ item, text }) => ({ id: item.id, length: lengthOf(text.split('\n')[0] ?? '') }));
    expect(first.filter(({ length }) => length > 85).map(({ id }) => id)).toEqual([]);
    expect(first.filter(({ length }) => length > 62).length).toBeLessThan(first.length * 0.02);
  });

  it('gives the place of everything it says, the reservation, and the words to say', () => {
    for (const {
      answer,
      said: { pages },
      text,
    } of answers()) {
      const [first] = answer.citations;
      expect(first).toBeDefined();
      const number = first?.label.split(' ')[0] ?? '';
      expect(text).toContain(number);
      const [closing, words] = text.split('\n').slice(-2);
      expect(closing).toMatch(/(?:^| · )以主管部门解释为准$/);
      if (answer.parts?.some((part) => part.label !== undefined) !== true)
        expect(closing).toContain([first?.regionShortName, first?.issuedOn].filter(Boolean).join(' · '));
      for (const page of pages) {
        expect(page.split('\n').at(-1)).toMatch(/(?:^| · )以主管部门解释为准$/);
        expect(page, 'its place').toMatch(/(?:^|\n)——\S|（[^（）]*(?:〔\d{4}〕|第\d+行)/);
      }
      expect(words).toBe(`${pages.length > 0 ? '更多 · ' : ''}原文 · 上一条 · 下一条 · 有用 · 没用`);
    }
  });

  it('quotes word for word, and loses no citation between the pages', () => {
    for (const {
      item,
      answer,
      said: { reply, pages },
      text,
    } of answers()) {
      const quotes = new Set(answer.citations.map((one) => one.quote));
      for (const block of reply.blocks) if (block.type === 'quote') expect(quotes, item.id).toContain(block.text);
      const everything = [text, ...pages].join('\n').replace(/\s+/g, '');
      for (const { label, cells, quote } of answer.citations) {
        const place = (label.split(' ')[1] ?? label).replace(/\s+/g, '');
        expect(everything, item.id).toContain(place);
        if (cells) for (const { value } of cells) expect(quote, item.id).toContain(value);
      }
    }
  });

  it('says of every target before today that it is past', () => {
    const silent = answers().filter(({ answer }) =>
      [answer.lead, ...(answer.parts ?? []).map((part) => part.text)].some((line) =>
        /(?:到|至)20(?:1\d|2[0-5])年(?:底|末)?(?![^，；。：]{0,12}（)|20(?:1\d|2[0-5])年(?:底|目标值)(?!前|（市）)(?![^，；。]{0,12}(?:（已过）|的要求，已过))/.test(
          line,
        ),
      ),
    );
    expect(silent.map(({ item, answer }) => `${item.id} ${answer.lead}`)).toEqual([]);
  });

  it('never gives the figure of the municipality to a county that did not ask for it', () => {
    for (const { item, answer } of answers())
      if (item.region === '巫溪' && !/市/.test([item.q, ...(item.context ?? [])].join('')))
        expect([answer.lead, ...(answer.parts ?? []).map((part) => part.text)].join('\n'), item.id).not.toMatch(
          /（市）为/,
        );
  });
});
