import { describe, expect, test } from 'vitest';
import { callersAnswer, referencesAnswer } from '../../../src/daemon/graph/answers.js';
import { TestGraph } from '../../support/graph.js';

const files = {
  'src/queue.ts': `import { helper as help } from './util.js';

/** A queue. */
export class Queue {
  size = 0;
  drain() {
    this.reset();
    help(this.size);
  }
  private reset() {}
}

export function makeQueue(): Queue {
  return new Queue();
}
`,
  'src/util.ts': `export function helper(n: number) {
  return inner(n);
}
function inner(n: number) {
  return n;
}
`,
  'src/main.ts': `import { makeQueue, Queue } from './index.js';
import fs from 'node:fs';
import * as util from './util.js';

export function main(given: Queue) {
  const queue = makeQueue();
  queue.drain();
  given.drain();
  util.helper(1);
  fs.readFileSync('x');
  unknown.drain();
}
main(new Queue());
`,
  'src/index.ts': `export * from './queue.js';
export { gone } from './nowhere.js';
`,
};

describe('the graph of TypeScript', () => {
  test('finds definitions by place, through imports and re-exports', async () => {
    const graph = new TestGraph();
    await graph.add('app', files);
    expect(await graph.definition('src/main.ts:6:17')).toEqual({
      at: ['src/queue.ts:13 function makeQueue'],
      confidence: 'imported',
    });
    expect(await graph.definition('src/main.ts:8:9')).toEqual({
      at: ['src/queue.ts:6 method drain'],
      confidence: 'imported',
    });
    expect(await graph.definition('src/main.ts:9:8')).toEqual({
      at: ['src/util.ts:1 function helper'],
      confidence: 'imported',
    });
    expect(await graph.definition('src/queue.ts:7:10')).toEqual({
      at: ['src/queue.ts:10 method reset'],
      confidence: 'same-scope',
    });
    expect(await graph.definition('src/queue.ts:8:5')).toEqual({
      at: ['src/util.ts:1 function helper'],
      confidence: 'imported',
    });
    expect((await graph.definition('src/main.ts:11:11')).confidence).toBe('unique-name');
  });

  test('finds definitions by name, with their scope', async () => {
    const graph = new TestGraph();
    await graph.add('app', files);
    expect((await graph.definition('Queue.drain')).at).toEqual(['src/queue.ts:6 method drain']);
    expect((await graph.definition('DRAIN')).at).toEqual(['src/queue.ts:6 method drain']);
    await expect(graph.definition('Other.drain')).rejects.toMatchObject({ kind: 'SYMBOL_UNKNOWN' });
    await expect(graph.definition('makeQueues')).rejects.toMatchObject({
      kind: 'SYMBOL_UNKNOWN',
      details: { near: ['makeQueue', 'Queue'] },
    });
  });

  test('finds references, callers and callees', async () => {
    const graph = new TestGraph();
    await graph.add('app', files);
    expect(await graph.references('helper')).toEqual([
      'src/main.ts:9 call imported',
      'src/queue.ts:1 import imported',
      'src/queue.ts:8 call imported',
    ]);
    expect(await graph.callers('Queue.drain')).toEqual(['src/main.ts main imported 7,8,11']);
    expect(await graph.callers('Queue')).toEqual([
      'src/queue.ts makeQueue same-scope 14',
      'src/main.ts - imported 13',
    ]);
    expect(await graph.callees('main')).toEqual([
      'src/queue.ts makeQueue imported',
      'src/queue.ts drain imported',
      'src/util.ts helper imported',
    ]);
    expect(await graph.callers('inner')).toEqual(['src/util.ts helper same-scope 2']);
  });

  test('tells what a file imports and what imports it', async () => {
    const graph = new TestGraph();
    const { repo } = await graph.add('app', files);
    expect(await graph.dependencies(repo, 'src/main.ts')).toEqual({
      imports: ['./index.js file src/index.ts', 'node:fs external node:fs', './util.js file src/util.ts'],
      importedBy: [],
    });
    expect(await graph.dependencies(repo, 'src/util.ts')).toEqual({
      imports: [],
      importedBy: ['src/main.ts:3', 'src/queue.ts:1'],
    });
    expect((await graph.dependencies(repo, 'src/index.ts')).imports).toEqual([
      './queue.js file src/queue.ts',
      './nowhere.js missing',
    ]);
  });

  test('finds symbols by parts of their names', async () => {
    const graph = new TestGraph();
    await graph.add('app', files);
    expect(await graph.symbols('queue')).toEqual(['src/queue.ts Queue', 'src/queue.ts makeQueue']);
    expect(await graph.symbols('mkq')).toEqual(['src/queue.ts makeQueue']);
    expect(await graph.symbols('make', 'prefix')).toEqual(['src/queue.ts makeQueue']);
    expect(await graph.symbols('make', 'exact')).toEqual([]);
  });

  test('refuses places that are not there', async () => {
    const graph = new TestGraph();
    const { repo } = await graph.add('app', files);
    await expect(graph.definition('src/util.ts:99', repo)).rejects.toMatchObject({ kind: 'LINE_NOT_FOUND' });
    await expect(graph.definition('src/none.ts:1', repo)).rejects.toMatchObject({ kind: 'FILE_NOT_INDEXED' });
    await expect(graph.definition('src/util.ts:3:1', repo)).rejects.toMatchObject({ kind: 'SYMBOL_UNKNOWN' });
  });
});

