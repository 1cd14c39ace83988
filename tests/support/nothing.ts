/** A program that ends at once: gives tests the id of a process that no longer lives. */
export {};
