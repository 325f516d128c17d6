import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimate,
  mean,
  pairedDifference,
  quantile,
  randomFrom,
  shuffled,
} from '../../../../src/client/eval/statistics.js';

describe('intervals by the bootstrap', () => {
  it('are the same for the same seed, and around the mean', () => {
    const values = [1, 0, 0, 1, 1, 1, 0, 1, 0, 1];
    const one = estimate(values, { seed: 7 });
    expect(one).toEqual(estimate(values, { seed: 7 }));
    expect(one?.value).toBeCloseTo(0.6);
    expect(one?.low).toBeGreaterThan(0.1);
    expect(one?.low).toBeLessThan(0.5);
    expect(one?.high).toBeGreaterThan(0.7);
    expect(one?.high).toBeLessThanOrEqual(1);
  });

  it('cover the true mean about as often as they say', () => {
    const random = randomFrom(1);
    let covered = 0;
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 60 }, () => (random() < 0.3 ? 1 : 0));
      const { low, high } = estimate(values, { seed: round }) ?? { low: 1, high: 0 };
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(175);
    expect(covered).toBeLessThan(200);
  });

  it('of pairs are narrower than their parts, and of nothing there is none', () => {
    const before = Array.from({ length: 100 }, (_, n) => (n % 10) / 10);
    const after = before.map((value, n) => value + (n % 2 === 0 ? 0.05 : 0.06));
    const difference = pairedDifference(before, after, { seed: 1 });
    expect(difference?.value).toBeCloseTo(0.055);
    const part = estimate(after, { seed: 1 });
    const width = (one: typeof part) => (one?.high ?? 0) - (one?.low ?? 0);
    expect(width(difference)).toBeLessThan(width(part) / 2);
    expect(difference?.low).toBeGreaterThan(0.02);
    expect(estimate([], { seed: 1 })).toBeNull();
    expect(() => pairedDifference([1], [], { seed: 1 })).toThrow(RangeError);
  });

  it('are those of Jeffreys for shares, so that few equal cases are no certainty', () => {
    // Beta(10.5, 10.5) and Beta(0.5, 10.5), from their quantile functions.
    const half = estimate([...Array(10).fill(0), ...Array(10).fill(1)], { seed: 3 });
    expect(half?.low).toBeCloseTo(0.2934, 1.5);
    expect(half?.high).toBeCloseTo(0.7066, 1.5);
    const none = estimate(Array(10).fill(0), { seed: 3 });
    expect(none).toMatchObject({ value: 0, low: 0 });
    expect(none?.high).toBeCloseTo(0.2172, 1.5);
    const all = estimate([1, 1], { seed: 3 });
    expect(all).toMatchObject({ value: 1, high: 1 });
    expect(all?.low).toBeLessThan(0.6);
  });

  it('cover the true mean where the values of a group are alike, too', () => {
    const random = randomFrom(2);
    const covered = { grouped: 0, alone: 0 };
    for (let round = 0; round < 100; round++) {
      const files = Array.from({ length: 20 }, () => (random() < 0.4 ? 1 : 0));
      const values = files.flatMap((value) => [value, value, value]);
      const groups = files.flatMap((_, file) => Array(3).fill(`${file}`));
      const grouped = estimate(values, { seed: round, groups });
      const alone = estimate(values, { seed: round });
      if (grouped && grouped.low <= 0.4 && 0.4 <= grouped.high) covered.grouped++;
      if (alone && alone.low <= 0.4 && 0.4 <= alone.high) covered.alone++;
    }
    expect(covered.grouped).toBeGreaterThan(88);
    expect(covered.alone).toBeLessThan(80);
  });
});

describe('small helpers', () => {
  it('quantiles lie between neighbours', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([1, 2], 0.25)).toBe(1.25);
    expect(quantile([], 0.5)).toBeNull();
    expect(mean([])).toBe(0);
  });

  it('random numbers are even, and shuffling keeps everything', () => {
    const random = randomFrom(5);
    const numbers = Array.from({ length: 10_000 }, random);
    expect(mean(numbers)).toBeCloseTo(0.5, 1);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (list, seed) => {
        const once = shuffled(list, randomFrom(seed));
        expect(once).toEqual(shuffled(list, randomFrom(seed)));
        expect([...once].sort()).toEqual([...list].sort());
      }),
    );
  });
});
