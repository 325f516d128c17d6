import { expect, test, vi } from 'vitest';
import { Graph } from '../../../src/daemon/graph/graph.js';
import { TestGraph } from '../../support/graph.js';

test('is let go without requests, and read again with the next', async () => {
  const graph = new TestGraph();
  graph.graph = new Graph({ idleMs: 50 });
  const { family, repo } = await graph.add('one', { 'a.ts': 'export function first() {}\n' });
  expect(graph.graph.isLoaded).toBe(false);
  expect(await graph.symbols('first')).toEqual(['a.ts first']);
  expect(graph.graph.isLoaded).toBe(true);
  await vi.waitFor(() => expect(graph.graph.isLoaded).toBe(false), { timeout: 10_000 });
  await family.write(repo, { 'a.ts': 'export function second() {}\n' });
  graph.graph.changed(repo.id, ['a.ts']);
  expect(await graph.symbols('second')).toEqual(['a.ts second']);
  expect(await graph.symbols('first')).toEqual([]);
});

test('requests of the same moment read it once, and none is cut off', async () => {
  const graph = new TestGraph();
  graph.graph = new Graph({ idleMs: 1 });
  await graph.add('one', { 'a.ts': 'export function first() {}\n' });
  const views = await Promise.all([graph.request(), graph.request(), graph.request()]);
  expect(new Set(views.map(({ view }) => view)).size).toBe(1);
  expect(views.map(({ repos }) => repos.length)).toEqual([1, 1, 1]);
});
