import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Candidate, foldFamilies } from '../../../src/daemon/search/candidates.js';
import { definitionsOf, noDefinitions } from '../../../src/daemon/search/definitions.js';
import { featuresOf } from '../../../src/daemon/search/features.js';
import { featureNames, loadRanker, scoreOf } from '../../../src/daemon/search/model.js';
import { scoreRows } from '../../../src/daemon/search/narrow.js';
import { pathWords } from '../../../src/daemon/search/path-words.js';
import { readQuery } from '../../../src/daemon/search/query.js';
import { allChunks, bestChunks, rankFiles } from '../../../src/daemon/search/rank.js';
import { scaleOf } from '../../../src/daemon/search/scale.js';
import { matches } from '../../../src/daemon/search/words.js';
import type { TextHit } from '../../../src/daemon/store/contract.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

const weights = loadRanker().none;

let family: TestFamily;
let repo: TestRepo;
beforeAll(async () => {
  family = await TestFamily.open();
  repo = await family.addRepo('empty', {});
});
afterAll(() => family.close());

const hit = (key: string, ord: number, score: number, more: Partial<TextHit> = {}): TextHit => ({
  key,
  ord,
  score,
  startLine: 1 + ord * 10,
  endLine: 9 + ord * 10,
  language: 'python',
  kind: 'function',
  name: '',
  scope: '',
  symbols: '',
  ...more,
});

const candidate = (path: string, hits: TextHit[], more: Partial<Candidate> = {}): Candidate => ({
  key: path,
  family,
  places: [{ repo, path }],
  words: pathWords(path),
  hits,
  named: [],
  near: [],
  pathScore: 0,
  counts: null,
  definitions: hits.length === 0 ? noDefinitions : definitionsOf(hits.map(({ symbols }) => symbols)),
  wholeSimilarity: null,
  pathSimilarity: null,
  languageShare: 1,
  ...more,
});

function rank(query: string, candidates: Candidate[]) {
  const scale = scaleOf(readQuery(query), candidates);
  const files = rankFiles(candidates, scale, weights);
  return {
    chunks: allChunks(files, scale),
    best: [...bestChunks(files, scale)],
    paths: files.map((file) => file.candidate.key),
  };
}

describe('features', () => {
  test('are finite and between 0 and 1', () => {
    const candidates = [
      candidate('src/session.py', [hit('a', 0, 9, { name: 'Session', symbols: 'Session' }), hit('a', 1, 3)]),
      candidate('lib/other.py', [], {
        near: [{ key: 'b', ord: 0, similarity: -0.4 }],
        wholeSimilarity: 0.2,
        pathSimilarity: -1,
      }),
      candidate('', []),
    ];
    const scale = scaleOf(readQuery('session Session::load'), candidates);
    for (const one of candidates) {
      const features = featuresOf(one, scale);
      for (const name of featureNames) {
        expect(features[name]).toBeGreaterThanOrEqual(0);
        expect(features[name]).toBeLessThanOrEqual(1);
      }
      expect(Number.isFinite(scoreOf(features, weights))).toBe(true);
    }
  });

  test.each([
    ['auth', 'authentication', true],
    ['regist', 'registry', true],
    ['validation', 'validator', true],
    ['str', 'string', false],
    ['stream', 'string', false],
    ['context', 'contain', false],
    ['a', 'a', true],
  ])('%s and %s match: %s', (a, b, same) => {
    expect(matches(a, b)).toBe(same);
    expect(matches(b, a)).toBe(same);
  });
});

describe('rankFiles', () => {
  test('prefers the file that is called what the query asks for', () => {
    const { paths } = rank('session', [
      candidate('src/app.py', [hit('src/app.py', 0, 9)]),
      candidate('src/session.py', [hit('src/session.py', 0, 8)]),
    ]);
    expect(paths).toEqual(['src/session.py', 'src/app.py']);
  });

  test('puts tests behind, but not where they are asked for or alone define the name', () => {
    const source = candidate('src/pool.py', [hit('src/pool.py', 0, 5)]);
    const inTest = candidate('test/pool_test.py', [
      hit('test/pool_test.py', 0, 6, { name: 'FakePool', symbols: 'FakePool' }),
    ]);
    expect(rank('connection pool', [inTest, source]).paths[0]).toBe('src/pool.py');
    expect(rank('test of the connection pool', [inTest, source]).paths[0]).toBe('test/pool_test.py');
    expect(rank('FakePool', [inTest, source]).paths[0]).toBe('test/pool_test.py');
  });

  test('orders equals by path, whatever their order before', () => {
    const some = ['c.py', 'a.py', 'b.py'].map((path) => candidate(path, [hit(path, 0, 1)]));
    expect(rank('zebra', some).paths).toEqual(['a.py', 'b.py', 'c.py']);
    expect(rank('zebra', some.toReversed()).paths).toEqual(['a.py', 'b.py', 'c.py']);
  });
});

