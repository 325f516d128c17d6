/**
 * The most of a list that fits a budget, by halving; what it costs is taken to grow with what is taken, and the result
 * fits even where it does not. Pure.
 *
 * @param cost of the first `count` of the list
 */
export function mostThatFits(length: number, budget: number, cost: (count: number) => number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cost(middle) <= budget) low = middle;
    else high = middle - 1;
  }
  return low;
}
