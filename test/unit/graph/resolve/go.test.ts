import { expect, test } from 'vitest';
import {
  exactly,
  nothing,
  outside,
  perhaps,
  projectOf,
  resolverOf,
  usually,
} from '../../../support/imports.js';

const tree = {
  'go.mod': `module example.com/shop // the shop

go 1.22

require (
	github.com/lib/pq v1.10.0
	golang.org/x/text/language v0.3.0 // indirect
)

require example.com/tools v1.0.0

replace example.com/tools => ./tools

replace (
	example.com/away v1.2.0 => ../away
	github.com/lib/pq => github.com/fork/pq v1.0.0
)
`,
  'main.go': '',
  'internal/store/store.go': '',
  'internal/store/sql.go': '',
  'internal/store/store_test.go': '',
  'internal/store/schema.sql': '',
  'tools/go.mod': 'module example.com/tools\n',
  'tools/gen/gen.go': '',
  'plugins/go.mod': 'module example.com/shop/plugins\n',
  'plugins/a/a.go': '',
};
const resolve = resolverOf('go', projectOf(tree));

test('a package is the files of its folder without its tests', () => {
  const store = exactly('internal/store/sql.go', 'internal/store/store.go');
  expect(resolve('main.go', 'example.com/shop/internal/store')).toEqual(store);
  expect(resolve('cmd/x/x.go', 'example.com/shop')).toEqual(exactly('main.go'));
  expect(resolve('main.go', './internal/store')).toEqual(store);
  expect(resolve('main.go', 'example.com/shop/gone')).toEqual(nothing('missing'));
});

test('replaced modules', () => {
  expect(resolve('main.go', 'example.com/tools/gen')).toEqual(exactly('tools/gen/gen.go'));
  expect(resolve('main.go', 'example.com/away/x')).toEqual(nothing('outside'));
});

test('another module of the repository is the one that is built only in a workspace', () => {
  expect(resolve('main.go', 'example.com/shop/plugins/a')).toEqual(usually('plugins/a/a.go'));
  const together = resolverOf(
    'go',
    projectOf({ ...tree, 'go.work': 'go 1.22\n\nuse (\n\t.\n\t./plugins\n)\n' }),
  );
  expect(together('main.go', 'example.com/shop/plugins/a')).toEqual(exactly('plugins/a/a.go'));
});

test('externals', () => {
  expect(resolve('main.go', 'fmt')).toEqual(outside('fmt'));
  expect(resolve('main.go', 'net/http/httptest')).toEqual(outside('net/http/httptest'));
  expect(resolve('main.go', 'C')).toEqual(outside('C'));
  expect(resolve('main.go', 'github.com/lib/pq/oid')).toEqual(outside('github.com/lib/pq'));
  expect(resolve('main.go', 'github.com/a/b/c/d')).toEqual(outside('github.com/a/b', 'name'));
  expect(resolve('main.go', 'golang.org/x/sync/errgroup')).toEqual(outside('golang.org/x/sync', 'name'));
});

test('vendored packages', () => {
  const vendored = resolverOf('go', projectOf({ 'go.mod': 'module m', 'vendor/github.com/a/b/b.go': '' }));
  expect(vendored('x.go', 'github.com/a/b')).toEqual(exactly('vendor/github.com/a/b/b.go'));
});

test('without a module, a package is found by the end of its path', () => {
  const old = resolverOf('go', projectOf({ 'main.go': '', 'pkg/util/u.go': '' }));
  expect(old('main.go', 'github.com/me/thing/pkg/util')).toEqual(perhaps('pkg/util/u.go'));
  expect(old('main.go', 'os')).toEqual(outside('os'));
});

test('a module of another repository', () => {
  const other = projectOf({ 'go.mod': 'module github.com/a/b/v2\n', 'sub/s.go': '', 'b.go': '' }, {}, 'b');
  const across = resolverOf('go', projectOf(tree), other);
  expect(across('main.go', 'github.com/a/b/v2/sub')).toMatchObject({
    kind: 'repo',
    repo: 'b',
    paths: ['sub/s.go'],
  });
  expect(across('main.go', 'github.com/a/bee')).toEqual(outside('github.com/a/bee', 'name'));
});
