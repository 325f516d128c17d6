import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  FamilyStore,
  VectorBatch,
  VectorHit,
  VectorScores,
  VectorStore,
} from '../../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import { add, batchOf, content, openStore, storeFolder, unit } from '../../support/store.js';

const all = () => true;
/** What the arithmetic of 32-bit numbers and the rounding of the query may change of a similarity. */
const tolerance = 1e-4;

/** Vectors by content and ord, as plain numbers. */
type Model = Map<string, Map<number, number[]>>;

function remember(model: Model, { ids, values, scales }: VectorBatch, dimensions: number): void {
  for (const [i, { key, ord }] of ids.entries()) {
    const rows = model.get(key) ?? new Map<number, number[]>();
    const bytes = values.subarray(i * dimensions, (i + 1) * dimensions);
    if (!rows.has(ord))
      rows.set(
        ord,
        Array.from(bytes, (byte) => byte * (scales[i] ?? 0)),
      );
    model.set(key, rows);
  }
}

function similarity(vector: readonly number[], query: Float32Array): number {
  const length = Math.hypot(...query);
  return length === 0 ? 0 : vector.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0) / length;
}

/** All chunks of some contents with their similarities, by the definition. */
function naive(model: Model, query: Float32Array, wanted: (key: string) => boolean): VectorHit[] {
  return [...model].flatMap(([key, rows]) =>
    [...rows]
      .filter(() => wanted(key))
      .map(([ord, vector]) => ({ key, ord, similarity: similarity(vector, query) })),
  );
}

/** Checks that hits are the nearest of some, in order, up to differences that do not matter. */
function expectNearest(hits: readonly VectorHit[], of: readonly VectorHit[], limit: number): void {
  expect(hits).toHaveLength(Math.min(limit, of.length));
  const expected = new Map(of.map((hit) => [`${hit.key}:${hit.ord}`, hit.similarity]));
  for (const [i, hit] of hits.entries()) {
    const id = `${hit.key}:${hit.ord}`;
    expect(Math.abs(hit.similarity - (expected.get(id) ?? 9)), id).toBeLessThan(tolerance);
    expected.delete(id);
    const before = hits[i - 1];
    if (!before) continue;
    const inOrder =
      before.similarity > hit.similarity ||
      (before.similarity === hit.similarity &&
        (before.key < hit.key || (before.key === hit.key && before.ord < hit.ord)));
    expect(inOrder, `${before.key}:${before.ord} before ${id}`).toBe(true);
  }
  const least = hits.length === limit ? (hits.at(-1)?.similarity ?? 2) : 2;
  for (const [id, left] of expected) expect(left, id).toBeLessThan(least + tolerance);
}

function expectSame(scores: VectorScores, model: Model, query: Float32Array): void {
  for (const limit of [1, 3, 1000])
    expectNearest(scores.nearest(limit, all), naive(model, query, all), limit);
  const some = (key: string) => key < 'c';
  expectNearest(scores.nearest(2, some), naive(model, query, some), 2);
  expect(scores.nearest(0, all)).toEqual([]);
  for (const key of model.keys()) {
    const own = (one: string) => one === key;
    const [found] = scores.of([key]);
    expectNearest(found?.nearest ?? [], naive(model, query, own), Number.POSITIVE_INFINITY);
    const [best] = scores.of([key], 2);
    expect(best?.nearest).toEqual(found?.nearest.slice(0, 2));
  }
  expect(scores.of(['none'])).toEqual([{ nearest: [], whole: null }]);
}

const keys = ['a', 'b', 'c', 'größe', "it's"];
const chunksEach = 5;

