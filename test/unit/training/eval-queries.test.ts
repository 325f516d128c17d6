import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { subjectsOf } from '../../../src/training/eval/folders.js';
import { parseQueries, readQueries } from '../../../src/training/eval/queries.js';

const line = {
  repo: 'shop',
  language: 'python',
  benchmark_root: 'src/shop',
  query: 'where is the session kept',
  category: 'semantic',
  relevant: [{ path: 'src/shop/session.py', start_line: 3, end_line: 9 }],
  secondary: [{ path: 'src\\shop\\app.py' }],
};
const text = (...lines: object[]) => lines.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('parseQueries', () => {
  test('reads one query a line, with what may be left out', () => {
    const { benchmark_root: _root, secondary: _secondary, ...short } = line;
    const [first, second] = parseQueries(`${text(line)}\n  \n${text(short)}`, 'q');
    expect(first).toMatchObject({ repo: 'shop', benchmark_root: 'src/shop' });
    expect(first?.secondary).toEqual([{ path: 'src/shop/app.py' }]);
    expect(second).toMatchObject({ benchmark_root: '', secondary: [] });
  });

  test.each([
    ['{"repo": ', /line 2 is not JSON/],
    ['[]', /line 2 is not a query/],
    [JSON.stringify({ ...line, query: '' }), /line 2 is not a query: query/],
    [JSON.stringify({ ...line, relevant: [{ path: '' }] }), /relevant\.0\.path/],
    [JSON.stringify({ ...line, repo: '../x' }), /repo: is no folder name/],
    [JSON.stringify({ ...line, benchmark_root: 'src/../..' }), /leads out of the repository/],
  ])('names the line of %s', (bad, message) => {
    expect(() => parseQueries(`${text(line)}${bad}\n`, 'queries.jsonl')).toThrow(message);
  });

  test('fails without queries and without a file', () => {
    expect(() => parseQueries('\n\n', 'q')).toThrow('q holds no queries.');
    expect(() => readQueries('/nowhere/queries.jsonl')).toThrow(/cannot be read: there is no such file/);
  });
});

describe('subjectsOf', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lcad-eval-test-'));
    mkdirSync(join(dir, 'shop', 'src', 'shop'), { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('finds the part of a repository that is asked about, or all of it', () => {
    const queries = parseQueries(text(line, { ...line, query: 'another' }), 'q');
    expect(subjectsOf(queries, dir, false)).toEqual([
      { repo: 'shop', folder: join(dir, 'shop/src/shop'), prefix: 'src/shop/', queries },
    ]);
    expect(subjectsOf(queries, dir, true)).toEqual([
      { repo: 'shop', folder: join(dir, 'shop'), prefix: '', queries },
    ]);
  });

  test('names every folder that is missing', () => {
    writeFileSync(join(dir, 'file'), '');
    const queries = parseQueries(
      text({ ...line, repo: 'gone' }, { ...line, benchmark_root: 'lib' }, { ...line, repo: 'file' }),
      'q',
    );
    const message = `Folders are missing: ${join(dir, 'gone/src/shop')}, ${join(dir, 'shop/lib')}, ${join(dir, 'file/src/shop')}.`;
    expect(() => subjectsOf(queries, dir, false)).toThrow(message);
  });
});
