import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQueries } from '../../../src/training/eval/queries.js';
import { boundsOf } from '../../../src/training/ranker/bounds.js';
import type { Asked } from '../../../src/training/ranker/collect.js';
import { fitWeights, lossOf, type Sample, scoreAt } from '../../../src/training/ranker/fit.js';
import { featuresIn, fitAndValidate, foldsOf } from '../../../src/training/ranker/folds.js';

const free = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** Queries whose right candidate is the one with the largest sum of features times `truth`, with some noise. */
function samplesOf(truth: readonly number[], queries: number): Sample[] {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: queries }, () => {
    const features = Float64Array.from({ length: 8 * truth.length }, random);
    const scores = Array.from({ length: 8 }, (_, at) => scoreAt(features, at, truth) + 0.3 * random());
    return { features, right: scores.map((score) => score === Math.max(...scores)) };
  });
}

describe('fitWeights', () => {
  test('finds which features matter and in which direction', () => {
    const samples = samplesOf([4, 0, -2], 200);
    const weights = fitWeights(samples, { bounds: [free, free, free], l2: 0.1 });
    const [first = 0, second = 0, third = 0] = weights;
    expect(first).toBeGreaterThan(3);
    expect(third).toBeLessThan(-1.5);
    expect(Math.abs(second)).toBeLessThan(1);
  });

  test('ends where the gradient is zero, or points out of the bounds', () => {
    const samples = samplesOf([4, 0, -2], 60);
    const bounds = [free, { min: 0.2, max: 1 }, { min: -0.5, max: 0 }];
    const weights = fitWeights(samples, { bounds, l2: 0.5 });
    const { gradient } = lossOf(samples, weights, 0.5);
    for (const [at, { min, max }] of bounds.entries()) {
      const [weight = 0, slope = 0] = [weights[at], gradient[at]];
      expect(weight).toBeGreaterThanOrEqual(min);
      expect(weight).toBeLessThanOrEqual(max);
      if (weight > min && weight < max) expect(Math.abs(slope)).toBeLessThan(0.01);
      else if (weight === min) expect(slope).toBeGreaterThan(-0.01);
      else expect(slope).toBeLessThan(0.01);
    }
    expect(weights[2]).toBe(-0.5);
  });

  test('the gradient is that of the loss', () => {
    const samples = samplesOf([1, 2], 5);
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (a, b) => {
          const { loss, gradient } = lossOf(samples, [a, b], 0.7);
          const step = 1e-6;
          const next = lossOf(samples, [a + step, b], 0.7).loss;
          expect((next - loss) / step).toBeCloseTo(gradient[0] as number, 3);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('leaves out queries that have only right or only wrong candidates', () => {
    const one = { features: Float64Array.from([1, 0]), right: [true, true] };
    const other = { features: Float64Array.from([1, 0]), right: [false, false] };
    expect(fitWeights([one, other], { bounds: [free], l2: 1 })).toEqual([0]);
  });
});

test.each([
  ['text.file', 0, Number.POSITIVE_INFINITY],
  ['prior.size', 0, Number.POSITIVE_INFINITY],
  ['prior.example', -2, 0],
])('%s is bounded', (name, min, max) => expect(boundsOf(name)).toEqual({ min, max }));

describe('fitAndValidate', () => {
  const asked = Array.from({ length: 24 }, (_, i): Asked[] => {
    const [query] = parseQueries(
      JSON.stringify({
        repo: `repo${i % 6}`,
        language: 'go',
        query: `q${i}`,
        category: 'semantic',
        relevant: [{ path: 'right.go' }],
      }),
      'q',
    );
    if (!query) throw new Error('no query');
    const candidate = (path: string, features: Record<string, number>) => ({
      path,
      startLine: 1,
      endLine: 2,
      features,
    });
    const candidates = [
      candidate('wrong.go', { 'text.file': 1, 'prior.test': 1, 'prior.further': 1 }),
      candidate('other.go', { 'text.file': 0.2 }),
      candidate('right.go', { 'text.file': 0.7 }),
    ];
    return [
      { query, whole: false, candidates },
      { query, whole: true, candidates },
    ];
  }).flat();

  test('fits, and scores each repository by weights that have not seen it', () => {
    const features = featuresIn(asked);
    expect(features).toEqual(['prior.test', 'text.file']);
    const { weights, crossValidated, fitted, folds } = fitAndValidate(asked, features);
    expect(weights['text.file']).toBeGreaterThan(0);
    expect(weights['prior.test']).toBeLessThan(0);
    expect(crossValidated).toEqual({ root: 1, whole: 1 });
    expect(fitted).toEqual({ root: 1, whole: 1 });
    expect(folds.flatMap(({ repos }) => repos).sort()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `repo${i}`));
  });

  test('deals repositories out in the same way every time', () => {
    expect(foldsOf(asked)).toEqual(foldsOf(asked.toReversed()));
    expect(foldsOf(asked).every((repos) => repos.length > 0)).toBe(true);
  });
});
