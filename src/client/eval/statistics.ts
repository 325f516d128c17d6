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

/** What an interval takes into account besides the values. */
export interface Sampled {
  readonly seed: number;
  /** Of each value what it was drawn with: values of one file are no cases of their own. Default: each is. */
  readonly groups?: readonly string[];
  /** The ends of the scale (default 0 and 1). */
  readonly scale?: readonly [number, number];
}

/**
 * The mean with its interval by the Bayesian bootstrap (Rubin 1981): 2000 means, each with weights drawn anew for the
 * groups. Half a group of its own stands at either end of the scale, so that few or equal values are no certainty: for
 * shares of ones and zeros that is Jeffreys' interval, which Brown, Cai and DasGupta (2001) recommend, for pairs close to
 * the one of Agresti and Min (2005). Of nothing, null; pure, the same for the same seed.
 */
export function estimate(values: readonly number[], { seed, groups, scale }: Sampled): Estimate | null {
  if (values.length === 0) return null;
  const drawn = groupsOf(values, groups);
  const [least, most] = scale ?? [0, 1];
  const usual = values.length / drawn.length;
  const random = randomFrom(seed);
  const means: number[] = [];
  for (let round = 0; round < resamples; round++) {
    const [low, high] = [halfWeight(random) * usual, halfWeight(random) * usual];
    let sum = low * least + high * most;
    let weights = low + high;
    for (const group of drawn) {
      const weight = -Math.log(1 - random());
      sum += weight * group.sum;
      weights += weight * group.count;
    }
    means.push(sum / weights);
  }
  const value = mean(values);
  return {
    value,
    low: Math.min(value, quantile(means, tail) ?? 0),
    high: Math.max(value, quantile(means, 1 - tail) ?? 0),
  };
}

/**
 * How much larger the mean of `after` is than that of `before`, both of the same cases in the same order and from 0 to 1:
 * weights are drawn for cases, so that what makes a case hard counts for both. Pure.
 */
export function pairedDifference(
  before: readonly number[],
  after: readonly number[],
  sampled: Omit<Sampled, 'scale'>,
): Estimate | null {
  if (before.length !== after.length) throw new RangeError('Pairs are needed.');
  return estimate(
    after.map((value, index) => value - (before[index] ?? 0)),
    { ...sampled, scale: [-1, 1] },
  );
}

function groupsOf(values: readonly number[], groups: readonly string[] | undefined) {
  const known = new Map<string | number, { sum: number; count: number }>();
  for (const [index, value] of values.entries()) {
    const name = groups?.[index] ?? index;
    const group = known.get(name) ?? { sum: 0, count: 0 };
    group.sum += value;
    group.count++;
    known.set(name, group);
  }
  return [...known.values()];
}

/** The weight of half a case: of a gamma distribution of shape 1/2 (Box, Muller 1958: half a squared normal number). */
function halfWeight(random: () => number): number {
  return -Math.log(1 - random()) * Math.cos(2 * Math.PI * random()) ** 2;
}
