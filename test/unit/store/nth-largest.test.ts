import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nthLargest } from '../../../src/daemon/store/nth-largest.js';

test('the n-th largest is the one that a sort has there', () => {
  const number = fc.oneof(fc.constantFrom(0, 1, 2), fc.float({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 200 }), fc.nat(210), (numbers, at) => {
      const values = Float32Array.from(numbers);
      const sorted = values.toSorted((a, b) => b - a);
      expect(nthLargest(values.slice(), at + 1)).toBe(sorted[at] ?? Number.NEGATIVE_INFINITY);
    }),
  );
});

test('all equal, ascending, descending, and none', () => {
  expect(nthLargest(new Float32Array(1000).fill(3), 500)).toBe(3);
  const ascending = Float32Array.from({ length: 1000 }, (_, at) => at);
  expect(nthLargest(ascending.slice(), 10)).toBe(990);
  expect(nthLargest(ascending.toReversed(), 1000)).toBe(0);
  expect(nthLargest(new Float32Array(), 1)).toBe(Number.NEGATIVE_INFINITY);
  expect(nthLargest(ascending, Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
});
