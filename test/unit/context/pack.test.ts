import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Packable, pack } from '../../../src/daemon/context/pack.js';

const sizes = fc
  .array(fc.record({ tokens: fc.integer({ min: 1, max: 60 }), worth: fc.integer({ min: 1, max: 100 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => {
    const sum = { tokens: 0, worth: 0 };
    return steps.map((step) => {
      sum.tokens += step.tokens;
      sum.worth += step.worth;
      return { ...sum };
    });
  });
const items = fc.array(
  sizes.map((some): Packable => ({ sizes: some, needs: null })),
  { maxLength: 12 },
);

const sumOf = (all: readonly Packable[], taken: readonly number[], what: 'tokens' | 'worth') =>
  taken.reduce((sum, size, at) => sum + (all[at]?.sizes[size]?.[what] ?? 0), 0);

describe('packing', () => {
  test('never exceeds the budget', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 0, max: 600 }), (all, budget) => {
        expect(sumOf(all, pack(all, budget), 'tokens')).toBeLessThanOrEqual(budget);
      }),
    );
  });

  test('gives no less worth for a larger budget', () => {
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 0, max: 100 }),
        (all, budget, more) => {
          const [less, larger] = [pack(all, budget), pack(all, budget + more)];
          expect(sumOf(all, larger, 'worth')).toBeGreaterThanOrEqual(sumOf(all, less, 'worth'));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('takes all whole where there is room, and nothing where there is none', () => {
    fc.assert(
      fc.property(items, (all) => {
        const everything = all.reduce((sum, { sizes: some }) => sum + (some.at(-1)?.tokens ?? 0), 0);
        expect(pack(all, everything)).toEqual(all.map(({ sizes: some }) => some.length - 1));
        expect(pack(all, 0)).toEqual(all.map(() => -1));
      }),
    );
  });

  test('takes nothing without what it needs', () => {
    const small = { sizes: [{ tokens: 5, worth: 50 }], needs: 0 };
    const large = { sizes: [{ tokens: 100, worth: 10_000 }], needs: null };
    expect(pack([large, small], 100)).toEqual([0, -1]);
    expect(pack([large, small], 99)).toEqual([-1, -1]);
    expect(pack([large, small], 105)).toEqual([0, 0]);
  });

  test('prefers many beginnings to one whole', () => {
    const one = {
      sizes: [
        { tokens: 10, worth: 10 },
        { tokens: 100, worth: 20 },
      ],
      needs: null,
    };
    expect(pack([one, one, one], 30)).toEqual([0, 0, 0]);
    expect(pack([one, one, one], 125)).toEqual([1, 0, 0]);
  });
});
