/**
 * Fingerprints of 64 bits, as two numbers of 32: what stands for a term in the model's table. Two of 100,000 terms
 * share one with a probability of about 3e-10.
 *
 * Both halves are FNV-1a with different primes over UTF-16 units, finished as in MurmurHash3 (public domain): FNV alone
 * changes the high bits too little on short words.
 */

/** Begins the fingerprint of a word or a root: the same letters have different ones. */
export const wordSeed = 0x811c9dc5 | 0;
export const rootSeed = 0x2f0b4c47;

const prime = 0x01000193;
const secondPrime = 0x5bd1e995;
const secondSeed = 0x3c6ef372;

/** First half, of `text` from `from` up to `to`. */
export function fingerprintLow(text: string, from: number, to: number, seed: number): number {
  let low = seed;
  for (let at = from; at < to; at++) low = Math.imul(low ^ text.charCodeAt(at), prime);
  return finish(low);
}

/** Second half. */
export function fingerprintHigh(text: string, from: number, to: number, seed: number): number {
  let high = seed ^ secondSeed;
  for (let at = from; at < to; at++) high = Math.imul(high ^ text.charCodeAt(at), secondPrime);
  return finish(high);
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
