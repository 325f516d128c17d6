import { createHash } from 'node:crypto';

/** Numbers from 0 to 1 that depend on a seed and a text alone (mulberry32, seeded by SHA-1). */
export function randomOf(seed: number, text: string): () => number {
  let state = createHash('sha1').update(`${seed}\0${text}`).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
