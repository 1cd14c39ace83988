/** A text recognition that finds nothing. */
export default {
  async create() {
    return {
      async detect() {
        return [];
      },
    };
  },
};
