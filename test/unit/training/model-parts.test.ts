import { describe, expect, test } from 'vitest';
import { pairNumbers } from '../../../src/training/model/dataset-files.js';
import { grouping, splitPairs } from '../../../src/training/model/groups.js';
import { groupSize } from '../../../src/training/model/memory.js';
import { quantiseRows } from '../../../src/training/model/quantise.js';
import { Random } from '../../../src/training/model/random.js';
import { type PairTable, type SelectionRules, select } from '../../../src/training/model/selection.js';
import { chooseVocabulary, rootRows } from '../../../src/training/model/vocabulary.js';

const rules: SelectionRules = {
  wanted: 1e9,
  perFile: 1e9,
  rates: {},
  repeats: { name: 3, other: 2 },
  balance: 1,
  seed: 1,
};

/** A table of pairs given as [file, kind, language, query, document]. */
function tableOf(rows: readonly [number, number, number, number, number][]): PairTable {
  const column = (at: number) => rows.map((row) => row[at] as number);
  return {
    file: Uint32Array.from(column(0)),
    kind: Uint8Array.from(column(1)),
    language: Uint8Array.from(column(2)),
    query: Uint32Array.from(column(3)),
    document: Uint32Array.from(column(4)),
  };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('select', () => {
  test('takes a query only so often, by the kind of pair', () => {
    const table = tableOf(range(20).map((at) => [0, at < 10 ? 0 : 1, 0, at < 10 ? 5 : 6, at]));
    const chosen = select(table, ['name', 'doc'], rules);
    expect([...chosen].filter((pair) => pair < 10)).toHaveLength(3);
    expect([...chosen].filter((pair) => pair >= 10)).toHaveLength(2);
  });

  test('takes a document once a kind', () => {
    const table = tableOf(range(20).map((at) => [0, at % 2, 0, at, 9]));
    expect(select(table, ['name', 'doc'], rules)).toHaveLength(2);
  });

  test('takes thin languages whole before thick ones', () => {
    const table = tableOf(range(1100).map((at) => [0, 0, at < 100 ? 0 : 1, at, at]));
    const chosen = [...select(table, ['doc'], { ...rules, wanted: 300, balance: 0 })];
    expect(chosen.filter((pair) => pair < 100)).toHaveLength(100);
    expect(chosen.length).toBeGreaterThanOrEqual(299);
    expect(chosen.length).toBeLessThanOrEqual(302);
  });

  test('takes no more of a package than allowed, and a share of a kind', () => {
    const table = tableOf(range(1000).map((at) => [at < 500 ? 0 : 1, 0, 0, at, at]));
    expect(select(table, ['doc'], { ...rules, perFile: 50 })).toHaveLength(100);
    const some = select(table, ['doc'], { ...rules, rates: { doc: 0.3 } }).length;
    expect(some).toBeGreaterThan(230);
    expect(some).toBeLessThan(370);
  });

  test('chooses the same again, in order, and something else with another seed', () => {
    const table = tableOf(range(1000).map((at) => [0, 0, 0, at, at]));
    const half = { ...rules, rates: { doc: 0.5 } };
    const chosen = [...select(table, ['doc'], half)];
    expect([...select(table, ['doc'], half)]).toEqual(chosen);
    expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
    expect([...select(table, ['doc'], { ...half, seed: 2 })]).not.toEqual(chosen);
  });
});

describe('grouping', () => {
  /** Pairs of packages with these sizes; the first two are of one language, the others of another. */
  function pairsOf(sizes: readonly number[]) {
    const sources = sizes.flatMap((size, index) =>
      range(size).map(() => ((index < 2 ? 0 : 1) << 16) | index),
    );
    const pairs = new Uint32Array(sources.length * pairNumbers);
    for (const [pair, source] of sources.entries()) {
      pairs.set([0, 0, 0, 0, pair, pair * 7919, 0, source], pair * pairNumbers);
    }
    return { pairs, tokens: new Uint32Array(0) };
  }

  test('keeps packages together, then languages, and uses no pair twice', () => {
    const dataset = pairsOf([2 * groupSize + 300, 212, groupSize]);
    const all = Uint32Array.from(range(dataset.pairs.length / pairNumbers));
    const groups = grouping(dataset, all, 1);
    expect(groups).toHaveLength(4 * groupSize);
    expect(new Set(groups).size).toBe(groups.length);
    const packages = range(4).map((group) => {
      const members = groups.subarray(group * groupSize, (group + 1) * groupSize);
      return [...new Set([...members].map((pair) => dataset.pairs[pair * pairNumbers + 7] as number))].sort();
    });
    expect(packages.map((of) => of.length).sort()).toEqual([1, 1, 1, 2]);
    expect(packages.find((of) => of.length === 2)).toEqual([0, 1]);
    expect([...grouping(dataset, all, 1)]).toEqual([...groups]);
    expect([...grouping(dataset, all, 2)]).not.toEqual([...groups]);
  });

  test('keeps about one pair in a hundred out of training', () => {
    const { training, heldOut } = splitPairs(pairsOf([20_000]));
    expect(training.length + heldOut.length).toBe(20_000);
    expect(heldOut.length).toBeGreaterThan(100);
    expect(heldOut.length).toBeLessThan(300);
  });
});

describe('quantiseRows', () => {
  const unpack = (packed: Uint8Array, scale: number) =>
    [...packed].flatMap((byte) => [((byte & 15) - 8) * scale, ((byte >> 4) - 8) * scale]);

  test('keeps numbers that four bits can hold, and the weight', () => {
    const row = [-7, -3, 0, 1, 2, 5, 6, 7];
    const { rows, scales } = quantiseRows(Float32Array.from(row), 8, Float32Array.of(3));
    for (const [at, value] of unpack(rows, scales[0] as number).entries()) {
      expect(value).toBeCloseTo(3 * (row[at] as number), 5);
    }
  });

  test('points a row of 256 numbers in nearly the same direction', () => {
    const random = new Random(3);
    const row = Float32Array.from({ length: 256 }, () => random.next() + random.next() + random.next() - 1.5);
    const { rows, scales } = quantiseRows(row, 256, Float32Array.of(1));
    const rounded = unpack(rows, scales[0] as number);
    const dot = rounded.reduce((sum, value, at) => sum + value * (row[at] as number), 0);
    expect(dot / (Math.hypot(...rounded) * Math.hypot(...row))).toBeGreaterThan(0.99);
  });

  test('keeps a row of zeros', () => {
    const { rows, scales } = quantiseRows(new Float32Array(16), 16, Float32Array.of(1));
    expect(unpack(rows, scales[0] as number).every((value) => value === 0)).toBe(true);
  });
});

describe('chooseVocabulary', () => {
  const frequencies = new Map([
    ['connect', 50],
    ['connection', 40],
    ['connector', 30],
    ['zebra', 20],
    ['the', 900],
    ['12', 800],
    ['rar', 1],
  ]);

  test('takes the most frequent words and roots, without stop words and short numbers', () => {
    const found = chooseVocabulary(frequencies, { words: 3, roots: 2 });
    expect(found.words).toEqual(['connect', 'connection', 'connector']);
    expect(found.roots).toEqual(['connect', 'zebra']);
    expect(found.counts).toEqual([50, 40, 30, 120, 20]);
    expect(found.stops).toContain('the');
    expect([...rootRows(found)]).toEqual([3, 3, 3]);
  });
});
