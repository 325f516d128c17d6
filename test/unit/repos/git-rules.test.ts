import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inspect, readHead, scanRules } from '../../../src/daemon/repos/git.js';
import { askGit, type GitProblem, gitEnvironment } from '../../../src/daemon/repos/git-run.js';
import { listAsGit } from '../../../src/workers/scan/scan.js';
import { makeFolder, makeRepo, type TestRepo, writeBelow } from '../../support/git-repo.js';

const settings = { extraIgnore: ['*.sql'], maxFileBytes: 123, includeSecrets: true };
let repo: TestRepo;
let home: string;

beforeEach(() => {
  home = makeFolder();
  vi.stubEnv('XDG_CONFIG_HOME', join(home, '.config'));
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, 'gitconfig'));
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  writeFileSync(join(home, 'gitconfig'), '');
  repo = makeRepo({ 'a.c': 'int a;\n', 'kept.o': 'x', '.gitignore': '*.o\n' });
});
afterEach(() => {
  vi.unstubAllEnvs();
  repo.remove();
  rmSync(home, { recursive: true });
});

async function rules() {
  const problems: GitProblem[] = [];
  const found = await scanRules(await inspect(repo.root), settings, (problem) => problems.push(problem));
  return { found, problems };
}

test('collects the settings and what git knows', async () => {
  const { found, problems } = await rules();
  expect(found).toEqual({
    ...settings,
    gitDir: join(repo.root, '.git'),
    globalExcludes: null,
    trackedIgnored: ['kept.o'],
    submodules: [],
    ignoreCase: false,
  });
  expect(problems).toEqual([]);
});

test("finds the user's excludes in their default place, and in any other that is configured", async () => {
  writeBelow(home, '.config/git/ignore', '*.tmp\n');
  expect((await rules()).found.globalExcludes).toBe(join(home, '.config/git/ignore'));
  writeBelow(home, 'excludes', '*.bak\n');
  repo.git('config', '--global', 'core.excludesFile', join(home, 'excludes'));
  expect((await rules()).found.globalExcludes).toBe(join(home, 'excludes'));
  vi.stubEnv('HOME', home);
  repo.git('config', '--global', 'core.excludesFile', '~/excludes');
  expect(homedir()).toBe(home);
  expect((await rules()).found.globalExcludes).toBe(join(home, 'excludes'));
  repo.git('config', '--global', 'core.excludesFile', join(home, 'nothing'));
  expect((await rules()).found.globalExcludes).toBe(null);
  repo.git('config', 'core.excludesFile', '');
  expect((await rules()).found.globalExcludes).toBe(null);
});

test('lists the submodules that are checked out, with those in them', async () => {
  const inner = makeRepo({ 'inner.c': 'int i;\n', 'deep.o': 'x', '.gitignore': '*.o\n' });
  const outer = makeRepo({ 'outer.c': 'int o;\n' });
  outer.git('submodule', '--quiet', 'add', inner.root, 'inner');
  outer.git('commit', '-q', '-m', 'inner');
  repo.git('submodule', '--quiet', 'add', outer.root, 'with space/outer');
  repo.git('submodule', '--quiet', 'add', outer.root, 'absent');
  repo.git('submodule', '--quiet', 'update', '--init', '--recursive', 'with space/outer');
  repo.git('submodule', '--quiet', 'deinit', '-f', 'absent');
  repo.write('.gitmodules', `${repo.git('show', ':.gitmodules')}\n[submodule "evil"]\n\tpath = ../escape\n`);
  const { found } = await rules();
  expect(found.submodules.sort()).toEqual(['with space/outer', 'with space/outer/inner']);
  expect(found.trackedIgnored.sort()).toEqual(['kept.o', 'with space/outer/inner/deep.o']);
  inner.remove();
  outer.remove();
});

test('a plain folder has no git rules but the user’s', async () => {
  const folder = makeFolder();
  writeBelow(home, '.config/git/ignore', '*.tmp\n');
  const found = await scanRules(await inspect(folder), settings);
  expect(found).toMatchObject({ gitDir: null, trackedIgnored: [], submodules: [] });
  expect(found.globalExcludes).toBe(join(home, '.config/git/ignore'));
  rmSync(folder, { recursive: true });
});

test('without git everything else still holds, and the problem is told', async () => {
  writeBelow(home, '.config/git/ignore', '*.tmp\n');
  repo.write('b.tmp', 'x');
  repo.write('b.o', 'x');
  vi.stubEnv('PATH', home);
  const { found, problems } = await rules();
  expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['git-missing']));
  expect(problems[0]?.next).toContain('PATH');
  expect(found).toMatchObject({ gitDir: join(repo.root, '.git'), trackedIgnored: [], submodules: [] });
  expect(listAsGit(repo.root, found).sort()).toEqual(['.gitignore', 'a.c']);
});

test('a repository of another user: says how to trust it, and HEAD is read all the same', async () => {
  // Git's own switch for its tests; the program that sets it stands before git on the PATH.
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${git} "$@"\n`;
  writeBelow(home, 'bin/git', script);
  chmodSync(join(home, 'bin/git'), 0o755);
  vi.stubEnv('PATH', `${join(home, 'bin')}:${process.env.PATH}`);
  const { problems } = await rules();
  expect(problems[0]).toMatchObject({ kind: 'git-unsafe', message: expect.stringContaining(repo.root) });
  expect(problems[0]?.next).toContain(`safe.directory ${repo.root}`);
  const { gitDir, commonDir } = await inspect(repo.root);
  expect(await readHead(gitDir ?? '', commonDir ?? '')).toMatchObject({ branch: 'main' });
});

test('a git that fails is data, with its own words', async () => {
  const answer = await askGit(repo.root, ['no-such-command']);
  expect(answer).toMatchObject({ ok: false, problem: { kind: 'git-failed' } });
  if (!answer.ok) expect(answer.problem.message).toContain('no-such-command');
});

test('nothing that a repository configures is run', async () => {
  const trap = join(home, 'trap');
  const script = `#!/bin/sh\ntouch ${trap}\n`;
  for (const hook of ['post-index-change', 'fsmonitor']) {
    repo.write(`.git/hooks/${hook}`, script);
    chmodSync(join(repo.root, '.git/hooks', hook), 0o755);
  }
  repo.git('config', 'core.fsmonitor', join(repo.root, '.git/hooks/fsmonitor'));
  repo.git('config', 'core.pager', `touch ${trap}`);
  await rules();
  expect((await askGit(repo.root, ['ls-files', '-co'])).ok).toBe(true);
  await expect(access(trap)).rejects.toMatchObject({
    code: 'ENOENT',
  });
  // The trap does work: git without our options falls into it.
  repo.git('ls-files', '-co');
  await access(trap);
});

test('variables that point git elsewhere are not passed on', () => {
  const env = gitEnvironment({
    PATH: '/bin',
    GIT_DIR: '/x',
    GIT_INDEX_FILE: '/x',
    GIT_CONFIG_GLOBAL: '/y',
    GIT_CONFIG_COUNT: '1',
  });
  expect(env).toMatchObject({ PATH: '/bin', GIT_CONFIG_GLOBAL: '/y', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' });
  expect(env).not.toHaveProperty('GIT_DIR');
  expect(env).not.toHaveProperty('GIT_INDEX_FILE');
  expect(env).not.toHaveProperty('GIT_CONFIG_COUNT');
});
