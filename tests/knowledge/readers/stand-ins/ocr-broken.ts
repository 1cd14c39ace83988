/** A text recognition that throws on every picture. */
export default {
  async create() {
    return {
      async detect(): Promise<never> {
        throw new Error('model failed');
      },
    };
  },
};
