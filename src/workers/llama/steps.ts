/** Tokens of the first step: what the machine can do is not known yet. */
export const firstStep = 32;
/** Fewer at once cost more than they save: each step reads all weights once. */
const fewest = 16;
/** How long a step may take (ms): somebody who cancels waits for its end. */
const longestMs = 100;

/**
 * How many tokens of a prompt to read at once, so that a request that is no longer wanted ends soon on a slow machine, and
 * a fast one is not held up by many small steps. Pure.
 *
 * @param tokens of the last step
 * @param ms that it took
 * @param most tokens that a step may have
 */
export function nextStep(tokens: number, ms: number, most: number): number {
  const fitting = ms > 0 ? Math.floor((tokens * longestMs) / ms) : most;
  return Math.min(most, Math.max(fewest, Math.min(fitting, 2 * tokens)));
}
