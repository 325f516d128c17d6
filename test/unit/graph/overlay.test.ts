import { expect, test } from 'vitest';
import { TestGraph } from '../../support/graph.js';
import { paths, randomFrom, textFor } from '../../support/random-code.js';
import type { TestRepo } from '../../support/search.js';

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`a view with unsaved files is that of the same files saved (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
    const graph = new TestGraph();
    const filesOf = () =>
      Object.fromEntries(paths.filter(() => random() < 0.6).map((path) => [path, textFor(path, random)]));
    const one = await graph.add('one', filesOf());
    const two = await graph.add('two', { ...filesOf(), 'go.mod': 'module m\n' });
    for (let round = 0; round < 4; round++) {
      const before = await graph.everything();
      const texts = new Map<TestRepo, Record<string, string>>();
      const overlay = new Map<string, Awaited<ReturnType<TestGraph['unsaved']>>>();
      for (let i = 0; i < 1 + round; i++) {
        const { repo } = random() < 0.7 ? one : two;
        const path = pick(paths);
        const text = textFor(path, random);
        texts.set(repo, { ...texts.get(repo), [path]: text });
        overlay.set(`${repo.id} ${path}`, await graph.unsaved(repo, path, text));
      }
      graph.overlay = [...overlay.values()];
      const unsaved = await graph.everything();
      graph.overlay = [];
      expect(await graph.everything()).toEqual(before);
      for (const { family, repo } of [one, two]) await family.write(repo, texts.get(repo) ?? {});
      expect(unsaved).toEqual(await graph.everything());
    }
  });
}

test('an unsaved file is seen by whoever has it, others see what is published', async () => {
  const graph = new TestGraph();
  const { repo } = await graph.add('one', {
    'a.ts': 'export function make() {}\n',
    'b.ts': "import { make } from './a.js';\nexport function use() {\n  make();\n}\n",
  });
  const text = '\nexport function make() {}\n\nexport function renamed() {\n  make();\n}\n';
  const file = await graph.unsaved(repo, 'a.ts', text);
  graph.overlay = [file];
  expect(await graph.definition('b.ts:3:3')).toEqual({
    at: ['a.ts:2 function make'],
    confidence: 'imported',
  });
  expect(await graph.callers('make')).toEqual(['a.ts renamed same-scope 5', 'b.ts use imported 3']);
  expect(await graph.symbols('renamed')).toEqual(['a.ts renamed']);
  graph.overlay = [];
  expect(await graph.definition('b.ts:3:3')).toEqual({
    at: ['a.ts:1 function make'],
    confidence: 'imported',
  });
  expect(await graph.symbols('renamed')).toEqual([]);
});

test('what an unsaved file no longer defines is not found through it, though other files have the same', async () => {
  const graph = new TestGraph();
  const same = 'export function twin() {}\n';
  const { repo } = await graph.add('one', { 'a.ts': same, 'b.ts': same });
  graph.overlay = [await graph.unsaved(repo, 'a.ts', 'export function other() {}\n')];
  expect(await graph.symbols('twin')).toEqual(['b.ts twin']);
  expect(await graph.symbols('other')).toEqual(['a.ts other']);
});

test('a new unsaved file can be imported', async () => {
  const graph = new TestGraph();
  const { repo } = await graph.add('one', {
    'b.ts': "import { fresh } from './new.js';\nexport function use() {\n  fresh();\n}\n",
  });
  graph.overlay = [await graph.unsaved(repo, 'new.ts', 'export function fresh() {}\n')];
  expect(await graph.definition('b.ts:3:3')).toEqual({
    at: ['new.ts:1 function fresh'],
    confidence: 'imported',
  });
  expect((await graph.dependencies(repo, 'new.ts')).importedBy).toEqual(['b.ts:1']);
});

test('the same unsaved files have the same view until something is published', async () => {
  const graph = new TestGraph();
  const { family, repo } = await graph.add('one', { 'a.ts': 'export function make() {}\n' });
  const file = await graph.unsaved(repo, 'a.ts', 'export function made() {}\n');
  graph.overlay = [file];
  const { view } = await graph.request();
  graph.overlay = [file];
  expect((await graph.request()).view).toBe(view);
  await family.write(repo, { 'b.ts': 'export function made() {}\nexport function brandNew() {}\n' });
  expect((await graph.request()).view).not.toBe(view);
  expect(await graph.symbols('made')).toEqual(['a.ts made', 'b.ts made']);
});
