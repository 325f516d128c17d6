import { LcadError } from '../../shared/errors.js';

/**
 * Runs writes one after the other, in the order in which they came. Bounded: more than `limit` waiting writes are
 * refused with BUSY, so whoever writes must wait for what it wrote before.
 */
export class WriteQueue {
  readonly #limit: number;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves or rejects with what `write` does. @throws BUSY, INDEX_UNAVAILABLE after close() */
  run<T>(write: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new LcadError('INDEX_UNAVAILABLE', 'The store is closed.'));
    if (this.#waiting >= this.#limit) {
      return Promise.reject(new LcadError('BUSY', `${this.#waiting} writes wait for the store already.`));
    }
    this.#waiting++;
    const result = this.#tail.then(write);
    // Each caller sees the failure of its own write; the next one runs all the same.
    this.#tail = result.catch(() => undefined).then(() => this.#waiting--);
    return result;
  }

  /** Takes no more writes; resolves when those taken have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tail;
  }
}
