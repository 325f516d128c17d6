import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestFirst } from '../../../src/daemon/store/best-first.js';

test('any scores come in order, equal ones as they are put in order, however many were expected', () => {
  const score = fc.constantFrom(-1, 0, 0.25, 0.5, 0.75, 1);
  fc.assert(
    fc.property(fc.array(score, { maxLength: 200 }), fc.nat(50), (scores, likely) => {
      const places = [...bestFirst(Float32Array.from(scores), likely, (a, b) => b - a)];
      const expected = scores.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
      expect(places).toEqual(expected);
    }),
  );
});
