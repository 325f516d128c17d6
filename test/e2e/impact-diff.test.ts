import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeFolder, makeRepo, runGit, type TestRepo, writeBelow } from '../support/git-repo.js';
import { type CliHome, makeCliHome } from '../support/project.js';

let cli: CliHome;

beforeAll(() => {
  cli = makeCliHome();
});
afterAll(() => cli.remove());

interface Impact {
  diff: {
    against: string;
    files: { path: string; change: string; why: string | null }[];
    symbols: { change: string; symbol: { name: string } }[];
  };
  symbols: { distance: number; symbol: { name: string } | null; via: { name: string; line: number }[] }[];
  notes: string[];
}

const lcad: CliHome['lcad'] = (cwd, ...words) => cli.lcad(cwd, ...words);
async function impactOf(cwd: string, ...words: string[]): Promise<Impact> {
  return JSON.parse((await lcad(cwd, 'impact', ...words, '--json')).stdout);
}
const changesOf = ({ diff }: Impact) => diff.symbols.map(({ change, symbol }) => `${change} ${symbol.name}`);
const affectedBy = ({ symbols }: Impact) => symbols.map(({ symbol }) => symbol?.name);

async function registered(files: Record<string, string>): Promise<TestRepo> {
  const repo = makeRepo(files);
  onTestFinished(() => repo.remove());
  expect((await lcad(repo.root, 'add', '.')).code).toBe(0);
  return repo;
}

async function registeredFolder(): Promise<string> {
  const root = makeFolder();
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeBelow(root, 'a.ts', 'export function first() {\n  return 1;\n}\n');
  return root;
}

test('A...B compares with where the two parted, A..B with A', async () => {
  const repo = await registered({
    'a.ts': 'export function mine() {\n  return 1;\n}\n\nexport function theirs() {\n  return 1;\n}\n',
  });
  repo.git('checkout', '-q', '-b', 'work');
  repo.write(
    'a.ts',
    'export function mine() {\n  return 2;\n}\n\nexport function theirs() {\n  return 1;\n}\n',
  );
  repo.git('commit', '-q', '-am', 'mine');
  repo.git('checkout', '-q', 'main');
  repo.write(
    'a.ts',
    'export function mine() {\n  return 1;\n}\n\nexport function theirs() {\n  return 2;\n}\n',
  );
  repo.git('commit', '-q', '-am', 'theirs');
  repo.git('checkout', '-q', 'work');
  expect(changesOf(await impactOf(repo.root, '--diff', 'main...work'))).toEqual(['modified mine']);
  expect(changesOf(await impactOf(repo.root, '--diff', 'main..work'))).toEqual([
    'modified mine',
    'modified theirs',
  ]);
});

test('before the first commit all is new', async () => {
  const root = await registeredFolder();
  runGit(root, 'init', '-q');
  expect((await lcad(root, 'add', '.')).code).toBe(0);
  const untracked = await impactOf(root, '--diff');
  expect(untracked.diff.against).toContain('there is no commit yet');
  expect(changesOf(untracked)).toEqual(['added first']);
  expect((await impactOf(root, '--staged')).diff.files).toEqual([]);
  runGit(root, 'add', '-A');
  expect(changesOf(await impactOf(root, '--staged'))).toEqual(['added first']);
});

test('a folder without git has no changes to ask for, and says so', async () => {
  const root = await registeredFolder();
  expect((await lcad(root, 'add', '.')).code).toBe(0);
  const { stdout, code } = await lcad(root, 'impact', '--diff', '--json');
  expect(JSON.parse(stdout).error.kind).toBe('GIT_UNAVAILABLE');
  expect(code).not.toBe(0);
  expect(affectedBy(await impactOf(root, 'first'))).toEqual([]);
});

test('a submodule that moved to another commit is said to be one', async () => {
  const inner = makeRepo({ 'lib.ts': 'export const one = 1;\n' });
  onTestFinished(() => inner.remove());
  const repo = await registered({ 'a.ts': 'export function first() {\n  return 1;\n}\n' });
  repo.git('submodule', 'add', '-q', inner.root, 'inner');
  repo.git('commit', '-q', '-m', 'with a submodule');
  inner.write('lib.ts', 'export const one = 2;\n');
  inner.git('commit', '-q', '-am', 'two');
  runGit(join(repo.root, 'inner'), 'pull', '-q');
  repo.write('a.ts', 'export function first() {\n  return 2;\n}\n');
  const result = await impactOf(repo.root, '--diff');
  expect(result.diff.files).toMatchObject([
    { path: 'a.ts', why: null },
    { path: 'inner', why: 'submodule' },
  ]);
  expect(changesOf(result)).toEqual(['modified first']);
});

test('code of a changed file that still uses what is gone is affected, what was adapted is not', async () => {
  const users = (middle: string) =>
    `import { gone } from './lib.js';\n\nexport function still() {\n  return gone();\n}\n\nexport function adapted() {\n  return ${middle};\n}\n`;
  const repo = await registered({
    'lib.ts':
      'export function gone() {\n  return 1;\n}\n\nexport function inner() {\n  return gone();\n}\n\nexport function stays() {\n  return 1;\n}\n',
    'users.ts': users('gone()'),
  });
  repo.write(
    'lib.ts',
    'export function inner() {\n  return gone();\n}\n\nexport function stays() {\n  return 1;\n}\n',
  );
  repo.write('users.ts', `// moved down\n${users('1')}`);
  const result = await impactOf(repo.root, '--diff', '--depth', '1');
  expect(changesOf(result)).toEqual(expect.arrayContaining(['removed gone', 'modified adapted']));
  expect(affectedBy(result).sort()).toEqual(['inner', 'still']);
  const still = result.symbols.find(({ symbol }) => symbol?.name === 'still');
  expect(still?.via[0]).toMatchObject({ name: 'gone', line: 5 });
});

test('changes of thousands of lines in hundreds of files', async () => {
  const text = (value: number, name: number) =>
    Array.from({ length: 30 }, (_, at) => `export function f${name}_${at}() {\n  return ${value};\n}\n`).join(
      '\n',
    );
  const files = Object.fromEntries(
    Array.from({ length: 320 }, (_, name) => [`src/m${name}.ts`, text(1, name)]),
  );
  const repo = await registered({
    ...files,
    'main.ts': "import { f0_0 } from './src/m0.js';\nexport function main() {\n  return f0_0();\n}\n",
  });
  for (let name = 0; name < 320; name++) repo.write(`src/m${name}.ts`, text(2, name));
  const result = await impactOf(repo.root, '--diff');
  expect(result.diff.files).toHaveLength(320);
  expect(result.diff.symbols).toHaveLength(320 * 30);
  expect(affectedBy(result)).toEqual(['main']);
  expect(result.notes.join()).toContain('Of 320 files the old text of 300 was read');
  const { stdout } = await lcad(repo.root, 'impact', '--diff');
  expect(stdout.split('\n').length).toBeLessThan(350);
  expect(stdout).toContain('308 more files');
});

test('files that are not to be analysed are named with the reason', async () => {
  const repo = await registered({ 'a.ts': 'export const one = 1;\n' });
  repo.write('picture.png', Uint8Array.from([137, 80, 78, 71, 0, 1, 2, 3]));
  repo.write('x/notes.txt', 'nothing\n');
  repo.git('add', '-A');
  const { diff } = await impactOf(repo.root, '--staged');
  expect(diff.files).toMatchObject([
    { path: 'picture.png', change: 'added', why: 'binary' },
    { path: 'x/notes.txt', change: 'added', why: 'no-symbols' },
  ]);
});
