import { type Dataset, PairField, pairNumbers } from './dataset-files.js';
import { groupSize } from './memory.js';
import { mix, Random } from './random.js';

/** One pair in this many is kept out of training, to measure with. */
const heldOutShare = 100;

/** The pairs for training and those kept out of it, by a hash of their documents. */
export function splitPairs({ pairs }: Dataset): { training: Uint32Array; heldOut: Uint32Array } {
  const training: number[] = [];
  const heldOut: number[] = [];
  for (let pair = 0; pair * pairNumbers < pairs.length; pair++) {
    const hash = mix(pairs[pair * pairNumbers + PairField.documentHash] as number) >>> 0;
    (hash % heldOutShare === 0 ? heldOut : training).push(pair);
  }
  return { training: Uint32Array.from(training), heldOut: Uint32Array.from(heldOut) };
}

/**
 * Puts pairs into groups of `groupSize`, one group after the other: of one package where it has so many, else of
 * packages of one language, else as they come. What is left at the end is left out. Pure: the same seeds give the same.
 */
export function grouping({ pairs }: Dataset, chosen: Uint32Array, ...seeds: number[]): Uint32Array {
  const random = new Random(...seeds);
  const sourceOf = (pair: number) => pairs[pair * pairNumbers + PairField.source] as number;
  const whole: number[][] = [];
  let rest: number[] = [...chosen];
  for (const keyOf of [packageOf, languageOf, () => 0]) {
    const byKey = new Map<number, number[]>();
    for (const pair of rest) {
      const key = keyOf(sourceOf(pair));
      const list = byKey.get(key);
      if (list) list.push(pair);
      else byKey.set(key, [pair]);
    }
    rest = [];
    for (const list of byKey.values()) {
      random.shuffle(list);
      const end = list.length - (list.length % groupSize);
      for (let at = 0; at < end; at += groupSize) whole.push(list.slice(at, at + groupSize));
      rest.push(...list.slice(end));
    }
  }
  const order = whole.map((_group, index) => index);
  random.shuffle(order);
  const out = new Uint32Array(new SharedArrayBuffer(order.length * groupSize * 4));
  for (const [place, index] of order.entries()) out.set(whole[index] as number[], place * groupSize);
  return out;
}

const packageOf = (source: number) => source & 0xffff;
const languageOf = (source: number) => (source >>> 16) & 0xff;
