/** A reading process that takes ever more memory. */
process.on('message', () => {
  const kept: string[][] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, n) => `${n}-${kept.length}`));
});
