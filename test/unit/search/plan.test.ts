import { describe, expect, test } from 'vitest';
import { pathFilter } from '../../../src/daemon/search/filters.js';
import { nearest, planSearch } from '../../../src/daemon/search/plan.js';
import type { LcadError } from '../../../src/shared/errors.js';

function errorOf(run: () => unknown): LcadError {
  try {
    run();
  } catch (error) {
    return error as LcadError;
  }
  throw new Error('nothing was thrown');
}

describe('planSearch', () => {
  test('fills in defaults', () => {
    expect(planSearch({ query: 'retry' })).toMatchObject({
      limit: 10,
      snippetLines: 12,
      explain: false,
      languages: undefined,
      kinds: undefined,
      wanted: null,
    });
  });

  test('resolves languages by alias and extension, and kinds in any case', () => {
    const plan = planSearch({ query: 'x', languages: ['TS', '.py', 'c++'], kinds: ['Function'] });
    expect(plan).toMatchObject({ languages: ['typescript', 'python', 'cpp'], kinds: ['function'] });
  });

  test('an empty list of languages or kinds is no filter', () => {
    expect(planSearch({ query: 'x', languages: [], kinds: [] })).toMatchObject({
      languages: undefined,
      kinds: undefined,
    });
  });

  test.each([
    [{ query: ' \n' }, 'QUERY_EMPTY', 'empty'],
    [{ query: 'x', languages: ['pyton'] }, 'LANGUAGE_UNKNOWN', 'Did you mean python?'],
    [{ query: 'x', languages: ['klingon-ii'] }, 'LANGUAGE_UNKNOWN', '"klingon-ii"'],
    [{ query: 'x', kinds: ['fuction'] }, 'KIND_UNKNOWN', 'Did you mean function?'],
    [{ query: 'x', paths: ['src/['] }, 'GLOB_INVALID', '"src/["'],
  ])('%j is %s', (params, kind, text) => {
    const error = errorOf(() => planSearch(params));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(text);
  });

  test('suggests nothing that is far off', () => {
    expect(nearest('zzzzzz', ['python', 'go'])).toBeNull();
    expect(nearest('jav', ['javascript', 'java'])).toBe('java');
  });
});

describe('pathFilter', () => {
  test.each([
    ['*.ts', 'src/deep/a.ts', true],
    ['*.ts', 'src/a.tsx', false],
    ['src', 'src/a/b.c', true],
    ['src/', 'src/a/b.c', true],
    ['./src', 'src/a.c', true],
    ['src', 'other/src/a.c', false],
    ['src/**/*.py', 'src/a.py', true],
    ['src/**/*.py', 'lib/a.py', false],
    ['**/test/**', 'a/test/b.c', true],
    ['{lib,src}/*.c', 'lib/a.c', true],
    ['.github', '.github/workflows/ci.yml', true],
    ['app/[slug]', 'app/[slug]/page.tsx', true],
    ['app/(group)', 'app/(group)/page.tsx', true],
    ['app/(*)/page.tsx', 'app/(group)/page.tsx', true],
    ['app/(group)', 'app/group', false],
    ['*.{ts,tsx}', 'src/a.tsx', true],
    ['src/{a,b{1,2}}/*.c', 'src/b2/x.c', true],
    ['src/{a,b{1,2}}/*.c', 'src/b/x.c', false],
    ['{only}', '{only}/a.c', true],
    ['\\{a,b\\}', '{a,b}', true],
    ['[ab]?.c', 'src/bx.c', true],
    ['[!ab]?.c', 'src/bx.c', false],
    ['gr\u00fc?e/*', 'gr\u00fcne/a.c', true],
    ['*a*b*c*d*e*', 'lib/1a2b3c4d5e6', true],
    ['**/a/**/b/**/c/**/d/**', 'x/a/y/b/c/d/e', true],
  ])('%s on %s: %s', (glob, path, wanted) => {
    expect(pathFilter([glob])?.(path)).toBe(wanted);
  });

  test('excludes with "!", alone and with others', () => {
    const alone = pathFilter(['!**/test/**', '!*.md']);
    expect(['src/a.c', 'src/test/a.c', 'doc/x.md'].map((path) => alone?.(path))).toEqual([
      true,
      false,
      false,
    ]);
    const both = pathFilter(['src', '!src/gen']);
    expect(['src/a.c', 'src/gen/a.c', 'lib/a.c'].map((path) => both?.(path))).toEqual([true, false, false]);
  });

  test.each(['(a+)+b', '[a]+[a]+[a]+b', '{a,aa}+b', `${'*a'.repeat(20)}b`])('ends soon with %s', (glob) => {
    expect(pathFilter([glob])?.(`${'a'.repeat(250)}c`)).toBe(false);
  });

  test('is null for no globs', () => {
    expect(pathFilter([])).toBeNull();
  });

  test.each([
    '',
    '!',
    ' ',
    '../up',
    'a/../../b',
    'a\0b',
    '[a',
    '{a,b',
    'a}',
    `{${Array.from({ length: 65 }, (_, i) => i).join()}}`,
    '{a,a}'.repeat(30),
    'a'.repeat(501),
  ])('refuses %j', (glob) => {
    expect(errorOf(() => pathFilter([glob])).kind).toBe('GLOB_INVALID');
  });
});
