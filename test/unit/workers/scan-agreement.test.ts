import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { inspect, scanRules } from '../../../src/daemon/repos/git.js';
import { listAsGit } from '../../../src/workers/scan/scan.js';
import { makeFolder, makeRepo, runGit, type TestRepo, writeBelow } from '../../support/git-repo.js';

const settings = { extraIgnore: [], maxFileBytes: 1 << 20, includeSecrets: false };
let configuration: string;
let repo: TestRepo;

beforeAll(() => {
  configuration = makeFolder();
  vi.stubEnv('XDG_CONFIG_HOME', configuration);
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(configuration, 'gitconfig'));
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  writeFileSync(join(configuration, 'gitconfig'), '');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(configuration, { recursive: true });
});
afterEach(() => repo?.remove());

/** What git lists and is there: no submodules and nested repositories (folders), no deleted files. */
function gitList(folder: string): string[] {
  const listed = runGit(folder, 'ls-files', '-co', '-z', '--exclude-standard').split('\0');
  const present = listed.filter((path) => {
    const stat =
      path === '' || path.endsWith('/')
        ? undefined
        : lstatSync(join(folder, path), { throwIfNoEntry: false });
    return stat !== undefined && !stat.isDirectory();
  });
  return [...new Set(present)].sort();
}

async function ourList(folder: string): Promise<string[]> {
  return listAsGit(folder, await scanRules(await inspect(folder), settings)).sort();
}

async function expectAgreement(): Promise<string[]> {
  const ours = await ourList(repo.root);
  expect(ours).toEqual(gitList(repo.root));
  return ours;
}

const tree = [
  'a.c',
  'a.o',
  'foo',
  'foobar',
  'build/x.c',
  'build/deep/y.c',
  'src/build/z.c',
  'src/foo/a.c',
  'src/foo/bar/a.o',
  'src/foo/bar/b.c',
  'docs/index.md',
  'docs/api/index.md',
  'docs/api/v1/index.html',
  'logs/debug.log',
  'logs/keep.log',
  'a/b/c/d/e.txt',
  'with space.txt',
  'end ',
  '#hash',
  '!bang',
  'back\\slash',
  'star*name',
  'q?mark',
  '[x]',
  'x',
  '-',
  'é.txt',
  'ü/ö.txt',
  'Upper.TXT',
  '.hidden/file',
  '.hidden/.deep/file',
];

