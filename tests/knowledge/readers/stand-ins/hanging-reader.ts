/** A reading process that never answers: it turns in a loop, so that not even a signal to end politely reaches it. */
process.on('message', () => {
  for (;;);
});
