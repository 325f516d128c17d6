import { describe, expect, test } from 'vitest';
import {
  exactly,
  nothing,
  outside,
  perhaps,
  projectOf,
  resolverOf,
  type Tree,
  usually,
} from '../../../support/imports.js';

function python(tree: Tree) {
  return resolverOf('python', projectOf(tree));
}

describe('a flat layout', () => {
  const resolve = python({
    'pyproject.toml': '[project]\nname = "shop"\ndependencies = ["requests>=2", "PyYAML"]\n',
    'shop/__init__.py': '',
    'shop/models.py': '',
    'shop/logging.py': '',
    'shop/fast.pyx': '',
    'shop/fast.pyi': '',
    'shop/api/__init__.py': '',
    'shop/api/views.py': '',
    'shop/api/helpers/deep.py': '',
    'tests/__init__.py': '',
    'tests/test_shop.py': '',
    'setup.py': '',
  });
  const from = 'shop/api/views.py';

  test('absolute modules and packages', () => {
    expect(resolve(from, 'shop')).toEqual(exactly('shop/__init__.py'));
    expect(resolve(from, 'shop.models')).toEqual(exactly('shop/models.py'));
    expect(resolve('tests/test_shop.py', 'shop.api')).toEqual(exactly('shop/api/__init__.py'));
    expect(resolve(from, 'shop.fast')).toEqual(exactly('shop/fast.pyx', 'shop/fast.pyi'));
  });

  test('names may be modules', () => {
    expect(resolve(from, { specifier: 'shop', names: ['models', 'create'] })).toEqual({
      ...exactly('shop/models.py', 'shop/__init__.py'),
      bindings: [
        { name: 'models', paths: ['shop/models.py'], symbols: [] },
        { name: 'create', paths: ['shop/__init__.py'], symbols: ['create'] },
      ],
    });
    expect(resolve(from, { specifier: 'shop.models', names: ['User'] })).toEqual(exactly('shop/models.py'));
    expect(resolve(from, { specifier: 'shop.models', names: ['*'] })).toEqual(exactly('shop/models.py'));
  });

  test('relative levels', () => {
    expect(resolve(from, { specifier: '.', names: ['thing'] })).toEqual(exactly('shop/api/__init__.py'));
    expect(resolve(from, '..models')).toEqual(exactly('shop/models.py'));
    expect(resolve('shop/api/__init__.py', '.views')).toEqual(exactly('shop/api/views.py'));
    expect(resolve(from, { specifier: '..', names: ['models'] })).toMatchObject(exactly('shop/models.py'));
    expect(resolve(from, '.gone')).toEqual(nothing('missing'));
    expect(resolve(from, '....far')).toEqual(nothing('outside'));
  });

  test('a folder without __init__ is a namespace', () => {
    expect(resolve(from, 'shop.api.helpers.deep')).toEqual(exactly('shop/api/helpers/deep.py'));
    expect(resolve(from, { specifier: '.helpers', names: ['deep'] })).toMatchObject(
      usually('shop/api/helpers/deep.py'),
    );
  });

  test('a module of a package of this repository that is not there is missing, not external', () => {
    expect(resolve(from, 'shop._version')).toEqual(nothing('missing'));
  });

  test('externals: the standard library wins over a namesake in the package, requirements are sure', () => {
    expect(resolve(from, 'logging')).toEqual(outside('logging'));
    expect(resolve(from, 'os.path')).toEqual(outside('os'));
    expect(resolve(from, 'requests.adapters')).toEqual(outside('requests'));
    expect(resolve(from, 'numpy')).toEqual(outside('numpy', 'name'));
  });
});

