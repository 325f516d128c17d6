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
    const one = estimate(values, 7);
    expect(one).toEqual(estimate(values, 7));
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
      const { low, high } = estimate(values, round) ?? { low: 1, high: 0 };
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(175);
    expect(covered).toBeLessThan(200);
  });

  it('of pairs are narrower than their parts, and of nothing there is none', () => {
    const before = Array.from({ length: 100 }, (_, n) => (n % 10) / 10);
    const after = before.map((value, n) => value + (n % 2 === 0 ? 0.05 : 0.06));
    const difference = pairedDifference(before, after, 1);
    expect(difference?.value).toBeCloseTo(0.055);
    expect(difference?.low).toBeGreaterThan(0.05);
    expect(difference?.high).toBeLessThan(0.06);
    expect(estimate([], 1)).toBeNull();
    expect(() => pairedDifference([1], [], 1)).toThrow(RangeError);
  });

  it('have no width where all cases are alike', () => {
    expect(estimate([0.25, 0.25, 0.25], 3)).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
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
