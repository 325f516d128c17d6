/** Runs works one after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects with what `work` does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    // Each caller sees the failure of its own work; the next one runs all the same.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