describe('where packages begin', () => {
  test('a src folder', () => {
    const resolve = python({
      'pyproject.toml': '',
      'src/shop/__init__.py': '',
      'src/shop/models.py': '',
      'tests/conftest.py': '',
      'tests/helpers.py': '',
      'tests/test_a.py': '',
    });
    expect(resolve('tests/test_a.py', 'shop.models')).toEqual(exactly('src/shop/models.py'));
    expect(resolve('tests/test_a.py', 'helpers')).toEqual(usually('tests/helpers.py'));
  });

  test.each([
    ['pyproject.toml', '[tool.setuptools.packages.find]\nwhere = ["code"]'],
    ['pyproject.toml', '[tool.setuptools.package-dir]\n"" = "code"'],
    ['pyproject.toml', '[tool.poetry]\npackages = [{ include = "shop", from = "code" }]'],
    ['pyproject.toml', '[tool.hatch.build.targets.wheel]\npackages = ["code/shop"]'],
    ['setup.cfg', '[options]\npackage_dir =\n    = code\n\n[metadata]\nname = shop'],
    ['setup.cfg', '[options.packages.find]\nwhere = code\n'],
    ['setup.py', "setup(packages=find_packages('code'), package_dir={'': 'code'})"],
  ])('stated in %s: %s', (file, text) => {
    const resolve = python({ [file]: text, 'code/shop/__init__.py': '', 'tests/test_a.py': '' });
    expect(resolve('tests/test_a.py', 'shop')).toEqual(exactly('code/shop/__init__.py'));
  });

  test('a folder of its own for one package', () => {
    const resolve = python({
      'setup.py': "setup(package_dir={'shop': 'lib/shop_code'})",
      'lib/shop_code/__init__.py': '',
      'lib/shop_code/a.py': '',
    });
    expect(resolve('main.py', 'shop.a')).toEqual(exactly('lib/shop_code/a.py'));
  });

  test('programs without a project find what lies beside them and at the top', () => {
    const resolve = python({
      'tools/run.py': '',
      'tools/common.py': '',
      'shared/__init__.py': '',
      'src/lib.py': '',
    });
    expect(resolve('tools/run.py', 'common')).toEqual(exactly('tools/common.py'));
    expect(resolve('tools/run.py', 'shared')).toEqual(usually('shared/__init__.py'));
    expect(resolve('tools/run.py', 'lib')).toEqual(usually('src/lib.py'));
  });

  test('several projects in one repository', () => {
    const tree = {
      'services/a/pyproject.toml': '[project]\nname = "a"',
      'services/a/alpha/__init__.py': '',
      'services/b/pyproject.toml': '[project]\nname = "b"',
      'services/b/src/beta/__init__.py': '',
      'services/b/src/common/__init__.py': '',
      'services/c/setup.py': '',
      'services/c/common/__init__.py': '',
    };
    const resolve = python(tree);
    expect(resolve('services/a/alpha/x.py', 'beta')).toEqual(usually('services/b/src/beta/__init__.py'));
    expect(resolve('services/a/alpha/x.py', 'common')).toEqual(
      perhaps('services/b/src/common/__init__.py', 'services/c/common/__init__.py'),
    );
    expect(resolve('services/c/main.py', 'common')).toEqual(exactly('services/c/common/__init__.py'));
  });
});

test('a required distribution that is made here', () => {
  const tree = (source: string) => ({
    'pyproject.toml': `[project]\nname = "shop"\ndependencies = ["shop-core>=1", "yaml"]\n${source}`,
    'shop/__init__.py': '',
    'core/pyproject.toml': '[project]\nname = "shop_core"\n',
    'core/python/shop_core/__init__.py': '',
  });
  const files = 'core/python/shop_core/__init__.py';
  expect(python(tree(''))('shop/__init__.py', 'shop_core')).toEqual(usually(files));
  const linked = python(tree('[tool.uv.sources]\nshop-core = { workspace = true }\n'));
  expect(linked('shop/__init__.py', 'shop_core')).toEqual(exactly(files));
  expect(linked('shop/__init__.py', 'yaml')).toEqual(outside('yaml'));
});

test('requirements files', () => {
  const resolve = python({
    'requirements.txt': '# all\n-r other.txt\nDjango>=4 ; python_version > "3"\n',
    'requirements/test.txt': 'pytest==8\n',
    'shop/__init__.py': '',
  });
  expect(resolve('shop/__init__.py', 'django.db')).toEqual(outside('django'));
  expect(resolve('shop/__init__.py', 'pytest')).toEqual(outside('pytest'));
  expect(resolve('manage.py', 'shop')).toEqual(exactly('shop/__init__.py'));
});

test("a file does not import itself by a foreign package's name", () => {
  const resolve = python({ 'pyproject.toml': '', 'app/__init__.py': '', 'app/redis.py': '' });
  expect(resolve('app/redis.py', 'redis')).toEqual(outside('redis', 'name'));
});

test("Bazel's labels", () => {
  const resolve = python({ 'tools/build/defs.bzl': '', 'tools/build/BUILD.bazel': '', 'MODULE.bazel': '' });
  expect(resolve('x/BUILD.bazel', '//tools/build:defs.bzl')).toEqual(exactly('tools/build/defs.bzl'));
  expect(resolve('tools/build/BUILD.bazel', ':defs.bzl')).toEqual(exactly('tools/build/defs.bzl'));
  expect(resolve('x/BUILD.bazel', '@rules_go//go:def.bzl')).toEqual(outside('@rules_go'));
  expect(resolve('x/BUILD.bazel', '//tools:gone.bzl')).toEqual(nothing('missing'));
});

test('the packages of another repository, its tests left out', () => {
  const here = projectOf({ 'pyproject.toml': '', 'app.py': '' });
  const other = projectOf(
    { 'pyproject.toml': '', 'src/lib/__init__.py': '', 'src/lib/sub.py': '', 'tests/__init__.py': '' },
    {},
    'other',
  );
  const resolve = resolverOf('python', here, other);
  expect(resolve('app.py', 'lib.sub')).toEqual({
    kind: 'repo',
    repo: 'other',
    paths: ['src/lib/sub.py'],
    certainty: 'convention',
    also: [],
  });
  expect(resolve('app.py', 'tests')).toEqual(outside('tests', 'name'));
  expect(resolve('app.py', 'os')).toEqual(outside('os'));
});
