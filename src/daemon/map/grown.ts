/** Numbers in order, as many as there come. */
class Grown<T extends Int32Array | Float32Array> {
  #all: T;
  #length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#all = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#all.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.#length++] = value;
  }

  /** Makes one of them at least so large. */
  raise(at: number, least: number): void {
    this.#all[at] = Math.max(this.#all[at] ?? 0, least);
  }

  /** Those that there are, in memory of their own size. */
  done(): T {
    return this.#all.slice(0, this.#length) as T;
  }
}

export const grownInts = () => new Grown((length) => new Int32Array(length));
export const grownFloats = () => new Grown((length) => new Float32Array(length));
