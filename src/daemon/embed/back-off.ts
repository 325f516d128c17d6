const firstMs = 1000;
const longestMs = 60_000;

/**
 * How long to wait after a number of failures in a row: doubling from one second to a minute, with a quarter of it at
 * random so that several daemons do not knock at once; never less than the server asked for. Pure but for `random`.
 */
export function backOffMs(
  failures: number,
  askedMs: number | undefined,
  random: () => number = Math.random,
): number {
  const doubled = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  const jittered = doubled * (0.75 + 0.25 * random());
  return Math.max(jittered, Math.min(askedMs ?? 0, 10 * longestMs));
}
