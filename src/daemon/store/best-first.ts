import { nthLargest } from './nth-largest.js';

/** Where those put in order were not enough, so many times more are. */
const growth = 6;

/**
 * The places of some scores, the best first. Only so many are put in order as are asked for.
 * @param likely how many that probably is
 * @param between puts the places of equal scores in order
 */
export function* bestFirst(
  scores: Float32Array,
  likely: number,
  between: (a: number, b: number) => number,
): Generator<number> {
  const unordered = scores.slice();
  let below = Number.POSITIVE_INFINITY;
  for (let size = Math.max(1, likely); below > Number.NEGATIVE_INFINITY; size *= growth) {
    const from = nthLargest(unordered, size);
    if (from >= below) continue;
    const band: number[] = [];
    for (let at = 0; at < scores.length; at++) {
      const score = scores[at] as number;
      if (score >= from && score < below) band.push(at);
    }
    yield* band.sort((a, b) => (scores[b] as number) - (scores[a] as number) || between(a, b));
    below = from;
  }
}
