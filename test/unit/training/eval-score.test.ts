import { describe, expect, test } from 'vitest';
import { type Answer, percentile, reportOf, resultLines } from '../../../src/training/eval/evaluate.js';
import { parseQueries } from '../../../src/training/eval/queries.js';
import { samePath, scoreQuery, summarise } from '../../../src/training/eval/score.js';
import { reportText } from '../../../src/training/eval/view.js';

const at = (path: string, startLine = 1, endLine = 10) => ({ path, startLine, endLine });
const targets = (...paths: string[]) => ({ relevant: paths.map((path) => ({ path })), secondary: [] });

describe('scoreQuery', () => {
  test('is 1 for all targets on top, in any order', () => {
    const score = scoreQuery(targets('a.py', 'b.py'), [at('b.py'), at('a.py'), at('c.py')]);
    expect(score).toEqual({ ndcg10: 1, recall1: 0.5, recall5: 1, recall10: 1, mrr: 1 });
  });

  test('discounts by the position of the first hit', () => {
    const score = scoreQuery(targets('a.py'), [at('x.py'), at('a.py'), at('a.py')]);
    expect(score.ndcg10).toBeCloseTo(1 / Math.log2(3), 12);
    expect(score).toMatchObject({ recall1: 0, recall5: 1, mrr: 0.5 });
  });

  test('counts further chunks of a file as positions, but not as files', () => {
    const results = [at('x.py', 1, 5), at('x.py', 6, 9), at('a.py')];
    const score = scoreQuery(targets('a.py'), results);
    expect(score.ndcg10).toBeCloseTo(0.5, 12);
    expect(
      scoreQuery(targets('a.py'), [...Array.from({ length: 5 }, () => at('x.py')), at('a.py')]),
    ).toMatchObject({
      recall5: 1,
    });
  });

  test('takes ten results and no more', () => {
    const results = [...Array.from({ length: 10 }, (_, i) => at(`x${i}.py`)), at('a.py')];
    expect(scoreQuery(targets('a.py'), results)).toEqual({
      ndcg10: 0,
      recall1: 0,
      recall5: 0,
      recall10: 0,
      mrr: 0,
    });
  });

  test('wants the lines of a target that has lines', () => {
    const query = { relevant: [{ path: 'a.py', start_line: 20, end_line: 30 }], secondary: [] };
    expect(scoreQuery(query, [at('a.py', 1, 19)]).ndcg10).toBe(0);
    expect(scoreQuery(query, [at('a.py', 30, 40)]).ndcg10).toBe(1);
  });

  test('counts two targets that one chunk hits once', () => {
    const query = { relevant: [{ path: 'a.py' }], secondary: [{ path: 'a.py', start_line: 1, end_line: 2 }] };
    expect(scoreQuery(query, [at('a.py')]).ndcg10).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });

  test('is 0 without targets or results', () => {
    expect(scoreQuery(targets(), [at('a.py')]).ndcg10).toBe(0);
    expect(scoreQuery(targets('a.py'), []).mrr).toBe(0);
  });
});

test.each([
  ['a/b.py', 'b.py', true],
  ['b.py', 'a/b.py', true],
  ['ab.py', 'b.py', false],
  ['a/b.py', 'c/b.py', false],
])('%s is the path %s: %s', (a, b, same) => expect(samePath(a, b)).toBe(same));

test('summarise gives means over queries and over repositories', () => {
  const score = (ndcg10: number) => ({ ndcg10, recall1: 0, recall5: 0, recall10: 0, mrr: ndcg10 });
  const summary = summarise([
    { repo: 'a', score: score(1) },
    { repo: 'a', score: score(0) },
    { repo: 'b', score: score(1) },
  ]);
  expect(summary).toMatchObject({ queries: 3, repos: 2, macro: 0.75 });
  expect(summary.ndcg10).toBeCloseTo(2 / 3, 12);
  expect(summarise([])).toMatchObject({ queries: 0, ndcg10: 0, macro: 0 });
});

test('percentile takes the nearest rank', () => {
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(percentile([7], 0)).toBe(7);
  expect(percentile([], 0.5)).toBe(0);
});

describe('a report', () => {
  const queries = parseQueries(
    [
      { repo: 'shop', language: 'python', query: 'one', category: 'symbol', relevant: [{ path: 'a.py' }] },
      { repo: 'bank', language: 'go', query: 'two', category: 'semantic', relevant: [{ path: 'b.go' }] },
    ]
      .map((query) => JSON.stringify(query))
      .join('\n'),
    'q',
  );
  const answers = queries.map((query, i): Answer => {
    const results = [at(i === 0 ? 'a.py' : 'x.go')];
    return {
      query,
      results,
      score: scoreQuery(query, results),
      ms: 3 + i,
      vectors: i === 0 ? 'used' : 'off',
    };
  });
  const report = reportOf(answers, { seconds: 1.5, files: 2, chunks: 4 });

  test('has figures overall, by category, language and repository', () => {
    expect(report.overall).toMatchObject({ queries: 2, ndcg10: 0.5 });
    expect(Object.keys(report.byCategory)).toEqual(['semantic', 'symbol']);
    expect(report.byLanguage).toMatchObject({ go: { ndcg10: 0 }, python: { ndcg10: 1 } });
    expect(report).toMatchObject({ search: { p50: 3, p95: 4 }, withVectors: 1 });
  });

  test('is a table of lines that fit', () => {
    const lines = reportText(report, 80).split('\n');
    expect(lines.some((line) => /^queries\s+2\s+0\.5000/.test(line))).toBe(true);
    expect(lines.some((line) => /^python\s+1\s+1\.0000/.test(line))).toBe(true);
    expect(lines.some((line) => line.startsWith('search   p50 3.0 ms, p95 4.0 ms'))).toBe(true);
  });

  test('writes results as scorers read them', () => {
    const [first] = resultLines(answers).split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      repo: 'shop',
      query: 'one',
      results: [{ path: 'a.py', startLine: 1, endLine: 10 }],
    });
  });
});
