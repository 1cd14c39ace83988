/** Group commit: what arrives while one transaction runs goes together into the next one. */

/**
 * Collects items and hands them to `run` in batches, one batch at a time, in order of arrival.
 * @param run - returns one result an item, in the same order; a throw rejects every item of the batch
 * @param most - largest batch
 */
export function createBatcher<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  most: number,
): { submit(item: Item): Promise<Result>; idle(): Promise<void> } {
  let waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // Let everything that is ready in this turn of the event loop join the first batch.
    await new Promise((done) => setImmediate(done));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const results = await run(batch.map((entry) => entry.item));
        for (const [index, entry] of batch.entries()) entry.resolve(results[index] as Result);
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    working = undefined;
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        working ??= work();
      }),
    idle: async () => {
      await working;
    },
  };
}
