import { describe, expect, test } from 'vitest';
import {
  exactly,
  nothing,
  outside,
  perhaps,
  projectOf,
  resolverOf,
  usually,
} from '../../../support/imports.js';

describe('C#', () => {
  const declared = {
    'src/Shop/Cart.cs': { packages: ['Acme.Shop'], names: new Set(['Cart']) },
    'src/Shop/Item.cs': { packages: ['Acme.Shop'], names: new Set(['Item', 'Unit']) },
    'src/Shop/Item.Parts.cs': { packages: ['Acme.Shop'], names: new Set(['Item']) },
    'src/Shop/Tax/Rate.cs': { packages: ['Acme.Shop.Tax'], names: new Set(['Rate']) },
  };
  const tree = Object.fromEntries(Object.keys(declared).map((path) => [path, '']));
  const resolve = resolverOf('csharp', projectOf(tree, declared));
  const using = (specifier: string) => ({ specifier, form: 'use' as const });

  test('a namespace is all files that declare it', () => {
    expect(resolve('x.cs', using('Acme.Shop'))).toEqual(
      exactly('src/Shop/Cart.cs', 'src/Shop/Item.Parts.cs', 'src/Shop/Item.cs'),
    );
    expect(resolve('x.cs', using('global::Acme.Shop.Tax'))).toEqual(exactly('src/Shop/Tax/Rate.cs'));
  });

  test('a type, for `using static` and aliases; a partial one is in several files', () => {
    expect(resolve('x.cs', using('Acme.Shop.Unit'))).toMatchObject(exactly('src/Shop/Item.cs'));
    expect(resolve('src/Shop/x.cs', using('Acme.Shop.Item'))).toMatchObject(
      usually('src/Shop/Item.Parts.cs', 'src/Shop/Item.cs'),
    );
  });

  test('seen from a namespace around the file', () => {
    expect(resolve('src/Shop/Cart.cs', using('Tax'))).toMatchObject(usually('src/Shop/Tax/Rate.cs'));
  });

  test('types in a namespace of the framework do not make it ours', () => {
    const gaps = { ...declared, 'src/Gaps.cs': { packages: ['System'], names: new Set(['Index']) } };
    const filled = resolverOf('csharp', projectOf({ ...tree, 'src/Gaps.cs': '' }, gaps));
    expect(filled('src/Shop/Cart.cs', using('System'))).toEqual(outside('System'));
    expect(filled('src/Gaps.cs', using('System'))).toMatchObject(exactly('src/Gaps.cs'));
  });

  test('externals, a namesake of our own prefix among them', () => {
    expect(resolve('x.cs', using('System.Linq'))).toEqual(outside('System.Linq'));
    expect(resolve('x.cs', using('Acme.Shop.Other.Thing'))).toEqual(outside('Acme.Shop.Other.Thing', 'name'));
  });
});

