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

function paths(...all: string[]): Tree {
  return Object.fromEntries(all.map((path) => [path, '']));
}

describe('Ruby', () => {
  const tree = {
    ...paths(
      'shop/lib/shop.rb',
      'shop/lib/shop/cart.rb',
      'shop/test/test_helper.rb',
      'shop/test/cart_test.rb',
      'shop/shop.gemspec',
      'pay/src/pay.rb',
      'app/models/order.rb',
      'app/models/api/user_token.rb',
      'app/models/concerns/priced.rb',
      'spec/rails_helper.rb',
    ),
    'pay/pay.gemspec': "Gem::Specification.new { |s| s.require_paths = ['src'] }",
  };
  const resolve = resolverOf('ruby', projectOf(tree));
  const relative = (specifier: string) => ({ specifier, form: 'include' as const });

  test('require', () => {
    expect(resolve('shop/lib/shop.rb', 'shop/cart')).toEqual(exactly('shop/lib/shop/cart.rb'));
    expect(resolve('shop/test/cart_test.rb', 'shop')).toEqual(exactly('shop/lib/shop.rb'));
    expect(resolve('shop/test/cart_test.rb', 'test_helper')).toEqual(usually('shop/test/test_helper.rb'));
    expect(resolve('shop/lib/shop.rb', 'pay')).toEqual(usually('pay/src/pay.rb'));
    expect(resolve('shop/lib/shop.rb', 'shop/gone')).toEqual(nothing('missing'));
    expect(resolve('shop/lib/shop.rb', 'json')).toEqual(outside('json'));
    expect(resolve('shop/lib/shop.rb', 'rack/utils')).toEqual(outside('rack', 'name'));
    expect(resolve('shop/lib/shop.rb', '#{root}/x')).toEqual(nothing('dynamic'));
  });

  test('require_relative', () => {
    expect(resolve('shop/lib/shop.rb', relative('shop/cart'))).toEqual(exactly('shop/lib/shop/cart.rb'));
    expect(resolve('shop/test/cart_test.rb', relative('../lib/shop.rb'))).toEqual(
      exactly('shop/lib/shop.rb'),
    );
    expect(resolve('shop/test/cart_test.rb', relative('gone'))).toEqual(nothing('missing'));
  });

  test('constants that autoloaders find', () => {
    expect(resolve('app/x.rb', 'Order')).toMatchObject(usually('app/models/order.rb'));
    expect(resolve('app/x.rb', 'Api::UserToken')).toMatchObject(usually('app/models/api/user_token.rb'));
    expect(resolve('app/x.rb', '::Priced')).toMatchObject(usually('app/models/concerns/priced.rb'));
    expect(resolve('app/x.rb', 'Shop::Cart::LIMIT')).toMatchObject({
      ...usually('shop/lib/shop/cart.rb'),
      bindings: [{ name: 'LIMIT', symbols: ['Cart', 'LIMIT'] }],
    });
    expect(resolve('app/x.rb', 'RailsHelper')).toEqual(outside('RailsHelper', 'name'));
  });

  test('a gem of another repository', () => {
    const other = projectOf({ 'lib/rack/utils.rb': '', 'rack.gemspec': '' }, {}, 'rack');
    expect(resolverOf('ruby', projectOf(tree), other)('shop/lib/shop.rb', 'rack/utils')).toMatchObject({
      kind: 'repo',
      repo: 'rack',
      paths: ['lib/rack/utils.rb'],
    });
  });
});

test('Lua', () => {
  const resolve = resolverOf(
    'lua',
    projectOf(paths('lua/pick/init.lua', 'lua/pick/util.lua', 'src/core/log.lua', 'a/x.lua', 'b/x.lua')),
  );
  expect(resolve('lua/pick/util.lua', 'pick')).toEqual(usually('lua/pick/init.lua'));
  expect(resolve('plugin/p.lua', 'pick.util')).toEqual(usually('lua/pick/util.lua'));
  expect(resolve('plugin/p.lua', 'pick/util')).toEqual(usually('lua/pick/util.lua'));
  expect(resolve('plugin/p.lua', 'core.log')).toEqual(usually('src/core/log.lua'));
  expect(resolve('plugin/p.lua', 'x')).toEqual(perhaps('a/x.lua', 'b/x.lua'));
  expect(resolve('plugin/p.lua', 'plenary.path')).toEqual(outside('plenary', 'name'));
  expect(resolve('plugin/p.lua', 'string')).toEqual(outside('string'));
});