describe('the graph of other languages', () => {
  test('Python: modules, classes and what they inherit', async () => {
    const graph = new TestGraph();
    await graph.add('py', {
      'app/__init__.py': 'from .base import Base\n',
      'app/base.py':
        'class Base:\n    def run(self):\n        self.stop()\n    def stop(self):\n        pass\n',
      'app/task.py':
        'from app import Base\nfrom . import base as b\n\nclass Task(Base):\n    def go(self):\n        self.run()\n        b.Base()\n',
    });
    expect(await graph.definition('app/task.py:6:14')).toEqual({
      at: ['app/base.py:2 method run'],
      confidence: 'imported',
    });
    expect(await graph.callers('Base')).toEqual(['app/task.py go imported 7']);
  });

  test('Go: files of a package, methods of a type, other packages', async () => {
    const graph = new TestGraph();
    await graph.add('go', {
      'go.mod': 'module example.com/m\n',
      'a.go':
        'package main\n\nimport "example.com/m/store"\n\nfunc main() {\n\thelp()\n\ts := store.Open()\n\ts.Close()\n}\n',
      'b.go': 'package main\n\nfunc help() {}\n',
      'store/store.go':
        'package store\n\ntype Store struct{}\n\nfunc Open() *Store { return &Store{} }\n\nfunc (s *Store) Close() { s.flush() }\n',
      'store/flush.go': 'package store\n\nfunc (s *Store) flush() {}\n',
    });
    expect(await graph.callees('main')).toEqual([
      'store/store.go Open imported',
      'b.go help same-package',
      'store/store.go Close ambiguous',
    ]);
    expect(await graph.callers('flush')).toEqual(['store/store.go Close same-scope 7']);
  });

  test('C: a function behind a header', async () => {
    const graph = new TestGraph();
    await graph.add('c', {
      'util.h': 'int add(int a, int b);\n',
      'util.c':
        '#include "util.h"\nstatic int twice(int a) { return a + a; }\nint add(int a, int b) { return twice(a) + b; }\n',
      'other.c': 'static int add(int a) { return a; }\nint local(void) { return add(1); }\n',
      'main.c': '#include <stdio.h>\n#include "util.h"\nint main(void) { return add(1, 2); }\n',
    });
    expect(await graph.callers('util.c:3')).toEqual(['main.c main imported 3']);
    expect(await graph.callers('other.c:1')).toEqual(['other.c local same-scope 2']);
  });
});

describe('code that refers to itself', () => {
  test('classes that inherit from each other, and modules that pass names on in a circle, are followed once', async () => {
    const graph = new TestGraph();
    await graph.add('round', {
      'A.java':
        'package p;\nclass A extends B.Inner { void run() { missing(); this.gone(); } class Inner extends A {} }\n',
      'B.java':
        'package p;\nclass B extends A.Inner { B other; void go() { other.other.nothing(); missing(); } class Inner extends B {} }\n',
      'x.ts': "export * from './y.js';\nimport { nothing } from './y.js';\nnothing();\n",
      'y.ts': "export * from './x.js';\nexport class K extends K {}\nnew K().f();\n",
    });
    expect(await graph.callees('go')).toEqual([]);
    expect(await graph.callees('run')).toEqual([]);
    expect(await graph.callers('K')).toEqual(['y.ts - same-scope 3']);
    await expect(graph.definition('x.ts:3:1')).rejects.toMatchObject({ kind: 'SYMBOL_UNKNOWN' });
  });
});

describe('several repositories', () => {
  test('an import leads into another repository', async () => {
    const graph = new TestGraph();
    const library = await graph.add('library', {
      'package.json': '{ "name": "shapes", "main": "index.js" }',
      'index.js': 'export function area() {}\n',
    });
    const app = await graph.add('app', { 'main.js': "import { area } from 'shapes';\narea();\n" });
    expect(await graph.dependencies(app.repo, 'main.js')).toEqual({
      imports: ['shapes file index.js'],
      importedBy: [],
    });
    expect((await graph.dependencies(library.repo, 'index.js')).importedBy).toEqual(['main.js:1']);
    expect(await graph.callers('area')).toEqual(['main.js - imported 2']);
  });
});

test('of a name that is used very often the nearest uses are looked at, and the answer says so', async () => {
  const graph = new TestGraph();
  const uses = Array.from({ length: 22_000 }, () => '  often();').join('\n');
  const { repo } = await graph.add('one', {
    'lib/a.ts': 'export function often() {}\n\nexport function near() {\n  often();\n}\n',
    'lib/b.ts': "import { often } from './a.js';\n\nexport function beside() {\n  often();\n}\n",
    'app/a.ts': `import { often } from '../lib/a.js';\n\nexport function far() {\n${uses}\n}\n`,
  });
  const request = await graph.request(repo);
  const { relations, notes } = await callersAnswer(request, { symbol: 'often' });
  expect(relations.map(({ symbol, calls }) => `${symbol?.name} ${calls.length}`)).toEqual([
    'near 1',
    'far 19998',
    'beside 1',
  ]);
  expect(notes).toEqual([expect.stringContaining('2002 of its uses')]);
  expect((await referencesAnswer(request, { symbol: 'often' })).notes[0]).toContain('left out');
  const few = await callersAnswer({ ...request, limit: 40 }, { symbol: 'often' });
  expect(few.relations[1]?.calls).toHaveLength(2_998);
  expect(few.notes).toEqual([expect.stringContaining('A higher limit looks at more')]);
});
