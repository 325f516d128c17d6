import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FamilyStore, TermCounts } from '../../../src/daemon/store/contract.js';
import { termsOf } from '../../../src/shared/terms.js';
import { add, content, newKey, openStore, partsOf } from '../../support/store.js';

/** What the counts of some contents must be, by their texts. */
function expectCounts(counts: TermCounts, contents: ReadonlyMap<string, readonly string[]>): void {
  const terms = new Map([...contents].map(([key, texts]) => [key, texts.flatMap((text) => termsOf(text))]));
  const all = [...terms.values()];
  expect(counts.contents).toBe(contents.size);
  const length = all.reduce((sum, some) => sum + some.length, 0);
  expect(counts.averageLength).toBeCloseTo(length / Math.max(1, contents.size), 9);
  for (const term of new Set([...all.flat(), 'zeppelin'])) {
    expect(counts.contentsWith(term)).toBe(all.filter((some) => some.includes(term)).length);
    for (const [key, some] of terms) {
      expect(counts.counter([term])(key)).toEqual([some.filter((one) => one === term).length]);
      expect(counts.lengthOf(key)).toBe(some.length);
    }
  }
}

test('follow what is added and deleted', async () => {
  const store = await openStore();
  const contents = new Map<string, string[]>();
  const put = async (...texts: string[]) => {
    const key = newKey();
    await add(store, content(key, texts));
    contents.set(key, texts);
    return key;
  };
  expectCounts(await store.termCounts(), contents);
  const first = await put('session token session', 'find the token');
  expectCounts(await store.termCounts(), contents);
  for (let i = 0; i < 8; i++) await put(`retry number ${i} with backoff`, 'parse 検索 Größe maxRetries');
  expectCounts(await store.termCounts(), contents);
  await put('session again');
  expectCounts(await store.termCounts(), contents);
  await store.deleteContents([first]);
  contents.delete(first);
  expectCounts(await store.termCounts(), contents);
});

test('count contents without chunks and contents that are known not', async () => {
  const store = await openStore();
  await store.addChunks([], new Map([['empty', 0]]), new Map([['empty', partsOf([])]]));
  const counts = await store.termCounts();
  expect(counts).toMatchObject({ contents: 1, averageLength: 0 });
  expect(counts.lengthOf('empty')).toBe(0);
  expect(counts.counter(['session'])('nowhere')).toEqual([0]);
});

test('stop at 255, and cope with many different words', async () => {
  const store = await openStore();
  const key = newKey();
  const words = Array.from({ length: 9_000 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`);
  await add(store, content(key, ['again '.repeat(300), words.join(' ')]));
  const counts = await store.termCounts();
  expect(counts.counter(['none', 'again'])(key)).toEqual([0, 255]);
  expect(counts.lengthOf(key)).toBe(300 + words.flatMap((word) => termsOf(word)).length);
  expect(counts.contentsWith('word')).toBe(1);
});

test('are the same for readers at the same time, while contents are added', async () => {
  const store = await openStore();
  const texts = fc.sample(fc.array(fc.constantFrom('alpha', 'beta', 'gamma', 'delta'), { minLength: 1 }), 30);
  const contents = new Map(texts.map((words) => [newKey(), [words.join(' ')]]));
  const readers: Promise<TermCounts>[] = [];
  for (const [key, some] of contents) {
    readers.push(store.termCounts());
    await add(store, content(key, some));
  }
  await Promise.all(readers);
  expectCounts(await store.termCounts(), contents);
});

test('know how similar a content is as a whole', async () => {
  const store: FamilyStore = await openStore();
  const [key, other] = [newKey(), newKey()];
  await add(store, content(key, ['one', 'two']), content(other, ['three']));
  const vectors = await store.vectors('toy', 4);
  await vectors.add({
    ids: [
      { key, ord: 0 },
      { key, ord: 1 },
    ],
    values: Int8Array.from([127, 0, 0, 0, 0, 127, 0, 0]),
    scales: Float32Array.from([1 / 127, 1 / 127]),
  });
  const scores = await vectors.scan(Float32Array.from([1, 1, 0, 0]), 0);
  const [whole, none] = scores.of([key, other]);
  expect(whole?.whole).toBeCloseTo(1, 3);
  expect(none?.whole).toBeNull();
  const [half] = (await vectors.scan(Float32Array.from([1, 0, 0, 0]), 0)).of([key]);
  expect(half?.whole).toBeCloseTo(Math.SQRT1_2, 3);
});
