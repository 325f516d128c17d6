import { expect, test } from 'vitest';
import { referenceGraph } from '../../../src/daemon/map/reference-graph.js';
import { RepoMaps } from '../../../src/daemon/map/repo-map.js';
import { inTurns } from '../../../src/daemon/turns.js';
import { TestGraph } from '../../support/graph.js';

const never = new AbortController().signal;

async function opened(files: Record<string, string>) {
  const graph = new TestGraph();
  await graph.add('a', files);
  const { view, repos } = await graph.request();
  const [repo] = repos;
  if (!repo) throw new Error('There is a repository.');
  return { view, repo };
}

/** "file -> file name" of each edge. */
async function edgesOf(files: Record<string, string>): Promise<string[]> {
  const { view, repo } = await opened(files);
  const graph = await inTurns(referenceGraph(view.contents, repo), never);
  const found: string[] = [];
  for (const [file, { path }] of graph.files.entries()) {
    for (let at = graph.starts[file] ?? 0; at < (graph.starts[file + 1] ?? 0); at++) {
      const slot = graph.slots[at] ?? 0;
      const to = graph.files[graph.slotFiles[slot] ?? 0]?.path;
      found.push(`${path} -> ${to} ${view.contents.names.text(graph.slotNames[slot] ?? 0)}`);
    }
  }
  return found.sort();
}

/** Paths of a map of so many tokens, one for each character. */
async function mapOf(files: Record<string, string>, wanted: { focus?: string[]; budget?: number } = {}) {
  const { view, repo } = await opened(files);
  const maps = new RepoMaps((text) => text.length);
  const { focus = [], budget = 10_000 } = wanted;
  const request = { view, repo, budget, paths: [], focus, open: [], order: 'rank' } as const;
  const { text, files: shown } = await maps.answer(request, never);
  maps.close();
  return { text, paths: shown.map(({ path }) => path) };
}

test('names that are imported, directly, relatively and through a package, lead to the files that define them', async () => {
  const edges = await edgesOf({
    'pkg/__init__.py': 'from .core import Engine\nfrom .tools import helper_of_all\n',
    'pkg/core.py':
      'from .tools import helper_of_all\n\nclass Engine:\n    def start_engine(self):\n        return helper_of_all()\n',
    'pkg/tools.py': 'def helper_of_all():\n    return 1\n',
    'main.py':
      'from pkg import Engine\nfrom pkg.tools import helper_of_all\n\ndef main():\n    Engine().start_engine()\n    helper_of_all()\n',
  });
  expect(edges).toEqual([
    'main.py -> pkg/core.py Engine',
    'main.py -> pkg/core.py start_engine',
    'main.py -> pkg/tools.py helper_of_all',
    'pkg/__init__.py -> pkg/core.py Engine',
    'pkg/__init__.py -> pkg/tools.py helper_of_all',
    'pkg/core.py -> pkg/tools.py helper_of_all',
  ]);
});

test('names of the same package, and what headers declare', async () => {
  const edges = await edgesOf({
    'src/a/One.java': 'package a;\npublic class One { void go() { new Two(); } }\n',
    'src/a/Two.java': 'package a;\npublic class Two {}\n',
    'src/b/Two.java': 'package b;\npublic class Two {}\n',
    'c/ring.h': 'int ring_size(void);\n',
    'c/ring.c': '#include "ring.h"\nint ring_size(void) {\n  return 1;\n}\n',
    'c/main.c': '#include "ring.h"\nint main(void) {\n  return ring_size();\n}\n',
  });
  expect(edges).toContain('src/a/One.java -> src/a/Two.java Two');
  expect(edges).not.toContain('src/a/One.java -> src/b/Two.java Two');
  expect(edges).toContain('c/main.c -> c/ring.c ring_size');
});

const sources = {
  'src/core.ts': 'export function parseInput() {\n  return 1;\n}\n\nexport const limitOfAll = 3;\n',
  'src/main.ts':
    "import { parseInput, limitOfAll } from './core.js';\nexport function runAll() {\n  return parseInput() + limitOfAll;\n}\n",
  'test/helper.ts': 'export function makeInput() {\n  return 1;\n}\n',
  ...Object.fromEntries(
    [1, 2, 3, 4].map((at) => [
      `test/t${at}.test.ts`,
      `import { makeInput } from './helper.js';\nimport { runAll } from '../src/main.js';\ntest('${at}', () => makeInput() + runAll());\n`,
    ]),
  ),
};

test('what is in tests comes behind the code itself, unless it is asked for', async () => {
  expect((await mapOf(sources)).paths.slice(0, 2).sort()).toEqual(['src/core.ts', 'src/main.ts']);
  expect((await mapOf(sources, { budget: 60 })).paths).not.toContain('test/helper.ts');
  expect((await mapOf(sources, { focus: ['test/helper.ts'] })).paths[0]).toBe('test/helper.ts');
});

test('values come behind functions', async () => {
  const { text } = await mapOf(sources, { budget: 60 });
  expect(text).toContain('function parseInput');
  expect(text).not.toContain('limitOfAll');
});

test('names for what other modules define are left out', async () => {
  const { text } = await mapOf({
    'a.js':
      "var path = require('node:path');\nvar join = path.join;\nvar own = path.join('a', 'b');\nfunction first() {}\n",
    'b.js': "var { own } = require('./a.js');\nvar join = require('node:path').join;\njoin(own, first());\n",
  });
  expect(text).toContain('own');
  expect(text).not.toContain('path.join;');
  expect(text).not.toContain('require(');
});
