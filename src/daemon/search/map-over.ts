/** A map in which some entries are others, without a copy of it. */
export class MapOver<K, V> implements ReadonlyMap<K, V> {
  readonly #below: ReadonlyMap<K, V>;
  readonly #above: ReadonlyMap<K, V>;

  constructor(below: ReadonlyMap<K, V>, above: ReadonlyMap<K, V>) {
    this.#below = below;
    this.#above = above;
  }

  get size(): number {
    let size = this.#below.size;
    for (const key of this.#above.keys()) if (!this.#below.has(key)) size++;
    return size;
  }

  get(key: K): V | undefined {
    return this.#above.get(key) ?? this.#below.get(key);
  }

  has(key: K): boolean {
    return this.#above.has(key) || this.#below.has(key);
  }

  forEach(take: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) take(value, key, this);
  }

  *entries(): Generator<[K, V], undefined> {
    yield* this.#above;
    for (const entry of this.#below) if (!this.#above.has(entry[0])) yield entry;
  }

  *keys(): Generator<K, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[K, V], undefined> {
    return this.entries();
  }
}
