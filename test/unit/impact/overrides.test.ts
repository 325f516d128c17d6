import { expect, test } from 'vitest';
import { impactAnswer } from '../../../src/daemon/impact/impact.js';
import { TestGraph } from '../../support/graph.js';

/** "distance link Scope.name confidence" of what depends on a symbol. */
async function dependents(files: Record<string, string>, symbol: string): Promise<string[]> {
  const graph = new TestGraph();
  await graph.add('a', files);
  const { view, families, repos } = await graph.request();
  const scope = { view, families, repos, depth: 2, limit: 100 };
  const { symbols } = await impactAnswer(scope, { symbol }, new AbortController().signal);
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
