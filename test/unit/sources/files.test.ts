import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CollectOptions } from '../../../src/daemon/sources/contract.js';
import { ContextSource } from '../../../src/protocol/sources.js';
import { makeFolder, writeBelow } from '../../support/git-repo.js';
import { collectOptions, makeSources, sourceRepo } from '../../support/sources.js';

const sources = makeSources();
let root: string;

beforeEach(() => {
  root = makeFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function collect(requests: ContextSource[], more: Partial<CollectOptions> = {}, paths: string[] = []) {
  return sources.collect(requests, collectOptions([sourceRepo(root, paths)], more));
}

const file = (path: string, more: Partial<ContextSource> = {}): ContextSource => ({
  kind: 'file',
  path: join(root, path),
  ...more,
});

async function reasons(requests: ContextSource[], more: Partial<CollectOptions> = {}): Promise<string[]> {
  const { pieces, omissions } = await collect(requests, more);
  expect(pieces).toEqual([]);
  return omissions.map(({ reason }) => reason);
}

describe('a file', () => {
  test('comes whole or by its lines, as it is', async () => {
    const text = 'one\r\n  two\n\nfour';
    writeBelow(root, 'src/a.ts', text);
    const { pieces, omissions } = await collect([
      file('src/a.ts'),
      file('src/a.ts', { startLine: 2, endLine: 3 }),
      file('src/a.ts', { startLine: 4, endLine: 99 }),
    ]);
    expect(omissions).toEqual([]);
    expect(pieces.map(({ title, startLine, endLine, text }) => [title, startLine, endLine, text])).toEqual([
      ['src/a.ts', 1, 4, text],
      ['Lines 2 to 3 of src/a.ts', 2, 3, '  two\n\n'],
      ['Lines 4 to 4 of src/a.ts', 4, 4, 'four'],
    ]);
    expect(pieces[0]).toMatchObject({
      kind: 'file',
      source: `file of ${root}/src/a.ts`,
      path: 'src/a.ts',
      language: 'typescript',
      trusted: true,
    });
  });

  test('that is too long ends at a line, and says so', async () => {
    writeBelow(root, 'a.txt', 'a line\n'.repeat(20_000));
    const { pieces, omissions } = await collect([file('a.txt', { startLine: 19_000 })], { maxChars: 100 });
    expect(pieces[0]).toMatchObject({ startLine: 19_000, endLine: 19_013, text: 'a line\n'.repeat(14) });
    expect(omissions[0]?.reason).toBe('a.txt has 20000 lines; those after line 19013 do not fit.');
  });

  test('in UTF-16 or with invalid bytes is text', async () => {
    writeBelow(root, 'wide.txt', Buffer.from('\ufeffwide\n', 'utf16le'));
    writeBelow(root, 'latin.txt', Buffer.from('caf\xe9 au lait, caf\xe9 noir\n', 'latin1'));
    const { pieces } = await collect([file('wide.txt'), file('latin.txt')]);
    expect(pieces.map(({ text }) => text)).toEqual(['wide\n', 'caf\ufffd au lait, caf\ufffd noir\n']);
  });

  test('that is open and not saved is what the client has, on disk or not', async () => {
    writeBelow(root, 'a.txt', 'saved\n');
    const unsaved = (path: string) => (/\/(a|new)\.txt$/.test(path) ? 'unsaved\n' : undefined);
    const { pieces } = await collect([file('a.txt'), file('new.txt')], { unsaved });
    expect(pieces.map(({ text }) => text)).toEqual(['unsaved\n', 'unsaved\n']);
  });

  test('of which nothing may or can be shown is a reason', async () => {
    writeBelow(root, '.env', 'TOKEN=x\n');
    writeBelow(root, 'bin', new Uint8Array([1, 0, 2]));
    writeBelow(root, 'empty', '');
    writeBelow(root, 'short', 'x\n');
    writeBelow(root, 'large', 'x'.repeat(2 << 20));
    writeBelow(root, '.git/config', '[core]\n');
    symlinkSync(join(root, '.env'), join(root, 'harmless.txt'));
    symlinkSync('/etc/passwd', join(root, 'outside'));
    symlinkSync('loop', join(root, 'loop'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const unsaved = (path: string) => (path.endsWith('.env') ? 'TOKEN=y\n' : undefined);
    const names = [
      '.env',
      'harmless.txt',
      'bin',
      'empty',
      'large',
      'none',
      'pipe',
      '.git/config',
      'outside',
      'loop',
    ];
    const all = await reasons(
      names.map((name) => file(name)),
      { unsaved },
    );
    expect(all).toEqual([
      expect.stringMatching(/^\.env is a file that commonly holds secrets/),
      expect.stringMatching(/^\.env is a file that commonly holds secrets/),
      expect.stringMatching(/\/bin is binary\.$/),
      expect.stringMatching(/\/empty is empty\.$/),
      expect.stringMatching(/\/large is larger than 1024 KiB/),
      expect.stringMatching(/^There is no .*\/none$/),
      expect.stringMatching(/\/pipe is not a file\.$/),
      expect.stringMatching(/is git's own\.$/),
      `${realpathSync('/etc/passwd')} is in no registered repository.`,
      expect.stringMatching(/ELOOP/),
    ]);
    expect(await reasons([file('short', { startLine: 2 })])).toEqual([
      'short has 1 line: line 2 is not in it.',
    ]);
    expect(await reasons([file('../..')])).toEqual([expect.stringMatching(/in no registered repository/)]);
    expect(await reasons([file(`x/${'y'.repeat(300)}`)])).toEqual([
      expect.stringMatching(/^There is no|ENAMETOOLONG/),
    ]);
  });

  test('belongs to the innermost repository', async () => {
    writeBelow(root, 'inner/a.txt', 'x\n');
    const repos = [sourceRepo(root), sourceRepo(join(root, 'inner'))];
    const { pieces } = await sources.collect([file('inner/a.txt')], collectOptions(repos));
    expect(pieces[0]).toMatchObject({ repo: 'id-inner', path: 'a.txt' });
  });
});

describe('a folder', () => {
  const paths = ['src/deep/er/z.txt', 'src/b.txt', 'src/a.txt', 'src/.env', 'other.txt'];

  test('comes as a list of its files, and the files nearest to its top', async () => {
    for (const path of paths) writeBelow(root, path, `text of ${path}\n`);
    writeBelow(root, 'src/unknown.txt', 'not in the index\n');
    const { pieces, omissions } = await collect([file('src')], {}, paths);
    expect(omissions).toEqual([]);
    expect(pieces.map(({ kind, path, text }) => [kind, path, text])).toEqual([
      ['folder', 'src', 'a.txt\nb.txt\ndeep/er/z.txt\n'],
      ['file', 'src/a.txt', 'text of src/a.txt\n'],
      ['file', 'src/b.txt', 'text of src/b.txt\n'],
      ['file', 'src/deep/er/z.txt', 'text of src/deep/er/z.txt\n'],
    ]);
    expect(new Set(pieces.map(({ source }) => source))).toEqual(new Set([`file of ${root}/src`]));
  });

  test('that is too large lists its folders and leaves files out, none of them cut', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `sub${i % 3}/file${i}.txt`);
    for (const path of [...many, 'top.txt']) writeBelow(root, path, 'x'.repeat(60));
    const { pieces, omissions } = await collect([{ kind: 'file', path: root }], { maxChars: 400 }, [
      ...many,
      'top.txt',
    ]);
    expect(pieces[0]?.text).toBe('sub0/ (100 files)\nsub1/ (100 files)\nsub2/ (100 files)\ntop.txt\n');
    expect(pieces[1]?.path).toBe('top.txt');
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(400);
    const left = 301 - (pieces.length - 1);
    expect(omissions.map(({ reason }) => reason)).toEqual([`${left} of its 301 files do not fit.`]);
  });

  test('whose files are gone, or of which the index has none, is a reason', async () => {
    mkdirSync(join(root, 'empty'));
    expect(await reasons([file('empty')])).toEqual([`The index has no files in ${root}/empty.`]);
    writeFileSync(join(root, 'a.txt'), 'x\n');
    const { pieces, omissions } = await collect([{ kind: 'file', path: root }], {}, ['a.txt', 'gone.txt']);
    expect(pieces.map(({ path }) => path)).toEqual(['', 'a.txt']);
    expect(omissions[0]?.reason).toMatch(/ENOENT.*gone\.txt/);
  });
});

describe('parameters', () => {
  test.each([
    { kind: 'file' },
    { kind: 'blame' },
    { kind: 'provider' },
    { kind: 'file', path: 'relative.txt' },
    { kind: 'file', path: '/a', startLine: 5, endLine: 4 },
    { kind: 'file', path: '/a', endLine: 0 },
    { kind: 'commits', limit: 1000 },
    { kind: 'other' },
  ])('that make no sense are refused: %o', (wrong) => {
    expect(ContextSource.safeParse(wrong).success).toBe(false);
  });
});
