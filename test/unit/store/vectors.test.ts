import { describe, expect, test } from 'vitest';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import { add, content, openStore, storeFolder } from '../../support/store.js';

const unit = (...values: number[]) => Float32Array.from(values);

describe('vectors', () => {
  test('are found by cosine similarity, in a stable order', async () => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two', 'three']));
    const vectors = await store.vectors('model', 3);
    await vectors.add([
      { key: 'a', ord: 2, vector: unit(1, 0, 0) },
      { key: 'a', ord: 0, vector: unit(5, 0, 0) },
      { key: 'a', ord: 1, vector: unit(0, 1, 0) },
    ]);
    const hits = await vectors.search(unit(2, 0, 0), 10);
    expect(hits.map(({ key, ord }) => `${key}:${ord}`)).toEqual(['a:0', 'a:2', 'a:1']);
    expect(hits.map(({ similarity }) => similarity)).toEqual([1, 1, 0].map((s) => expect.closeTo(s, 5)));
  });

  test('adding is idempotent', async () => {
    const store = await openStore();
    await add(store, content('a', ['one']));
    const vectors = await store.vectors('model', 2);
    const row = { key: 'a', ord: 0, vector: unit(1, 2) };
    await vectors.add([row, row]);
    await Promise.all([vectors.add([row]), vectors.add([row])]);
    expect(vectors.count).toBe(1);
    expect(await vectors.search(unit(1, 2), 10)).toHaveLength(1);
  });

  test.each([
    ['too short', unit(1)],
    ['too long', unit(1, 2, 3)],
    ['empty', unit()],
    ['not a number', unit(Number.NaN, 1)],
    ['infinite', unit(Number.POSITIVE_INFINITY, 1)],
    ['zero', unit(0, 0)],
  ])('a vector that is %s is refused, and none is added', async (_name, vector) => {
    const store = await openStore();
    await add(store, content('a', ['one', 'two']));
    const vectors = await store.vectors('model', 2);
    const rows = [
      { key: 'a', ord: 0, vector: unit(1, 2) },
      { key: 'a', ord: 1, vector },
    ];
    await expect(vectors.add(rows)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
    expect(vectors.count).toBe(0);
    await expect(vectors.search(vector, 1)).rejects.toMatchObject({ kind: 'INTERNAL_ERROR' });
    await vectors.add(rows.slice(0, 1));
    expect(await vectors.search(unit(1, 2), 10)).toHaveLength(1);
  });

  test('those of several models stand side by side and are dropped alone', async () => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('a', ['one']));
    await (await first.vectors('nomic.v1-5_256', 2)).add([{ key: 'a', ord: 0, vector: unit(1, 2) }]);
    await (await first.vectors('other', 3)).add([{ key: 'a', ord: 0, vector: unit(1, 2, 3) }]);
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
    await vectors.add(['a', 'b', 'c'].map((key, i) => ({ key, ord: 0, vector: unit(1, i) })));
    await first.deleteContents(['a']);
    expect(vectors.count).toBe(2);
    expect(vectors.has({ key: 'a', ord: 0 })).toBe(false);
    await first.close();
    const second = await openFamilyStore(folder);
    await second.deleteContents(['b']);
    await second.close();
    const store = await openStore(folder);
    const left = await store.vectors('model', 2);
    expect((await left.search(unit(1, 1), 10)).map(({ key }) => key)).toEqual(['c']);
    expect(left.count).toBe(1);
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
    await vectors.add([{ key: 'a', ord: 1, vector: unit(1, 0) }]);
    const live = new Set(['a', 'b']);
    const texts = async (limit: number) =>
      (await store.withoutVector(vectors, live, limit)).map(({ text }) => text);
    expect(await texts(10)).toEqual(['one', 'three', 'four']);
    expect(await texts(2)).toEqual(['one', 'three']);
  });

  test('a large set is indexed, and finds the nearest', async () => {
    const store = await openStore();
    const count = 20_500;
    await add(
      store,
      content(
        'a',
        Array.from({ length: count }, (_, i) => `chunk ${i}`),
      ),
    );
    const vectors = await store.vectors('model', 4);
    const at = (i: number) => unit(Math.cos(i), Math.sin(i), Math.cos(i * 0.37), Math.sin(i * 0.37));
    await vectors.add(Array.from({ length: count }, (_, ord) => ({ key: 'a', ord, vector: at(ord) })));
    await store.maintain({ force: true });
    await vectors.add([{ key: 'a', ord: 0, vector: at(0) }]);
    for (const i of [3, 777, 20_499]) expect((await vectors.search(at(i), 3))[0]?.ord).toBe(i);
  });
});
