import { messageOf } from '../../shared/errors.js';
import type { Log } from '../log-contract.js';
import { unavailable } from './open-table.js';

const suspectEveryMs = 10 * 60_000;

interface Guarded {
  folder: string;
  log: Log | null;
  /** Looks for damage and mends it. */
  verify: () => Promise<unknown>;
}

/** Reads of a store that fail are tried again; where that is of no use, the store is looked over for damage. */
export class ReadGuard {
  readonly #guarded: Guarded;
  #suspectedAt = 0;

  constructor(guarded: Guarded) {
    this.#guarded = guarded;
  }

  /**
   * A compaction may remove files under a read that began before it; the second try reads those after it.
   * @throws INDEX_UNAVAILABLE if that fails as well
   */
  async read<T>(read: () => Promise<T>): Promise<T> {
    const { folder, log } = this.#guarded;
    try {
      return await read();
    } catch (first) {
      log?.debug({ folder, error: messageOf(first) }, 'a read of the store is tried again');
    }
    try {
      return await read();
    } catch (error) {
      this.suspect();
      throw unavailable(folder, error);
    }
  }

  /** Something could not be read: has the store verified, but not all the time. */
  suspect(): void {
    if (Date.now() - this.#suspectedAt < suspectEveryMs) return;
    this.#suspectedAt = Date.now();
    const { folder, log, verify } = this.#guarded;
    verify().catch((error: unknown) => {
      log?.warn({ folder, error: messageOf(error) }, 'the store could not be verified');
    });
  }
}
