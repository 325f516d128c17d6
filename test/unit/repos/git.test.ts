import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { familyOf, inspect, operationInProgress, readHead } from '../../../src/daemon/repos/git.js';
import { packedRef } from '../../../src/daemon/repos/git-refs.js';
import { makeFolder, makeRepo, runGit, type TestRepo, writeBelow } from '../../support/git-repo.js';

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo({ 'a.c': 'int a;\n', 'src/b.c': 'int b;\n' });
});
afterEach(() => repo.remove());

const beside = (name: string) => join(repo.root, '..', name);

async function head(folder = repo.root) {
  const { gitDir, commonDir } = await inspect(folder);
  return await readHead(gitDir ?? '', commonDir ?? '');
}

async function operation() {
  return await operationInProgress((await inspect(repo.root)).gitDir ?? '');
}

/** Runs git where it is to fail, as with a conflict. */
function failing(...args: string[]): void {
  expect(() => repo.git(...args)).toThrow();
}

/** Two branches that change the same line: `main` and `other`. */
function conflict(): void {
  repo.git('checkout', '-q', '-b', 'other');
  repo.write('a.c', 'int other;\n');
  repo.git('commit', '-q', '-a', '-m', 'other');
  repo.git('checkout', '-q', 'main');
  repo.write('a.c', 'int main;\n');
  repo.git('commit', '-q', '-a', '-m', 'main');
}

describe('inspect', () => {
  test('finds the top level from anywhere in the working tree', async () => {
    const gitDir = join(repo.root, '.git');
    const expected = { kind: 'git', root: repo.root, gitDir, commonDir: gitDir };
    expect(await inspect(repo.root)).toEqual(expected);
    expect(await inspect(join(repo.root, 'src'))).toEqual(expected);
  });

  test('a folder outside git is itself', async () => {
    const folder = makeFolder();
    writeBelow(folder, 'sub/.git', 'not a git file');
    const plain = { kind: 'folder', gitDir: null, commonDir: null };
    expect(await inspect(folder)).toEqual({ ...plain, root: folder });
    expect(await inspect(join(folder, 'sub'))).toEqual({ ...plain, root: join(folder, 'sub') });
    rmSync(folder, { recursive: true });
  });

  test('a linked worktree has a git directory of its own and shares the common one', async () => {
    repo.git('worktree', 'add', '-q', '../linked');
    expect(await inspect(beside('linked'))).toEqual({
      kind: 'worktree',
      root: beside('linked'),
      gitDir: join(repo.root, '.git/worktrees/linked'),
      commonDir: join(repo.root, '.git'),
    });
  });

  test('a submodule', async () => {
    const library = makeRepo({ 'lib.c': 'int lib;\n' });
    repo.git('submodule', '--quiet', 'add', library.root, 'lib');
    const gitDir = join(repo.root, '.git/modules/lib');
    expect(await inspect(join(repo.root, 'lib'))).toEqual({
      kind: 'submodule',
      root: join(repo.root, 'lib'),
      gitDir,
      commonDir: gitDir,
    });
    library.remove();
  });

  test('a git directory kept elsewhere, and one behind a symbolic link', async () => {
    renameSync(join(repo.root, '.git'), beside('elsewhere'));
    repo.write('.git', 'gitdir: ../elsewhere\n');
    expect(await inspect(repo.root)).toMatchObject({ kind: 'git', gitDir: beside('elsewhere') });
    rmSync(join(repo.root, '.git'));
    symlinkSync('../elsewhere', join(repo.root, '.git'));
    expect(await inspect(repo.root)).toMatchObject({ root: repo.root, gitDir: beside('elsewhere') });
    expect((await head()).branch).toBe('main');
  });

  test('a bare repository is refused, and so is the inside of a git directory', async () => {
    runGit(repo.root, 'clone', '-q', '--bare', '.', '../bare.git');
    for (const path of [beside('bare.git'), join(beside('bare.git'), 'refs')]) {
      await expect(inspect(path)).rejects.toMatchObject({ kind: 'REPO_BARE' });
    }
    const inside = inspect(join(repo.root, '.git/refs'));
    await expect(inside).rejects.toMatchObject({ kind: 'REPO_BARE', next: `Add ${repo.root} instead.` });
  });

  test('a folder of worktrees around a bare repository is a plain folder, its worktrees are worktrees', async () => {
    const project = beside('project');
    runGit(repo.root, 'clone', '-q', '--bare', '.', '../project/.bare');
    writeBelow(project, '.git', 'gitdir: ./.bare\n');
    runGit(project, 'worktree', 'add', '-q', 'main');
    expect(await inspect(project)).toMatchObject({ kind: 'folder', root: project, gitDir: null });
    expect(await inspect(join(project, 'main'))).toMatchObject({
      kind: 'worktree',
      commonDir: join(project, '.bare'),
    });
    expect(await head(join(project, 'main'))).toMatchObject({ branch: 'main' });
  });

  test('a damaged .git does not count', async () => {
    rmSync(join(repo.root, '.git/HEAD'));
    expect(await inspect(repo.root)).toMatchObject({ kind: 'folder', gitDir: null });
  });
});

