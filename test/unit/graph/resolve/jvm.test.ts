import { describe, expect, test } from 'vitest';
import type { Declared } from '../../../../src/daemon/graph/resolve/declarations.js';
import {
  exactly,
  nothing,
  outside,
  perhaps,
  projectOf,
  resolverOf,
  usually,
} from '../../../support/imports.js';

const shop = (name: string, ...names: string[]): Declared => ({ packages: [name], names: new Set(names) });
const main = 'shop/src/main/java/com/acme/shop';

describe('Java', () => {
  const declared = {
    [`${main}/Cart.java`]: shop('com.acme.shop', 'Cart', 'Helper'),
    [`${main}/Item.java`]: shop('com.acme.shop', 'Item'),
    [`${main}/api/Api.java`]: shop('com.acme.shop.api', 'Api'),
    'odd/place/Util.java': shop('com.acme.util', 'Util'),
    'a/src/com/acme/twice/Twin.java': shop('com.acme.twice', 'Twin'),
    'b/src/com/acme/twice/Twin.java': shop('com.acme.twice', 'Twin'),
  };
  const tree = Object.fromEntries(Object.keys(declared).map((path) => [path, '']));
  const resolve = resolverOf('java', projectOf(tree, declared));
  const from = `${main}/api/Api.java`;
  const type = (path: string, ...symbols: string[]) => ({
    ...exactly(path),
    bindings: [{ name: symbols.at(-1), paths: [path], symbols }],
  });

  test('types, nested and static members', () => {
    expect(resolve(from, 'com.acme.shop.Cart')).toEqual(type(`${main}/Cart.java`, 'Cart'));
    expect(resolve(from, 'com.acme.shop.Cart.Line')).toEqual(type(`${main}/Cart.java`, 'Cart', 'Line'));
    expect(resolve(from, { specifier: 'com.acme.shop.Cart.total' })).toEqual(
      type(`${main}/Cart.java`, 'Cart', 'total'),
    );
    expect(resolve(from, 'com.acme.util.Util')).toEqual(type('odd/place/Util.java', 'Util'));
  });

  test('a second type of a file', () => {
    expect(resolve(from, 'com.acme.shop.Helper')).toEqual(type(`${main}/Cart.java`, 'Helper'));
  });

  test('a package is all files that declare it', () => {
    expect(resolve(from, { specifier: 'com.acme.shop', names: ['*'] })).toEqual(
      exactly(`${main}/Cart.java`, `${main}/Item.java`),
    );
    expect(resolve(from, 'com.acme.shop.*')).toEqual(exactly(`${main}/Cart.java`, `${main}/Item.java`));
  });

  test('a type twice in one package: the nearest first, none for sure', () => {
    expect(resolve('b/src/com/acme/X.java', 'com.acme.twice.Twin')).toMatchObject(
      perhaps('b/src/com/acme/twice/Twin.java', 'a/src/com/acme/twice/Twin.java'),
    );
  });

  test('what the package does not have, and other packages', () => {
    expect(resolve(from, 'com.acme.shop.Generated')).toEqual(nothing('missing', 'name'));
    expect(resolve(from, 'java.util.List')).toEqual(outside('java.util'));
    expect(resolve(from, 'java.util.Map.Entry')).toEqual(outside('java.util'));
    expect(resolve(from, 'org.junit.jupiter.api.Assertions.assertEquals')).toEqual(
      outside('org.junit.jupiter.api', 'name'),
    );
  });

  test('by folders while packages are not known', () => {
    const bare = resolverOf('java', projectOf(tree));
    expect(bare(from, 'com.acme.shop.Cart')).toMatchObject(usually(`${main}/Cart.java`));
  });

  test('of another repository', () => {
    const other = projectOf(
      { 'src/org/lib/Tool.java': '' },
      { 'src/org/lib/Tool.java': shop('org.lib', 'Tool') },
      'lib',
    );
    const across = resolverOf('java', projectOf(tree, declared), other);
    expect(across(from, 'org.lib.Tool')).toMatchObject({
      kind: 'repo',
      repo: 'lib',
      certainty: 'convention',
    });
    expect(across(from, 'org.lib.Gone')).toEqual(outside('org.lib', 'name'));
  });
});

