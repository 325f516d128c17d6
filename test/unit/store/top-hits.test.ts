import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopHits } from '../../../src/daemon/store/top-hits.js';

test('keeps what a stable sort has first, of equal ones those that were offered first', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 2_000 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 0, max: 30 }),
      (scores, limit, least) => {
        const top = new TopHits(limit, least);
        for (const [chunk, score] of scores.entries()) top.offer(score, chunk >> 1, chunk);
        const offered = scores.map((score, chunk) => ({ score, content: chunk >> 1, chunk }));
        const above = offered.filter(({ score }) => score > least);
        expect(top.take()).toEqual(above.toSorted((a, b) => b.score - a.score).slice(0, limit));
      },
    ),
  );
});
