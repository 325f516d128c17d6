/** What the pool knows and does of its threads. */
export interface RestingThreads {
  /** Whether one thread is left, and it has nothing to do. */
  isLastIdle(): boolean;
  /** Ends it; another one takes its place. */
  replace(): void;
}

/** Files derived after which the thread that stays is worth another one. */
const manyFiles = 200;

/**
 * Has the thread that stays replaced once it has had nothing to do for a while after many files. It has loaded the
 * grammars of their languages, which cannot be unloaded, and holds the memory of the largest files: 100 MB were given
 * back after a first index of 1,200 files in a dozen languages.
 */
export class ThreadRest {
  readonly #threads: RestingThreads;
  readonly #restMs: number;
  #files = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param restMs how long nothing is to have been derived */
  constructor(threads: RestingThreads, restMs: number) {
    this.#threads = threads;
    this.#restMs = restMs;
  }

  /** Takes note of files that were derived. */
  derived(files: number): void {
    this.#files += files;
    if (this.#timer) this.#timer.refresh();
    else if (this.#files >= manyFiles) this.#wait();
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      if (!this.#threads.isLastIdle()) return this.#wait();
      this.#timer = null;
      this.#files = 0;
      this.#threads.replace();
    }, this.#restMs).unref();
  }
}
