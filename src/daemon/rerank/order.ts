/**
 * Positions in the order of their scores, best first; equal ones as they were, and those without a score behind all
 * others, as they were. Pure.
 */
export function orderByScores(scores: readonly (number | null)[]): number[] {
  const at = scores.map((_, index) => index);
  const scoreOf = (index: number) => scores[index] ?? Number.NEGATIVE_INFINITY;
  return at.sort((a, b) => {
    const [first, second] = [scoreOf(a), scoreOf(b)];
    return first === second ? a - b : second - first;
  });
}
