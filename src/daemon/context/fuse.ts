/** What a place in an order counts: 1 / (this + place). */
const rankOffset = 20;

/**
 * Fuses ordered lists by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009). Pure.
 * @param lists best first, each with what it counts
 * @param idOf the same for what is the same
 * @returns best first, with scores from 1 for what is first in every list; equal ones in the order they came up
 */
export function fuse<T>(
  lists: readonly { weight: number; items: readonly T[] }[],
  idOf: (item: T) => string,
): { item: T; score: number }[] {
  const fused = new Map<string, { item: T; score: number }>();
  let most = 0;
  for (const { weight, items } of lists) {
    if (items.length > 0) most += weight / rankOffset;
    for (const [place, item] of items.entries()) {
      const id = idOf(item);
      const known = fused.get(id);
      const gain = weight / (rankOffset + place);
      if (known) known.score += gain;
      else fused.set(id, { item, score: gain });
    }
  }
  return [...fused.values()]
    .map(({ item, score }) => ({ item, score: score / (most || 1) }))
    .sort((a, b) => b.score - a.score);
}
