import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../support/git-repo.js';
import { until, Watched } from '../support/watch.js';

let repo: TestRepo;
let watched: Watched;

beforeEach(() => {
  repo = makeRepo({ 'a.ts': 'a\n', 'b/c.ts': 'c\n' });
  repo.git('branch', 'other');
});

afterEach(async () => {
  await watched.close();
  repo.remove();
});

async function isTold(what: string, act: () => void): Promise<void> {
  const mark = watched.mark;
  act();
  await until(`git: ${what}`, () => watched.of('git', mark).length > 0);
}

/** Waits until nothing is on its way. */
const quiet = () => until('quiet', () => performance.now() - (watched.calls.at(-1)?.at ?? 0) > 500);

test('changes of HEAD, the index, the branch and a rebase are told, those of objects are not hinted', async () => {
  watched = await new Watched(repo.root).start([], join(repo.root, '.git'));
  await isTold('switch', () => repo.git('checkout', '-q', 'other'));
  await quiet();
  await isTold('staging', () => {
    repo.write('d.ts', 'd\n');
    repo.git('add', 'd.ts');
  });
  await quiet();
  await isTold('commit', () => repo.git('commit', '-qm', 'two'));
  await quiet();
  await isTold('an empty commit', () => repo.git('commit', '-qm', 'three', '--allow-empty'));
  await quiet();
  await isTold('reset', () => repo.git('reset', '-q', '--hard', 'HEAD~1'));
  await quiet();
  await isTold('detached HEAD', () => repo.git('checkout', '-q', '--detach', 'main'));
  const hinted = watched.of('hints').flatMap(({ paths }) => paths);
  expect(hinted.filter((path) => path.includes('/.git/'))).toEqual([]);
});

test('a linked worktree has its git directory outside of its root', async () => {
  const tree = join(repo.root, '..', 'tree');
  repo.git('worktree', 'add', '-q', tree, 'other');
  watched = await new Watched(tree).start([], join(repo.root, '.git', 'worktrees', 'tree'));
  await isTold('commit', () => {
    repo.git('-C', tree, 'commit', '-qm', 'there', '--allow-empty');
  });
  await quiet();
  const mark = watched.mark;
  repo.git('commit', '-qm', 'in the main worktree', '--allow-empty');
  await isTold('switch', () => repo.git('-C', tree, 'checkout', '-q', '-b', 'third'));
  expect(watched.of('hints', mark)).toEqual([]);
});

test('a git directory that goes and comes back', async () => {
  watched = await new Watched(repo.root).start([], join(repo.root, '.git'));
  const aside = join(repo.root, '..', 'aside');
  await isTold('gone', () => renameSync(join(repo.root, '.git'), aside));
  await quiet();
  await isTold('back', () => renameSync(aside, join(repo.root, '.git')));
  await quiet();
  await isTold('switch', () => repo.git('checkout', '-q', 'other'));
});

test('a plain folder that becomes a repository gets a hint for .git', async () => {
  rmSync(join(repo.root, '.git'), { recursive: true });
  watched = await new Watched(repo.root).start();
  repo.git('init', '-q');
  await until('the hint', () => watched.hinted(join(repo.root, '.git')));
  await watched.supervisor.watch({
    id: 'r',
    root: repo.root,
    prunedFolders: [],
    gitDir: join(repo.root, '.git'),
  });
  await isTold('staging', () => repo.git('add', '-A'));
});
