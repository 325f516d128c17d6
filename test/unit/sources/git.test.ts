import { chmodSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CollectOptions } from '../../../src/daemon/sources/contract.js';
import type { ContextSource } from '../../../src/protocol/sources.js';
import { makeFolder, makeRepo, runGit, type TestRepo } from '../../support/git-repo.js';
import { collectOptions, makeSources, sourceRepo } from '../../support/sources.js';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');
const sources = makeSources();
let repo: TestRepo;

beforeEach(() => {
  repo = makeRepo({ 'src/a.ts': lines(30), 'b.txt': 'one\n' });
});
afterEach(() => repo.remove());

function collect(requests: ContextSource[], more: Partial<CollectOptions> = {}, of = sources) {
  return of.collect(requests, collectOptions([sourceRepo(repo.root, ['src/a.ts'])], more));
}

const changed = lines(30).replace('line 20\n', 'line twenty\n');

describe('a diff', () => {
  test('of the working tree has a piece for each file, and the names of what is untracked', async () => {
    repo.write('src/a.ts', changed);
    repo.write('b.txt', 'one\ntwo\n');
    repo.write('new.txt', 'not yet known\n');
    const { pieces, omissions } = await collect([{ kind: 'diff' }]);
    expect(omissions).toEqual([]);
    expect(pieces.map(({ path, startLine, endLine }) => [path, startLine, endLine])).toEqual([
      ['src/a.ts', 17, 23],
      ['b.txt', 1, 2],
      [null, null, null],
    ]);
    expect(pieces[0]).toMatchObject({
      kind: 'diff',
      source: 'diff of repo',
      title: 'Changes of src/a.ts',
      repo: 'id-repo',
      language: 'text',
      trusted: true,
    });
    expect(pieces[0]?.text).toContain('\n-line 20\n+line twenty\n');
    expect(pieces[0]?.text).toMatch(/^diff --git a\/src\/a\.ts b\/src\/a\.ts\n/);
    expect(pieces[2]?.text).toBe('new.txt\n');
  });

  test('of what is staged is another one', async () => {
    repo.write('b.txt', 'staged\n');
    repo.git('add', 'b.txt');
    repo.write('b.txt', 'staged\nand changed\n');
    const { pieces } = await collect([{ kind: 'staged' }, { kind: 'diff' }]);
    expect(pieces.map(({ kind, title }) => [kind, title])).toEqual([
      ['staged', 'Staged changes of b.txt'],
      ['diff', 'Changes of b.txt'],
    ]);
    expect(pieces[0]?.text).toContain('-one\n+staged\n');
    expect(pieces[0]?.text).not.toContain('and changed');
  });

  test('before the first commit shows what is staged', async () => {
    const fresh = makeRepo();
    fresh.write('a.txt', 'hello\n');
    fresh.git('add', '-A');
    const { pieces } = await sources.collect(
      [{ kind: 'staged' }, { kind: 'commits' }],
      collectOptions([sourceRepo(fresh.root)]),
    );
    expect(pieces.map(({ title }) => title)).toEqual(['Staged changes of a.txt']);
    fresh.remove();
  });

  test('may be limited to a file or a folder, there or deleted', async () => {
    repo.write('src/a.ts', changed);
    rmSync(join(repo.root, 'b.txt'));
    for (const path of ['b.txt', 'src', 'src/a.ts']) {
      const { pieces } = await collect([{ kind: 'diff', path: join(repo.root, path) }]);
      expect(pieces.map((piece) => piece.path)).toEqual([path === 'src' ? 'src/a.ts' : path]);
    }
  });

  test('of a registered folder inside of a repository is of that folder alone', async () => {
    repo.write('src/a.ts', changed);
    repo.write('b.txt', 'changed\n');
    repo.write('src/new.ts', 'x\n');
    const of = sourceRepo(join(repo.root, 'src'));
    const { pieces } = await sources.collect([{ kind: 'diff' }, { kind: 'commits' }], collectOptions([of]));
    expect(pieces.map(({ path, text }) => [path, text.split('\n').at(-2)])).toEqual([
      ['a.ts', ' line 23'],
      [null, 'new.ts'],
      [null, '    a.ts'],
    ]);
  });

  test('shares the room, files of the index first, and names what does not fit', async () => {
    for (const name of ['a.lock', 'b.txt', 'c.txt', 'd.txt', 'src/a.ts']) repo.write(name, lines(90));
    repo.write('b.txt', 'short\n');
    repo.git('add', '-A');
    const { pieces, omissions } = await collect([{ kind: 'staged' }], { maxChars: 1400 });
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(1400);
    expect(pieces.map(({ path }) => path)).toEqual(['src/a.ts', 'a.lock', 'b.txt']);
    expect(pieces.every(({ text }) => text.startsWith('diff ') && text.endsWith('\n'))).toBe(true);
    expect(pieces[2]?.text).toContain('+short\n');
    expect(pieces[0]?.text.length).toBeGreaterThan(500);
    expect(omissions.map(({ reason }) => reason)).toEqual([
      'The changes of src/a.ts do not fit whole.',
      'The changes of a.lock do not fit whole.',
      'The changes of 2 more files do not fit.',
    ]);
  });

  test('keeps secrets to itself, under either name', async () => {
    repo.write('.env', 'TOKEN=abcdefgh\n'.repeat(20));
    repo.git('add', '-A', '-f');
    repo.git('commit', '-qm', 'a slip');
    renameSync(join(repo.root, '.env'), join(repo.root, 'notes.txt'));
    repo.write('other.pem', 'KEY\n');
    repo.git('add', '-A', '-f');
    const { pieces, omissions } = await collect([{ kind: 'staged' }]);
    expect(pieces).toEqual([]);
    expect(omissions.map(({ reason }) => reason.split(' ')[0])).toEqual(['.env', 'other.pem']);
    const open = makeSources({ includeSecrets: true });
    expect((await collect([{ kind: 'staged' }], {}, open)).pieces).toHaveLength(2);
  });

  test('has the right names of files with odd ones', async () => {
    const odd = [
      'with space.txt',
      'tab\there',
      'quote".txt',
      'back\\slash',
      'ünï',
      '-dash',
      'line\nend',
      ':(top)x',
    ];
    for (const name of odd) repo.write(name, 'a\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'odd');
    for (const name of odd) repo.write(name, 'a\nb\n');
    rmSync(join(repo.root, 'with space.txt'));
    chmodSync(join(repo.root, 'ünï'), 0o755);
    repo.write('ünï', 'a\n');
    const { pieces } = await collect([{ kind: 'diff' }]);
    expect(pieces.map(({ path }) => path).sort()).toEqual(odd.sort());
    for (const name of odd) {
      const one = await collect([{ kind: 'diff', path: join(repo.root, name) }]);
      expect(one.pieces.map(({ path }) => path)).toEqual([name]);
    }
  });

  test('shows renames, modes and binary files without their bytes', async () => {
    repo.write('bin', new Uint8Array([0, 1, 2, 255]));
    renameSync(join(repo.root, 'src/a.ts'), join(repo.root, 'src/moved "x".ts'));
    chmodSync(join(repo.root, 'b.txt'), 0o755);
    repo.git('add', '-A');
    const { pieces } = await collect([{ kind: 'staged' }]);
    expect(pieces.map(({ path, startLine }) => [path, startLine])).toEqual([
      ['b.txt', null],
      ['bin', null],
      ['src/moved "x".ts', null],
    ]);
    expect(pieces[1]?.text).toContain('Binary files');
  });

  test('is empty, is of no git, is of no known repository: each is a reason', async () => {
    const folder = makeFolder();
    const plain = sourceRepo(folder);
    const requests: ContextSource[] = [{ kind: 'diff' }, { kind: 'staged' }, { kind: 'diff', repo: 'nope' }];
    const empty = await collect(requests);
    expect(empty.pieces).toEqual([]);
    expect(empty.omissions).toEqual([
      { source: 'diff of repo', reason: 'The working tree has no changes.' },
      { source: 'staged changes of repo', reason: 'Nothing is staged.' },
      { source: 'diff of nope', reason: 'No registered repository is called nope.' },
    ]);
    const outside = await sources.collect([{ kind: 'diff' }], collectOptions([plain]));
    expect(outside.omissions[0]?.reason).toMatch(/is not in a git repository/);
    const unsaid = await collect([{ kind: 'diff' }], { repo: null });
    expect(unsaid.omissions[0]?.reason).toMatch(/not said which repository/);
    rmSync(folder, { recursive: true });
  });
});

describe('no program of the repository is run', () => {
  test('whatever its configuration and attributes name', async () => {
    const trace = join(repo.root, '..', 'ran');
    const script = join(repo.root, '..', 'evil.sh');
    repo.write('../evil.sh', `#!/bin/sh\necho "$0 $*" >> ${trace}\ncat\n`);
    chmodSync(script, 0o755);
    const config: [key: string, value: string][] = [
      ['core.fsmonitor', script],
      ['core.pager', script],
      ['diff.external', script],
      ['diff.evil.command', script],
      ['diff.evil.textconv', script],
      ['filter.evil.clean', script],
      ['filter.evil.smudge', script],
      ['filter.evil.process', script],
      ['filter.evil.required', 'true'],
      ['log.showSignature', 'true'],
      ['gpg.program', script],
      ['core.hooksPath', '..'],
      ['core.sshCommand', script],
      ['pager.diff', 'true'],
      ['pager.log', 'true'],
      ['diff.noprefix', 'true'],
      ['diff.orderFile', '/nonexistent'],
      ['color.ui', 'always'],
    ];
    for (const [key, value] of config) repo.git('config', key, value);
    repo.write('.git/info/attributes', '* filter=evil diff=evil\n');
    repo.write('src/a.ts', changed);
    const path = join(repo.root, 'src/a.ts');
    const { pieces, omissions } = await collect([
      { kind: 'diff' },
      { kind: 'staged' },
      { kind: 'commits' },
      { kind: 'commits', path },
      { kind: 'blame', path },
    ]);
    expect(pieces.map(({ kind }) => kind)).toEqual(['diff', 'commits', 'commits', 'blame']);
    expect(pieces[0]?.path).toBe('src/a.ts');
    expect(pieces[0]?.text).not.toContain('\u001b');
    expect(omissions).toHaveLength(1);
    expect(existsSync(trace)).toBe(false);
    // So that the test could fail: git does run them by itself.
    expect(() => runGit(repo.root, 'diff', '--', 'src/a.ts')).toThrow();
    expect(existsSync(trace)).toBe(true);
  });

  test('and where it cannot be kept from running, nothing is read', async () => {
    repo.write('.git/config', '[filter "a=b"]\n\tclean = touch ran\n');
    repo.write('.git/info/attributes', '* filter=a=b\n');
    const { omissions } = await collect([{ kind: 'diff' }]);
    expect(omissions[0]?.reason).toMatch(/filter that cannot be switched off: a=b/);
  });
});

describe('commits', () => {
  test('are told by subject, author, day and files, the latest first', async () => {
    repo.write('b.txt', 'two\n');
    repo.git('commit', '-qam', 'second\n\nwith a body');
    const { pieces, omissions } = await collect([{ kind: 'commits' }]);
    expect(omissions).toEqual([]);
    expect(pieces[0]).toMatchObject({ kind: 'commits', title: 'Recent commits of repo', path: null });
    expect(pieces[0]?.text).toMatch(
      /^[0-9a-f]{7,} 2024-01-01 Test: second\n {4}b\.txt\n[0-9a-f]{7,} 2024-01-01 Test: first\n {4}b\.txt\n {4}src\/a\.ts\n$/,
    );
  });

  test('of a path are those that changed it, also when it is gone', async () => {
    rmSync(join(repo.root, 'b.txt'));
    repo.git('commit', '-qam', 'gone');
    const request: ContextSource = { kind: 'commits', path: join(repo.root, 'b.txt') };
    const { pieces } = await collect([request, { ...request, limit: 1 }]);
    expect(pieces.map(({ text }) => text.match(/Test: \w+/g))).toEqual([
      ['Test: gone', 'Test: first'],
      ['Test: gone'],
    ]);
    expect(pieces[0]).toMatchObject({ path: 'b.txt', title: 'Recent commits of b.txt' });
  });

  test('with odd subjects and names stay one line each', async () => {
    repo.write('line\nend', 'x\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', `\u001b[31mred\u0007\u202e ${'long '.repeat(100)}`);
    const { pieces } = await collect([{ kind: 'commits', limit: 1 }]);
    const [first = '', second] = pieces[0]?.text.split('\n') ?? [];
    expect(first).toMatch(/Test: red (long )+.*…$/);
    expect(first.length).toBeLessThan(300);
    expect(second).toBe('    line end');
  });

  test('that do not fit are counted, none is cut', async () => {
    for (const at of [1, 2, 3]) repo.git('commit', '-q', '--allow-empty', '-m', `more ${at}`);
    const { pieces, omissions } = await collect([{ kind: 'commits' }], { maxChars: 66 });
    expect(pieces[0]?.text.split('\n').slice(0, -1)).toHaveLength(2);
    expect(omissions[0]?.reason).toBe('2 older commits do not fit.');
  });
});

describe('a blame', () => {
  test('tells runs of lines with their commits, and what is not committed', async () => {
    repo.write('src/a.ts', changed);
    repo.git('commit', '-qam', 'twenty in words');
    repo.write('src/a.ts', `${changed}new\n`);
    const path = join(repo.root, 'src/a.ts');
    const { pieces, omissions } = await collect([{ kind: 'blame', path }]);
    expect(omissions).toEqual([]);
    expect(pieces[0]).toMatchObject({ kind: 'blame', path: 'src/a.ts', startLine: 1, endLine: 31 });
    expect(pieces[0]?.text.replaceAll(/[0-9a-f]{10} /g, '')).toBe(
      '1-19: 2024-01-01 Test: first\n20: 2024-01-01 Test: twenty in words\n' +
        '21-30: 2024-01-01 Test: first\n31: not committed yet\n',
    );
    const range = await collect([{ kind: 'blame', path, startLine: 18, endLine: 20 }]);
    expect(range.pieces[0]?.text).toMatch(/^18-19: .* first\n20: .* twenty in words\n$/);
    const past = await collect([{ kind: 'blame', path, startLine: 25, endLine: 99 }]);
    expect(past.pieces[0]).toMatchObject({ startLine: 25, endLine: 31 });
  });

  test('of what is not there is a reason', async () => {
    repo.write('untracked.txt', 'x\n');
    repo.write('.env', 'x\n');
    const at = (path: string, startLine = 1): ContextSource => ({
      kind: 'blame',
      path: join(repo.root, path),
      startLine,
    });
    const { pieces, omissions } = await collect([
      at('untracked.txt'),
      at('b.txt', 9),
      at('none.txt'),
      at('src'),
      at('.env'),
      { kind: 'blame', path: '/etc/passwd' },
    ]);
    expect(pieces).toEqual([]);
    expect(omissions.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/no such path 'untracked\.txt' in HEAD/),
      expect.stringMatching(/has only 1 line/),
      expect.stringMatching(/none\.txt is not a file/),
      expect.stringMatching(/src/),
      expect.stringMatching(/\.env is a file that commonly holds secrets/),
      '/etc/passwd is in no registered repository.',
    ]);
  });
});

