import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VectorMatrix } from '../../../src/daemon/store/vector-matrix.js';
import { quantiseAll } from '../../../src/shared/model/quantise.js';

/** Numbers that look random and are the same each time, between -1 and 1. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Similarities of quantised rows with a query, by the definition. */
function similarities(values: Int8Array, scales: Float32Array, query: Float32Array): number[] {
  const length = Math.hypot(...query);
  return Array.from(scales, (scale, row) => {
    let dot = 0;
    for (const [i, value] of query.entries()) dot += value * (values[row * query.length + i] ?? 0);
    return length === 0 ? 0 : (dot * scale) / length;
  });
}

async function matrixOf(values: Int8Array, scales: Float32Array): Promise<VectorMatrix> {
  const matrix = await VectorMatrix.create(values.length / scales.length, 0);
  for (const [row, scale] of scales.entries()) matrix.set(row, values, row, scale);
  return matrix;
}

/** Similarities of all rows. */
async function compared(matrix: VectorMatrix, query: Float32Array, count: number): Promise<Float32Array> {
  const comparison = await matrix.compare(query, count, 100);
  return comparison.of(Int32Array.from({ length: count }, (_, row) => row));
}

async function expectExact(rows: Float32Array[], query: Float32Array): Promise<void> {
  const { values, scales } = quantiseAll(rows, query.length);
  const scores = await compared(await matrixOf(values, scales), query, rows.length);
  const expected = similarities(values, scales, query);
  const worst = Math.max(...expected.map((value, row) => Math.abs(value - (scores[row] ?? 2))));
  expect(worst).toBeLessThan(1e-4);
}

describe('a matrix', () => {
  test.each([1, 2, 15, 16, 17, 100, 256, 384, 768, 1024, 1536, 4096])(
    'of %i dimensions',
    async (dimensions) => {
      const rows = Array.from({ length: 33 }, (_, i) => {
        const row = numbers(dimensions, i);
        const length = Math.hypot(...row);
        return row.map((value) => value / length);
      });
      await expectExact(rows, numbers(dimensions, 99));
    },
  );

  test('of the largest numbers there are does not overflow', async () => {
    for (const dimensions of [16, 1024, 8192]) {
      const row = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
      const values = new Int8Array(2 * dimensions).fill(127);
      values.fill(-128, dimensions);
      const scales = Float32Array.of(1 / (127 * Math.sqrt(dimensions)), 1 / (128 * Math.sqrt(dimensions)));
      const scores = await compared(await matrixOf(values, scales), row, 2);
      expect([...scores]).toEqual([expect.closeTo(1, 5), expect.closeTo(-1, 5)]);
    }
  });

  test('any rows and queries', async () => {
    const number = fc.float({ min: -1, max: 1, noNaN: true });
    const shape = fc.integer({ min: 1, max: 40 }).chain((dimensions) => {
      const vector = fc.array(number, { minLength: dimensions, maxLength: dimensions });
      return fc.record({ rows: fc.array(vector, { minLength: 1, maxLength: 9 }), query: vector });
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, query }) => {
        const units = rows.map((row) => {
          const length = Math.hypot(...row);
          return Float32Array.from(row, (value) => (length === 0 ? 0 : value / length));
        });
        await expectExact(units, Float32Array.from(query));
      }),
      { numRuns: 60 },
    );
  });

  test('more rows than one call takes, written and compared at the same time', async () => {
    const count = 100_003;
    const values = Int8Array.from({ length: count * 3 }, (_, i) => ((i * 31) % 255) - 127);
    const scales = Float32Array.from({ length: count }, (_, i) => 1 / (300 + (i % 7)));
    const matrix = await matrixOf(values, scales);
    const other = Float32Array.of(0, 1, 0);
    const query = Float32Array.of(1, -2, 0.5);
    const [first, second] = await Promise.all([
      matrix.compare(query, count, 100),
      matrix.compare(other, count, 100),
    ]);
    for (let row = count; row < count + 500_000; row++) matrix.set(row, values, row % count, 1);
    const all = Int32Array.from({ length: count }, (_, row) => row);
    const worst = (scores: Float32Array, of: Float32Array) => {
      const expected = similarities(values, scales, of);
      return scores.reduce((most, score, row) => Math.max(most, Math.abs(score - (expected[row] ?? 2))), 0);
    };
    expect(worst(first.of(all), query)).toBeLessThan(1e-4);
    expect(worst(second.of(all), other)).toBeLessThan(1e-4);
    const some = Int32Array.of(7, 3, 7);
    const expected = Float32Array.from(some, (row) => first.of(all)[row] ?? 2);
    expect(first.of(some)).toEqual(expected);
    expect(await compared(matrix, query, count)).toEqual(first.of(all));
  });

  test('gives other work its turn', async () => {
    const count = 700_000;
    const matrix = await VectorMatrix.create(256, count);
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await matrix.compare(new Float32Array(256).fill(1), count, 100);
    done = true;
    expect(turns).toBeGreaterThan(1);
  });
});
