import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VectorHit, VectorStore } from '../../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import { add, batchOf, content, openStore, storeFolder, unit } from '../../support/store.js';

const all = () => true;
const idsOf = (hits: readonly VectorHit[]) => hits.map(({ key, ord }) => `${key}:${ord}`);

/** The chunks of a store, nearest to a query first. */
async function nearest(vectors: VectorStore, query: Float32Array, limit = 10): Promise<string[]> {
  return idsOf((await vectors.scan(query, 10)).nearest(limit, all));
}

describe('vectors', () => {
  test('are found by cosine similarity, in a stable order', async () => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two', 'three']), content('b', ['four']));
    const vectors = await store.vectors('model', 3);
    await vectors.add(
      batchOf(
        { key: 'b', ord: 0, vector: unit(1, 0, 0) },
        { key: 'a', ord: 2, vector: unit(1, 0, 0) },
        { key: 'a', ord: 0, vector: unit(1, 0, 0) },
        { key: 'a', ord: 1, vector: unit(-3, 4, 0) },
      ),
    );
    const hits = (await vectors.scan(Float32Array.of(2, 0, 0), 10)).nearest(10, all);
    expect(idsOf(hits)).toEqual(['a:0', 'a:2', 'b:0', 'a:1']);
    expect(hits.map(({ similarity }) => similarity)).toEqual([1, 1, 1, expect.closeTo(-0.6, 2)]);
  });

  test('only wanted contents are found, and each is asked for once', async () => {
    const store = await openStore();
    const texts = Array.from({ length: 50 }, (_, i) => `chunk ${i}`);
    await add(store, content('a', texts), content('b', texts), content('c', ['one']));
    const vectors = await store.vectors('model', 2);
    const rows = (key: string, x: number) => texts.map((_, ord) => ({ key, ord, vector: unit(x, ord + 1) }));
    await vectors.add(batchOf(...rows('a', 50), ...rows('b', 0.1)));
    const asked: string[] = [];
    const hits = (await vectors.scan(unit(1, 0), 10)).nearest(3, (key) => {
      asked.push(key);
      return key === 'b';
    });
    expect(idsOf(hits)).toEqual(['b:0', 'b:1', 'b:2']);
    expect(asked).toEqual(['a', 'b']);
  });

  test('adding is idempotent', async () => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two']));
    const vectors = await store.vectors('model', 2);
    const row = { key: 'a', ord: 0, vector: unit(1, 2) };
    await vectors.add(batchOf(row, { ...row, vector: unit(-1, 0) }));
    await Promise.all([vectors.add(batchOf(row)), vectors.add(batchOf(row))]);
    await vectors.add(batchOf({ ...row, vector: unit(2, -1) }, { key: 'a', ord: 1, vector: unit(2, -1) }));
    expect(vectors.count).toBe(2);
    expect(await nearest(vectors, unit(1, 2))).toEqual(['a:0', 'a:1']);
  });

  const good = batchOf({ key: 'a', ord: 0, vector: unit(1, 2) }, { key: 'a', ord: 1, vector: unit(1, 2) });
  test.each([
    ['too few values', { ...good, values: good.values.subarray(1) }],
    ['too many values', { ...good, ids: good.ids.slice(1), scales: good.scales.subarray(1) }],
    ['too few scales', { ...good, scales: good.scales.subarray(1) }],
    ['a scale that is not a number', { ...good, scales: Float32Array.of(1, Number.NaN) }],
    ['an infinite scale', { ...good, scales: Float32Array.of(1, Number.POSITIVE_INFINITY) }],
    ['a negative scale', { ...good, scales: Float32Array.of(1, -1) }],
    [
      'an ord that stands for nothing',
      {
        ...good,
        ids: [
          { key: 'a', ord: 0 },
          { key: 'a', ord: -2 },
        ],
      },
    ],
  ])('a batch with %s is refused, and nothing of it is added', async (_name, batch) => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two']));
    const vectors = await store.vectors('model', 2);
    await expect(vectors.add(batch)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
    expect(vectors.count).toBe(0);
    await vectors.add(good);
    expect(await nearest(vectors, unit(1, 2))).toEqual(['a:0', 'a:1']);
  });

  test.each([
    ['too short', unit(1)],
    ['too long', unit(1, 2, 3)],
    ['empty', unit()],
    ['not a number', Float32Array.of(Number.NaN, 1)],
    ['infinite', Float32Array.of(Number.POSITIVE_INFINITY, 1)],
  ])('a query that is %s is refused', async (_name, query) => {
    const store = await openStore();
    const vectors = await store.vectors('model', 2);
    await expect(vectors.scan(query, 10)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
  });

  test('a vector of zeros is like nothing, and nothing is like a query of zeros', async () => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two', 'three']));
    const vectors = await store.vectors('model', 2);
    await vectors.add(
      batchOf(
        { key: 'a', ord: 0, vector: unit(-1, 0) },
        { key: 'a', ord: 1, vector: unit(0, 0) },
        { key: 'a', ord: 2, vector: unit(1, 0) },
      ),
    );
    const similarities = async (query: Float32Array) =>
      (await vectors.scan(query, 10)).nearest(10, all).map(({ ord, similarity }) => [ord, similarity]);
    expect(await similarities(unit(1, 0))).toEqual([
      [2, 1],
      [1, 0],
      [0, -1],
    ]);
    expect((await similarities(unit(0, 0))).map(([, similarity]) => Math.abs(similarity ?? 1))).toEqual([
      0, 0, 0,
    ]);
    expect(await vectors.vectorOf({ key: 'a', ord: 1 })).toEqual(unit(0, 0));
  });

  test('a vector is given back, of unit length', async () => {
    const store = await openStore();
    await add(store, content('a', ['one']));
    const vectors = await store.vectors('model', 3);
    await vectors.add(batchOf({ key: 'a', ord: 0, vector: unit(1, -2, 2) }));
    const vector = await vectors.vectorOf({ key: 'a', ord: 0 });
    expect([...(vector ?? [])]).toEqual([1 / 3, -2 / 3, 2 / 3].map((value) => expect.closeTo(value, 2)));
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 6);
    expect(await vectors.vectorOf({ key: 'a', ord: 1 })).toBe(null);
  });

  test('those of several models stand side by side and are dropped alone', async () => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('a', ['one']));
    const one = (...values: number[]) => batchOf({ key: 'a', ord: 0, vector: unit(...values) });
    await (await first.vectors('nomic.v1-5_256', 2)).add(one(1, 2));
    await (await first.vectors('other', 3)).add(one(1, 2, 3));
    await expect(first.vectors('other', 2)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
    await first.close();
    const store = await openStore(folder);
    expect(await store.vectorIds()).toEqual(['nomic.v1-5_256', 'other']);
    await expect(store.vectors('other', 2)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
    await store.dropVectors('other');
    expect(await store.vectorIds()).toEqual(['nomic.v1-5_256']);
    expect((await store.vectors('nomic.v1-5_256', 2)).count).toBe(1);
    expect((await store.vectors('other', 2)).count).toBe(0);
  });

  test('go with their content, opened or not', async () => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('a', ['one']), content('b', ['two']), content('c', ['three']));
    const vectors = await first.vectors('model', 2);
    await vectors.add(batchOf(...['a', 'b', 'c'].map((key, i) => ({ key, ord: 0, vector: unit(1, i) }))));
    const scores = await vectors.scan(unit(1, 1), 10);
    await first.deleteContents(['a']);
    expect(vectors.count).toBe(2);
    expect(vectors.has({ key: 'a', ord: 0 })).toBe(false);
    expect(idsOf(scores.nearest(10, all))).toEqual(['b:0', 'c:0']);
    expect(scores.of(['a'])[0]?.nearest).toEqual([]);
    expect(await nearest(vectors, unit(1, 1))).toEqual(['b:0', 'c:0']);
    await first.close();
    const second = await openFamilyStore(folder);
    await second.deleteContents(['b']);
    await second.close();
    const store = await openStore(folder);
    const left = await store.vectors('model', 2);
    expect(await nearest(left, unit(1, 1))).toEqual(['c:0']);
    expect(left.count).toBe(1);
  });

  test('those of a content that is not there yet are found when it is', async () => {
    const store = await openStore();
    const vectors = await store.vectors('model', 2);
    await vectors.add(batchOf({ key: 'a', ord: 0, vector: unit(1, 2) }));
    const scores = await vectors.scan(unit(1, 2), 10);
    expect([scores.nearest(1, all), scores.of(['a'])[0]?.nearest]).toEqual([[], []]);
    await add(store, content('a', ['one']));
    expect(idsOf(scores.nearest(1, all))).toEqual(['a:0']);
  });

  test('may be opened, deleted from and dropped at the same time', async () => {
    const store = await openStore();
    await add(store, content('a', ['one']), content('b', ['two']));
    const [vectors] = await Promise.all([
      store.vectors('model', 2),
      store.deleteContents(['a']),
      store.maintain(),
      store.vectors('other', 3),
      store.dropVectors('other'),
      store.deleteContents(['b']),
    ]);
    expect(vectors.count).toBe(0);
    expect(await store.vectorIds()).toEqual(['model']);
  });

  test('withoutVector gives live chunks that lack one, up to the limit', async () => {
    const store = await openStore();
    await add(
      store,
      content('a', ['one', 'two', 'three']),
      content('b', ['four']),
      content('dead', ['five']),
    );
    const vectors = await store.vectors('model', 2);
    await vectors.add(batchOf({ key: 'a', ord: 1, vector: unit(1, 0) }));
    const live = new Set(['a', 'b']);
    const texts = async (limit: number) =>
      (await store.withoutVector(vectors, live, limit)).map(({ text }) => text);
    expect(await texts(10)).toEqual(['one', 'three', 'four']);
    expect(await texts(2)).toEqual(['one', 'three']);
  });

  test('many small commits leave few files after maintenance, and everything is found', async () => {
    const folder = storeFolder();
    const store = await openStore(folder);
    const vectors = await store.vectors('model', 2);
    const texts = Array.from({ length: 60 }, (_, i) => `chunk ${i}`);
    await add(store, content('a', texts));
    for (const ord of texts.keys()) await vectors.add(batchOf({ key: 'a', ord, vector: unit(1, ord) }));
    await store.maintain();
    const files = readdirSync(join(folder, 'tables'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /vec-.*[/\\]data[/\\]/.test(path)).length).toBeLessThan(5);
    expect(await nearest(vectors, unit(1, 30), 1)).toEqual(['a:30']);
    expect(await vectors.vectorOf({ key: 'a', ord: 59 })).not.toBe(null);
  });

  test('a table of other columns is replaced', async () => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('a', ['one']));
    await first.close();
    const lance = await import('@lancedb/lancedb');
    const db = await lance.connect(join(folder, 'tables'));
    (await db.createTable('vec-00000000-model', [{ key: 'a', ord: 0, vector: [1, 2] }])).close();
    const store = await openStore(folder);
    const vectors = await store.vectors('model', 2);
    expect(vectors.count).toBe(0);
    expect(store.repairs.map(({ what }) => what).join()).toContain('columns');
    await vectors.add(batchOf({ key: 'a', ord: 0, vector: unit(1, 2) }));
    expect(await nearest(vectors, unit(1, 2))).toEqual(['a:0']);
  });
});
