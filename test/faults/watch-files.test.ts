import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder, runGit, writeBelow } from '../support/git-repo.js';
import { until, Watched } from '../support/watch.js';

let watched: Watched;
let root: string;

beforeEach(() => {
  root = makeFolder('lcad-watch-');
  for (let i = 0; i < 20; i++) writeBelow(root, `src/part${i % 4}/file${i}.ts`, `export const n = ${i};\n`);
  watched = new Watched(root);
});

afterEach(() => watched.close());

/** Does something to files and waits until the hints alone (no sweep) have made the index right. */
async function hintsSuffice(what: string, act: () => void): Promise<void> {
  await watched.start();
  const mark = watched.mark;
  act();
  await watched.untilTrue(what);
  expect(watched.of('sweep', mark)).toEqual([]);
}

describe('one file', () => {
  const file = () => join(root, 'src/part1/file1.ts');

  test.each<[string, () => void]>([
    ['written in place', () => writeFileSync(file(), 'new\n')],
    ['appended to', () => appendFileSync(file(), 'more\n')],
    ['cut', () => truncateSync(file(), 3)],
    ['created', () => writeFileSync(join(root, 'src/new.ts'), 'new\n')],
    ['deleted', () => unlinkSync(file())],
    ['moved to another folder', () => renameSync(file(), join(root, 'src/part2/moved.ts'))],
    ['renamed in case only', () => renameSync(file(), join(root, 'src/part1/FILE1.ts'))],
    ['copied', () => copyFileSync(file(), join(root, 'src/copy.ts'))],
    [
      'moved out of the root and in again elsewhere',
      () => {
        renameSync(file(), `${root}-aside`);
        renameSync(`${root}-aside`, join(root, 'back.ts'));
      },
    ],
    [
      'replaced by a link',
      () => {
        unlinkSync(file());
        symlinkSync('file5.ts', file());
      },
    ],
    [
      'replaced by a folder',
      () => {
        unlinkSync(file());
        writeBelow(root, 'src/part1/file1.ts/inner.ts', 'inner\n');
      },
    ],
    [
      'made with a name in other scripts',
      () => writeFileSync(join(root, 'src', 'größe-漢字-🦊 a\tb.ts'), 'x\n'),
    ],
    ['made with combining marks', () => writeFileSync(join(root, 'src', 'e\u0301.ts'), 'x\n')],
    ['made with characters of a glob', () => writeBelow(root, 'src/[id]/{a,b}*.ts', 'x\n')],
  ])('%s', async (what, act) => {
    await hintsSuffice(what, act);
  });

  test('a change of its mode alone is hinted', async () => {
    await watched.start();
    const mark = watched.mark;
    chmodSync(file(), 0o600);
    await until('a hint', () => watched.hinted(file(), mark));
  });
});

describe('how editors save', () => {
  const file = () => join(root, 'src/part0/file0.ts');

  test.each<[string, () => void]>([
    [
      'a temporary file renamed over it',
      () => {
        writeFileSync(`${file()}.tmp1`, 'saved\n');
        renameSync(`${file()}.tmp1`, file());
      },
    ],
    [
      'a probe file, the old one moved to a backup, written anew, backup removed',
      () => {
        writeFileSync(join(root, 'src/part0/4913'), '');
        unlinkSync(join(root, 'src/part0/4913'));
        renameSync(file(), `${file()}~`);
        writeFileSync(file(), 'saved\n');
        unlinkSync(`${file()}~`);
      },
    ],
    [
      'the backup kept, a lock link made and removed',
      () => {
        symlinkSync('user@host.1', join(root, 'src/part0/.#file0.ts'));
        renameSync(file(), `${file()}~`);
        writeFileSync(file(), 'saved\n');
        unlinkSync(join(root, 'src/part0/.#file0.ts'));
      },
    ],
    [
      'cut to nothing and written',
      () => {
        truncateSync(file(), 0);
        writeFileSync(file(), 'saved\n');
      },
    ],
    [
      'saved ten times in a row',
      () => {
        for (let i = 0; i < 10; i++) writeFileSync(file(), `save ${i}\n`);
      },
    ],
  ])('%s', async (what, act) => {
    await hintsSuffice(what, act);
  });
});