describe('a scan against a model', () => {
  const id = fc.record({ key: fc.constantFrom(...keys), ord: fc.integer({ min: 0, max: chunksEach - 1 }) });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        rows: fc.array(fc.record({ id, seed: fc.nat(1000) }), { minLength: 1, maxLength: 8 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('delete' as const), key: fc.constantFrom(...keys) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('maintain' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('scan' as const), seed: fc.nat(1000) }) },
  );
  // Equal seeds give equal vectors, so that there are equal similarities.
  const vectorOf = (seed: number, dimensions: number) =>
    unit(...Array.from({ length: dimensions }, (_, i) => Math.round(3 * Math.sin((seed % 12) * 7 + i * i))));

  const contents = (of: readonly string[]) => of.map((key) => content(key, Array(chunksEach).fill(key)));

  test.each([3, 48])('any sequence of steps, %i dimensions', async (dimensions) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const folder = storeFolder();
        let store: FamilyStore = await openFamilyStore(folder);
        const model: Model = new Map();
        const snapshots: { scores: VectorScores; model: Model; query: Float32Array }[] = [];
        try {
          await add(store, ...contents(keys));
          let vectors: VectorStore = await store.vectors('model', dimensions);
          for (const one of steps) {
            if (one.do === 'add') {
              const rows = one.rows.map(({ id, seed }) => ({ ...id, vector: vectorOf(seed, dimensions) }));
              const batch = batchOf(...rows);
              await vectors.add(batch);
              remember(model, batch, dimensions);
            } else if (one.do === 'delete') {
              await store.deleteContents([one.key]);
              model.delete(one.key);
              for (const snapshot of snapshots) snapshot.model.delete(one.key);
              for (const { scores, model, query } of snapshots) expectSame(scores, model, query);
              await add(store, ...contents([one.key]));
            } else if (one.do === 'maintain') {
              await store.maintain();
            } else if (one.do === 'reopen') {
              snapshots.length = 0;
              await store.close();
              store = await openFamilyStore(folder);
              expect(store.repairs).toEqual([]);
              vectors = await store.vectors('model', dimensions);
            } else {
              const query = vectorOf(one.seed, dimensions);
              const scores = await vectors.scan(query, 10);
              expectSame(scores, model, query);
              snapshots.push({
                scores,
                model: new Map([...model].map(([key, rows]) => [key, new Map(rows)])),
                query,
              });
            }
            const chunks = [...model.values()].flatMap((rows) => [...rows.keys()]);
            expect(vectors.count).toBe(chunks.length);
          }
          for (const { scores, model, query } of snapshots) expectSame(scores, model, query);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('a scan of many vectors', () => {
  const count = 6_000;
  const dimensions = 8;
  const vectorAt = (i: number) =>
    unit(...Array.from({ length: dimensions }, (_, k) => Math.sin(i * (k + 1) * 0.7)));
  const rowsOf = (key: string, from = 0) =>
    Array.from({ length: count }, (_, ord) => ({ key, ord, vector: vectorAt(from + ord) }));
  const texts = Array<string>(count).fill('text');

  test('what is added or deleted while they are read in is neither lost nor found', async () => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('a', texts), content('b', texts), content('c', texts));
    await (await first.vectors('model', dimensions)).add(batchOf(...rowsOf('a'), ...rowsOf('b', count)));
    await first.close();
    const store = await openStore(folder);
    const vectors = await store.vectors('model', dimensions);
    const late = batchOf(...rowsOf('c', 2 * count));
    const [scores] = await Promise.all([
      vectors.scan(vectorAt(7), 10),
      vectors.scan(vectorAt(8), 10),
      vectors.add(late),
      store.deleteContents(['a']),
    ]);
    expect(scores.of(['a'])).toEqual([{ nearest: [], whole: null }]);
    expect(scores.nearest(10, (key) => key === 'b')).toHaveLength(10);
    const model: Model = new Map();
    remember(model, batchOf(...rowsOf('b', count)), dimensions);
    remember(model, late, dimensions);
    const query = vectorAt(2 * count + 5);
    const after = await vectors.scan(query, 10);
    expectNearest(after.nearest(50, all), naive(model, query, all), 50);
    expect(after.nearest(1, all)[0]).toMatchObject({ key: 'c', ord: 5 });
  });

  test('room of those deleted is given back by maintenance', async () => {
    const store = await openStore();
    const contents = ['a', 'b', 'c'];
    await add(store, ...contents.map((key) => content(key, texts)));
    const vectors = await store.vectors('model', dimensions);
    await vectors.add(batchOf(...contents.flatMap((key, i) => rowsOf(key, i * count))));
    const before = await vectors.scan(vectorAt(count + 3), 10);
    await store.deleteContents(['a', 'c']);
    await store.maintain();
    const after = await vectors.scan(vectorAt(count + 3), 10);
    expect(after.nearest(5, all)).toEqual(before.nearest(5, all));
    expect(after.nearest(1, all)[0]).toMatchObject({ key: 'b', ord: 3 });
    expect(after.of(['b'])[0]?.nearest).toHaveLength(count);
    expect(await vectors.vectorOf({ key: 'b', ord: 9 })).not.toBe(null);
  });

  test('goes on after the vectors were released', async () => {
    const store = await openStore(storeFolder(), { vectorsIdleMs: 1 });
    await add(store, content('a', texts));
    const vectors = await store.vectors('model', dimensions);
    await vectors.add(batchOf(...rowsOf('a')));
    for (const i of [3, 4]) {
      expect((await vectors.scan(vectorAt(i), 10)).nearest(1, all)[0]).toMatchObject({ ord: i });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });

  test('is refused once the store is closed', async () => {
    const store = await openFamilyStore(storeFolder());
    await add(store, content('a', ['one']));
    const vectors = await store.vectors('model', 2);
    await vectors.add(batchOf({ key: 'a', ord: 0, vector: unit(1, 2) }));
    await store.close();
    await expect(vectors.scan(unit(1, 2), 10)).rejects.toMatchObject({ kind: 'INDEX_UNAVAILABLE' });
  });
});
