import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FamilyStore, TextHit, TextQuery } from '../../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import type { ChunkRow } from '../../../src/workers/chunk-rows.js';
import type { BuildTermsTask } from '../../../src/workers/messages.js';
import { packTerms } from '../../../src/workers/terms/pack.js';
import { buildSegment } from '../../../src/workers/terms/segment.js';
import { add, content, keysFound, newKey, openStore, storeFolder, streamOf } from '../../support/store.js';

const [k1, b] = [1.2, 0.75];
const partsOfColumn = (column: string) => column.split(' ').filter((part) => part !== '');

/** BM25 of every chunk that has some of the terms, best first, as simply as it can be said. */
function expected(rows: readonly ChunkRow[], query: TextQuery): { id: string; score: number }[] {
  const chunks = rows.map((row) => ({
    row,
    words: partsOfColumn(query.column === 'terms' ? row.terms : row.symbols.toLowerCase()),
  }));
  const average = chunks.reduce((sum, { words }) => sum + words.length, 0) / chunks.length;
  const scored = chunks.map(({ row, words }) => {
    let score = 0;
    for (const term of new Set(query.terms)) {
      const having = chunks.filter((one) => one.words.includes(term)).length;
      const count = words.filter((word) => word === term).length;
      const weight = Math.log(1 + (chunks.length - having + 0.5) / (having + 0.5));
      score += (weight * count * (k1 + 1)) / (count + k1 * (1 - b + (b * words.length) / average));
    }
    return { row, id: `${row.key}:${row.ord}`, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .filter(({ row }) => query.languages?.includes(row.language) ?? true)
    .filter(({ row }) => query.kinds?.includes(row.kind) ?? true)
    .sort((one, other) => other.score - one.score);
}

function expectHits(hits: readonly TextHit[], rows: readonly ChunkRow[], query: TextQuery): void {
  const all = expected(rows, query);
  expect(hits).toHaveLength(Math.min(query.limit, all.length));
  const scores = new Map(all.map(({ id, score }) => [id, score]));
  for (const [at, hit] of hits.entries()) {
    // Which of equal ones are in is seen below.
    expect(hit.score).toBeCloseTo(all[at]?.score ?? Number.NaN, 4);
    expect(hit.score).toBeCloseTo(scores.get(`${hit.key}:${hit.ord}`) ?? Number.NaN, 4);
    const next = hits[at + 1];
    if (next?.score === hit.score) {
      expect(next.key > hit.key || (next.key === hit.key && next.ord > hit.ord)).toBe(true);
    }
  }
}

const words = ['alpha', 'beta', 'gamma', 'delta', 'größe', "it's", 'zeta'];
const chunk = fc.record({
  terms: fc.array(fc.constantFrom(...words), { maxLength: 12 }),
  symbols: fc.array(fc.constantFrom('Alpha', 'beta', 'readFile'), { maxLength: 3 }),
  kind: fc.constantFrom('function', 'class', 'block'),
});
const contentOf = fc.record({
  language: fc.constantFrom('go', 'rust'),
  chunks: fc.array(chunk, { minLength: 1, maxLength: 5 }),
});
const queries: fc.Arbitrary<TextQuery> = fc.record(
  {
    terms: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
    column: fc.constant('terms' as const),
    limit: fc.integer({ min: 1, max: 12 }),
    languages: fc.subarray(['go', 'rust']),
    kinds: fc.subarray(['function', 'class', 'block', 'none']),
  },
  { requiredKeys: ['terms', 'column', 'limit'] },
);
const symbolQueries: fc.Arbitrary<TextQuery> = fc.record({
  terms: fc.subarray(['alpha', 'beta', 'readfile'], { minLength: 1 }),
  column: fc.constant('symbols' as const),
  limit: fc.integer({ min: 1, max: 12 }),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      contents: fc.array(contentOf, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), nth: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('readd' as const), nth: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

function rowsOf({
  language,
  chunks,
}: {
  language: string;
  chunks: { terms: string[]; symbols: string[]; kind: string }[];
}) {
  const key = newKey();
  return chunks.map(({ terms, symbols, kind }, ord) => ({
    ...(content(key, ['x'])[0] as ChunkRow),
    ord,
    language,
    kind,
    terms: terms.join(' '),
    symbols: symbols.join(' '),
  }));
}

describe('the index of terms', () => {
  test('finds what a simple BM25 finds, after any sequence of steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12 }),
        fc.array(fc.oneof(queries, symbolQueries), { minLength: 4, maxLength: 8 }),
        async (steps, asked) => {
          const folder = storeFolder();
          const open = () => openFamilyStore(folder, { termsIdleMs: 1 });
          let store = await open();
          const here = new Map<string, ChunkRow[]>();
          const gone = new Map<string, ChunkRow[]>();
          try {
            for (const one of steps) {
              if (one.do === 'add') {
                const contents = one.contents.map(rowsOf);
                await add(store, ...contents);
                for (const rows of contents) here.set(rows[0]?.key ?? '', rows);
              } else if (one.do === 'delete' || one.do === 'readd') {
                const [from, to] = one.do === 'delete' ? [here, gone] : [gone, here];
                const [key, rows] = [...from][one.nth] ?? [];
                if (key === undefined || !rows) continue;
                await (one.do === 'delete' ? store.deleteContents([key]) : add(store, rows));
                from.delete(key);
                to.set(key, rows);
              } else if (one.do === 'release') {
                await new Promise((resolve) => setTimeout(resolve, 5));
              } else {
                await store.close();
                store = await open();
              }
              const rows = [...here.values()].flat();
              for (const query of asked) expectHits(await store.searchText(query), rows, query);
              await expectCounts(store, here);
            }
          } finally {
            await store.close();
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  async function expectCounts(store: FamilyStore, here: ReadonlyMap<string, ChunkRow[]>): Promise<void> {
    const counts = await store.termCounts();
    const terms = [...here].map(([key, rows]) => ({
      key,
      all: rows.flatMap((row) => partsOfColumn(row.terms)),
    }));
    expect(counts.contents).toBe(here.size);
    for (const word of words) {
      expect(counts.contentsWith(word)).toBe(terms.filter(({ all }) => all.includes(word)).length);
      for (const { key, all } of terms) {
        expect(counts.counter([word])(key)).toEqual([all.filter((one) => one === word).length]);
        expect(counts.lengthOf(key)).toBe(all.length);
      }
    }
  }

  test('is built anew once many chunks were added, and misses none that come meanwhile', async () => {
    const builds: BuildTermsTask[] = [];
    let held: Promise<void> = Promise.resolve();
    const buildTerms = async (task: BuildTermsTask) => {
      builds.push(task);
      await held;
      return buildSegment(task);
    };
    const store = await openStore(storeFolder(), { buildTerms });
    await add(store, content('first', ['alpha']));
    expect(await keysFound(store, 'alpha')).toEqual(['first']);
    expect(builds).toHaveLength(1);
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    await add(
      store,
      content(
        'many',
        Array.from({ length: 2_100 }, (_, i) => `beta number${i}`),
      ),
    );
    await expect.poll(() => builds.length).toBe(2);
    await add(store, content('late', ['alpha']));
    await store.deleteContents(['first']);
    expect(await keysFound(store, 'alpha')).toEqual(['late']);
    release();
    await store.maintain();
    for (let i = 0; i < 3; i++) expect(await keysFound(store, 'alpha')).toEqual(['late']);
    expect(await keysFound(store, 'number7 beta', 1)).toEqual(['many']);
    await add(store, content('last', ['alpha alpha']));
    expect(await keysFound(store, 'alpha')).toEqual(['last', 'late']);
  });

  test('leaves out contents whose terms are damaged, which are derived again', async () => {
    const store = await openStore();
    await add(store, content('good', ['alpha one']), content('other', ['alpha two']));
    const rows = content('bad', ['alpha', 'alpha beta']);
    const whole = packTerms('go', rows);
    for (const terms of [
      whole.subarray(0, whole.length - 1),
      new Uint8Array(),
      whole.map((byte) => byte ^ 0xff),
    ]) {
      await store.addChunks(
        [streamOf(rows)],
        new Map([['bad', 2]]),
        new Map([['bad', { outline: new Uint8Array(), terms }]]),
      );
      expect((await keysFound(store, 'alpha')).toSorted()).toEqual(['good', 'other']);
      await expect.poll(() => store.isWhole('bad')).toBe(false);
      await store.deleteContents(['bad']);
    }
    await add(store, rows);
    expect(store.isWhole('bad')).toBe(true);
    expect((await keysFound(store, 'alpha')).toSorted()).toEqual(['bad', 'bad', 'good', 'other']);
  });
});
