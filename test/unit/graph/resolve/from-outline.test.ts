import { describe, expect, test } from 'vitest';
import { declaredBy, importsOf } from '../../../../src/daemon/graph/resolve/from-outline.js';
import type { ChunkKind } from '../../../../src/workers/chunk/kinds.js';
import type { Outline, OutlineDefinition, OutlineImport } from '../../../../src/workers/outline/contract.js';

function definition(
  kind: ChunkKind,
  name: string,
  parent = -1,
  lines: [number, number] = [1, 1],
): OutlineDefinition {
  const [startLine, endLine] = lines;
  const rest = { scope: '', signature: '', doc: '', exported: null, line: startLine, column: 0 };
  return { kind, name, parent, startLine, endLine, ...rest };
}

function written(specifier: string, more: Partial<OutlineImport> = {}): OutlineImport {
  return {
    form: 'static',
    specifier,
    names: [],
    default: null,
    namespace: null,
    wildcard: false,
    line: 1,
    ...more,
  };
}

function outline(parts: Partial<Outline>): Outline {
  return { module: null, definitions: [], references: [], imports: [], ...parts };
}

describe('imports', () => {
  test('names as the module calls them, the default and all of them included', () => {
    const imports = [
      written('./a', { names: [{ name: 'x', alias: 'y' }], default: 'A', line: 3 }),
      written('b', { namespace: 'ns' }),
      written('c', { wildcard: true, form: 'reexport' }),
    ];
    expect(importsOf(outline({ imports }), 'typescript')).toEqual([
      { specifier: './a', names: ['default', 'x'], form: 'static', line: 3 },
      { specifier: 'b', names: [], form: 'static', line: 1 },
      { specifier: 'c', names: ['*'], form: 'reexport', line: 1 },
    ]);
  });

  test("Rust's inline modules and self", () => {
    const definitions = [definition('module', 'outer', -1, [2, 9]), definition('module', 'tests', 0, [3, 8])];
    const imports = [
      written('super', { wildcard: true, form: 'use', line: 4 }),
      written('a', { namespace: 'a', names: [{ name: 'b', alias: 'b' }], form: 'use', line: 20 }),
    ];
    expect(importsOf(outline({ definitions, imports }), 'rust')).toEqual([
      { specifier: 'super', names: ['*'], form: 'use', line: 4, scope: ['outer', 'tests'] },
      { specifier: 'a', names: ['self', 'b'], form: 'use', line: 20 },
    ]);
  });
});

describe('declarations', () => {
  test('a package and its top-level names', () => {
    const definitions = [
      definition('class', 'Cart'),
      definition('class', 'Line', 0),
      definition('function', 'sum'),
    ];
    expect(declaredBy(outline({ module: 'com.acme', definitions }), 'kotlin')).toEqual({
      packages: ['com.acme'],
      names: new Set(['Cart', 'sum']),
    });
  });

  test('namespaces around definitions, nested ones and those that stand for the whole file', () => {
    const definitions = [
      definition('module', 'Acme.Shop'),
      definition('module', 'Tax', 0),
      definition('class', 'Rate', 1),
    ];
    expect(declaredBy(outline({ definitions }), 'csharp')).toEqual({
      packages: ['Acme.Shop', 'Acme.Shop.Tax'],
      names: new Set(['Rate']),
    });
    const elixir = [definition('module', 'Shop.Cart'), definition('module', 'Line', 0)];
    expect(declaredBy(outline({ module: 'Shop.Cart', definitions: elixir }), 'elixir')?.packages).toEqual([
      'Shop.Cart',
      'Shop.Cart.Line',
    ]);
  });

  test('in Rust the names alone; nothing for languages that go by paths', () => {
    const definitions = [definition('module', 'linux'), definition('enum', 'Kind')];
    expect(declaredBy(outline({ definitions }), 'rust')).toEqual({
      packages: [],
      names: new Set(['linux', 'Kind']),
    });
    expect(declaredBy(outline({ definitions }), 'typescript')).toBeNull();
  });
});
