/** Random numbers that depend on a seed alone: mulberry32 (Tommy Ettinger, public domain). */
export class Random {
  #state: number;

  /** @param seeds what the sequence depends on, integers */
  constructor(...seeds: number[]) {
    this.#state = mix(...seeds);
  }

  /** The next number, 0 <= x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, 0 <= x < limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Brings numbers into random order, in place. */
  shuffle(items: Uint32Array | number[]): void {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      const kept = items[at] as number;
      items[at] = items[other] as number;
      items[other] = kept;
    }
  }
}

/** One number of 32 bits from several. */
export function mix(...numbers: number[]): number {
  let hash = 0x9e3779b9 | 0;
  for (const number of numbers) {
    hash = Math.imul(hash ^ number, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash;
}