const cases: [name: string, ignore: Record<string, string>][] = [
  ['a name anywhere', { '.gitignore': 'foo\n' }],
  ['a folder only', { '.gitignore': 'foo/\n' }],
  ['anchored by a leading slash', { '.gitignore': '/build\n' }],
  ['anchored by a slash inside', { '.gitignore': 'src/foo\n' }],
  ['a suffix', { '.gitignore': '*.o\n*.log\n' }],
  ['negation', { '.gitignore': '*.log\n!keep.log\n' }],
  ['negation before', { '.gitignore': '!keep.log\n*.log\n' }],
  ['nothing below an ignored folder comes back', { '.gitignore': 'logs/\n!logs/keep.log\n' }],
  ['a folder whose content is ignored can keep some', { '.gitignore': 'logs/*\n!logs/keep.log\n' }],
  ['only what is listed', { '.gitignore': '*\n!*/\n!*.c\n' }],
  ['all, and deeper files cannot help', { '.gitignore': '*\n', 'src/.gitignore': '!*\n' }],
  ['deeper wins', { '.gitignore': '*.c\n', 'src/.gitignore': '!*.c\n', 'src/foo/.gitignore': '*.c\n' }],
  ['a folder kept by a deeper file has its files', { '.gitignore': 'foo\n', 'src/.gitignore': '!foo\n' }],
  ['a folder kept by a deeper file, with a slash', { '.gitignore': 'foo/\n', 'src/.gitignore': '!foo/\n' }],
  ['anchored in a deeper file', { 'src/.gitignore': '/foo/bar\n' }],
  ['an ignore file below an ignored folder', { '.gitignore': 'build\n', 'build/.gitignore': '!x.c\n' }],
  ['double star in front', { '.gitignore': '**/bar\n' }],
  ['double star at the end', { '.gitignore': 'src/**\n' }],
  ['double star at the end, with exceptions', { '.gitignore': 'docs/**\n!docs/**/\n!docs/**/*.html\n' }],
  ['double star inside', { '.gitignore': 'a/**/e.txt\ndocs/**/index.md\n' }],
  ['double star as a folder', { '.gitignore': 'a/**/\n' }],
  ['double star in a name', { '.gitignore': '/fo**ar\n/src/f**/bar\n' }],
  ['double star after a literal start', { '.gitignore': '/foo**/bar\n' }],
  ['triple star', { '.gitignore': 'a/***/e.txt\n***/z.c\n' }],
  ['double star before an escaped slash', { '.gitignore': '**\\/foo\n/**\\/build\n' }],
  ['only stars', { '.gitignore': '**\n!src\n!src/**\n' }],
  ['question marks', { '.gitignore': '?.c\nfoo???\n' }],
  ['a question mark is one byte', { '.gitignore': '?.txt\n' }],
  ['two question marks are a letter with an accent', { '.gitignore': '??.txt\n??/\n' }],
  ['brackets', { '.gitignore': '[ab].[co]\n' }],
  ['negated brackets', { '.gitignore': '[!f]oo\n[^x]\n' }],
  ['brackets that begin with a bracket', { '.gitignore': '[]x]\n' }],
  ['bracket ranges and classes', { '.gitignore': '[[:upper:]]*\n[a-c].o\n' }],
  ['unknown class', { '.gitignore': '[[:nothing:]]\nfoo\n' }],
  ['unfinished bracket', { '.gitignore': '[x\nfoo\n' }],
  ['bracket with a slash', { '.gitignore': 'src[/]foo\ndocs[!a]api\n' }],
  ['range the wrong way', { '.gitignore': '[z-a].c\n' }],
  ['escaped brackets', { '.gitignore': '\\[x\\]\n' }],
  ['escapes', { '.gitignore': '\\#hash\n\\!bang\nback\\\\slash\nstar\\*name\nq\\?mark\n' }],
  ['a backslash at the end', { '.gitignore': 'foo\\\n' }],
  ['an escaped slash at the end', { '.gitignore': 'build\\/\n' }],
  ['a comment and a hash inside', { '.gitignore': '#hash\nfoo#bar\n' }],
  ['blanks at the end', { '.gitignore': 'foo   \nend\\ \nwith space.txt  \n' }],
  ['a tab at the end counts', { '.gitignore': 'foo\t\n' }],
  ['windows line ends', { '.gitignore': 'foo\r\n*.o\r\n!foo\r\n' }],
  ['no line end at the end', { '.gitignore': 'foo' }],
  ['byte order mark', { '.gitignore': '\ufefffoo\n' }],
  ['byte order mark before a comment', { '.gitignore': '\ufeff#hash\n' }],
  ['nothing but signs', { '.gitignore': '/\n!\n!/\n//\n\\\n \n' }],
  ['two slashes', { '.gitignore': '//build\nbuild//\nsrc//foo\n' }],
  ['a dot in front', { '.gitignore': './foo\n' }],
  ['hidden files', { '.gitignore': '.*\n!.gitignore\n' }],
  ['with letters beyond ASCII', { '.gitignore': 'é.txt\nü/\n' }],
  ['brackets beyond ASCII', { '.gitignore': '[é]*.txt\n' }],
  ['upper and lower case differ', { '.gitignore': 'upper.txt\nFOO\n' }],
  ['info/exclude', { '.git/info/exclude': '*.o\n/docs\n' }],
  ['.gitignore is stronger than info/exclude', { '.git/info/exclude': '*.o\n', '.gitignore': '!a.o\n' }],
  ['a .gitignore that is ignored itself', { '.gitignore': '.gitignore\nfoo\n' }],
  ['a NUL in a line', { '.gitignore': 'foo\0bar\n' }],
];