describe('readHead', () => {
  const commit = (folder = repo.root) => runGit(folder, 'rev-parse', 'HEAD');

  test('a branch', async () => {
    expect(await head()).toEqual({ head: commit(), branch: 'main' });
    repo.git('checkout', '-q', '-b', 'feature/with/slashes');
    expect(await head()).toEqual({ head: commit(), branch: 'feature/with/slashes' });
  });

  test('packed refs, and a loose one that is newer', async () => {
    repo.git('branch', 'xmain');
    repo.git('branch', 'main2');
    const first = commit();
    repo.git('tag', '-a', '-m', 'tag', 'v1');
    repo.git('pack-refs', '--all');
    expect(existsSync(join(repo.root, '.git/refs/heads/main'))).toBe(false);
    expect(await head()).toEqual({ head: first, branch: 'main' });
    repo.git('commit', '-q', '--allow-empty', '-m', 'second');
    expect(commit()).not.toBe(first);
    expect(await head()).toEqual({ head: commit(), branch: 'main' });
  });

  test('detached', async () => {
    repo.git('checkout', '-q', '--detach');
    expect(await head()).toEqual({ head: commit(), branch: null });
  });

  test('a branch without a commit', async () => {
    repo.git('checkout', '-q', '--orphan', 'new');
    expect(await head()).toEqual({ head: null, branch: 'new' });
  });

  test('a linked worktree', async () => {
    repo.git('worktree', 'add', '-q', '-b', 'side', '../linked');
    runGit(beside('linked'), 'commit', '-q', '--allow-empty', '-m', 'side');
    expect(await head(beside('linked'))).toEqual({ head: commit(beside('linked')), branch: 'side' });
    expect(await head()).toEqual({ head: commit(), branch: 'main' });
  });

  test('a branch that stands for another one', async () => {
    repo.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    repo.write('.git/HEAD', 'ref: refs/heads/alias\n');
    expect(await head()).toEqual({ head: commit(), branch: 'alias' });
  });

  test('SHA-256', async () => {
    const folder = beside('sha256');
    mkdirSync(folder);
    runGit(folder, 'init', '-q', '--object-format=sha256');
    runGit(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
    const { head: found } = await head(folder);
    expect(found).toHaveLength(64);
    expect(found).toBe(commit(folder));
  });

  test('refs that go in circles, lead out or are garbage name no commit', async () => {
    const gitDir = join(repo.root, '.git');
    repo.write('.git/refs/heads/loop', 'ref: refs/heads/loop\n');
    for (const [text, expected] of [
      ['ref: refs/heads/loop\n', { head: null, branch: 'loop' }],
      ['ref: refs/heads/../../../secret\n', { head: null, branch: '../../../secret' }],
      ['garbage', { head: null, branch: null }],
      ['', { head: null, branch: null }],
    ] as const) {
      writeFileSync(join(gitDir, 'HEAD'), text);
      expect(await readHead(gitDir, gitDir), text).toEqual(expected);
    }
    rmSync(join(gitDir, 'HEAD'));
    expect(await readHead(gitDir, gitDir)).toEqual({ head: null, branch: null });
  });

  test('only whole names match in packed refs', () => {
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
    const text = `# pack-refs with: peeled\n${one} refs/heads/main-old\n${two} refs/heads/main\n^${one}\n`;
    expect(packedRef(text, 'refs/heads/main')).toBe(two);
    expect(packedRef(text, 'refs/heads/mai')).toBe(null);
    expect(packedRef(text, 'heads/main')).toBe(null);
  });
});

describe('operationInProgress', () => {
  test('none', async () => {
    expect(await operation()).toBe(null);
  });

  test('rebase: HEAD is detached on the way', async () => {
    conflict();
    repo.git('checkout', '-q', 'other');
    failing('rebase', 'main');
    expect(await operation()).toBe('rebase');
    expect((await head()).branch).toBe(null);
    repo.git('rebase', '--abort');
    expect(await operation()).toBe(null);
    failing('rebase', '--apply', 'main');
    expect(await operation()).toBe('rebase');
  });

  test('merge', async () => {
    conflict();
    failing('merge', 'other');
    expect(await operation()).toBe('merge');
  });

  test('cherry-pick', async () => {
    conflict();
    failing('cherry-pick', 'other');
    expect(await operation()).toBe('cherry-pick');
  });

  test('revert', async () => {
    conflict();
    repo.write('a.c', 'int third;\n');
    repo.git('commit', '-q', '-a', '-m', 'third');
    failing('revert', '--no-edit', 'HEAD~1');
    expect(await operation()).toBe('revert');
  });

  test('am', async () => {
    conflict();
    repo.git('format-patch', '-q', '-1', 'other', '-o', '..');
    failing('am', '../0001-other.patch');
    expect(await operation()).toBe('am');
  });

  test('bisect', async () => {
    repo.git('commit', '-q', '--allow-empty', '-m', 'second');
    repo.git('bisect', 'start');
    expect(await operation()).toBe('bisect');
  });

  test('the middle of a sequence, after the commit that stopped it', async () => {
    conflict();
    repo.git('checkout', '-q', 'other');
    repo.git('commit', '-q', '--allow-empty', '-m', 'empty');
    repo.git('checkout', '-q', 'main');
    failing('cherry-pick', 'main..other');
    repo.write('a.c', 'int resolved;\n');
    repo.git('commit', '-q', '-a', '-m', 'resolved');
    expect(readFileSync(join(repo.root, '.git/sequencer/todo'), 'utf8')).toContain('pick');
    expect(await operation()).toBe('cherry-pick');
  });
});

describe('familyOf', () => {
  const family = async (folder: string) => await familyOf(await inspect(folder));

  test('worktrees and clones share one, whatever they have checked out', async () => {
    const own = await family(repo.root);
    expect(own).toMatch(/^[0-9a-f]{16}$/);
    repo.git('worktree', 'add', '-q', '-b', 'side', '../linked');
    runGit(beside('linked'), 'commit', '-q', '--allow-empty', '-m', 'side');
    runGit(repo.root, 'clone', '-q', '.', '../clone');
    runGit(beside('clone'), 'commit', '-q', '--allow-empty', '-m', 'more');
    expect(await family(beside('linked'))).toBe(own);
    expect(await family(beside('clone'))).toBe(own);
  });

  test('a worktree of another history shares the family of its repository', async () => {
    repo.git('worktree', 'add', '-q', '--detach', '../linked');
    runGit(beside('linked'), 'checkout', '-q', '--orphan', 'apart');
    runGit(beside('linked'), 'commit', '-q', '--allow-empty', '-m', 'apart');
    expect(await family(beside('linked'))).toBe(await family(repo.root));
  });

  test('histories of several beginnings are the same whichever side was merged', async () => {
    const other = makeRepo({ 'x.c': 'int x;\n' });
    runGit(repo.root, 'clone', '-q', '.', '../clone');
    repo.git('fetch', '-q', other.root, 'main');
    repo.git('merge', '-q', '--allow-unrelated-histories', '-m', 'merge', 'FETCH_HEAD');
    runGit(other.root, 'fetch', '-q', beside('clone'), 'main');
    runGit(other.root, 'merge', '-q', '--allow-unrelated-histories', '-m', 'merge', 'FETCH_HEAD');
    expect(await family(other.root)).toBe(await family(repo.root));
    other.remove();
  });

  test('other repositories, folders, shallow clones and new repositories have their own, and keep it', async () => {
    const other = makeRepo({ 'x.c': 'int x;\n' });
    const folder = makeFolder();
    mkdirSync(beside('new'));
    runGit(beside('new'), 'init', '-q');
    repo.git('commit', '-q', '--allow-empty', '-m', 'second');
    runGit(repo.root, 'clone', '-q', '--depth', '1', `file://${repo.root}`, '../shallow');
    const places = [repo.root, other.root, folder, beside('new'), beside('shallow')];
    const families = await Promise.all(places.map(family));
    expect(new Set(families).size).toBe(places.length);
    expect(await Promise.all(places.map(family))).toEqual(families);
    rmSync(folder, { recursive: true });
    other.remove();
  });
});