describe('PHP', () => {
  const tree = {
    'composer.json': JSON.stringify({
      autoload: {
        'psr-4': { 'App\\': 'src/', 'App\\Extra\\': ['extra', 'more/extra'] },
        'psr-0': { Old_: 'legacy/' },
        classmap: ['lib/'],
      },
      'autoload-dev': { 'psr-4': { 'App\\Tests\\': 'tests/' } },
    }),
    'src/Kernel.php': '',
    'src/Model/User.php': '',
    'more/extra/Thing.php': '',
    'legacy/Old/Db/Table.php': '',
    'lib/classes.php': '',
    'lib/functions.php': '',
    'tests/UserTest.php': '',
    'config/routes.php': '',
    'public/index.php': '',
  };
  const declared = {
    'lib/classes.php': { packages: ['Lib'], names: new Set(['Mapped']) },
    'lib/functions.php': { packages: ['Lib\\Fn'], names: new Set(['array_find']) },
  };
  const resolve = resolverOf('php', projectOf(tree, declared));
  const use = (specifier: string, ...names: string[]) => ({ specifier, names, form: 'use' as const });
  const from = 'src/Kernel.php';

  test('PSR-4, the longest prefix first, several folders, groups', () => {
    expect(resolve(from, use('App\\Model\\User'))).toMatchObject(exactly('src/Model/User.php'));
    expect(resolve(from, use('\\App\\Extra\\Thing'))).toMatchObject(exactly('more/extra/Thing.php'));
    expect(resolve(from, use('App\\Tests\\UserTest'))).toMatchObject(exactly('tests/UserTest.php'));
    expect(resolve(from, use('App', 'Kernel', 'Model\\User'))).toMatchObject({
      ...exactly('src/Kernel.php', 'src/Model/User.php'),
      bindings: [{ symbols: ['Kernel'] }, { symbols: ['User'] }],
    });
    expect(resolve(from, use('App\\Model'))).toEqual(usually('src/Model/User.php'));
  });

  test('PSR-0 and declared namespaces', () => {
    expect(resolve(from, use('Old_Db_Table'))).toEqual(outside('Old_Db_Table', 'name'));
    expect(resolve(from, use('Lib\\Mapped'))).toMatchObject(exactly('lib/classes.php'));
    expect(resolve(from, use('Lib\\Fn\\array_find'))).toMatchObject(exactly('lib/functions.php'));
  });

  test('missing ones and externals', () => {
    expect(resolve(from, use('App\\Model\\Gone'))).toEqual(nothing('missing', 'name'));
    expect(resolve(from, use('App\\Client\\Http'))).toEqual(outside('App\\Client', 'name'));
    expect(resolve(from, use('Psr\\Log\\LoggerInterface'))).toEqual(outside('Psr\\Log', 'name'));
    expect(resolve(from, use('Exception'))).toEqual(outside('Exception', 'name'));
  });

  test('paths', () => {
    const include = (specifier: string) => ({ specifier, form: 'include' as const });
    expect(resolve('public/index.php', include('/../config/routes.php'))).toEqual(
      exactly('config/routes.php'),
    );
    expect(resolve('public/index.php', include("__DIR__ . '/../config/routes.php'"))).toEqual(
      exactly('config/routes.php'),
    );
    expect(resolve('public/index.php', include('config/routes.php'))).toEqual(usually('config/routes.php'));
    expect(resolve('public/index.php', include('../vendor/autoload.php'))).toEqual(
      outside('vendor/autoload.php', 'convention'),
    );
    expect(resolve('public/index.php', include('$file'))).toEqual(nothing('dynamic'));
    expect(resolve('public/index.php', include('gone.php'))).toEqual(nothing('missing'));
  });
});

describe('Elixir', () => {
  const declared = {
    'lib/shop/cart.ex': { packages: ['Shop.Cart', 'Shop.Cart.Line'] },
    'lib/shop.ex': { packages: ['Shop'] },
  };
  const tree = { 'lib/shop/cart.ex': '', 'lib/shop.ex': '', 'lib/shop/order_item.ex': '' };
  const resolve = resolverOf('elixir', projectOf(tree, declared));

  test('modules by name, in groups, by file, by __MODULE__', () => {
    expect(resolve('x.ex', 'Shop.Cart')).toEqual(exactly('lib/shop/cart.ex'));
    expect(resolve('x.ex', 'Shop.Cart.Line')).toEqual(exactly('lib/shop/cart.ex'));
    expect(resolve('x.ex', { specifier: 'Shop', names: ['Cart', 'OrderItem'] })).toMatchObject({
      paths: ['lib/shop/cart.ex', 'lib/shop/order_item.ex'],
      certainty: 'convention',
    });
    expect(resolve('lib/shop.ex', '__MODULE__.Cart')).toEqual(exactly('lib/shop/cart.ex'));
  });

  test('others', () => {
    expect(resolve('x.ex', 'Enum')).toEqual(outside('Enum'));
    expect(resolve('x.ex', ':ets')).toEqual(outside(':ets'));
    expect(resolve('x.ex', 'Phoenix.Controller')).toEqual(outside('Phoenix', 'name'));
    expect(resolve('x.ex', 'Shop.Gone')).toEqual(nothing('missing', 'name'));
  });
});

describe('Haskell', () => {
  const declared = {
    'src/Data/Shop.hs': { packages: ['Data.Shop'] },
    'app/Main.hs': { packages: ['Main'] },
    'one/Utils.hs': { packages: ['Utils'] },
    'two/Utils.hs': { packages: ['Utils'] },
  };
  const tree = Object.fromEntries([...Object.keys(declared), 'lib/Data/Raw.hsc'].map((path) => [path, '']));
  const resolve = resolverOf('haskell', projectOf(tree, declared));

  test('modules', () => {
    expect(resolve('app/Main.hs', 'Data.Shop')).toEqual(exactly('src/Data/Shop.hs'));
    expect(resolve('app/Main.hs', 'Data.Raw')).toEqual(usually('lib/Data/Raw.hsc'));
    expect(resolve('two/Main.hs', 'Utils')).toEqual(usually('two/Utils.hs'));
    expect(resolve('app/Main.hs', 'Utils')).toEqual(perhaps('one/Utils.hs', 'two/Utils.hs'));
    expect(resolve('app/Main.hs', 'Data.Map.Strict')).toEqual(outside('Data.Map.Strict', 'name'));
  });
});
