import { expect, test } from 'vitest';
import { VectorSketches } from '../../../src/daemon/store/vector-sketches.js';

/** Signed bytes that look random and are the same each time. */
function bytesOf(count: number, seed: number): Int8Array {
  let state = seed + 1;
  return Int8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 24) - 128;
  });
}

/** What a sketch is to tell: the sum of the query's components where a row is above zero. */
function sumWhereSet(row: Int8Array, query: Float32Array): number {
  return row.reduce((sum, value, at) => (value > 0 ? sum + (query[at] ?? 0) : sum), 0);
}

test.each([1, 3, 32, 100, 256, 768, 4096])('scores of %i dimensions follow the sums', async (dimensions) => {
  const count = 75;
  const sketches = await VectorSketches.create(dimensions, 0);
  const rows = Array.from({ length: count }, (_, row) => bytesOf(dimensions, row));
  for (const [row, bytes] of rows.entries()) sketches.set(row, bytes);
  const query = Float32Array.from(bytesOf(dimensions, 1_000), (value) => value / 128);
  const scores = sketches.sample(query, count);
  const sums = rows.map((row) => sumWhereSet(row, query));
  const least = query.reduce((sum, value) => sum + Math.min(0, value), 0);
  // One scale for all: an entry of a table, a group of four dimensions, is at most half a step wrong.
  const groups = Math.ceil(dimensions / 4);
  const widest = Math.max(
    ...Array.from({ length: groups }, (_, group) =>
      query.slice(group * 4, group * 4 + 4).reduce((sum, value) => sum + Math.abs(value), 0),
    ),
  );
  for (const [row, sum] of sums.entries()) {
    const exact = ((sum - least) * 31) / widest;
    expect(Math.abs((scores[row] ?? 0) - exact)).toBeLessThan(groups / 2 + 0.01);
  }
});

test('rows are written in any order, and a row never written has the score of nothing set', async () => {
  const sketches = await VectorSketches.create(8, 0);
  sketches.set(40, Int8Array.of(1, 1, 1, 1, 1, 1, 1, 1));
  sketches.set(3, Int8Array.of(1, -1, 0, -1, -1, -1, -1, -1));
  const scores = sketches.sample(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1), 41);
  expect([scores[3], scores[40], scores[8]]).toEqual([8, 62, 0]);
});

test('a query of zeros tells nothing apart', async () => {
  const sketches = await VectorSketches.create(8, 0);
  sketches.set(0, Int8Array.of(1, 1, 1, 1, 1, 1, 1, 1));
  expect([...sketches.sample(new Float32Array(8), 2)]).toEqual([0, 0]);
});
