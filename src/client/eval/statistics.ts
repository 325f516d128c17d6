/** An estimate with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 2000;
const tail = 0.025;

/** Numbers from 0 to 1, the same for the same seed (Mulberry32 by Tommy Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The list in an order that the seed gives (Fisher, Yates). Pure. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const all = [...list];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}

/** The mean; 0 of nothing. Pure. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which a share of the values lies, between neighbours in proportion; null of nothing. Pure. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * The mean with its interval by the percentile bootstrap (Efron 1979): means of 2000 samples drawn with replacement. Of
 * nothing, null; pure, the same for the same seed.
 */
export function estimate(values: readonly number[], seed: number): Estimate | null {
  if (values.length === 0) return null;
  const random = randomFrom(seed);
  const means: number[] = [];
  for (let round = 0; round < resamples; round++) {
    let sum = 0;
    for (let drawn = 0; drawn < values.length; drawn++) {
      sum += values[Math.floor(random() * values.length)] ?? 0;
    }
    means.push(sum / values.length);
  }
  return {
    value: mean(values),
    low: quantile(means, tail) ?? 0,
    high: quantile(means, 1 - tail) ?? 0,
  };
}

/**
 * How much larger the mean of `after` is than that of `before`, both of the same cases in the same order: the bootstrap
 * draws cases, so that what makes a case hard counts for both. Pure.
 */
export function pairedDifference(
  before: readonly number[],
  after: readonly number[],
  seed: number,
): Estimate | null {
  if (before.length !== after.length) throw new RangeError('Pairs are needed.');
  return estimate(
    after.map((value, index) => value - (before[index] ?? 0)),
    seed,
  );
}
