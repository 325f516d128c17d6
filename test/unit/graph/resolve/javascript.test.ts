import { describe, expect, test } from 'vitest';
import {
  exactly,
  nothing,
  outside,
  projectOf,
  resolverOf,
  type Tree,
  usually,
} from '../../../support/imports.js';

const json = (value: unknown) => JSON.stringify(value);

function typescript(tree: Tree) {
  return resolverOf('typescript', projectOf(tree));
}

function javascript(tree: Tree) {
  return resolverOf('javascript', projectOf(tree));
}

describe('relative', () => {
  const tree = {
    'src/main.ts': '',
    'src/a.ts': '',
    'src/b.tsx': '',
    'src/both.ts': '',
    'src/both.js': '',
    'src/typed.d.ts': '',
    'src/typed.js': '',
    'src/data.json': '',
    'src/View.vue': '',
    'src/m.mts': '',
    'src/dotted.config.ts': '',
    'src/folder/index.ts': '',
    'src/packed/package.json': json({ main: 'lib/entry.js' }),
    'src/packed/lib/entry.js': '',
    'src/style.css': '',
    'src/screen.ios.tsx': '',
    'src/screen.android.tsx': '',
    'index.ts': '',
  };
  const resolve = typescript(tree);
  test.each([
    ['./a', ['src/a.ts']],
    ['./a.js', ['src/a.ts']],
    ['./b', ['src/b.tsx']],
    ['./b.jsx', ['src/b.tsx']],
    ['./both.js', ['src/both.ts']],
    ['./typed', ['src/typed.d.ts', 'src/typed.js']],
    ['./data.json', ['src/data.json']],
    ['./View.vue', ['src/View.vue']],
    ['./m.mjs', ['src/m.mts']],
    ['./dotted.config', ['src/dotted.config.ts']],
    ['./folder', ['src/folder/index.ts']],
    ['./folder/', ['src/folder/index.ts']],
    ['./packed', ['src/packed/lib/entry.js']],
    ['./style.css?inline', ['src/style.css']],
    ['raw-loader!./style.css', ['src/style.css']],
    ['./screen', ['src/screen.ios.tsx', 'src/screen.android.tsx']],
    ['..', ['index.ts']],
    ['../src/a', ['src/a.ts']],
  ])('%s', (specifier, paths) => {
    expect(resolve('src/main.ts', specifier)).toEqual(exactly(...paths));
  });

  test('in JavaScript what is written wins over a source of the same name', () => {
    expect(javascript(tree)('src/main.js', './both.js')).toEqual(exactly('src/both.js'));
    expect(javascript(tree)('src/main.js', './both')).toEqual(exactly('src/both.js'));
  });

  test('what is not there is missing, what is above the repository is outside', () => {
    expect(resolve('src/main.ts', './gone')).toEqual(nothing('missing'));
    expect(resolve('src/main.ts', '../../other')).toEqual(nothing('outside'));
    expect(resolve('src/main.ts', `./\${name}`)).toEqual(nothing('dynamic'));
  });

  test('a built file leads to its source, by convention', () => {
    const built = typescript({ 'package.json': '{}', 'src/x.ts': '', 'test/x.test.ts': '' });
    expect(built('test/x.test.ts', '../dist/x.js')).toEqual(usually('src/x.ts'));
  });
});

