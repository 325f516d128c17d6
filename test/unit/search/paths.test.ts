import { describe, expect, test } from 'vitest';
import { PathIndex } from '../../../src/daemon/search/path-index.js';
import { pathWords } from '../../../src/daemon/search/path-words.js';

describe('pathWords', () => {
  test('takes the stem and the nearest folders', () => {
    expect(pathWords('src/http/RetryPolicy.test.ts')).toMatchObject({
      stem: ['retry', 'policy'],
      stemWhole: 'retrypolicy',
      folders: ['test', 'http', 'src'],
    });
  });

  test.each([
    ['axum/src/routing/mod.rs', 'routing'],
    ['pkg/__init__.py', 'pkg'],
    ['web/button/index.tsx', 'button'],
    ['main.go', 'main'],
    ['.gitignore', 'gitignore'],
  ])('%s is called %s', (path, whole) => {
    expect(pathWords(path).stemWhole).toBe(whole);
  });

  test.each([
    'test/a.c',
    'src/foo.test.ts',
    'pkg/foo_test.go',
    'src/test_foo.py',
    'a/FooTest.java',
    'X.Tests/Foo.cs',
    'spec/foo_spec.rb',
    '__tests__/a.js',
    't/unit/a.py',
  ])('%s is a test', (path) => {
    expect(pathWords(path).test).toBe(true);
  });

  test.each([
    'src/latest.ts',
    'contest/a.py',
    'src/testing.py',
    'lib/attest.go',
    'src/inspect.rb',
    'src/t/a.ts',
  ])('%s is no test', (path) => {
    expect(pathWords(path).test).toBe(false);
  });

  test('knows examples, vendored code and prose', () => {
    expect(pathWords('examples/hello/app.py').example).toBe(true);
    expect(pathWords('third_party/zlib/inflate.c').compat).toBe(true);
    expect(pathWords('src/compat.py').compat).toBe(true);
    expect(pathWords('README.md').prose).toBe(true);
    expect(pathWords('LICENSE').prose).toBe(true);
    expect(pathWords('src/app.py')).toMatchObject({ example: false, compat: false, prose: false });
  });
});

describe('PathIndex', () => {
  const files = new Map<string, { key: string; language: string }>();
  const repo = { files, generation: 0, epoch: 'e' };
  const publish = (...paths: string[]) => {
    for (const path of paths) files.set(path, { key: `key of ${path}`, language: 'text' });
    repo.generation++;
  };
  const index = new PathIndex();
  const find = (...terms: string[]) =>
    index.search(terms, 10, (path) => files.has(path)).map(({ path }) => path);

  test('finds files by name before folder, and follows what is published', async () => {
    publish('src/session/store.py', 'src/session.py', 'src/routing.py');
    await index.refresh(repo);
    expect(find('session')).toEqual(['src/session.py', 'src/session/store.py']);

    publish('lib/router.py');
    expect(find('router')).not.toContain('lib/router.py');
    await index.refresh(repo);
    expect(find('router')).toContain('lib/router.py');
  });

  test('matches beginnings of four letters', () => {
    expect(find('rout')).toEqual(['src/routing.py', 'lib/router.py']);
    expect(find('ro')).toEqual([]);
  });

  test('leaves out what is gone, and files that are not indexed', async () => {
    files.delete('src/session.py');
    files.set('src/session.bin', { key: '', language: '' });
    repo.generation++;
    await index.refresh(repo);
    expect(find('session')).toEqual(['src/session/store.py']);
  });

  test('finds by the rare word where one is in every path', async () => {
    for (let at = 0; at < 2_000; at++) files.set(`common/f${at}.c`, { key: `k${at}`, language: 'c' });
    publish('common/needle.c');
    await index.refresh(repo);
    expect(find('common', 'needle')).toEqual(['common/needle.c']);
    expect(find('common')).toHaveLength(10);
  });

  test('refreshes that overlap end with the latest', async () => {
    const first = index.refresh(repo);
    publish('late/arrival.c');
    await Promise.all([first, index.refresh(repo), index.refresh(repo)]);
    expect(find('arrival')).toEqual(['late/arrival.c']);
  });

  test('clears out paths that are gone when they are most', async () => {
    files.clear();
    publish('only/one.c');
    await index.refresh(repo);
    expect(index.size).toBe(1);
    expect(find('one')).toEqual(['only/one.c']);
  });
});