describe('the list agrees with git', () => {
  test.each(cases)('%s', async (_name, ignore) => {
    repo = makeRepo();
    for (const path of tree) repo.write(path, 'text');
    for (const [path, text] of Object.entries(ignore)) repo.write(path, text);
    const listed = await expectAgreement();
    expect(listed.length).toBeLessThanOrEqual(tree.length + Object.keys(ignore).length);
  });

  test('for tracked files that are ignored', async () => {
    repo = makeRepo(Object.fromEntries(tree.map((path) => [path, 'text'])));
    repo.write('.gitignore', 'build\n*.log\n/src/foo/\nlogs\n');
    repo.write('build/new.c', 'text');
    repo.write('src/foo/new.c', 'text');
    repo.git('rm', '-q', '--cached', 'build/x.c');
    rmSync(join(repo.root, 'logs/debug.log'));
    const listed = await expectAgreement();
    expect(listed).toContain('build/deep/y.c');
    expect(listed).not.toContain('build/x.c');
  });

  test("for the user's excludes, wherever they are configured", async () => {
    repo = makeRepo();
    for (const path of tree) repo.write(path, 'text');
    mkdirSync(join(configuration, 'git'));
    writeFileSync(join(configuration, 'git', 'ignore'), '*.md\n');
    expect(await expectAgreement()).not.toContain('docs/index.md');
    writeFileSync(join(configuration, 'excludes'), '*.c\n');
    runGit(repo.root, 'config', '--global', 'core.excludesFile', join(configuration, 'excludes'));
    expect(await expectAgreement()).toContain('docs/index.md');
    repo.write('.gitignore', '!a.c\n');
    repo.write('.git/info/exclude', '!b.c\n');
    const listed = await expectAgreement();
    expect(listed).toEqual(expect.arrayContaining(['a.c', 'src/foo/bar/b.c']));
    expect(listed).not.toContain('build/x.c');
    rmSync(join(configuration, 'git'), { recursive: true });
    writeFileSync(join(configuration, 'gitconfig'), '');
  });

  test('where upper and lower case are one', async () => {
    repo = makeRepo();
    for (const path of tree) repo.write(path, 'text');
    repo.git('config', 'core.ignoreCase', 'true');
    repo.write('.gitignore', 'FOO\n*.C\nuPPer.*\nDOCS/A?I\n/SRC/Build\nLOGS/\n');
    expect(await expectAgreement()).not.toContain('Upper.TXT');
  });

  test('for symbolic links, which are files to git', async () => {
    repo = makeRepo();
    repo.write('target/file', 'text');
    repo.write('.gitignore', 'link/\nother\n');
    symlinkSync('target', join(repo.root, 'link'));
    symlinkSync('target', join(repo.root, 'other'));
    symlinkSync('nowhere', join(repo.root, 'dangling'));
    expect(await expectAgreement()).toEqual(['.gitignore', 'dangling', 'link', 'target/file']);
  });

  test('for an ignore file that is a folder or a symbolic link', async () => {
    repo = makeRepo();
    for (const path of tree) repo.write(path, 'text');
    repo.write('src/.gitignore/foo', 'text');
    repo.write('rules', '*\n');
    symlinkSync('../rules', join(repo.root, 'docs/.gitignore'));
    expect(await expectAgreement()).toContain('docs/index.md');
  });

  test('for nested repositories and what only looks like one', async () => {
    repo = makeRepo({ 'a.c': 'text' });
    repo.write('nested/inner.c', 'text');
    runGit(join(repo.root, 'nested'), 'init', '-q');
    repo.write('fake/.git/config', 'text');
    repo.write('fake/inner.c', 'text');
    repo.write('pointer/.git', 'gitdir: ../nowhere\n');
    repo.write('pointer/inner.c', 'text');
    repo.write('linked/.git', 'gitdir: ../nested/.git\n');
    repo.write('linked/inner.c', 'text');
    expect(await expectAgreement()).toEqual(['a.c', 'fake/inner.c', 'pointer/inner.c']);
  });

  test('for submodules, each with its own rules', async () => {
    const library = makeRepo({ 'lib.c': 'text', '.gitignore': '*.o\n' });
    repo = makeRepo({ 'a.c': 'text', '.gitignore': 'lib.c\nvendor\n*.tmp\n' });
    repo.git('submodule', '--quiet', 'add', '-f', library.root, 'vendor/lib');
    repo.git('submodule', '--quiet', 'add', '-f', library.root, 'vendor/absent');
    repo.git('commit', '-q', '-m', 'submodules');
    repo.git('submodule', '--quiet', 'deinit', '-f', 'vendor/absent');
    for (const path of ['vendor/lib/x.o', 'vendor/lib/x.tmp', 'vendor/other.c', 'b.tmp'])
      repo.write(path, 'text');
    repo.write('.git/modules/vendor/lib/info/exclude', '/private\n');
    repo.write('vendor/lib/private/x.c', 'text');
    const inner = gitList(join(repo.root, 'vendor/lib')).map((path) => `vendor/lib/${path}`);
    expect(inner).toEqual(['vendor/lib/.gitignore', 'vendor/lib/lib.c', 'vendor/lib/x.tmp']);
    expect(await ourList(repo.root)).toEqual([...gitList(repo.root), ...inner].sort());
    library.remove();
  });

  test('in a linked worktree', async () => {
    repo = makeRepo({ 'a.c': 'text', '.gitignore': '*.o\n' });
    repo.git('worktree', 'add', '-q', '../linked');
    repo.write('.git/info/exclude', '*.tmp\n');
    const linked = join(repo.root, '../linked');
    for (const path of ['b.c', 'b.o', 'b.tmp']) writeBelow(linked, path, 'text');
    expect(await ourList(linked)).toEqual(['.gitignore', 'a.c', 'b.c']);
    expect(gitList(linked)).toEqual(['.gitignore', 'a.c', 'b.c']);
  });

  test('in a folder of a working tree that is scanned on its own', async () => {
    repo = makeRepo();
    for (const path of tree) repo.write(path, 'text');
    repo.write('.gitignore', '/docs/api\n*.o\nsrc/foo/bar/b.c\n');
    repo.write('src/.gitignore', '/foo/*\n!bar\n');
    repo.write('.git/info/exclude', '/src/build\n');
    repo.write('src/foo/bar/tracked.o', 'text');
    repo.git('add', '-f', 'src/foo/bar/tracked.o');
    for (const folder of ['src', 'docs', 'src/foo']) {
      const root = join(repo.root, folder);
      const rules = await scanRules({ kind: 'folder', root, gitDir: null, commonDir: null }, settings);
      expect(listAsGit(root, rules).sort(), folder).toEqual(gitList(root));
    }
  });
});

