/** One size of an item. Sizes go from the smallest to the whole; each is worth more and takes more. */
interface Size {
  tokens: number;
  worth: number;
}

/** Something that may be packed, in one of its sizes or not at all. */
export interface Packable {
  readonly sizes: readonly Size[];
  /** Index of the item without which this one is not wanted, or null. */
  readonly needs: number | null;
}

/** A step from one size of an item (-1: not there) to a larger one. */
interface Step {
  item: number;
  from: number;
  to: number;
  tokens: number;
  density: number;
}

/**
 * Which size of each item to take so that all fit in a budget: the steps with the most worth per token first, passing
 * over those that do not fit. (The greedy solution of the multiple-choice knapsack problem over the sizes that lie on
 * the convex hull: Sinha and Zoltners, Operations Research 27, 1979.)
 *
 * The sum of tokens never exceeds the budget. Where no item needs another one, a larger budget never gives less worth.
 * Pure.
 * @returns for each item the index of its size, or -1
 */
export function pack(items: readonly Packable[], budget: number): number[] {
  const steps = items
    .flatMap(({ sizes }, item) => stepsOf(sizes, item))
    .sort((a, b) => b.density - a.density || a.item - b.item || a.to - b.to);
  const taken = items.map(() => -1);
  let left = budget;
  for (const { item, from, to, tokens } of steps) {
    const needs = items[item]?.needs ?? null;
    if (taken[item] !== from || tokens > left || (needs !== null && taken[needs] === -1)) continue;
    taken[item] = to;
    left -= tokens;
  }
  return taken;
}

/** The steps along the upper hull of an item's sizes: each has less worth per token than the one before it. */
function stepsOf(sizes: readonly Size[], item: number): Step[] {
  const steps: Step[] = [];
  let from = -1;
  while (from < sizes.length - 1) {
    const before = sizes[from] ?? { tokens: 0, worth: 0 };
    let best: Step | null = null;
    for (let to = from + 1; to < sizes.length; to++) {
      const size = sizes[to] as Size;
      const tokens = Math.max(0, size.tokens - before.tokens);
      const more = size.worth - before.worth;
      if (more <= 0) continue;
      const density = more / Math.max(1, tokens);
      if (!best || density > best.density) best = { item, from, to, tokens, density };
    }
    if (!best) break;
    steps.push(best);
    from = best.to;
  }
  return steps;
}
