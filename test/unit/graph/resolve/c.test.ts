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

const tree = {
  'src/net/socket.c': '',
  'src/net/socket.h': '',
  'src/util.h': '',
  'src/unix/time.h': '',
  'src/unix/platform.h': '',
  'src/win/platform.h': '',
  'include/acme/api.h': '',
  'include/acme/config.h.in': '',
  'deps/lib/include/lib/util.h': '',
  'deps/lib/include/lib/version.hpp': '',
  'deps/lib/src/main.cc': '',
  'deps/other/include/lib/util.h': '',
};

describe('includes', () => {
  const resolve = resolverOf('cpp', projectOf(tree));
  const from = 'src/net/socket.c';

  test('beside the file, and up from it', () => {
    expect(resolve(from, 'socket.h')).toEqual(exactly('src/net/socket.h'));
    expect(resolve(from, '../util.h')).toEqual(exactly('src/util.h'));
    expect(resolve(from, '..\\util.h')).toEqual(exactly('src/util.h'));
  });

  test('below an include folder', () => {
    expect(resolve(from, 'acme/api.h')).toEqual(usually('include/acme/api.h'));
    expect(resolve(from, '<acme/api.h>')).toEqual(usually('include/acme/api.h'));
    expect(resolve('deps/lib/src/main.cc', 'lib/util.h')).toEqual(usually('deps/lib/include/lib/util.h'));
  });

  test('several candidates stay several', () => {
    expect(resolve(from, 'platform.h')).toEqual(perhaps('src/unix/platform.h', 'src/win/platform.h'));
    expect(resolve(from, 'lib/util.h')).toEqual(
      perhaps('deps/lib/include/lib/util.h', 'deps/other/include/lib/util.h'),
    );
  });

  test('a header that a build makes of a template', () => {
    expect(resolve(from, 'acme/config.h')).toEqual(usually('include/acme/config.h.in'));
  });

  test('externals, of which the standard ones are sure', () => {
    expect(resolve(from, '<time.h>')).toEqual(outside('time.h'));
    expect(resolve(from, '<vector>')).toEqual(outside('vector'));
    expect(resolve(from, '<sys/types.h>')).toEqual(outside('sys/types.h'));
    expect(resolve(from, '<openssl/ssl.h>')).toEqual(outside('openssl/ssl.h', 'name'));
    expect(resolve(from, 'gtest/gtest.h')).toEqual(outside('gtest/gtest.h', 'name'));
    expect(resolve(from, 'stdio.h')).toEqual(outside('stdio.h'));
  });

  test('what would be here, and what is computed', () => {
    expect(resolve(from, 'generated.h')).toEqual(nothing('missing', 'name'));
    expect(resolve(from, 'src/net/gone.h')).toEqual(nothing('missing', 'name'));
    expect(resolve(from, 'CONFIG_HEADER')).toEqual(nothing('dynamic'));
    expect(resolve(from, '/usr/include/x.h')).toEqual(nothing('outside'));
  });

  test('headers of another repository need a folder in their path', () => {
    const other = projectOf({ 'include/gtest/gtest.h': '', 'src/generated.h': '' }, {}, 'gtest');
    const across = resolverOf('cpp', projectOf(tree), other);
    expect(across(from, 'gtest/gtest.h')).toMatchObject({ kind: 'repo', repo: 'gtest', certainty: 'name' });
    expect(across(from, 'generated.h')).toEqual(nothing('missing', 'name'));
  });
});

test('namespaces of C++ are no more than names', () => {
  const declared = { 'src/util.h': { packages: ['acme', 'acme::net'], names: new Set(['Socket']) } };
  const resolve = resolverOf('cpp', projectOf(tree, declared));
  const using = (specifier: string, ...names: string[]) => ({ specifier, names, form: 'use' as const });
  expect(resolve('src/net/socket.c', using('acme::net', 'Socket'))).toMatchObject(usually('src/util.h'));
  expect(resolve('src/net/socket.c', using('acme', '*'))).toEqual(usually('src/util.h'));
  expect(resolve('src/net/socket.c', using('std', 'string'))).toEqual(outside('std'));
  expect(resolve('src/net/socket.c', using('boost::asio'))).toEqual(outside('boost', 'name'));
});
