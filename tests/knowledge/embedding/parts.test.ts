/** What becomes a vector, how vectors are kept, compared and joined with what words found: pure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayLeaveForEmbedding } from '../../../bot/embedding.ts';
import { fusedFirst, joinNear } from '../../../knowledge/embedding/fusion.ts';
import { nearest } from '../../../knowledge/embedding/nearest.ts';
import { partsOf } from '../../../knowledge/embedding/parts.ts';
import { compress, lengthOf, product } from '../../../knowledge/embedding/vectors.ts';
import type { Hit } from '../../../knowledge/score.ts';
import type { StoredClause } from '../../../knowledge/store.ts';

const CLAUSE: StoredClause = {
  n: 1,
  documentId: 'd',
  position: 1,
  path: '二/1',
  parentPath: '二',
  kind: 'section',
  heading: '健全首诊制度',
  text: '',
  above: ['总体要求', '重点任务', '优化服务'],
  children: 0,
};

describe('the parts of a clause', () => {
  it('are its sentences with the headings they stand under', () => {
    const long = '预留二成以上的号源，'.repeat(8);
    const parts = partsOf({ ...CLAUSE, text: `${long}优先保障。建立白名单。责任到人。` });
    expect(parts.map((part) => part.quote)).toEqual([`${long}优先保障。`, '建立白名单。责任到人。']);
    expect(parts[1]?.text).toBe('重点任务 > 优化服务 > 健全首诊制度\n建立白名单。责任到人。');
  });

  it('are one for a heading alone, and one for a table row with the heads of its columns', () => {
    expect(partsOf(CLAUSE)).toEqual([{ text: '重点任务 > 优化服务 > 健全首诊制度', quote: '健全首诊制度' }]);
    const row: StoredClause = {
      ...CLAUSE,
      kind: 'row',
      heading: '',
      text: '1\t县域内就诊率\t90%',
      columns: ['序号', '指标', '2027年'],
    };
    expect(partsOf(row)).toEqual([
      { text: '重点任务 > 优化服务\n序号：1；指标：县域内就诊率；2027年：90%', quote: row.text },
    ]);
  });

  it('say all of a clause that is not endless, in order and word for word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('建设', '，', '。', '中心', '、', '落实到位'), { maxLength: 400 }),
        (pieces) => {
          const text = pieces.join('');
          const parts = partsOf({ ...CLAUSE, text });
          expect(parts.length).toBeGreaterThan(0);
          for (const part of parts) expect(part.text.length).toBeLessThan(500);
          if (text !== '') expect(parts.map((part) => part.quote).join('')).toBe(text);
        },
      ),
    );
  });
});

describe('a compressed vector', () => {
  it('keeps its direction', () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 256, maxLength: 256 });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        fc.pre(Math.hypot(...a) > 0.1 && Math.hypot(...b) > 0.1);
        const exact =
          a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) / (Math.hypot(...a) * Math.hypot(...b));
        const [x, y] = [compress(a), compress(b)];
        const kept = product(x, 0, y) / (lengthOf(x, 0, 256) * lengthOf(y, 0, 256));
        expect(Math.abs(kept - exact)).toBeLessThan(0.02);
      }),
      { numRuns: 50 },
    );
  });
});

/** `count` clauses of one vector each, the angle between the first number and the second. */
function document(angles: readonly number[]) {
  const rows = angles.map((angle) => compress([Math.cos(angle), Math.sin(angle)]));
  const bytes = Int8Array.from(rows.flatMap((row) => [...row]));
  return {
    ns: angles.map((_, at) => at + 1),
    owners: Int32Array.from(angles.keys()),
    bytes,
    lengths: Float64Array.from(angles, (_, at) => lengthOf(bytes, at * 2, 2)),
  };
}

describe('the nearest clauses', () => {
  const question = compress([1, 0]);

  it('come best first; what is unlike the others stands out', async () => {
    const others = Array.from({ length: 30 }, (_, at) => 1.2 + at * 0.01);
    const found = await nearest(question, [document([...others, 0.1])]);
    expect(found[0]).toMatchObject({ n: 31, part: 0 });
    expect(found[0]?.similarity).toBeCloseTo(Math.cos(0.1), 2);
    expect(found[0]?.standsOut).toBeGreaterThan(5);
    expect(found[1]?.standsOut).toBeLessThan(3);
  });

  it('do not stand out among a few, nor where all are alike', async () => {
    expect((await nearest(question, [document([1.2, 1.3, 1.4, 0.1])]))[0]?.standsOut).toBe(0);
    expect((await nearest(question, [document(new Array<number>(50).fill(0.1))]))[0]?.standsOut).toBe(0);
  });

  it('are those of the nearest part of each', async () => {
    const two = document([1.2, 0.1, 1.3]);
    const found = await nearest(question, [{ ...two, ns: [7, 8], owners: Int32Array.from([0, 0, 1]) }]);
    expect(found.map(({ n, part }) => [n, part])).toEqual([
      [7, 1],
      [8, 0],
    ]);
  });

  it('of no document are none', async () => {
    expect(await nearest(question, [])).toEqual([]);
  });
});

describe('words and meaning together', () => {
  const hit = (n: number, score: number) => ({ score, reading: { clause: { n } } }) as unknown as Hit;
  const near = (ns: readonly number[]) => ns.map((n, rank) => ({ n, part: 0, rank, similarity: 0.9, standsOut: 9 }));
  const ns = (hits: readonly Hit[]) => hits.map((one) => [one.reading.clause.n, one.byMeaningOnly ?? false]);

  it('keep what words found in its order, and put behind it what only meaning found', () => {
    expect(ns(joinNear([hit(1, 0.9), hit(2, 0.1)], [hit(3, 5)], near([3, 2])))).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(ns(joinNear([hit(1, 0.9)], [], []))).toEqual([[1, false]]);
  });

  it('part what words find alike, and no more', () => {
    const first = (hits: readonly Hit[]) => fusedFirst(joinNear(hits, [], near([2, 3])))?.reading.clause.n;
    expect(first([hit(1, 0.52), hit(2, 0.5), hit(3, 0.5)])).toBe(2);
    expect(first([hit(1, 0.6), hit(2, 0.5)])).toBe(1);
    expect(first([])).toBeUndefined();
  });
});

describe('words for embedding', () => {
  it.each(['小毛病别往城里跑', '65岁以上老年人高血压管理率是多少'])('may leave: %s', (words) => {
    expect(mayLeaveForEmbedding(words)).toBe(true);
  });
  it.each([
    '患者张三身份证110105194912310021',
    '有个67岁老人高血压要转上去',
    '有人晕倒没有呼吸了',
    '打13800138000问问',
  ])('may not leave: %s', (words) => {
    expect(mayLeaveForEmbedding(words)).toBe(false);
  });
});