test('Swift', () => {
  const manifest = `let package = Package(targets: [
    .target(name: "Core", dependencies: [.product(name: "NIO", package: "swift-nio")]),
    .target(name: "Odd", dependencies: ["Core"], path: "Elsewhere/Odd"),
    // .target(name: "Gone"),
    .testTarget(name: "CoreTests"),
  ])`;
  const tree = {
    'Package.swift': manifest,
    ...paths(
      'Sources/Core/A.swift',
      'Sources/Core/Sub/B.swift',
      'Sources/Tool/main.swift',
      'Elsewhere/Odd/C.swift',
    ),
  };
  const resolve = resolverOf('swift', projectOf(tree));
  expect(resolve('x.swift', 'Core')).toEqual(exactly('Sources/Core/A.swift', 'Sources/Core/Sub/B.swift'));
  expect(resolve('x.swift', 'Odd')).toEqual(exactly('Elsewhere/Odd/C.swift'));
  expect(resolve('x.swift', 'Odd.Thing')).toMatchObject({
    bindings: [{ name: 'Thing', symbols: ['Thing'] }],
  });
  expect(resolve('x.swift', 'Tool')).toEqual(usually('Sources/Tool/main.swift'));
  expect(resolve('x.swift', 'Foundation')).toEqual(outside('Foundation'));
  expect(resolve('x.swift', 'NIO')).toEqual(outside('NIO'));
  expect(resolve('x.swift', 'Gone')).toEqual(outside('Gone', 'name'));
});

test('Bash', () => {
  const resolve = resolverOf(
    'bash',
    projectOf(paths('bin/run.sh', 'bin/common.sh', 'lib/log.sh', 'themes/a.bash')),
  );
  expect(resolve('bin/run.sh', '$(dirname "$0")/common.sh')).toEqual(exactly('bin/common.sh'));
  expect(resolve('bin/run.sh', '"$' + '{BASH_SOURCE%/*}"/common.sh')).toEqual(exactly('bin/common.sh'));
  expect(resolve('bin/run.sh', './common.sh')).toEqual(usually('bin/common.sh'));
  expect(resolve('bin/run.sh', '$ROOT/lib/log.sh')).toEqual(usually('lib/log.sh'));
  expect(resolve('bin/run.sh', 'log.sh')).toEqual(usually('lib/log.sh'));
  expect(resolve('bin/run.sh', '$HOME/gone.sh')).toEqual(nothing('missing', 'convention'));
  expect(resolve('bin/run.sh', '$file')).toEqual(nothing('dynamic'));
  expect(resolve('bin/run.sh', '/etc/profile')).toEqual(nothing('dynamic'));
});

test('Zig', () => {
  const build = `pub fn build(b: *std.Build) void {
    const core = b.addModule("core", .{ .root_source_file = b.path("src/core.zig") });
    const extra = b.createModule(.{ .root_source_file = b.path("src/extra.zig") });
    exe.root_module.addImport("more", extra);
  }`;
  const tree = {
    'build.zig': build,
    ...paths('src/core.zig', 'src/extra.zig', 'src/main.zig', 'src/named.zig'),
  };
  const resolve = resolverOf('zig', projectOf(tree));
  expect(resolve('src/main.zig', 'core.zig')).toEqual(exactly('src/core.zig'));
  expect(resolve('src/main.zig', '../src/core.zig')).toEqual(exactly('src/core.zig'));
  expect(resolve('src/main.zig', 'core')).toEqual(exactly('src/core.zig'));
  expect(resolve('src/main.zig', 'more')).toEqual(exactly('src/extra.zig'));
  expect(resolve('src/main.zig', 'named')).toEqual(perhaps('src/named.zig'));
  expect(resolve('src/main.zig', 'std')).toEqual(outside('std'));
  expect(resolve('src/main.zig', 'gone.zig')).toEqual(nothing('missing'));
});