test('a path is followed through links to where it leads', async () => {
  const other = makeRepo({ 'x.txt': 'x\n' });
  symlinkSync(join(other.root, 'x.txt'), join(repo.root, 'out.txt'));
  mkdirSync(join(repo.root, 'sub'));
  symlinkSync(join(repo.root, 'src'), join(repo.root, 'sub/in'));
  repo.write('src/a.ts', changed);
  const { pieces, omissions } = await collect([
    { kind: 'commits', path: join(repo.root, 'out.txt') },
    { kind: 'diff', path: join(repo.root, 'sub/in/a.ts') },
    { kind: 'commits', path: join(repo.root, '.git/HEAD') },
  ]);
  expect(pieces.map(({ path }) => path)).toEqual(['src/a.ts']);
  expect(omissions.map(({ reason }) => reason)).toEqual([
    `${realpathSync(other.root)}/x.txt is in no registered repository.`,
    `${repo.root}/.git/HEAD is git's own.`,
  ]);
  other.remove();
});

test('a cancelled request ends with its reason', async () => {
  const cancel = new AbortController();
  const reply = collect([{ kind: 'diff' }, { kind: 'commits' }], { signal: cancel.signal });
  cancel.abort(new Error('not wanted any more'));
  await expect(reply).rejects.toThrow('not wanted any more');
});
