import { expect, test } from 'vitest';
import { Graph } from '../../../src/daemon/graph/graph.js';
import { TestGraph } from '../../support/graph.js';
import type { TestFamily, TestRepo } from '../../support/search.js';

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const paths = [
  'a.ts',
  'b.ts',
  'lib/a.ts',
  'lib/index.ts',
  'lib/deep/c.ts',
  'p/x.py',
  'p/__init__.py',
  'q.go',
  'r.go',
  'j/A.java',
  'k/B.java',
  'u.h',
  'v.c',
];
const names = ['run', 'stop', 'Queue', 'make', 'helper'];

function textFor(path: string, random: () => number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const [one, two, three] = [pick(names), pick(names), pick(names)];
  if (path.endsWith('.py')) {
    return `from .x import ${one}\n\ndef ${two}():\n    ${one}()\n\nclass ${three}:\n    def go(self):\n        self.go()\n        ${two}()\n`;
  }
  if (path.endsWith('.go')) return `package main\n\nfunc ${one}() {\n\t${two}()\n\t${three}()\n}\n`;
  if (path.endsWith('.java')) {
    const home = pick(['j', 'k']);
    return `package ${home};\nimport ${pick(['j', 'k'])}.*;\nclass ${one}A extends ${two}A {\n  void go() { go(); ${three}A.go(); }\n}\n`;
  }
  if (/\.[ch]$/.test(path)) return `#include "u.h"\nint ${one}(void) { return ${two}(); }\n`;
  const from = pick(['./a.js', '../a.js', './lib/index.js', './lib', '@app/a', './deep/c.js']);
  const passed = random() < 0.3 ? `export * from '${pick(['./a.js', './deep/c.js', '../b.js'])}';\n` : '';
  return `import { ${one}, ${two} as other } from '${from}';\n${passed}export function ${three}() {\n  ${one}();\n  other();\n}\nexport class ${pick(names)}Kind {\n  go() {\n    this.go();\n    ${three}();\n  }\n}\n`;
}

function configFor(random: () => number): string {
  const folder = random() < 0.5 ? 'lib' : '.';
  return JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@app/*': [`./${folder}/*`] } } });
}

async function step(
  { family, repo }: { family: TestFamily; repo: TestRepo },
  random: () => number,
  note: (paths: string[]) => void,
): Promise<void> {
  const pick = () => paths[Math.floor(random() * paths.length)] as string;
  const known = [...repo.files.keys()];
  const kind = random();
  if (kind < 0.55 || known.length < 3) {
    const path = pick();
    await family.write(repo, { [path]: textFor(path, random) });
    note([path]);
  } else if (kind < 0.7) {
    const path = known[Math.floor(random() * known.length)] as string;
    family.remove(repo, path);
    note([path]);
  } else if (kind < 0.85) {
    const from = known[Math.floor(random() * known.length)] as string;
    const to = pick();
    const entry = repo.files.get(from);
    if (!entry || from === to || from.split('.').pop() !== to.split('.').pop()) return;
    family.remove(repo, from);
    repo.files.set(to, entry);
    repo.generation++;
    note([from, to]);
  } else {
    await family.write(repo, { 'tsconfig.json': configFor(random) });
    note(['tsconfig.json']);
  }
}

for (const seed of [1, 2, 3, 4]) {
  for (const marked of [true, false]) {
    test(`after changes the graph is that of the files (seed ${seed}, ${marked ? 'marked' : 'compared'})`, async () => {
      const random = randomFrom(seed);
      const graph = new TestGraph();
      const one = await graph.add('one', {
        'a.ts': textFor('a.ts', random),
        'p/x.py': textFor('p/x.py', random),
      });
      const two = await graph.add('two', { 'b.ts': textFor('b.ts', random), 'go.mod': 'module m\n' });
      await graph.everything();
      for (let round = 0; round < 8; round++) {
        const many = 1 + Math.floor(random() * 4);
        for (let i = 0; i < many; i++) {
          const place = random() < 0.7 ? one : two;
          await step(place, random, (changed) => {
            if (marked) graph.graph.changed(place.repo.id, changed);
          });
        }
        const kept = await graph.everything();
        const known = graph.graph;
        graph.graph = new Graph();
        const fresh = await graph.everything();
        graph.graph = known;
        expect(kept).toEqual(fresh);
      }
    });
  }
}

test('contents that are no longer used leave nothing behind', async () => {
  const graph = new TestGraph();
  const { family, repo } = await graph.add('one', { 'a.ts': 'export function alone() {}\n' });
  const before = (await graph.request()).view.contents;
  expect(before.size).toBe(1);
  family.remove(repo, 'a.ts');
  const { contents } = (await graph.request()).view;
  expect(contents.size).toBe(0);
  expect([...contents.definedNames()]).toEqual([]);
});
