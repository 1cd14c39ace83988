/** A reading process that ends without an answer. */
process.on('message', () => process.exit(3));
