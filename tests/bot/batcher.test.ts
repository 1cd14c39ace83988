/** Group commit: nothing lost, nothing twice, in order, one batch at a time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../bot/batcher.ts';

const turn = () => new Promise((done) => setImmediate(done));

describe('the batcher', () => {
  it('runs every item once, in order of arrival, and gives everybody its own result', async () => {
    const waves = fc.array(fc.array(fc.nat(), { maxLength: 20 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(waves, fc.integer({ min: 1, max: 7 }), async (groups, most) => {
        const seen: number[] = [];
        let running = 0;
        const batcher = createBatcher<number, string>(async (items) => {
          running += 1;
          expect(running).toBe(1);
          expect(items.length).toBeGreaterThan(0);
          expect(items.length).toBeLessThanOrEqual(most);
          await turn();
          seen.push(...items);
          running -= 1;
          return items.map((item) => `did ${item}`);
        }, most);
        const results: Promise<string>[] = [];
        for (const group of groups) {
          results.push(...group.map((item) => batcher.submit(item)));
          await turn();
        }
        const all = groups.flat();
        expect(await Promise.all(results)).toEqual(all.map((item) => `did ${item}`));
        expect(seen).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  it('puts what arrives while one batch runs together into the next', async () => {
    const sizes: number[] = [];
    let open = () => {};
    const gate = new Promise<void>((done) => {
      open = done;
    });
    const batcher = createBatcher<number, number>(async (items) => {
      sizes.push(items.length);
      if (sizes.length === 1) await gate;
      return items;
    }, 64);
    const first = batcher.submit(0);
    while (sizes.length === 0) await turn();
    const rest = Array.from({ length: 10 }, (_, index) => batcher.submit(index + 1));
    open();
    await Promise.all([first, ...rest]);
    expect(sizes).toEqual([1, 10]);
  });

  it('rejects everybody of a batch that failed, and goes on with the next', async () => {
    let fail = true;
    const batcher = createBatcher<number, number>(async (items) => {
      if (fail) throw new Error('disk full');
      return items;
    }, 10);
    const failed = await Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    expect(failed.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await batcher.submit(3)).toBe(3);
  });

  it('is idle at once when nothing was ever given to it, and after the last item otherwise', async () => {
    let done = 0;
    const batcher = createBatcher<number, number>(async (items) => {
      await turn();
      done += items.length;
      return items;
    }, 2);
    await batcher.idle();
    void batcher.submit(1);
    void batcher.submit(2);
    void batcher.submit(3);
    await batcher.idle();
    expect(done).toBe(3);
  });
});
