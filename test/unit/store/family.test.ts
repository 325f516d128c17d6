import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FamilyStore } from '../../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import { termsOf } from '../../../src/shared/terms.js';
import type { ChunkRow } from '../../../src/workers/chunk-rows.js';
import {
  add,
  content,
  keysFound,
  newKey,
  openStore,
  partsOf,
  storeFolder,
  streamOf,
} from '../../support/store.js';

describe('a family store', () => {
  test('finds what was added at once, and gives it back whole', async () => {
    const store = await openStore();
    const key = newKey();
    const rows = content(key, ['function parseHttpRequest() {}', 'const zebra = 1;']);
    await add(store, rows);
    expect([...store.keys]).toEqual([[key, 2]]);
    const hits = await store.searchText({ terms: termsOf('parse http'), column: 'terms', limit: 10 });
    expect(hits).toHaveLength(1);
    const { text: _text, terms: _terms, ...small } = rows[0] as ChunkRow;
    expect(hits[0]).toEqual({ ...small, score: expect.any(Number) });
    expect(
      await store.fetch([
        { key, ord: 1 },
        { key, ord: 0 },
        { key, ord: 9 },
      ]),
    ).toEqual([rows[1], rows[0]]);
    expect((await store.chunksOf([key])).map(({ ord }) => ord)).toEqual([0, 1]);
  });

  test('any of the terms may match, and more matches score higher', async () => {
    const store = await openStore();
    const [a, b, c] = [newKey(), newKey(), newKey()];
    await add(store, content(a, ['alpha beta']), content(b, ['alpha gamma']), content(c, ['delta epsilon']));
    expect(await keysFound(store, 'alpha beta')).toEqual([a, b]);
  });

  test('symbols match whatever their case', async () => {
    const store = await openStore();
    const key = newKey();
    await add(store, content(key, ['x'], { symbols: 'ParseRequest Other_Name' }));
    const query = { column: 'symbols' as const, limit: 5 };
    expect(await store.searchText({ ...query, terms: ['parserequest'] })).toHaveLength(1);
    expect(await store.searchText({ ...query, terms: ['other_name'] })).toHaveLength(1);
    expect(await store.searchText({ ...query, terms: ['other'] })).toHaveLength(0);
  });

  test('filters by language and kind before the limit', async () => {
    const store = await openStore();
    const [go, odd] = [newKey(), newKey()];
    const many = Array.from({ length: 30 }, (_, i) => content(newKey(), [`needle number${i} needle needle`]));
    await add(store, ...many, content(go, ['a needle'], { language: 'go', kind: 'method' }));
    await add(store, content(odd, ['the needle'], { language: "o'caml -- \\ %", kind: '"quoted"' }));
    const search = (filter: { languages?: string[]; kinds?: string[] }) =>
      store.searchText({ terms: termsOf('needle'), column: 'terms', limit: 5, ...filter });
    for (const between of [() => undefined, () => store.maintain()]) {
      await between();
      expect((await search({ languages: ['go'] })).map(({ key }) => key)).toEqual([go]);
      expect((await search({ kinds: ['method', 'nothing'] })).map(({ key }) => key)).toEqual([go]);
      expect((await search({ languages: ["o'caml -- \\ %"] })).map(({ key }) => key)).toEqual([odd]);
      expect((await search({ kinds: ['"quoted"'] })).map(({ key }) => key)).toEqual([odd]);
      expect(await search({ languages: ['go'], kinds: ['function'] })).toEqual([]);
      expect(await search({ languages: [] })).toEqual([]);
      expect(await search({})).toHaveLength(5);
    }
  });

  test('equal scores come in the order of key and ord', async () => {
    const store = await openStore();
    const contents = Array.from({ length: 20 }, () => content(newKey(), ['same words', 'same words']));
    for (const rows of contents) await add(store, rows);
    const expected = contents
      .flat()
      .map(({ key, ord }) => `${key}:${ord}`)
      .toSorted();
    const found = async () => {
      const hits = await store.searchText({ terms: termsOf('same words'), column: 'terms', limit: 100 });
      return hits.map(({ key, ord }) => `${key}:${ord}`);
    };
    expect(await found()).toEqual(expected);
    await store.maintain();
    expect(await found()).toEqual(expected);
  });

  test.each([
    ['quotes', `it's "quoted" \`ticked\``],
    ['query syntax', 'AND OR NOT +must -not "phrase" a~2 b^3 (group) field:value *? [1 TO 2]'],
    ['escapes', String.raw`back\slash \u0041 \n 100% _under_ ; DROP TABLE chunks; --`],
    ['unicode', 'Größe naïve 変数名 переменная 😀 \u{1d4d0} \u0301'],
    ['control characters', 'a\0b\u0001c\u200bd'],
  ])('%s in every field do no harm', async (_name, odd) => {
    const store = await openStore();
    const key = `k'${odd.slice(0, 8)}`;
    const [row] = content(key, [odd], { name: odd, scope: odd, symbols: odd, kind: odd, language: odd });
    const rows = [{ ...(row as ChunkRow), terms: odd }];
    await add(store, rows, content(newKey(), ['something else']));
    expect(await store.fetch([{ key, ord: 0 }])).toEqual(rows);
    for (const word of odd.split(' ')) {
      const hits = await store.searchText({ terms: [word], column: 'terms', limit: 10 });
      expect(
        hits.map((hit) => hit.key),
        word,
      ).toEqual([key]);
    }
    expect(
      await store.searchText({ terms: odd.split(' '), column: 'symbols', limit: 10, kinds: [odd] }),
    ).toHaveLength(1);
    await store.deleteContents([key]);
    expect(await store.fetch([{ key, ord: 0 }])).toEqual([]);
    expect(store.keys.size).toBe(1);
  });

  test('a content that is there already is not added twice', async () => {
    const store = await openStore();
    const [a, b, c] = [newKey(), newKey(), newKey()];
    await add(store, content(a, ['one', 'two']));
    await Promise.all([
      add(store, content(b, ['three']), content(a, ['one', 'two']), content(c, ['four'])),
      add(store, content(c, ['four']), content(a, ['one', 'two'])),
    ]);
    expect(Object.fromEntries(store.keys)).toEqual({ [a]: 2, [b]: 1, [c]: 1 });
    expect((await store.stats()).chunks).toBe(4);
    expect(await keysFound(store, 'one')).toEqual([a]);
    expect(await keysFound(store, 'four')).toEqual([c]);
  });

  test('content without chunks is known, and needs no rows', async () => {
    const store = await openStore();
    await store.addChunks([], new Map([['empty', 0]]), new Map([['empty', partsOf([])]]));
    expect(store.keys.get('empty')).toBe(0);
    expect(await store.searchText({ terms: ['x'], column: 'terms', limit: 1 })).toEqual([]);
  });

  test('refuses rows that are not those of the contents', async () => {
    const store = await openStore();
    const rows = content('k', ['a', 'b']);
    await expect(store.addChunks([streamOf(rows)], new Map([['k', 3]]))).rejects.toMatchObject({
      kind: 'INTERNAL_ERROR',
    });
    expect(store.keys.size).toBe(0);
  });

  test('takes no more writes once it is closed', async () => {
    const store = await openFamilyStore(storeFolder());
    await store.close();
    await expect(store.maintain()).rejects.toMatchObject({ kind: 'INDEX_UNAVAILABLE' });
  });

  test('many small commits leave few files after maintenance, and everything is found', async () => {
    const folder = storeFolder();
    const store = await openStore(folder);
    const keys: string[] = [];
    for (let i = 0; i < 120; i++) {
      const key = newKey();
      keys.push(key);
      await add(store, content(key, [`common word${i}`]));
    }
    await store.maintain();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeLessThan(60);
    expect((await keysFound(store, 'common', 200)).toSorted()).toEqual(keys.toSorted());
  });

  test('searches go on during maintenance', async () => {
    const store = await openStore();
    for (let i = 0; i < 60; i++) await add(store, content(newKey(), [`common word${i}`]));
    let running = true;
    const work = (async () => {
      for (let i = 0; i < 3; i++) {
        await store.maintain();
        await add(store, content(newKey(), ['late']));
      }
      running = false;
    })();
    let searches = 0;
    while (running) {
      const hits = await store.searchText({ terms: termsOf('common'), column: 'terms', limit: 100 });
      expect(hits).toHaveLength(60);
      expect(await store.fetch(hits)).toHaveLength(60);
      searches++;
      // All of it is in memory, so that nothing else would have its turn.
      await nextTurn();
    }
    await work;
    expect(searches).toBeGreaterThan(0);
  });

  test('a store of another place in one process has its own content', async () => {
    const folder = join(storeFolder(), 'store');
    const first = await openFamilyStore(folder);
    await add(first, content('first', ['alpha']));
    await first.close();
    const { rm } = await import('node:fs/promises');
    await rm(folder, { recursive: true });
    const second = await openStore(folder);
    expect(second.keys.size).toBe(0);
    await add(second, content('second', ['alpha']));
    expect(await keysFound(second, 'alpha')).toEqual(['second']);
  });
});

