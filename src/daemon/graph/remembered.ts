/** Results remembered at most, unless it is said otherwise. */
const mostResults = 50_000;

/** Remembers results for as long as what they follow from is the same. */
export class Remembered<T> {
  readonly #version: () => number;
  readonly #results = new Map<string, T>();
  readonly #most: number;
  #known = -1;

  /** @param version changes whenever a result may */
  constructor(version: () => number, most = mostResults) {
    this.#version = version;
    this.#most = most;
  }

  /**
   * The result for a key, made if it is not known.
   * @param isWhole whether what was just made may be remembered
   */
  get(key: string, make: () => T, isWhole: () => boolean = () => true): T {
    const version = this.#version();
    if (version !== this.#known || this.#results.size >= this.#most) {
      this.#results.clear();
      this.#known = version;
    }
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (isWhole()) this.#results.set(key, made);
    return made;
  }
}