describe('Kotlin', () => {
  const declared = {
    'core/common/src/Client.kt': shop('io.acme', 'Client', 'get'),
    'core/common/src/Platform.kt': shop('io.acme', 'platform'),
    'core/jvm/src/Platform.jvm.kt': shop('io.acme', 'platform'),
    'core/common/src/Unknown.kt': { packages: ['io.raw'] },
    'core/common/src/Other.kt': { packages: ['io.raw'] },
  };
  const tree = Object.fromEntries(Object.keys(declared).map((path) => [path, '']));
  const resolve = resolverOf('kotlin', projectOf(tree, declared));
  const from = 'core/jvm/src/X.kt';

  test('functions of a package, expected and actual ones', () => {
    expect(resolve(from, 'io.acme.get')).toMatchObject(exactly('core/common/src/Client.kt'));
    expect(resolve(from, 'io.acme.platform')).toMatchObject(
      usually('core/jvm/src/Platform.jvm.kt', 'core/common/src/Platform.kt'),
    );
  });

  test('while definitions are not known, a file of the name, or any of the package', () => {
    expect(resolve(from, 'io.raw.Unknown')).toMatchObject(usually('core/common/src/Unknown.kt'));
    expect(resolve(from, 'io.raw.helper')).toMatchObject({
      certainty: 'name',
      paths: ['core/common/src/Other.kt', 'core/common/src/Unknown.kt'],
    });
    expect(resolve(from, 'kotlin.test.Test')).toEqual(outside('kotlin.test'));
    expect(resolve(from, 'kotlinx.coroutines.launch')).toEqual(outside('kotlinx.coroutines.launch', 'name'));
  });
});

describe('Scala', () => {
  const declared = {
    'src/a/Api.scala': shop('org.acme', 'Api', 'Config'),
    'src/a/json/Codec.scala': shop('org.acme.json', 'Codec', 'Decoder'),
    'src/a/package.scala': shop('org.acme', 'syntax'),
  };
  const tree = Object.fromEntries(Object.keys(declared).map((path) => [path, '']));
  const resolve = resolverOf('scala', projectOf(tree, declared));

  test('several names', () => {
    expect(resolve('x.scala', { specifier: 'org.acme.json', names: ['Codec', 'Decoder'] })).toMatchObject(
      exactly('src/a/json/Codec.scala'),
    );
    expect(resolve('x.scala', { specifier: 'org.acme', names: ['Api', 'Gone'] })).toMatchObject({
      paths: ['src/a/Api.scala'],
      bindings: [
        { name: 'Api', paths: ['src/a/Api.scala'], symbols: ['Api'] },
        { name: 'Gone', paths: [] },
      ],
    });
    expect(resolve('x.scala', { specifier: '_root_.org.acme.json', names: ['*'] })).toEqual(
      exactly('src/a/json/Codec.scala'),
    );
  });

  test('names in the packages around the file', () => {
    expect(resolve('src/a/Api.scala', 'json.Codec')).toMatchObject(usually('src/a/json/Codec.scala'));
    expect(resolve('src/a/json/Codec.scala', { specifier: 'Config', names: ['*'] })).toMatchObject(
      perhaps('src/a/Api.scala'),
    );
  });

  test('members of objects in scope, and externals', () => {
    expect(resolve('src/a/Api.scala', { specifier: 'Local', names: ['*'] })).toEqual(
      nothing('dynamic', 'name'),
    );
    expect(resolve('src/a/Api.scala', { specifier: 'cats.effect', names: ['IO'] })).toEqual(
      outside('cats.effect', 'name'),
    );
    expect(resolve('src/a/Api.scala', 'scala.util.Try')).toEqual(outside('scala.util'));
  });
});