describe('a store against a model', () => {
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'parseRequest', 'read_file', "it's", 'größe');
  const texts = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        contents: fc.array(texts, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('delete' as const),
        nth: fc.array(fc.nat(20), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('readd' as const), nth: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('maintain' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  );

  test('any sequence of steps leaves what the model has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const folder = storeFolder();
        let store = await openFamilyStore(folder);
        const model = new Map<string, ChunkRow[]>();
        const deleted = new Map<string, ChunkRow[]>();
        try {
          for (const one of steps) {
            if (one.do === 'add') {
              const contents = one.contents.map((parts) =>
                content(
                  newKey(),
                  parts.map((words) => words.join(' ')),
                ),
              );
              await add(store, ...contents);
              for (const rows of contents) model.set(rows[0]?.key ?? '', rows);
            } else if (one.do === 'delete') {
              const keys = one.nth.map((n) => [...model.keys()][n]).filter((key) => key !== undefined);
              await store.deleteContents(keys);
              for (const key of keys) {
                deleted.set(key, model.get(key) ?? []);
                model.delete(key);
              }
            } else if (one.do === 'readd') {
              const [key, rows] = [...deleted][one.nth] ?? [];
              if (!key || !rows || model.has(key) || rows.length === 0) continue;
              await add(store, rows);
              model.set(key, rows);
            } else if (one.do === 'maintain') {
              await store.maintain();
            } else {
              await store.close();
              store = await openFamilyStore(folder);
              expect(store.repairs).toEqual([]);
            }
            await expectSame(store, model);
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: 12 },
    );
  });

  async function expectSame(store: FamilyStore, model: ReadonlyMap<string, ChunkRow[]>): Promise<void> {
    const rows = [...model.values()].flat();
    expect([...store.keys].toSorted()).toEqual([...model].map(([key, all]) => [key, all.length]).toSorted());
    expect(await store.fetch(rows)).toEqual(rows);
    const hits = await store.searchText({ terms: termsOf('alpha'), column: 'terms', limit: 500 });
    const ids = (all: { key: string; ord: number }[]) =>
      all.map(({ key, ord }) => `${key}:${ord}`).toSorted();
    expect(ids(hits)).toEqual(
      ids(rows.filter(({ terms }) => terms.split(' ').includes(termsOf('alpha')[0] ?? ''))),
    );
    expect(await store.chunksOf([...model.keys()])).toHaveLength(rows.length);
  }
});
