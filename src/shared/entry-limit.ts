/**
 * Options of an LRUCache that holds up to so many entries, and takes the room for them as they come: `max` would take all
 * of it at once, which for 50,000 entries costs 8 ms of a start.
 */
export const entryLimit = (most: number): { maxSize: number; sizeCalculation: () => number } => ({
  maxSize: most,
  sizeCalculation: () => 1,
});
