import { expect, test } from 'vitest';
import { type ImpactAnswer, impactAnswer } from '../../../src/daemon/impact/impact.js';
import { TestGraph } from '../../support/graph.js';

async function impactOf(files: Record<string, string>, symbol: string): Promise<ImpactAnswer> {
  const graph = new TestGraph();
  await graph.add('a', files);
  const { view, families, repos } = await graph.request();
  const scope = { view, families, repos, depth: 2, limit: 100 };
  return impactAnswer(scope, { symbol }, new AbortController().signal);
}

/** "distance link Scope.name confidence" of what depends on a symbol. */
async function dependents(files: Record<string, string>, symbol: string): Promise<string[]> {
  const { symbols } = await impactOf(files, symbol);
  return symbols.map(({ distance, symbol: one, confidence, via: [first] }) => {
    return `${distance} ${first?.link} ${one?.scope}.${one?.name} ${confidence}`;
  });
}

const python = {
  'base.py': 'class Store:\n    def save(self):\n        pass\n\n    def flush(self):\n        self.save()\n',
  'disk.py':
    'from base import Store\n\nclass Middle(Store):\n    pass\n\nclass Disk(Middle):\n    def save(self):\n        pass\n',
  'other.py': 'class Other:\n    def save(self):\n        pass\n',
};

test('a change of a method affects those that take its place, also below a class that does not', async () => {
  const found = await dependents(python, 'Store.save');
  expect(found).toContain('1 inherit Disk.save unique-name');
  expect(found).toContain('1 call Store.flush same-scope');
  expect(found.join()).not.toContain('Other');
});

test('a change of a method affects callers of the method whose place it takes, with less confidence', async () => {
  expect(await dependents(python, 'Disk.save')).toEqual(['1 call Store.flush ambiguous']);
});

test('classes that inherit from each other end', async () => {
  const files = {
    'a.py':
      'class A(B):\n    def run_it(self):\n        pass\n\nclass B(A):\n    def run_it(self):\n        pass\n',
  };
  expect(await dependents(files, 'A.run_it')).toContain('1 inherit B.run_it unique-name');
});

test('types and functions that refer to themselves and each other are no dependents of their own', async () => {
  const files = {
    'tree.ts':
      'export interface Tree {\n  left: Tree | null;\n  owner: Forest;\n}\nexport interface Forest {\n  trees: Tree[];\n}\nexport function depth(tree: Tree): number {\n  return tree.left ? depth(tree.left) : 0;\n}\n',
  };
  expect((await dependents(files, 'Tree')).sort()).toEqual([
    '1 type .Forest same-scope',
    '1 type .depth same-scope',
  ]);
  expect(await dependents(files, 'depth')).toEqual([]);
});

test('what depends on several changes comes first, and says on how many', async () => {
  const files = {
    'lib.ts': 'export class Lib {\n  one() {}\n  two() {}\n}\n',
    'a.ts': "import { Lib } from './lib.js';\nexport function first(lib: Lib) {\n  lib.one();\n}\n",
    'b.ts':
      "import { Lib } from './lib.js';\nexport function second(lib: Lib) {\n  lib.one();\n  lib.two();\n}\n",
  };
  const { symbols, files: found } = await impactOf(files, 'Lib');
  expect(symbols.map(({ symbol, changes }) => [symbol?.name, changes])).toEqual([
    ['second', 3],
    ['first', 2],
  ]);
  expect(found.map(({ path, changes }) => [path, changes])).toEqual([
    ['b.ts', 3],
    ['a.ts', 2],
  ]);
});

test('what only unsure chains lead to is left out and counted', async () => {
  const classes = ['A', 'B', 'C']
    .map((name) => `class ${name}:\n    def shake(self):\n        pass\n`)
    .join('\n');
  const files = {
    'one.py': classes,
    'two.py': 'class Rattle:\n    def rattle(self, thing):\n        thing.shake()\n',
    'three.py': 'def play(toy, thing):\n    toy.rattle(thing)\n',
  };
  const { symbols, notes } = await impactOf(files, 'A.shake');
  expect(symbols.map(({ symbol }) => symbol?.name)).toEqual(['rattle']);
  expect(notes).toEqual([expect.stringMatching(/^Left out: 1 more place, several steps away/)]);
});
