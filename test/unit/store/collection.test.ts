import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, planCollection } from '../../../src/daemon/store/collection.js';
import { add, content, openStore, storeFolder } from '../../support/store.js';

const limits = { keepMs: 1000, budgetBytes: 1e9 };

describe('planCollection', () => {
  const contents = new Map([
    ['a', 10],
    ['b', 10],
    ['c', 10],
    ['d', 0],
  ]);

  test('keeps what is referred to, and notes since when the rest is not', () => {
    const plan = planCollection({
      contents,
      live: new Set(['a']),
      deadSince: new Map(),
      now: 5000,
      bytes: 3000,
      limits,
    });
    expect(plan.drop).toEqual([]);
    expect(plan.deadSince).toEqual(
      new Map([
        ['b', 5000],
        ['c', 5000],
        ['d', 5000],
      ]),
    );
  });

  test('drops what has been unreferenced for too long', () => {
    const deadSince = new Map([
      ['b', 3999],
      ['c', 4000],
      ['gone', 1],
      ['a', 1],
    ]);
    const plan = planCollection({
      contents,
      live: new Set(['a', 'd']),
      deadSince,
      now: 5000,
      bytes: 3000,
      limits,
    });
    expect(plan).toEqual({ drop: ['b'], deadSince: new Map([['c', 4000]]) });
  });

  test('drops the oldest first to stay within the budget', () => {
    const deadSince = new Map([
      ['b', 4500],
      ['c', 4400],
    ]);
    const input = { contents, live: new Set(['a', 'd']), deadSince, now: 5000, bytes: 3000 };
    const budget = (budgetBytes: number) =>
      planCollection({ ...input, limits: { keepMs: 1000, budgetBytes } }).drop;
    expect(budget(3000)).toEqual([]);
    expect(budget(2999)).toEqual(['c']);
    expect(budget(1999)).toEqual(['c', 'b']);
    expect(budget(0)).toEqual(['c', 'b']);
  });

  test('a clock that was set back drops nothing early, and does not keep for ever', () => {
    const input = { contents: new Map([['b', 1]]), live: new Set<string>(), bytes: 1, limits };
    const plan = planCollection({ ...input, deadSince: new Map([['b', 9000]]), now: 5000 });
    expect(plan).toEqual({ drop: [], deadSince: new Map([['b', 5000]]) });
  });

  test('never drops what is referred to, and accounts for all the rest', () => {
    const key = fc.constantFrom(...'abcdefghij');
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.nat(50)),
        fc.array(key),
        fc.dictionary(key, fc.nat(10_000)),
        fc.nat(5000),
        fc.nat(5000),
        (chunks, live, since, bytes, budgetBytes) => {
          const all = new Map(Object.entries(chunks));
          const deadSince = new Map(Object.entries(since));
          const input = { contents: all, live: new Set(live), deadSince, now: 8000, bytes };
          const plan = planCollection({ ...input, limits: { keepMs: 1000, budgetBytes } });
          const dead = [...all.keys()].filter((one) => !live.includes(one));
          expect([...plan.drop, ...plan.deadSince.keys()].toSorted()).toEqual(dead.toSorted());
        },
      ),
    );
  });
});

describe('collect', () => {
  test('remembers over restarts since when content is unreferenced', async () => {
    const folder = storeFolder();
    const store = await openStore(join(folder, 'store'));
    await add(store, content('live', ['one']), content('dead', ['two']));
    await collect(store, folder, new Set(['live']), { keepMs: 60_000, budgetBytes: 1e9 });
    expect(store.keys.size).toBe(2);
    await new Promise((done) => setTimeout(done, 5));
    await collect(store, folder, new Set(['live']), { keepMs: 1, budgetBytes: 1e9 });
    expect([...store.keys.keys()]).toEqual(['live']);
  });

  test('a damaged record only starts the ages anew', async () => {
    const folder = storeFolder();
    const store = await openStore(join(folder, 'store'));
    await add(store, content('dead', ['two']));
    await collect(store, folder, new Set(), { keepMs: 60_000, budgetBytes: 1e9 });
    expect(existsSync(join(folder, 'unreferenced'))).toBe(true);
    truncateSync(join(folder, 'unreferenced'), 5);
    await collect(store, folder, new Set(), { keepMs: 60_000, budgetBytes: 1e9 });
    expect(store.keys.size).toBe(1);
  });
});
