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
  'Cargo.toml': `[workspace]
members = ["crates/*"]

[workspace.dependencies]
acme-core = { path = "crates/core", version = "1" }
serde = "1"
`,
  'crates/core/Cargo.toml': '[package]\nname = "acme-core"\nedition = "2021"\n',
  'crates/core/src/lib.rs': '',
  'crates/core/src/shape.rs': '',
  'crates/core/src/shape/circle.rs': '',
  'crates/core/src/old/mod.rs': '',
  'crates/core/src/old/inner.rs': '',
  'crates/core/tests/it.rs': '',
  'crates/core/tests/common/mod.rs': '',
  'crates/app/Cargo.toml': `[package]
name = "app"
[dependencies]
acme-core = { workspace = true }
serde = { workspace = true }
json = { package = "serde_json", version = "1" }
sized = { path = "../sized-things" }
plain = "0.1"
[[bin]]
name = "tool"
path = "tools/tool.rs"
`,
  'crates/app/src/main.rs': '',
  'crates/app/src/args.rs': '',
  'crates/app/src/bin/extra.rs': '',
  'crates/app/tools/tool.rs': '',
  'crates/app/tools/help.rs': '',
  'crates/app/build.rs': '',
  'crates/sized-things/Cargo.toml':
    '[package]\nname = "sized-things"\n[lib]\nname = "sized"\npath = "lib/root.rs"\n',
  'crates/sized-things/lib/root.rs': '',
  'crates/sized-things/lib/part.rs': '',
  'crates/plain/Cargo.toml': '[package]\nname = "plain"\n',
  'crates/plain/src/lib.rs': '',
};
const resolve = resolverOf('rust', projectOf(tree));
const item = (path: string, ...symbols: string[]) => ({
  ...exactly(path),
  bindings: [{ name: symbols.at(-1), paths: [path], symbols }],
});
const core = 'crates/core/src';

describe('paths in a crate', () => {
  test('crate::', () => {
    expect(resolve(`${core}/old/inner.rs`, 'crate::shape')).toEqual(exactly(`${core}/shape.rs`));
    expect(resolve(`${core}/old/inner.rs`, 'crate::shape::circle::Circle')).toEqual(
      item(`${core}/shape/circle.rs`, 'Circle'),
    );
    expect(resolve(`${core}/shape.rs`, 'crate::Error')).toEqual(item(`${core}/lib.rs`, 'Error'));
    expect(resolve('crates/app/src/args.rs', 'crate::run')).toEqual(item('crates/app/src/main.rs', 'run'));
  });

  test('self:: and super::', () => {
    expect(resolve(`${core}/shape.rs`, 'self::circle')).toEqual(exactly(`${core}/shape/circle.rs`));
    expect(resolve(`${core}/shape/circle.rs`, 'super::Shape')).toEqual(item(`${core}/shape.rs`, 'Shape'));
    expect(resolve(`${core}/shape/circle.rs`, 'super::super::old::inner')).toEqual(
      exactly(`${core}/old/inner.rs`),
    );
    expect(resolve(`${core}/old/inner.rs`, { specifier: 'super', names: ['*'] })).toMatchObject(
      exactly(`${core}/old/mod.rs`),
    );
    expect(resolve(`${core}/lib.rs`, 'super::x')).toEqual(nothing('missing'));
  });

  test('names are modules or items', () => {
    expect(
      resolve(`${core}/lib.rs`, { specifier: 'crate::shape', names: ['circle', 'Shape', 'self'] }),
    ).toEqual({
      ...exactly(`${core}/shape/circle.rs`, `${core}/shape.rs`),
      bindings: [
        { name: 'circle', paths: [`${core}/shape/circle.rs`], symbols: [] },
        { name: 'Shape', paths: [`${core}/shape.rs`], symbols: ['Shape'] },
        { name: 'self', paths: [`${core}/shape.rs`], symbols: [] },
      ],
    });
  });

  test('inline modules are part of their file', () => {
    const inTests = { scope: ['tests'], names: ['*'] };
    expect(resolve(`${core}/shape.rs`, { specifier: 'super', ...inTests })).toMatchObject(
      exactly(`${core}/shape.rs`),
    );
    expect(resolve(`${core}/shape.rs`, { specifier: 'super::circle', ...inTests })).toMatchObject(
      exactly(`${core}/shape/circle.rs`),
    );
    expect(resolve(`${core}/shape/circle.rs`, { specifier: 'super::super', ...inTests })).toMatchObject(
      exactly(`${core}/shape.rs`),
    );
    expect(resolve(`${core}/shape.rs`, 'crate::old::inline::Thing')).toEqual(
      item(`${core}/old/mod.rs`, 'inline', 'Thing'),
    );
  });

  test('a module of the importing one comes before crates, an item of the file by its capital', () => {
    expect(resolve(`${core}/lib.rs`, 'shape::circle')).toEqual(exactly(`${core}/shape/circle.rs`));
    expect(resolve(`${core}/shape.rs`, { specifier: 'Kind', names: ['*'] })).toMatchObject(
      perhaps(`${core}/shape.rs`),
    );
  });

  test('what the file is known to define', () => {
    const declared = { [`${core}/lib.rs`]: { packages: [], names: new Set(['linux']) } };
    const informed = resolverOf('rust', projectOf(tree, declared));
    expect(informed(`${core}/lib.rs`, 'linux::Keyring')).toEqual(item(`${core}/lib.rs`, 'linux', 'Keyring'));
    expect(resolve(`${core}/lib.rs`, 'linux::Keyring')).toEqual(outside('linux', 'name'));
  });
});

