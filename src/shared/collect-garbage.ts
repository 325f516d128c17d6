import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long a thread is to have been calm, and the share of that time in which it may have been at work. */
const calmMs = 1_000;
const calmShare = 0.2;
/** Without calm for so many times that long, it is done nevertheless. */
const mostWaits = 30;

let collect: (() => void) | null = null;
let timer: NodeJS.Timeout | null = null;

/**
 * Collects garbage now, for after something large was released. V8 collects when memory is allocated, and a daemon
 * without work allocates none: 250 MB released stayed for good, this gives them back. The thread stands still
 * meanwhile, the longer the more there is that stays.
 */
export function collectGarbage(): void {
  if (!collect) {
    // The function is in contexts made after the flag was set.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('typeof gc === "function" ? () => gc() : () => {}') as () => void;
  }
  collect();
}

/**
 * Collects garbage as soon as this thread has been calm for a second, half a minute from now at the latest: once for all
 * that is released until then, and not while somebody waits for an answer.
 */
export function collectGarbageSoon(): void {
  if (!timer) waitForCalm(mostWaits);
}

function waitForCalm(waits: number): void {
  const before = performance.eventLoopUtilization();
  timer = setTimeout(() => {
    const { utilization } = performance.eventLoopUtilization(before);
    if (utilization > calmShare && waits > 1) return waitForCalm(waits - 1);
    timer = null;
    collectGarbage();
  }, calmMs).unref();
}
