import { describe, expect, test } from 'vitest';
import { TestGraph } from '../../support/graph.js';

describe('the graph of TypeScript, in detail,', () => {
  test('does not take a method of an object for a function in scope', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'parse.ts': 'export function parse() {}\n',
      'parser.ts': `import { parse } from './parse';
export const parser = {
  parse: () => {
    parse();
  },
};
`,
    });
    expect((await graph.definition('parser.ts:4:5')).at).toEqual(['parse.ts:1 function parse']);
    expect(await graph.callers('parse.ts:1:17')).toEqual(['parser.ts parse imported 4']);
  });

  test('follows a default that is named', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'plugin.ts': 'export interface Options {}\nfunction makePlugin() {}\nexport default makePlugin;\n',
      'a.ts': "import legacy from './plugin';\nlegacy();\n",
      'b.ts': "import { default as other } from './plugin';\nother();\n",
    });
    expect(await graph.definition('a.ts:2:1')).toEqual({
      at: ['plugin.ts:2 function makePlugin'],
      confidence: 'imported',
    });
    expect(await graph.callers('plugin.ts:2:10')).toEqual(['a.ts - imported 2', 'b.ts - imported 2']);
  });

  test('does not take the only export for the default, which is an object', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'renderer.ts': 'export const draw = () => {};\nexport default { draw, stop() {} };\n',
      'a.ts': "import renderer from './renderer';\nrenderer.stop();\n",
    });
    expect((await graph.definition('a.ts:2:1')).at).toEqual(['renderer.ts:2 constant default']);
    expect((await graph.definition('a.ts:2:10')).at).toEqual(['renderer.ts:2 method stop']);
  });

  test('finds what is behind a module that another one passes on by a name', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'iso.ts': 'export function date() {}\n',
      'core.ts': "export * as iso from './iso';\n",
      'all.ts': "export * from './core';\n",
      'index.ts': "import * as z from './all';\nexport { z };\nexport default z;\n",
      'a.ts': "import { z } from './index';\nz.iso.date();\n",
      'b.ts': "import z from './index';\nz.iso.date();\n",
      'c.ts': "import { iso } from './all';\niso.date();\n",
    });
    expect(await graph.callers('iso.ts:1:17')).toEqual([
      'a.ts - imported 2',
      'b.ts - imported 2',
      'c.ts - imported 2',
    ]);
  });

  test('is as sure of a function with overloads as of one without', async () => {
    const graph = new TestGraph();
    const text = `export function make(a: string): void;

export function make(a: number): void;

export function make() {}
`;
    await graph.add('app', {
      'server/package.json': '{ "name": "server", "main": "./lib/main.js" }',
      'server/src/main.ts': text,
      'client/package.json': '{ "name": "client" }',
      'client/a.ts': "import { make } from 'server';\nmake('');\n",
    });
    const { at, confidence } = await graph.definition('client/a.ts:2:1');
    expect(at.length).toBeGreaterThan(1);
    expect(confidence).toBe('unique-name');
  });

  test('names the function around a call, though it is only a value', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'a.ts': `export function clean() {}
export function middleware() {
  return async function handler() {
    clean();
  };
}
`,
    });
    expect(await graph.callers('a.ts:1:17')).toEqual(['a.ts handler same-scope 4']);
  });

  test('follows what functions return, fields and parameters of constructors to the types of their members', async () => {
    const graph = new TestGraph();
    await graph.add('app', {
      'store.ts': `export class Store {
  read() {}
}
export class Other {
  read() {}
}
export interface Shop {
  store: Store;
  other(): Promise<Other>;
}
export function open(path: string, then: (store: Store) => void): Other | null {}
`,
      'main.ts': `import { open, type Shop } from './store';
class Till {
  constructor(private readonly shop: Shop) {}
  count() {
    this.shop.store.read();
  }
}
function returned() {
  const a = open('', () => {});
  a?.read();
}
async function awaited(shop: Shop) {
  const b = await shop.other();
  b.read();
}
function member(shop: Shop) {
  shop.store.read();
}
function taken({ store }: Shop) {
  store.read();
}
function unknown(shop: Shop) {
  const c = shop.stores[0];
  c.read();
}
`,
    });
    expect(await graph.callers('store.ts:2:3')).toEqual([
      'main.ts count imported 5',
      'main.ts member imported 17',
      'main.ts taken imported 20',
      'main.ts unknown ambiguous 24',
    ]);
    expect(await graph.callers('store.ts:5:3')).toEqual([
      'main.ts returned imported 10',
      'main.ts awaited imported 14',
      'main.ts unknown ambiguous 24',
    ]);
  });
});
