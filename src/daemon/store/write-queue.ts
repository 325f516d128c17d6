import { LcadError } from '../../shared/errors.js';

/** Writes of two lanes may run beside each other: they have no table in common. */
export type Lane = 'chunks' | 'vectors';

const allLanes: readonly Lane[] = ['chunks', 'vectors'];

/**
 * Runs the writes of a lane, and those that need all lanes, one after the other, in the order in which they came.
 * Bounded: more than `limit` waiting writes are refused with BUSY, so whoever writes must wait for what it wrote before.
 */
export class WriteQueue {
  readonly #limit: number;
  readonly #tails = new Map<Lane, Promise<unknown>>();
  #waiting = 0;
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Resolves or rejects with what `write` does.
   * @param lane the only one that it needs; default: it needs all
   * @throws BUSY, INDEX_UNAVAILABLE after close()
   */
  run<T>(write: () => Promise<T>, lane?: Lane): Promise<T> {
    if (this.#closed) return Promise.reject(new LcadError('INDEX_UNAVAILABLE', 'The store is closed.'));
    if (this.#waiting >= this.#limit) {
      return Promise.reject(new LcadError('BUSY', `${this.#waiting} writes wait for the store already.`));
    }
    this.#waiting++;
    const lanes = lane ? [lane] : allLanes;
    const result = this.#idle(lanes).then(write);
    // Each caller sees the failure of its own write; the next one runs all the same.
    const ended = result.catch(() => undefined).then(() => this.#waiting--);
    for (const one of lanes) this.#tails.set(one, ended);
    return result;
  }

  /** Takes no more writes; resolves when those taken have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#idle(allLanes);
  }

  #idle(lanes: readonly Lane[]): Promise<unknown> {
    return Promise.all(lanes.map((lane) => this.#tails.get(lane)));
  }
}
