/** When a watcher process that ended is started again. Pure: times are parameters, in milliseconds. */

const delaysMs = [50, 500, 2000, 5000, 5000];
const windowMs = 60_000;
/** Planned replacements of the process within the window that do not count as failures. */
const freeRecycles = 10;

/** How long all roots stay with sweeps only after too many failures. */
export const giveUpMs = 5 * 60_000;

export class RestartPolicy {
  #failures: number[] = [];
  #recycles: number[] = [];

  /** Notes an end that nobody asked for. @returns the delay until the next start, or null to give up for a while */
  failed(now: number): number | null {
    this.#failures = [...this.#failures.filter((at) => at > now - windowMs), now];
    return delaysMs[this.#failures.length - 1] ?? null;
  }

  /** Notes that the process is replaced on purpose. @returns as `failed` */
  recycled(now: number): number | null {
    this.#recycles = [...this.#recycles.filter((at) => at > now - windowMs), now];
    return this.#recycles.length > freeRecycles ? this.failed(now) : 0;
  }

  /** Forgets the failures, so that a new start has all its tries again. */
  reset(): void {
    this.#failures = [];
    this.#recycles = [];
  }
}

/** Delay until the n-th try (from 0) to watch a root that could not be watched. */
export function retryDelayMs(tries: number, fault: string | null): number {
  const firstMs =
    fault === 'watch-limit' || fault === 'instance-limit' || fault === 'slow' ? giveUpMs : 15_000;
  return Math.min(firstMs * 2 ** tries, 60 * 60_000);
}
