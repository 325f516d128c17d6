import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostThatFits } from '../../../src/daemon/map/fit.js';
import { nameWeight } from '../../../src/daemon/map/name-weight.js';
import { type Edges, pageRank } from '../../../src/daemon/map/page-rank.js';

/** @param rows of each node: pairs of target and weight */
function edgesOf(rows: readonly (readonly [number, number])[][]): Edges {
  const starts = [0];
  for (const row of rows) starts.push((starts.at(-1) ?? 0) + row.length);
  const all = rows.flat();
  return {
    starts: Int32Array.from(starts),
    targets: Int32Array.from(all, ([target]) => target),
    weights: Float32Array.from(all, ([, weight]) => weight),
  };
}

function ranksOf(edges: Edges, teleport: readonly number[]): number[] {
  const work = pageRank(edges, Float32Array.from(teleport));
  for (;;) {
    const { done, value } = work.next();
    if (done) return [...value];
  }
}

describe('pageRank', () => {
  test('is as computed by hand', () => {
    // Two nodes that name each other, and one that names the first: with d = 0.85, x2 = 0.05, and
    // x0 = 0.05 + 0.85 (x1 + x2), x1 = 0.05 + 0.85 x0.
    const [first, second, third] = ranksOf(edgesOf([[[1, 1]], [[0, 1]], [[0, 1]]]), [1, 1, 1]);
    const x0 = (0.05 + 0.85 * 0.05 + 0.85 * 0.05) / (1 - 0.85 ** 2);
    expect(first).toBeCloseTo(x0, 3);
    expect(second).toBeCloseTo(0.05 + 0.85 * x0, 3);
    expect(third).toBeCloseTo(0.05, 3);
  });

  test('follows weights, and begins where it is told to', () => {
    const [, light = 0, heavy = 0] = ranksOf(
      edgesOf([
        [
          [1, 1],
          [2, 3],
        ],
        [],
        [],
      ]),
      [1, 0, 0],
    );
    expect(heavy / light).toBeCloseTo(3, 3);
    expect(ranksOf(edgesOf([[], [[0, 1]]]), [1, 0])).toEqual([1, 0]);
  });

  test('sums to one and is its own next step, whatever the graph', () => {
    const row = fc.array(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 9 })), { maxLength: 5 });
    const teleports = fc.array(fc.nat(3), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 8, maxLength: 8 }), teleports, (rows, teleport) => {
        const ranks = ranksOf(edgesOf(rows), teleport);
        expect(ranks.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
        const all = teleport.reduce((sum, one) => sum + one, 0);
        const begin = teleport.map((one) => (all > 0 ? one / all : 1 / 8));
        const next = begin.map((one) => 0.15 * one);
        for (const [node, edges] of rows.entries()) {
          const sum = edges.reduce((total, [, weight]) => total + weight, 0);
          for (const [target, weight] of edges)
            next[target] = (next[target] ?? 0) + (0.85 * (ranks[node] ?? 0) * weight) / sum;
          if (sum === 0)
            for (const [at, one] of begin.entries())
              next[at] = (next[at] ?? 0) + 0.85 * (ranks[node] ?? 0) * one;
        }
        for (const [node, rank] of ranks.entries()) expect(rank).toBeCloseTo(next[node] ?? 0, 3);
      }),
    );
  });
});

test('names of several words weigh more, private and common ones less', () => {
  expect(nameWeight('parseArguments', 1)).toBe(10);
  expect(nameWeight('run', 1)).toBe(1);
  expect(nameWeight('_x', 1)).toBeCloseTo(0.1);
  expect(nameWeight('run', 20)).toBeCloseTo(0.1);
});

test('takes as much as fits', () => {
  expect(mostThatFits(10, 7, (count) => count * 2)).toBe(3);
  expect(mostThatFits(3, 100, (count) => count)).toBe(3);
  expect(mostThatFits(3, 0, (count) => count)).toBe(0);
});