describe('the chunks of ranked files', () => {
  const big = (path: string, score: number) =>
    candidate(
      path,
      [0, 1, 2].map((ord) => hit(path, ord, score - ord)),
    );

  test('give each file its best chunk, and only then a second', () => {
    const { best, chunks } = rank(
      'zebra',
      ['a', 'b', 'c'].map((name, at) => big(`${name}.py`, 9 - at)),
    );
    expect(chunks.map(({ file, chunk }) => `${file.candidate.key}:${chunk.ord}`).slice(0, 3)).toEqual([
      'a.py:0',
      'b.py:0',
      'c.py:0',
    ]);
    expect(best).toEqual(chunks.slice(0, 3));
    expect(chunks).toHaveLength(9);
    const scores = chunks.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('lets second chunks compete after ten files', () => {
    const files = Array.from({ length: 14 }, (_, at) => big(`${String.fromCharCode(97 + at)}.py`, 20 - at));
    const { chunks } = rank('zebra', files);
    const names = chunks.slice(0, 20).map(({ file }) => file.candidate.key);
    expect(new Set(names.slice(0, 10)).size).toBe(10);
    expect(new Set(names).size).toBeLessThan(20);
  });

  test('chooses the type rather than its constructor, and the definition rather than a use', () => {
    const path = 'src/Mapper.java';
    const { chunks } = rank('ObjectMapper', [
      candidate(path, [
        hit(path, 3, 9),
        hit(path, 2, 8, { name: 'ObjectMapper', kind: 'method', symbols: 'ObjectMapper' }),
        hit(path, 1, 7, { name: 'ObjectMapper', kind: 'class', symbols: 'ObjectMapper' }),
      ]),
    ]);
    expect(chunks.map(({ chunk }) => chunk.ord)).toEqual([1, 2, 3]);
  });

  test('chooses the beginning of a large definition rather than a later part', () => {
    const path = 'src/Mapper.java';
    const part = { name: 'ObjectMapper', kind: 'class' };
    const { chunks } = rank('ObjectMapper', [
      candidate(path, [hit(path, 4, 9, part), hit(path, 1, 6, { ...part, symbols: 'ObjectMapper' })]),
    ]);
    expect(chunks[0]?.chunk.ord).toBe(1);
  });

  test('leave out further chunks that hardly match', () => {
    const path = 'a.py';
    const { chunks } = rank('zebra', [candidate(path, [hit(path, 0, 9), hit(path, 1, 8), hit(path, 2, 1)])]);
    expect(chunks.map(({ chunk }) => chunk.ord)).toEqual([0, 1]);
  });

  test('takes the first chunk of a file that only its path found', () => {
    const { chunks } = rank('zebra', [candidate('zebra.py', [], { pathScore: 3 })]);
    expect(chunks[0]?.chunk).toEqual({ key: 'zebra.py', ord: 0 });
  });
});

describe('foldFamilies', () => {
  test('keeps the first candidate of a content with the places of all', () => {
    const first = candidate('same', [hit('same', 0, 2)]);
    const second = candidate('same', [], { places: [{ repo, path: 'copy/same' }] });
    const folded = foldFamilies([[first], [second, candidate('other', [])]]);
    expect(folded.map(({ key, places }) => [key, places.map(({ path }) => path)])).toEqual([
      ['same', ['same', 'copy/same']],
      ['other', ['other']],
    ]);
  });
});

describe('scoreRows', () => {
  test('scores by BM25 and leaves out what does not match', () => {
    const row = (ord: number, terms: string) => ({ ...hit('k', ord, 0), text: '', terms });
    const hits = scoreRows([row(0, 'foo bar bar'), row(1, 'foo foo baz'), row(2, 'qux')], ['foo', 'baz']);
    expect(hits.map(({ ord }) => ord)).toEqual([1, 0]);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 0);
    expect(hits[0]).not.toHaveProperty('text');
  });
});
