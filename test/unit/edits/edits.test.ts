import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FilePlan } from '../../../src/daemon/edits/contract.js';
import { Edits } from '../../../src/daemon/edits/edits.js';
import { hashOf } from '../../../src/daemon/edits/file-text.js';
import { Journal } from '../../../src/daemon/edits/journal.js';
import { carryOut, recover } from '../../../src/daemon/edits/transaction.js';

let folder: string;
let root: string;
let edits: Edits;
const unsaved = new Map<string, string>();
const held = (path: string) => (unsaved.has(path) ? [{ text: unsaved.get(path) ?? '', own: true }] : []);
const caller = { unsaved: held, signal: new AbortController().signal };
const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-edits-')));
  root = join(folder, 'shop');
  mkdirSync(root);
  unsaved.clear();
  edits = make();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(): Edits {
  const repo = { id: 'r1', name: 'shop', root };
  const surroundings = { repos: () => [repo], select: () => repo, includeSecrets: () => false };
  return new Edits({ folder: join(folder, 'kept'), surroundings, log });
}

function write(path: string, text: string | Uint8Array): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const files = () => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
const one = (path: string, search: string, replace: string) => ({ path, search, replace });

describe('previews', () => {
  test('show a diff and change nothing', async () => {
    write('a.ts', 'one\ntwo\n');
    const { files: changed, problems } = await edits.preview(
      { edits: [one('a.ts', 'two\n', 'deux\n')] },
      caller,
    );
    expect(problems).toEqual([]);
    expect(changed).toMatchObject([
      {
        path: 'a.ts',
        kind: 'change',
        before: hashOf('one\ntwo\n'),
        after: hashOf('one\ndeux\n'),
        added: 1,
        removed: 1,
      },
    ]);
    expect(changed[0]?.diff).toBe('--- a/a.ts\n+++ b/a.ts\n@@ -1,2 +1,2 @@\n one\n-two\n+deux\n');
    expect(read('a.ts')).toBe('one\ntwo\n');
  });

  test('a file that is wholly another, and large, has a diff that applies back', async () => {
    const lines = (word: string) => Array.from({ length: 9000 }, (_, i) => `${word} ${i}\n`).join('');
    write('a.ts', `first\n${lines('old')}last\n`);
    const wanted = { edits: [one('a.ts', lines('old'), lines('new'))] };
    const { files: changed } = await edits.preview(wanted, caller);
    expect(changed[0]).toMatchObject({ added: 9000, removed: 9000 });
    const again = await edits.apply({ text: changed[0]?.diff }, caller);
    expect(again.problems).toEqual([]);
    expect(read('a.ts')).toBe(`first\n${lines('new')}last\n`);
  });

  test.each([
    ['../out.ts', 'outside'],
    ['a/../../out.ts', 'outside'],
    ['/etc/passwd', 'outside'],
    ['.git/hooks/post-commit', "git's own"],
    ['sub/.GIT/config', "git's own"],
    ['sub/.g\u200cit/config', "git's own"],
    ['a\u0000b', 'control characters'],
    ['a\nb', 'control characters'],
    ['folder/', 'is a folder'],
    ['folder', 'no plain file'],
    ['.', 'outside'],
    ['.env', 'secrets'],
    ['keys/id_rsa', 'secrets'],
    ['leaving/x.ts', 'symbolic link'],
    ['dangling/x.ts', 'cannot be reached'],
    ['link.ts', 'symbolic link: name the file that it leads to, plain.ts'],
    ['away.ts', 'symbolic link that leads out of the repository'],
    ['broken.ts', 'symbolic link that leads nowhere'],
    ['togit/config', "git's own"],
    ['plain.ts/x.ts', 'cannot be'],
    ['x'.repeat(2000), 'no path'],
    ['x'.repeat(300), 'cannot be'],
  ])('%j is refused', async (path, why) => {
    mkdirSync(join(folder, 'elsewhere'));
    mkdirSync(join(root, '.git'));
    mkdirSync(join(root, 'folder'));
    write('plain.ts', 'x\n');
    symlinkSync(join(folder, 'elsewhere'), join(root, 'leaving'));
    symlinkSync(join(folder, 'nowhere'), join(root, 'dangling'));
    symlinkSync(join(root, 'plain.ts'), join(root, 'link.ts'));
    symlinkSync(join(root, '.git'), join(root, 'togit'));
    writeFileSync(join(folder, 'other.ts'), 'x\n');
    symlinkSync(join(folder, 'other.ts'), join(root, 'away.ts'));
    symlinkSync(join(folder, 'nowhere'), join(root, 'broken.ts'));
    const before = files();
    const wanted = { edits: [one(path, '', 'x\n')] };
    const { files: changed, problems } = await edits.preview(wanted, caller);
    expect(changed).toEqual([]);
    expect(problems).toMatchObject([{ kind: 'EDIT_REFUSED', block: 0, path }]);
    expect(problems[0]?.message).toContain(why);
    await expect(edits.apply(wanted, caller)).rejects.toMatchObject({ kind: 'EDIT_REFUSED' });
    expect(files()).toEqual(before);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
  });

  test('a folder that is a link within the repository is one with what it leads to', async () => {
    write('real/a.ts', 'one\ntwo\n');
    symlinkSync(join(root, 'real'), join(root, 'other'));
    const wanted = [one('real/a.ts', 'one\n', '1\n'), one('other/a.ts', 'two\n', '2\n')];
    const { files: changed } = await edits.apply({ edits: wanted }, caller);
    expect(changed.map(({ path }) => path)).toEqual(['real/a.ts']);
    expect(read('real/a.ts')).toBe('1\n2\n');
  });

  test('a file that nobody may write is not replaced', async () => {
    chmodSync(write('generated.ts', 'one\n'), 0o444);
    const wanted = { edits: [one('generated.ts', 'one\n', 'two\n')] };
    expect((await edits.preview(wanted, caller)).problems).toMatchObject([
      { kind: 'EDIT_REFUSED', message: 'generated.ts is write-protected.' },
    ]);
    await expect(edits.apply(wanted, caller)).rejects.toMatchObject({ kind: 'EDIT_REFUSED' });
    expect(read('generated.ts')).toBe('one\n');
  });

  test('an editor that keeps the byte order mark to itself has nothing unsaved', async () => {
    unsaved.set(write('a.ts', '\ufeffone\n'), 'one\n');
    await edits.apply({ edits: [one('a.ts', 'one\n', 'two\n')] }, caller);
    expect(read('a.ts')).toBe('\ufefftwo\n');
  });

  test('what is no text, and what has changed since or is not saved', async () => {
    write('latin.ts', Buffer.from([0x61, 0xe9, 0x0a]));
    write('binary.ts', 'a\0b\n');
    write('large.ts', 'x\n'.repeat(2 ** 21 + 1));
    const open = write('held.ts', 'a\n');
    write('seen.ts', 'a\n');
    unsaved.set(open, 'a and more\n');
    const paths = ['latin.ts', 'binary.ts', 'large.ts', 'held.ts', 'seen.ts', 'none.ts'];
    const wanted = {
      edits: paths.map((path) => one(path, 'a\n', 'b\n')),
      files: [{ path: 'seen.ts', hash: hashOf('b\n') }],
    };
    const { files: changed, problems } = await edits.preview(wanted, caller);
    expect(changed).toEqual([]);
    expect(problems.map(({ path, kind }) => [path, kind])).toEqual([
      ['latin.ts', 'EDIT_REFUSED'],
      ['binary.ts', 'EDIT_REFUSED'],
      ['large.ts', 'EDIT_REFUSED'],
      ['held.ts', 'EDIT_CONFLICT'],
      ['seen.ts', 'EDIT_CONFLICT'],
      ['none.ts', 'EDIT_CONFLICT'],
    ]);
  });
});

