import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  admitFile,
  builtFoldersOf,
  evaluatedByManifest,
  rejectFolder,
} from '../../../src/training/corpus/admit.js';
import { contentHashes } from '../../../src/training/corpus/content-hashes.js';
import { type SelectOptions, selectFiles } from '../../../src/training/corpus/select.js';

const code = (name: string) =>
  `/** Area of a ${name}. */\nexport function ${name}Area(side) {\n  return side * side;\n}\n`;

describe('selectFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lcad-select-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const select = (options: Partial<SelectOptions> = {}) => {
    mkdirSync(join(folder, 'to'), { recursive: true });
    return selectFiles(join(folder, 'from'), join(folder, 'to'), {
      languages: ['javascript'],
      maxBytes: 1_000_000,
      seed: 1,
      licenceOf: () => ({ permissive: true, name: 'MIT' }),
      forbidden: new Map(),
      hasBuilds: false,
      ...options,
    });
  };
  const isThere = (path: string) => existsSync(join(folder, 'to', path));

  test('source is moved; what is vendored, generated or data is left out and counted', () => {
    write('from/lib/square.js', code('square'));
    write('from/vendor/circle.js', code('circle'));
    write('from/data/points.json', '{"points": []}');
    write('from/LICENSE', 'MIT');
    const found = select();
    expect(isThere('lib/square.js')).toBe(true);
    expect(isThere('LICENSE')).toBe(true);
    expect(isThere('vendor/circle.js')).toBe(false);
    expect(found).toMatchObject({ files: 1, leftOut: { vendored: 1, 'not code': 1 }, evaluated: [] });
    expect(found.languageBytes).toEqual({ javascript: code('square').length });
  });

  test('evaluated projects are left out by folder name and by package manifest', () => {
    write('from/lib/express/router.js', code('router'));
    write('from/copies/web/package.json', '{"name": "axios", "version": "1.0.0"}');
    write('from/copies/web/deep/client.js', code('client'));
    write('from/lib/own.js', code('own'));
    const { files, evaluated } = select();
    expect(files).toBe(1);
    expect(evaluated).toEqual([
      { path: 'copies/web', reason: 'evaluated axios/axios' },
      { path: 'lib/express', reason: 'evaluated expressjs/express' },
    ]);
  });

  test('files with the content of an evaluated repository are left out under any name', () => {
    const copied = code('secret').repeat(4);
    write('repos/one/deep/original.js', copied);
    write('from/renamed.js', copied);
    write('from/own.js', code('own'));
    const { files, evaluated } = select({ forbidden: contentHashes(join(folder, 'repos')) });
    expect(files).toBe(1);
    expect(evaluated).toEqual([{ path: 'renamed.js', reason: 'evaluated content of one/deep/original.js' }]);
  });

  test('files are left out by licence, of the package’s list or their own notice', () => {
    write('from/free.js', code('free'));
    write('from/listed.js', code('listed'));
    write('from/noticed.js', `// SPDX-License-Identifier: GPL-3.0-or-later\n${code('noticed')}`);
    const licenceOf = (path: string) => ({
      permissive: path !== 'listed.js',
      name: path === 'listed.js' ? 'GPL-2' : 'MIT',
    });
    const { files, leftOut, licences } = select({ licenceOf });
    expect(files).toBe(1);
    expect(leftOut.licence).toBe(2);
    expect(licences).toEqual({ used: ['MIT'], leftOut: ['GPL-2'] });
  });

  test('of too much, the seed chooses; the wanted languages come first', () => {
    for (let at = 0; at < 20; at++) write(`from/part${at}.js`, code(`part${at}`));
    write('from/other.py', 'def other():\n    return 1\n'.repeat(4));
    const size = code('part10').length;
    const { files, bytes, leftOut } = select({ maxBytes: size * 5 });
    expect(bytes).toBeLessThanOrEqual(size * 5);
    expect(files).toBeGreaterThanOrEqual(4);
    expect(leftOut.sampled).toBe(21 - files);
    expect(isThere('other.py')).toBe(false);
  });
});

describe('rules', () => {
  test.each([
    ['third_party', 'vendored'],
    ['src/node_modules', 'vendored'],
    ['python/pip/requests', 'evaluated psf/requests'],
    ['java/com/google/gson', 'evaluated google/gson'],
    ['kotlin/kotlinx/coroutines', 'evaluated kotlin/kotlinx.coroutines'],
    ['.git', 'boilerplate'],
  ])('%s is rejected', (path, reason) => expect(rejectFolder(path)).toBe(reason));

  test('other folders are not', () => {
    expect(['src', 'lib/http', 'tests', 'kotlin/coroutines'].map(rejectFolder)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test.each([
    ['go.mod', 'module github.com/go-chi/chi/v5\n'],
    ['Cargo.toml', '[package]\nname = "serde"\n'],
    [
      'pom.xml',
      '<project><parent><artifactId>all</artifactId></parent><artifactId>gson</artifactId></project>',
    ],
    ['mix.exs', 'def project do\n [app: :ecto, version: "3"]\nend'],
    ['aeson.cabal', 'name: aeson\nversion: 2\n'],
    ['setup.py', "setup(\n  name='flask',\n)"],
    ['composer.json', '{"name": "monolog/monolog"}'],
  ])('%s names its project', (name, text) => expect(evaluatedByManifest(name, text)).toBeDefined());

  test('a dependency is not the project', () => {
    const pom =
      '<project><artifactId>mine</artifactId><dependencies><dependency><artifactId>gson</artifactId></dependency></dependencies></project>';
    expect(evaluatedByManifest('pom.xml', pom)).toBeUndefined();
    expect(
      evaluatedByManifest('package.json', '{"name": "mine", "dependencies": {"express": "^4"}}'),
    ).toBeUndefined();
  });

  test('builds beside source, and second builds, are known', () => {
    expect(builtFoldersOf(['src', 'dist', 'lib', 'docs'])).toEqual(['dist', 'lib']);
    expect(builtFoldersOf(['esm', 'cjs'])).toEqual(['cjs']);
    expect(builtFoldersOf(['lib'])).toEqual([]);
  });

  test('configure scripts and licences are no source', () => {
    expect(admitFile('configure', Buffer.from('#!/bin/sh\necho no\n'))).toEqual({ rejection: 'boilerplate' });
    expect(admitFile('json.hpp', Buffer.from('namespace a {}\n'))).toEqual({
      rejection: 'evaluated nlohmann/json',
    });
    expect(admitFile('area.go', Buffer.from('package shapes\n\nfunc Area() {}\n'))).toEqual({
      language: 'go',
    });
  });
});
