/** Sizes of winnowing: hashes are of `gram` tokens, and of every `window` of them one is kept. */
export interface WinnowSizes {
  readonly gram: number;
  readonly window: number;
}

/**
 * Sizes by which a passage is found when half of it has been written: any `tokens / 2` tokens in a row have a fingerprint
 * (Schleimer, Wilkerson, Aiken 2003, "Winnowing: local algorithms for document fingerprinting", the guarantee threshold
 * t = window + gram - 1). Pure.
 */
export function winnowSizes(tokens: number): WinnowSizes {
  const half = Math.floor(tokens / 2);
  const gram = Math.max(5, Math.floor(half / 2));
  return { gram, window: half - gram + 1 };
}

const base = 0x2c1b3c6d;

/** The rolling hash of the last `gram` tokens (Karp, Rabin 1987), modulo 2^32. */
export class GramHash {
  readonly #last: Uint32Array;
  readonly #highest: number;
  #hash = 0;
  #count = 0;

  constructor(gram: number) {
    this.#last = new Uint32Array(gram);
    let power = 1;
    for (let index = 1; index < gram; index++) power = Math.imul(power, base);
    this.#highest = power;
  }

  /** @returns the hash of the gram that ends with this token; null as long as there are too few tokens */
  push(token: number): number | null {
    const place = this.#count % this.#last.length;
    const gone = this.#last[place] ?? 0;
    this.#last[place] = token;
    this.#hash = Math.imul(this.#hash - Math.imul(gone, this.#highest), base) + token;
    this.#count++;
    return this.#count < this.#last.length ? null : mixed(this.#hash);
  }
}

/** So that the smallest hash is of any kind of code (the finaliser of MurmurHash3). */
function mixed(hash: number): number {
  let value = hash ^ (hash >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A gram that stands for its neighbours; `end` is the index of its last token. */
export interface Fingerprint {
  readonly hash: number;
  readonly end: number;
}

/** The fingerprints of a text: of every window the smallest hash, the last one of equals. Pure. */
export function* fingerprintsOf(tokens: Uint32Array, { gram, window }: WinnowSizes): Generator<Fingerprint> {
  const rolling = new GramHash(gram);
  const waiting: Fingerprint[] = [];
  let given = -1;
  for (let end = 0; end < tokens.length; end++) {
    const hash = rolling.push(tokens[end] ?? 0);
    if (hash === null) continue;
    while (waiting.length > 0 && (waiting.at(-1)?.hash ?? 0) >= hash) waiting.pop();
    waiting.push({ hash, end });
    if ((waiting[0]?.end ?? 0) <= end - window) waiting.shift();
    const least = waiting[0];
    const isFull = end >= gram + window - 2;
    if (!least || !isFull || least.end === given) continue;
    given = least.end;
    yield least;
  }
}