describe('many files', () => {
  test('a branch switch with hundreds of files in new and old folders', async () => {
    runGit(root, 'init', '-q');
    runGit(root, 'add', '-A');
    runGit(root, 'commit', '-qm', 'one');
    runGit(root, 'checkout', '-qb', 'other');
    for (let i = 0; i < 300; i++)
      writeBelow(root, `src/deep/a${i % 10}/b${i % 30}/file${i}.ts`, `other ${i}\n`);
    for (let i = 0; i < 20; i++) writeBelow(root, `src/part${i % 4}/file${i}.ts`, `changed ${i}\n`);
    rmSync(join(root, 'src/part3'), { recursive: true });
    runGit(root, 'add', '-A');
    runGit(root, 'commit', '-qm', 'two');
    runGit(root, 'checkout', '-q', 'main');
    await watched.start([], join(root, '.git'));
    const files = () => [...watched.mirror.keys()].filter((path) => !path.includes('/.git/'));
    for (const branch of ['other', 'main', 'other']) {
      runGit(root, 'checkout', '-q', branch);
      const listed = runGit(root, 'ls-files')
        .split('\n')
        .map((path) => join(root, path))
        .sort();
      await until(`the files of ${branch}`, () => files().sort().join() === listed.join());
    }
    writeBelow(root, 'src/deep/a3/b3/file3.ts', 'late edit\n');
    await until(
      'an edit after it',
      () => watched.mirror.get(join(root, 'src/deep/a3/b3/file3.ts')) === 'late edit\n',
    );
  });

  test('5,000 files at once', async () => {
    await watched.start();
    for (let i = 0; i < 5000; i++) writeBelow(root, `many/m${i % 50}/n${i % 500}/file${i}.ts`, `many ${i}\n`);
    await watched.untilTrue('all files');
    const mark = watched.mark;
    writeBelow(root, 'many/m1/n1/file1.ts', 'edited\n');
    await until(
      'an edit in a folder of the burst',
      () => watched.mirror.get(join(root, 'many/m1/n1/file1.ts')) === 'edited\n',
    );
    rmSync(join(root, 'many'), { recursive: true });
    await watched.untilTrue('all files gone');
    expect(watched.calls.length).toBeGreaterThan(mark);
  });
});

describe('folders that are left out', () => {
  test('give no hints, whatever characters they have in their names', async () => {
    const pruned = [join(root, 'node_modules'), join(root, 'app/[slug](x)')];
    for (const folder of pruned) mkdirSync(join(folder, 'inner'), { recursive: true });
    await watched.start(pruned);
    const { watches } = await watched.supervisor.stats();
    for (const folder of pruned) writeFileSync(join(folder, 'inner', 'a.ts'), 'x\n');
    writeFileSync(join(root, 'app/b.ts'), 'x\n');
    await until('the file beside them', () => watched.hinted(join(root, 'app/b.ts')));
    const hinted = watched.of('hints').flatMap(({ paths }) => paths);
    expect(hinted.filter((path) => path.includes('inner'))).toEqual([]);
    // The root, src, its four folders, and app: nothing inside the others.
    if (process.platform === 'linux') expect(watches).toBe(7);
  });

  test('are watched once they are wanted, and when they were away meanwhile', async () => {
    const folder = join(root, 'build');
    mkdirSync(join(folder, 'inner'), { recursive: true });
    await watched.start([folder]);
    await watched.supervisor.watch({ id: 'r', root, prunedFolders: [], gitDir: null });
    writeFileSync(join(folder, 'inner/a.ts'), 'one\n');
    await watched.untilTrue('a file in the folder');
    rmSync(folder, { recursive: true });
    await watched.untilTrue('the folder gone');
    writeBelow(root, 'build/inner/b.ts', 'two\n');
    await watched.untilTrue('the folder back');
    writeBelow(root, 'build/inner/b.ts', 'three\n');
    await watched.untilTrue('an edit in it');
  });

  test('give no hints any more when they are left out later, and give back their watches', async () => {
    for (let i = 0; i < 100; i++) writeBelow(root, `node_modules/m${i}/index.js`, 'x\n');
    await watched.start();
    const folder = join(root, 'node_modules');
    await watched.supervisor.watch({ id: 'r', root, prunedFolders: [folder], gitDir: null });
    const mark = watched.mark;
    writeFileSync(join(folder, 'm1/index.js'), 'y\n');
    writeFileSync(join(root, 'src/a.ts'), 'y\n');
    await until('the other file', () => watched.hinted(join(root, 'src/a.ts'), mark));
    expect(watched.hinted(join(folder, 'm1/index.js'), mark)).toBe(false);
    if (process.platform !== 'linux') return;
    await until('fewer watches', async () => ((await watched.supervisor.stats()).watches ?? 0) < 10);
    writeFileSync(join(root, 'src/a.ts'), 'z\n');
    await until('a hint after it', () => watched.mirror.get(join(root, 'src/a.ts')) === 'z\n');
  });
});