const name = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a.b',
  'foo',
  '.x',
  'B',
  'é',
  'a b',
  'a-b',
  '[',
  'b]',
  '\\a',
  '#a',
  '!a',
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'ab',
    'foo',
    '.',
    'é',
    'B',
    '*',
    '**',
    '?',
    '[ab]',
    '[!a]',
    '[^b]',
    '[a-',
    '[',
    ']',
    '[[:alpha:]]',
  ],
  ...['/', '/', '/', '**/', '/**', '\\', '\\a', '\\*', ' ', '-', '#', '!', '.b', '***'],
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '!', '/', '!/', '#', ' '),
    fc.array(piece, { maxLength: 5 }),
    fc.constantFrom('', '', '/', ' ', '\r'),
  )
  .map(([start, pieces, end]) => start + pieces.join('') + end);
const ignoreFile = fc
  .array(fc.oneof(pattern, path), { minLength: 1, maxLength: 6 })
  .map((lines) => lines.join('\n'));

test('the list agrees with git for any tree and any patterns', async () => {
  repo = makeRepo();
  const { root } = repo;
  const folder = fc.oneof(fc.constant(''), path);
  const files = fc.array(path, { minLength: 1, maxLength: 25 });
  const ignores = fc.array(fc.tuple(folder, ignoreFile), { minLength: 1, maxLength: 4 });
  const tracked = fc.nat({ max: 5 });
  const runs = Number(process.env.LCAD_TEST_RUNS ?? 150);
  await fc.assert(
    fc.asyncProperty(files, ignores, ignoreFile, tracked, async (files, ignores, exclude, tracked) => {
      for (const entry of readdirSync(root))
        if (entry !== '.git') rmSync(join(root, entry), { recursive: true });
      rmSync(join(root, '.git/index'), { force: true });
      const present = files.filter((file) => tryWrite(root, file, 'text'));
      if (tracked > 0 && present.length > 0) {
        runGit(root, '--literal-pathspecs', 'add', '-f', '--', ...present.slice(0, tracked));
      }
      for (const [folder, text] of ignores) tryWrite(root, join(folder, '.gitignore'), text);
      writeBelow(root, '.git/info/exclude', exclude);
      expect(await ourList(root)).toEqual(gitList(root));
    }),
    { numRuns: runs, endOnFailure: process.env.LCAD_TEST_RUNS !== undefined },
  );
});

/** False if the path needs a folder where a file is already, or the other way round. */
function tryWrite(root: string, path: string, text: string): boolean {
  try {
    writeBelow(root, path, text);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
    return false;
  }
}
