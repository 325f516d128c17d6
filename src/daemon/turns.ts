import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work before others have their turn. */
const turnMs = 6;

/**
 * Runs work that stops often: whenever it has taken some milliseconds, other work has its turn.
 * @param signal none: it is done to its end
 * @throws the signal's reason, and whatever the work throws
 */
export async function inTurns<T>(work: Generator<unknown, T>, signal?: AbortSignal): Promise<T> {
  let until = performance.now() + turnMs;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await nextTurn();
    signal?.throwIfAborted();
    until = performance.now() + turnMs;
  }
}
