import { describe, expect, test } from 'vitest';
import { VectorBands } from '../../../src/daemon/store/vector-bands.js';
import { largestScore, VectorSketches } from '../../../src/daemon/store/vector-sketches.js';

const dimensions = 16;

/** Sketches of rows that look random and are the same each time. */
async function sketchesOf(count: number, width = dimensions): Promise<VectorSketches> {
  const sketches = await VectorSketches.create(width, count);
  let state = 1;
  const bytes = new Int8Array(width);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < width; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[at] = (state >>> 24) - 128;
    }
    sketches.set(row, bytes);
  }
  return sketches;
}

const queryOf = (width = dimensions) => Float32Array.from({ length: width }, (_, at) => Math.sin(at + 1));

describe('rows between two scores', () => {
  test.each([1, 31, 32, 33, 700, 1024])('%i rows, as their scores tell', async (count) => {
    const sketches = await sketchesOf(count);
    const scores = sketches.sample(queryOf(), count);
    expect(scores).toHaveLength(count);
    for (const [from, to] of [
      [0, largestScore],
      [40, 60],
      [60, largestScore],
      [0, 39],
      [61, 61],
    ] as const) {
      const [rows] = sketches.between(queryOf(), count, from, to);
      const expected = [...scores.keys()].filter(
        (row) => (scores[row] ?? 0) >= from && (scores[row] ?? 0) <= to,
      );
      expect([...(rows ?? [])]).toEqual(expected);
    }
  });

  test('come in parts where they are many, while other queries are looked for', async () => {
    const width = 4096;
    const count = 20_000;
    const sketches = await sketchesOf(count, width);
    const query = queryOf(width);
    const whole = [...sketches.between(query, count, 0, largestScore)];
    expect(whole.length).toBeGreaterThan(1);
    expect(whole.flatMap((part) => [...part])).toEqual([...Array(count).keys()]);
    const middle = (sketches.sample(query, count)[0] ?? 0) + 1;
    const above: number[] = [];
    for (const part of sketches.between(query, count, middle, largestScore)) {
      above.push(...part);
      [...sketches.between(new Float32Array(width).fill(1), count, 0, largestScore)];
    }
    const below = [...sketches.between(query, count, 0, middle - 1)].flatMap((part) => [...part]);
    expect([...above, ...below].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
    expect(below).toContain(0);
  });
});

describe('bands', () => {
  test.each([1, 40, 3_000, 20_000])(
    'of %i rows hold each row once, the best sketches first',
    async (count) => {
      const sketches = await sketchesOf(count);
      const bands = [...(await VectorBands.find(sketches, queryOf(), count, 100))];
      expect(bands.flatMap((band) => [...band]).sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
      const scoreOf = new Map<number, number>();
      for (let score = 0; score <= 31 * (dimensions / 4); score++) {
        for (const part of sketches.between(queryOf(), count, score, score)) {
          for (const row of part) scoreOf.set(row, score);
        }
      }
      const [first = new Int32Array(), ...others] = bands;
      const least = Math.min(...[...first].map((row) => scoreOf.get(row) ?? -1));
      for (const row of others.flatMap((band) => [...band]))
        expect(scoreOf.get(row) ?? 999).toBeLessThan(least);
    },
  );

  test('the first has about as many rows as are expected', async () => {
    const count = 20_000;
    const [first] = await VectorBands.find(await sketchesOf(count), queryOf(), count, 1_000);
    expect(first?.length).toBeGreaterThan(500);
    expect(first?.length).toBeLessThan(2_500);
  });

  test('of a query that tells nothing apart are one', async () => {
    const sketches = await sketchesOf(100);
    const bands = [...(await VectorBands.find(sketches, new Float32Array(dimensions), 100, 5))];
    expect(bands.map((band) => band.length)).toEqual([100]);
  });
});