const everything = [
  'a.ts\n<<<<<<< SEARCH\none\n=======\n1\n>>>>>>> REPLACE\n',
  'new/deep/n.ts\n<<<<<<< SEARCH\n=======\nfresh\n>>>>>>> REPLACE\n',
  '```diff\n--- a/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n```\n',
  '```diff\ndiff --git a/old.ts b/moved/new.ts\nrename from old.ts\nrename to moved/new.ts\n--- a/old.ts\n+++ b/moved/new.ts\n@@ -1 +1 @@\n-name\n+title\n```\n',
].join('\n');

function writeAll(): void {
  chmodSync(write('a.ts', 'zero\r\none\r\n'), 0o755);
  write('gone.ts', 'bye\n');
  write('old.ts', 'name\n');
}

describe('applying and undoing', () => {
  test('changes, new files, deletions and renames, and back', async () => {
    writeAll();
    const before = files();
    const preview = await edits.preview({ text: everything }, caller);
    expect(preview.problems).toEqual([]);
    const applied = await edits.apply({ id: preview.id }, caller);
    expect(applied).toEqual({ ...preview });
    expect(files()).toEqual(['a.ts', 'moved', 'moved/new.ts', 'new', 'new/deep', 'new/deep/n.ts']);
    expect(read('a.ts')).toBe('zero\r\n1\r\n');
    expect(statSync(join(root, 'a.ts')).mode & 0o777).toBe(0o755);
    expect(read('moved/new.ts')).toBe('title\n');
    expect(read('new/deep/n.ts')).toBe('fresh\n');
    await expect(edits.apply({ id: preview.id }, caller)).rejects.toMatchObject({ kind: 'EDIT_UNKNOWN' });

    const undone = await make().undo(undefined, caller);
    expect(undone.id).toBe(applied.id);
    expect(files()).toEqual(before);
    expect([read('a.ts'), read('gone.ts'), read('old.ts')]).toEqual(['zero\r\none\r\n', 'bye\n', 'name\n']);
    expect(statSync(join(root, 'a.ts')).mode & 0o777).toBe(0o755);
    await expect(edits.undo(applied.id, caller)).rejects.toMatchObject({ kind: 'EDIT_UNKNOWN' });
    expect(readdirSync(join(folder, 'kept'))).toEqual([]);
  });

  test('nothing is changed if one file has changed since the preview', async () => {
    writeAll();
    const { id } = await edits.preview({ text: everything }, caller);
    write('old.ts', 'other\n');
    const before = files();
    await expect(edits.apply({ id }, caller)).rejects.toMatchObject({ kind: 'EDIT_CONFLICT' });
    expect(files()).toEqual(before);
    expect(read('a.ts')).toBe('zero\r\none\r\n');
    await expect(edits.undo(undefined, caller)).rejects.toMatchObject({ kind: 'EDIT_UNKNOWN' });
  });

  test('undoing what was changed since, or is open and not saved, is a conflict', async () => {
    const path = write('a.ts', 'one\n');
    write('b.ts', 'one\n');
    const wanted = [one('a.ts', 'one\n', 'two\n'), one('b.ts', 'one\n', 'two\n')];
    const { id } = await edits.apply({ edits: wanted }, caller);
    write('a.ts', 'three\n');
    await expect(edits.undo(id, caller)).rejects.toMatchObject({ kind: 'EDIT_CONFLICT' });
    expect([read('a.ts'), read('b.ts')]).toEqual(['three\n', 'two\n']);
    write('a.ts', 'two\n');
    unsaved.set(path, 'two and more\n');
    await expect(edits.undo(id, caller)).rejects.toMatchObject({ kind: 'EDIT_CONFLICT' });
    unsaved.set(path, 'two\n');
    await edits.undo(id, caller);
    expect([read('a.ts'), read('b.ts')]).toEqual(['one\n', 'one\n']);
  });

  test('with a problem nothing is done, unless a part is asked for', async () => {
    write('a.ts', 'one\n');
    const wanted = { edits: [one('a.ts', 'one\n', 'two\n'), one('b.ts', 'one\n', 'two\n')] };
    const refusal = await edits.apply(wanted, caller).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind: 'EDIT_CONFLICT', details: { problems: [{ path: 'b.ts' }] } });
    expect(read('a.ts')).toBe('one\n');
    const { files: changed, problems } = await edits.apply({ ...wanted, partial: true }, caller);
    expect([changed.length, problems.length]).toEqual([1, 1]);
    expect(read('a.ts')).toBe('two\n');
  });

  test('requests at a time are done one after the other, and each sees what the one before did', async () => {
    write('a.ts', 'x 0\n');
    const steps = Array.from({ length: 8 }, (_, i) => one('a.ts', `x ${i}\n`, `x ${i + 1}\n`));
    const done = await Promise.all(steps.map((step) => edits.apply({ edits: [step] }, caller)));
    expect(read('a.ts')).toBe('x 8\n');
    for (const { id } of done.reverse()) expect((await edits.undo(undefined, caller)).id).toBe(id);
    expect(read('a.ts')).toBe('x 0\n');
  });

  test('the latest fifty can be undone, in private files', async () => {
    write('a.ts', 'x 0\n');
    for (let i = 0; i < 53; i++)
      await edits.apply({ edits: [one('a.ts', `x ${i}\n`, `x ${i + 1}\n`)] }, caller);
    const names = readdirSync(join(folder, 'kept'));
    expect(names).toHaveLength(50);
    expect(statSync(join(folder, 'kept', names[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  test('a link that has come into the path since the preview is not followed', async () => {
    write('sub/a.ts', 'one\n');
    const { id } = await edits.preview({ edits: [one('sub/a.ts', 'one\n', 'two\n')] }, caller);
    rmSync(join(root, 'sub'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'a.ts'), 'one\n');
    symlinkSync(join(folder, 'elsewhere'), join(root, 'sub'));
    await expect(edits.apply({ id }, caller)).rejects.toMatchObject({ kind: 'EDIT_REFUSED' });
    expect(readFileSync(join(folder, 'elsewhere', 'a.ts'), 'utf8')).toBe('one\n');
  });
});

describe('all or nothing', () => {
  const plan = (kind: FilePlan['kind'], path: string, change: Partial<FilePlan>): FilePlan => ({
    repo: { id: 'r1', name: 'shop', root },
    kind,
    path: join(root, path),
    to: null,
    before: null,
    after: null,
    mode: null,
    notes: [],
    ...change,
  });

  const plans = () => [
    plan('change', 'a.ts', { before: 'zero\r\none\r\n', after: 'changed\n', mode: 0o755 }),
    plan('delete', 'gone.ts', { before: 'bye\n', mode: 0o644 }),
    plan('rename', 'old.ts', {
      before: 'name\n',
      after: 'title\n',
      to: join(root, 'moved/new.ts'),
      mode: 0o644,
    }),
    plan('create', 'new/deep/n.ts', { after: 'fresh\n' }),
  ];

  test('a link that comes into a path while other files are written is not followed', async () => {
    const there = join(folder, 'elsewhere');
    mkdirSync(there);
    writeFileSync(join(there, 'a.ts'), 'one\n');
    write('b.ts', 'one\n');
    symlinkSync(there, join(root, 'sub'));
    const change = { before: 'one\n', after: 'two\n', mode: 0o644 };
    const both = [plan('change', 'b.ts', change), plan('change', 'sub/a.ts', change)];
    await expect(carryOut(both, new Journal(join(folder, 'kept')))).rejects.toMatchObject({
      kind: 'EDIT_REFUSED',
    });
    expect(readdirSync(there)).toEqual(['a.ts']);
    expect(readFileSync(join(there, 'a.ts'), 'utf8')).toBe('one\n');
    expect(read('b.ts')).toBe('one\n');
    expect(readdirSync(root).sort()).toEqual(['b.ts', 'sub']);
  });

  test('what was done is taken back when the last file cannot be written', async () => {
    writeAll();
    write('taken.ts', 'somebody\n');
    const before = files();
    const journal = new Journal(join(folder, 'kept'));
    const doomed = [...plans(), plan('create', 'taken.ts', { after: 'mine\n' })];
    await expect(carryOut(doomed, journal)).rejects.toMatchObject({ kind: 'EDIT_CONFLICT' });
    expect(files()).toEqual(before);
    expect([read('a.ts'), read('gone.ts'), read('old.ts')]).toEqual(['zero\r\none\r\n', 'bye\n', 'name\n']);
    expect(statSync(join(root, 'a.ts')).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(folder, 'kept'))).toEqual([]);
  });

  test('wherever the process ends, the next one leaves all of it or none', async () => {
    writeAll();
    const journal = new Journal(join(folder, 'kept'));
    // The same steps as `carryOut` takes, each followed by an end of the process.
    const path = (name: string) => join(root, name);
    const kept = journal.make(plans(), [path('new'), path('moved'), path('new/deep')], 'abcdefabcdef', null);
    const part = (name: string, index: number, end: string) =>
      path(join(name, `.lcad-${kept.id}-${index}.${end}`));
    const { linkSync, renameSync, unlinkSync } = await import('node:fs');
    const steps = [
      () => mkdirSync(path('new/deep'), { recursive: true }),
      () => mkdirSync(path('moved')),
      () => writeFileSync(part('.', 0, 'new'), 'chan'),
      () => writeFileSync(part('.', 0, 'new'), 'changed\n'),
      () => writeFileSync(part('moved', 2, 'new'), 'title\n'),
      () => writeFileSync(part('new/deep', 3, 'new'), 'fresh\n'),
      () => linkSync(path('a.ts'), part('.', 0, 'old')),
      () => renameSync(part('.', 0, 'new'), path('a.ts')),
      () => renameSync(path('gone.ts'), part('.', 1, 'old')),
      () => linkSync(part('moved', 2, 'new'), path('moved/new.ts')),
      () => unlinkSync(part('moved', 2, 'new')),
      () => renameSync(path('old.ts'), part('.', 2, 'old')),
      () => linkSync(part('new/deep', 3, 'new'), path('new/deep/n.ts')),
      () => unlinkSync(part('new/deep', 3, 'new')),
    ];
    const before = files();
    for (let ended = 0; ended <= steps.length; ended++) {
      await journal.begin(kept);
      for (const step of steps.slice(0, ended)) step();
      expect(await recover(new Journal(join(folder, 'kept')))).toBe(1);
      expect(files(), `ended after ${ended} steps`).toEqual(before);
      expect([read('a.ts'), read('gone.ts'), read('old.ts')]).toEqual(['zero\r\none\r\n', 'bye\n', 'name\n']);
      expect(statSync(path('a.ts')).mode & 0o777).toBe(0o755);
    }
    await journal.begin(kept);
    for (const step of steps) step();
    await journal.commit(kept);
    await recover(journal);
    expect(files()).toEqual(['a.ts', 'moved', 'moved/new.ts', 'new', 'new/deep', 'new/deep/n.ts']);
    await make().undo(undefined, caller);
    expect(files()).toEqual(before);
    expect(existsSync(path('new'))).toBe(false);
  });

  test('what somebody wrote after the process ended is left alone', async () => {
    writeAll();
    const journal = new Journal(join(folder, 'kept'));
    const [first] = plans();
    const kept = journal.make(first ? [first] : [], [], 'abcdefabcdef', null);
    await journal.begin(kept);
    writeFileSync(join(root, `.lcad-${kept.id}-0.old`), 'zero\r\none\r\n');
    write('a.ts', 'written by hand\n');
    await make().recover();
    expect(read('a.ts')).toBe('written by hand\n');
    expect(files()).toEqual(['a.ts', 'gone.ts', 'old.ts']);
  });
});
