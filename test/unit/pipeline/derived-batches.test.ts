import { describe, expect, test } from 'vitest';
import { DerivedBatches } from '../../../src/daemon/pipeline/derived-batches.js';
import type { ByteVectors, DerivedFile, DeriveResult } from '../../../src/workers/messages.js';
import { PackedTerms } from '../../../src/workers/terms/packed.js';

const file = (
  key: string,
  chunks: number,
  status: DerivedFile['status'] = 'ok',
  outline = 0,
  terms = 0,
): DerivedFile => ({
  key,
  path: key,
  status,
  chunks,
  fallback: null,
  outlineBytes: outline,
  termBytes: terms,
});

/** Vectors of two numbers, recognisable by their first. */
function vectors(...firsts: number[]): ByteVectors {
  return {
    values: Int8Array.from(firsts.flatMap((first) => [first, 0])),
    scales: Float32Array.from(firsts, (first) => first / 2),
  };
}

const nothing = { rows: null, rowCount: 0, outlines: new Uint8Array(), terms: new Uint8Array() };

describe('what is derived', () => {
  test('becomes one batch in which each vector has its chunk', () => {
    const batches = new DerivedBatches();
    const first: DeriveResult = {
      ...nothing,
      files: [file('a', 2), file('gone', 0, 'changed'), file('b', 1)],
      vectors: vectors(1, 2, 3),
    };
    const second: DeriveResult = {
      ...nothing,
      files: [file('empty', 0), file('c', 1)],
      vectors: vectors(4),
    };
    batches.add(first);
    batches.add(second);
    const batch = batches.vectors();
    expect(batch?.ids).toEqual([
      { key: 'a', ord: 0 },
      { key: 'a', ord: 1 },
      { key: 'b', ord: 0 },
      { key: 'c', ord: 0 },
    ]);
    expect([...(batch?.values ?? [])]).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
    expect([...(batch?.scales ?? [])]).toEqual([0.5, 1, 1.5, 2]);
  });

  test('counts chunks of contents that are as they were, and those without chunks', () => {
    const batches = new DerivedBatches();
    batches.add({ ...nothing, files: [file('a', 2), file('gone', 0, 'changed')], vectors: null });
    batches.addEmpty('fatal');
    expect([...batches.contents]).toEqual([
      ['a', 2],
      ['fatal', 0],
    ]);
    expect(batches.vectors()).toBeNull();
  });

  test('gives each content its own outline and terms, an empty outline where there is none', () => {
    const batches = new DerivedBatches();
    batches.add({
      ...nothing,
      files: [
        file('a', 1, 'ok', 2, 1),
        file('gone', 0, 'changed'),
        file('none', 1, 'ok', 0, 2),
        file('b', 1, 'ok', 3, 1),
      ],
      outlines: Uint8Array.of(1, 2, 3, 4, 5),
      terms: Uint8Array.of(6, 7, 8, 9),
      vectors: null,
    });
    expect([...batches.parts].map(([key, { outline, terms }]) => [key, [...outline], [...terms]])).toEqual([
      ['a', [1, 2], [6]],
      ['none', [], [7, 8]],
      ['b', [3, 4, 5], [9]],
    ]);
    batches.addEmpty('fatal');
    const fatal = batches.parts.get('fatal');
    expect(fatal?.outline).toHaveLength(0);
    expect(new PackedTerms(fatal?.terms ?? new Uint8Array())).toMatchObject({ chunks: 0, terms: 0 });
  });
});
