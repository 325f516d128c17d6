import { describe, expect, test } from 'vitest';
import { evaluatedByName, evaluatedByRepository } from '../../../src/training/corpus/evaluated.js';
import { isPermissive } from '../../../src/training/corpus/licences.js';
import { corpusPackages, packageId } from '../../../src/training/corpus/packages.js';
import { languageIds } from '../../../src/workers/languages.js';

const packages = corpusPackages();

describe('the list of packages', () => {
  test('each is named once, and can be a file name', () => {
    const ids = packages.map(packageId);
    expect(ids.length).toBeGreaterThan(500);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^[\w@+.-]+$/.test(id))).toEqual([]);
  });

  test('only permissive licences are expected', () => {
    expect(packages.filter(({ licence }) => !isPermissive(licence))).toEqual([]);
  });

  test('languages are those of the index', () => {
    const unknown = packages.flatMap(({ languages }) => languages).filter((id) => !languageIds.includes(id));
    expect(unknown).toEqual([]);
  });

  test('none is a project that retrieval is evaluated on', () => {
    expect(packages.filter(({ name }) => evaluatedByName(name) !== undefined)).toEqual([]);
  });

  test('every language that is evaluated has packages', () => {
    const covered = new Set(packages.flatMap(({ languages }) => languages));
    for (const id of 'python javascript typescript go rust java kotlin scala c cpp csharp php ruby swift elixir haskell lua bash zig perl'.split(
      ' ',
    ))
      expect(covered, id).toContain(id);
  });
});

describe('names of evaluated projects', () => {
  test.each([
    ['requests', 'psf/requests'],
    ['Requests-2.31.0', 'psf/requests'],
    ['redis_7.0', 'redis/redis'],
    ['@trpc/server', 'trpc/trpc'],
    ['gson', 'google/gson'],
    ['GuzzleHttp', 'guzzle/guzzle'],
    ['activesupport', 'rails/rails'],
    ['zod@3', 'colinhacks/zod'],
  ])('%s', (name, repository) => expect(evaluatedByName(name)?.repository).toBe(repository));

  test.each(['request', 'expression', 'redistribute', 'json', 'framework', '@types/node'])(
    '%s is none',
    (name) => expect(evaluatedByName(name)).toBeUndefined(),
  );

  test('repositories are found in URLs and import paths', () => {
    expect(evaluatedByRepository('git+https://github.com/expressjs/express.git')?.repository).toBe(
      'expressjs/express',
    );
    expect(evaluatedByRepository('github.com/spf13/cobra')?.repository).toBe('spf13/cobra');
    expect(evaluatedByRepository('github.com/spf13/viper')).toBeUndefined();
  });
});