describe('tsconfig.json', () => {
  test('paths with comments, trailing commas, the longest prefix and fallbacks', () => {
    const resolve = typescript({
      'tsconfig.json': `{
        // aliases
        "compilerOptions": {
          "baseUrl": ".", /* here */
          "paths": { "@/*": ["src/*", "generated/*"], "@/lib/*": ["lib/*"], "config": ["src/config.ts"], },
        },
      }`,
      'src/a.ts': '',
      'src/config.ts': '',
      'lib/b.ts': '',
      'generated/c.ts': '',
      'shared/d.ts': '',
    });
    expect(resolve('src/main.ts', '@/a')).toEqual(exactly('src/a.ts'));
    expect(resolve('src/main.ts', '@/lib/b')).toEqual(exactly('lib/b.ts'));
    expect(resolve('src/main.ts', '@/c')).toEqual(exactly('generated/c.ts'));
    expect(resolve('src/main.ts', 'config')).toEqual(exactly('src/config.ts'));
    expect(resolve('src/main.ts', 'shared/d')).toEqual(exactly('shared/d.ts'));
    expect(resolve('src/main.ts', '@/gone')).toEqual(nothing('missing', 'name'));
  });

  test('extends: relative to the file that says it, in order, through packages of the repository', () => {
    const resolve = typescript({
      'packages/config/package.json': json({ name: '@acme/config' }),
      'packages/config/base.json': json({ compilerOptions: { paths: { '~base/*': ['./src/*'] } } }),
      'packages/config/src/x.ts': '',
      'app/tsconfig.base.json': json({ compilerOptions: { paths: { '#own/*': ['./own/*'] } } }),
      'app/tsconfig.json': json({ extends: './tsconfig.base' }),
      'app/own/y.ts': '',
      'web/tsconfig.json': json({ extends: ['@acme/config/base.json', './gone.json'] }),
    });
    expect(resolve('app/main.ts', '#own/y')).toEqual(exactly('app/own/y.ts'));
    expect(resolve('app/main.ts', '@acme/config/base.json')).toMatchObject({ kind: 'file' });
    expect(resolve('web/main.ts', '~base/x')).toEqual(exactly('packages/config/src/x.ts'));
  });

  test('extends in a circle ends', () => {
    const resolve = typescript({
      'tsconfig.json': json({ extends: './other.json' }),
      'other.json': json({ extends: './tsconfig.json' }),
    });
    expect(resolve('a.ts', 'x')).toEqual(outside('x', 'name'));
  });

  test('a solution whose parts lie beside it', () => {
    const resolve = typescript({
      'tsconfig.json': json({
        files: [],
        references: [{ path: './tsconfig.app.json' }, { path: './other' }],
      }),
      'tsconfig.app.json': json({ compilerOptions: { paths: { '$lib/*': ['./src/lib/*'] } } }),
      'src/lib/a.ts': '',
    });
    expect(resolve('src/main.ts', '$lib/a')).toEqual(exactly('src/lib/a.ts'));
  });

  test('rootDirs merge folders', () => {
    const resolve = typescript({
      'tsconfig.json': json({ compilerOptions: { rootDirs: ['src', 'generated'] } }),
      'src/views/main.ts': '',
      'generated/views/template.ts': '',
    });
    expect(resolve('src/views/main.ts', './template')).toEqual(exactly('generated/views/template.ts'));
  });

  test('without a configuration, @/ is the source folder by convention', () => {
    const resolve = typescript({ 'package.json': '{}', 'src/a.ts': '' });
    expect(resolve('src/main.ts', '@/a')).toEqual(usually('src/a.ts'));
  });
});