describe('module declarations', () => {
  const mod = (specifier: string, more = {}) => ({ specifier, form: 'include' as const, ...more });

  test('beside the root, beside mod.rs, below the module', () => {
    expect(resolve(`${core}/lib.rs`, mod('shape'))).toEqual(exactly(`${core}/shape.rs`));
    expect(resolve(`${core}/lib.rs`, mod('old'))).toEqual(exactly(`${core}/old/mod.rs`));
    expect(resolve(`${core}/old/mod.rs`, mod('inner'))).toEqual(exactly(`${core}/old/inner.rs`));
    expect(resolve(`${core}/shape.rs`, mod('circle'))).toEqual(exactly(`${core}/shape/circle.rs`));
    expect(resolve(`${core}/lib.rs`, mod('gone'))).toEqual(nothing('missing'));
  });

  test('of tests and programs, which are crates', () => {
    expect(resolve('crates/core/tests/it.rs', mod('common'))).toEqual(
      exactly('crates/core/tests/common/mod.rs'),
    );
    expect(resolve('crates/app/tools/tool.rs', mod('help'))).toEqual(exactly('crates/app/tools/help.rs'));
  });

  test('with a path, inside an inline module, and include!', () => {
    expect(resolve(`${core}/lib.rs`, mod('x', { path: 'old/inner.rs' }))).toEqual(
      exactly(`${core}/old/inner.rs`),
    );
    expect(resolve(`${core}/lib.rs`, mod('inner', { scope: ['old'] }))).toEqual(
      exactly(`${core}/old/inner.rs`),
    );
    expect(resolve(`${core}/lib.rs`, mod('shape.rs'))).toEqual(exactly(`${core}/shape.rs`));
  });
});

describe('crates', () => {
  const main = 'crates/app/src/main.rs';

  test('of the workspace, by path, renamed', () => {
    expect(resolve(main, 'acme_core::shape::Shape')).toEqual(item(`${core}/shape.rs`, 'Shape'));
    expect(resolve(main, 'sized::part')).toEqual(exactly('crates/sized-things/lib/part.rs'));
    expect(resolve(main, '::sized')).toEqual(exactly('crates/sized-things/lib/root.rs'));
  });

  test('a version from the registry whose package is here as well', () => {
    expect(resolve(main, 'plain::x')).toMatchObject(usually('crates/plain/src/lib.rs'));
  });

  test('tests use the library by its name', () => {
    expect(resolve('crates/core/tests/it.rs', 'acme_core::shape')).toEqual(exactly(`${core}/shape.rs`));
    expect(resolve('crates/core/tests/common/mod.rs', 'crate::helper')).toMatchObject(
      exactly('crates/core/tests/it.rs'),
    );
  });

  test('externals', () => {
    expect(resolve(main, 'std::collections::HashMap')).toEqual(outside('std'));
    expect(resolve(main, 'serde::Deserialize')).toEqual(outside('serde'));
    expect(resolve(main, 'json::Value')).toEqual(outside('serde_json'));
    expect(resolve(main, 'tokio::spawn')).toEqual(outside('tokio', 'name'));
    expect(resolve(main, { specifier: 'serde', form: 'static' })).toEqual(outside('serde'));
  });

  test("a crate that tests bring along is nobody else's", () => {
    const manifest = '[package]\nname = "tokio"';
    const fixture = projectOf({
      'tests/fixtures/tokio/Cargo.toml': manifest,
      'tests/fixtures/tokio/src/lib.rs': '',
    });
    expect(resolverOf('rust', projectOf(tree), fixture)(main, 'tokio::net')).toEqual(
      outside('tokio', 'name'),
    );
  });

  test('of another repository', () => {
    const tokio = projectOf(
      { 'tokio/Cargo.toml': '[package]\nname = "tokio"', 'tokio/src/lib.rs': '', 'tokio/src/net/mod.rs': '' },
      {},
      'tokio',
    );
    expect(resolverOf('rust', projectOf(tree), tokio)(main, 'tokio::net::Stream')).toMatchObject({
      kind: 'repo',
      repo: 'tokio',
      paths: ['tokio/src/net/mod.rs'],
      bindings: [{ name: 'Stream', symbols: ['Stream'] }],
    });
  });
});