test('Dart', () => {
  const tree = {
    'app/pubspec.yaml': 'name: app\ndependencies:\n  http: ^1.0.0\n',
    ...paths('app/lib/main.dart', 'app/lib/src/a.dart'),
  };
  const resolve = resolverOf('dart', projectOf(tree));
  expect(resolve('app/lib/main.dart', 'src/a.dart')).toEqual(exactly('app/lib/src/a.dart'));
  expect(resolve('app/test/t.dart', 'package:app/src/a.dart')).toEqual(exactly('app/lib/src/a.dart'));
  expect(resolve('app/test/t.dart', 'package:app/gone.dart')).toEqual(nothing('missing'));
  expect(resolve('app/test/t.dart', 'package:http/http.dart')).toEqual(outside('http'));
  expect(resolve('app/test/t.dart', 'dart:async')).toEqual(outside('dart:async'));
});

test.each([
  [
    'elm',
    { 'elm.json': '{"source-directories": ["client"]}', 'client/Page/Home.elm': '' },
    'client/Main.elm',
    'Page.Home',
    exactly('client/Page/Home.elm'),
  ],
  ['elm', paths('src/Main.elm'), 'src/Main.elm', 'Html.Attributes', outside('Html.Attributes', 'name')],
  [
    'gleam',
    paths('src/shop/cart.gleam'),
    'test/cart_test.gleam',
    'shop/cart',
    usually('src/shop/cart.gleam'),
  ],
  ['gleam', paths('src/a.gleam'), 'src/a.gleam', 'gleam/list', outside('gleam', 'name')],
  [
    'clojure',
    paths('src/my_app/core.clj'),
    'test/my_app/core_test.clj',
    'my-app.core',
    usually('src/my_app/core.clj'),
  ],
  ['perl', paths('lib/My/Thing.pm'), 'bin/run.pl', 'My::Thing', usually('lib/My/Thing.pm')],
  ['perl', paths('lib/My/Thing.pm'), 'bin/run.pl', 'strict', outside('strict')],
  [
    'gdscript',
    { 'game/project.godot': '', 'game/actors/hero.gd': '' },
    'game/main.gd',
    'res://actors/hero.gd',
    exactly('game/actors/hero.gd'),
  ],
  ['nix', paths('pkgs/tool/default.nix'), 'flake.nix', './pkgs/tool', exactly('pkgs/tool/default.nix')],
  [
    'hcl',
    paths('modules/net/main.tf', 'modules/net/out.tf'),
    'main.tf',
    './modules/net',
    exactly('modules/net/main.tf', 'modules/net/out.tf'),
  ],
  [
    'hcl',
    paths('main.tf'),
    'main.tf',
    'terraform-aws-modules/vpc/aws',
    outside('terraform-aws-modules/vpc/aws'),
  ],
  [
    'scss',
    paths('styles/_colors.scss', 'styles/forms/_index.scss'),
    'styles/main.scss',
    'colors',
    exactly('styles/_colors.scss'),
  ],
  [
    'scss',
    paths('styles/_colors.scss', 'styles/forms/_index.scss'),
    'styles/main.scss',
    './forms',
    exactly('styles/forms/_index.scss'),
  ],
  [
    'protobuf',
    paths('proto/acme/v1/shop.proto'),
    'proto/acme/v1/pay.proto',
    'acme/v1/shop.proto',
    usually('proto/acme/v1/shop.proto'),
  ],
  ['html', paths('public/app.js'), 'public/index.html', 'app.js?v=1', exactly('public/app.js')],
  [
    'cmake',
    paths('cmake/Find.cmake', 'src/CMakeLists.txt'),
    'CMakeLists.txt',
    'src',
    exactly('src/CMakeLists.txt'),
  ],
  ['latex', paths('chapters/one.tex'), 'main.tex', 'chapters/one', exactly('chapters/one.tex')],
  ['vue', paths('src/App.vue', 'src/store.ts'), 'src/App.vue', './store', exactly('src/store.ts')],
  ['fortran', paths('src/mesh.f90'), 'src/main.f90', 'mesh', usually('src/mesh.f90')],
  ['text', paths('a.txt'), 'a.txt', 'what is this?', nothing('dynamic')],
])('%s: %#', (language, tree, from, specifier, expected) => {
  expect(resolverOf(language, projectOf(tree as Tree))(from, specifier)).toEqual(expected);
});
