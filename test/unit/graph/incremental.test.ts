import { expect, test } from 'vitest';
import { Graph } from '../../../src/daemon/graph/graph.js';
import { TestGraph } from '../../support/graph.js';
import { configFor, paths, randomFrom, textFor } from '../../support/random-code.js';
import type { TestFamily, TestRepo } from '../../support/search.js';

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

/** The files of a repository at one moment, as a branch has them. */
type Branch = ReadonlyMap<string, { key: string; language: string }>;

/** Publishes another branch at once: many files come, go and change together. */
function checkout(repo: TestRepo, branch: Branch, note: (paths: string[]) => void): void {
  const changed = [...new Set([...repo.files.keys(), ...branch.keys()])].filter(
    (path) => repo.files.get(path)?.key !== branch.get(path)?.key,
  );
  repo.files.clear();
  for (const [path, entry] of branch) repo.files.set(path, entry);
  repo.generation++;
  note(changed);
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
      const branches = new Map<TestRepo, Branch>([one, two].map(({ repo }) => [repo, new Map(repo.files)]));
      for (let round = 0; round < 10; round++) {
        const noted =
          ({ repo }: { repo: TestRepo }) =>
          (changed: string[]) => {
            if (marked) graph.graph.changed(repo.id, changed);
          };
        if (random() < 0.4) {
          const place = random() < 0.5 ? one : two;
          const left: Branch = new Map(place.repo.files);
          checkout(place.repo, branches.get(place.repo) ?? left, noted(place));
          branches.set(place.repo, left);
        }
        const many = 1 + Math.floor(random() * 4);
        for (let i = 0; i < many; i++) {
          const place = random() < 0.7 ? one : two;
          await step(place, random, noted(place));
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
