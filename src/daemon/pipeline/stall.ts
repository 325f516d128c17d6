const checksPerDeadline = 4;

/**
 * Aborts when a thread stays at one file for too long.
 * @param cell index of the file at work; -1 while the task waits for a thread
 * @param stallMs how long it may stay, in milliseconds
 * @returns what ends the watch
 */
export function watchForStall(cell: Int32Array, stallMs: number, stall: AbortController): () => void {
  let seen = -1;
  let since = 0;
  const period = stallMs / checksPerDeadline;
  const timer = setInterval(() => {
    const now = Atomics.load(cell, 0);
    if (now !== seen) {
      seen = now;
      since = 0;
      return;
    }
    since += period;
    if (now >= 0 && since >= stallMs) stall.abort();
  }, period);
  timer.unref();
  return () => clearInterval(timer);
}