describe('packages', () => {
  const workspace = {
    'package.json': json({ workspaces: ['packages/*', '!packages/private'] }),
    'packages/core/package.json': json({
      name: '@acme/core',
      exports: {
        '.': { types: './dist/index.d.ts', import: './dist/index.js', require: './dist/index.cjs' },
        './testing': './src/testing/index.ts',
        './features/*.js': { import: './dist/features/*.js' },
        './features/private/*': null,
        './native': { 'react-native': './src/native.ts', default: './gone.js' },
      },
    }),
    'packages/core/tsconfig.json': json({ compilerOptions: { outDir: 'dist', rootDir: 'source' } }),
    'packages/core/source/index.ts': '',
    'packages/core/source/features/a.ts': '',
    'packages/core/src/testing/index.ts': '',
    'packages/core/src/native.ts': '',
    'packages/ui/package.json': json({
      name: 'ui',
      main: 'lib/index.js',
      dependencies: { react: '^18.0.0', '@acme/core': 'workspace:*' },
      imports: { '#internal/*': './src/internal/*.ts', '#dep': 'react' },
    }),
    'packages/ui/src/index.tsx': '',
    'packages/ui/src/button.tsx': '',
    'packages/ui/src/internal/x.ts': '',
    'packages/private/package.json': json({ name: 'hidden' }),
    'packages/private/index.js': '',
  };
  const resolve = typescript(workspace);
  const from = 'packages/ui/src/index.tsx';

  test('exports whose target is built lead to the source that the compiler options say', () => {
    expect(resolve(from, '@acme/core')).toEqual(exactly('packages/core/source/index.ts'));
    expect(resolve(from, '@acme/core/features/a.js')).toEqual(exactly('packages/core/source/features/a.ts'));
    expect(resolve(from, '@acme/core/testing')).toEqual(exactly('packages/core/src/testing/index.ts'));
  });

  test('a condition that is not in force is a convention', () => {
    expect(resolve(from, '@acme/core/native')).toEqual(usually('packages/core/src/native.ts'));
  });

  test('main of a built package, and paths into it', () => {
    expect(resolve('packages/core/source/index.ts', 'ui')).toEqual(usually('packages/ui/src/index.tsx'));
    expect(resolve('packages/core/source/index.ts', 'ui/lib/button')).toEqual(
      usually('packages/ui/src/button.tsx'),
    );
    expect(resolve('packages/core/source/index.ts', 'ui/lib/gone')).toEqual(nothing('missing', 'convention'));
  });

  test('imports of the package itself', () => {
    expect(resolve(from, '#internal/x')).toEqual(exactly('packages/ui/src/internal/x.ts'));
    expect(resolve(from, '#nothing')).toEqual(nothing('missing', 'name'));
  });

  test('a package outside of the workspace is found by name alone', () => {
    expect(resolve(from, 'hidden')).toEqual({
      kind: 'file',
      paths: ['packages/private/index.js'],
      certainty: 'name',
    });
  });

  test('a package that tests bring along is not what others import', () => {
    const fixture = {
      'test/fixtures/react/package.json': json({ name: 'react' }),
      'test/fixtures/react/index.js': '',
    };
    const tested = typescript({ ...workspace, ...fixture });
    expect(tested(from, 'react')).toEqual(outside('react'));
  });

  test('externals: listed ones, builtins, others', () => {
    expect(resolve(from, 'react/jsx-runtime')).toEqual(outside('react'));
    expect(resolve(from, 'fs')).toEqual(outside('fs'));
    expect(resolve(from, 'fs/promises')).toEqual(outside('fs'));
    expect(resolve(from, 'node:path')).toEqual(outside('node:path'));
    expect(resolve(from, '@scope/unknown/deep/path')).toEqual(outside('@scope/unknown', 'name'));
    expect(resolve(from, 'npm:chalk@5')).toEqual(outside('chalk@5', 'name'));
  });

  test('pnpm lists its members in YAML', () => {
    const pnpm = typescript({
      'package.json': '{}',
      'pnpm-workspace.yaml': 'packages:\n  # all\n  - \'libs/*\'\n  - "!libs/old"\ncatalog:\n  - nothing\n',
      'libs/a/package.json': json({ name: 'a' }),
      'libs/a/src/index.ts': '',
      'libs/b/package.json': json({ name: 'b' }),
    });
    expect(pnpm('libs/b/x.ts', 'a')).toEqual(usually('libs/a/src/index.ts'));
  });

  test('a package may import itself by name', () => {
    const own = typescript({
      'package.json': json({ name: 'self', exports: { './x': './x.ts' } }),
      'x.ts': '',
      'test/a.ts': '',
    });
    expect(own('test/a.ts', 'self/x')).toEqual(exactly('x.ts'));
  });

  test('require and import may have different targets', () => {
    const dual = javascript({
      'package.json': json({ name: 'dual', exports: { import: './a.mjs', require: './a.cjs' } }),
      'a.mjs': '',
      'a.cjs': '',
    });
    expect(dual('x.js', 'dual')).toEqual(exactly('a.mjs'));
    expect(dual('x.js', { specifier: 'dual', form: 'require' })).toEqual(exactly('a.cjs'));
  });

  test('a half-written package.json says nothing and does no harm', () => {
    const broken = javascript({ 'package.json': '{ "name": ', 'a.js': '' });
    expect(broken('b.js', './a')).toEqual(exactly('a.js'));
    expect(broken('b.js', 'react')).toEqual(outside('react', 'name'));
  });
});

test('the packages of another repository', () => {
  const here = projectOf({ 'package.json': json({ dependencies: { lib: '^1.0.0' } }), 'a.ts': '' });
  const lib = projectOf(
    { 'package.json': json({ name: 'lib', main: 'dist/index.js' }), 'src/index.ts': '', 'src/sub.ts': '' },
    {},
    'lib',
  );
  const fork = projectOf({ 'package.json': json({ name: 'lib' }), 'index.js': '' }, {}, 'fork');
  expect(resolverOf('typescript', here, lib)('a.ts', 'lib')).toEqual({
    kind: 'repo',
    repo: 'lib',
    paths: ['src/index.ts'],
    certainty: 'convention',
    also: [],
  });
  expect(resolverOf('typescript', here, lib, fork)('a.ts', 'lib')).toMatchObject({
    repo: 'lib',
    certainty: 'name',
    also: [{ repo: 'fork', paths: ['index.js'] }],
  });
  expect(resolverOf('typescript', here, lib)('a.ts', 'react')).toEqual(outside('react', 'name'));
});
