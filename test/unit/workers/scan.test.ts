import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScanResult, ScanRules } from '../../../src/workers/messages.js';
import { parseIgnoreFile, verdictOf } from '../../../src/workers/scan/ignore-list.js';
import { scan } from '../../../src/workers/scan/scan.js';
import { makeFolder, runGit, writeBelow } from '../../support/git-repo.js';

let root: string;
beforeEach(() => {
  root = makeFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const plain: ScanRules = {
  gitDir: null,
  globalExcludes: null,
  extraIgnore: [],
  trackedIgnored: [],
  submodules: [],
  maxFileBytes: 1000,
  includeSecrets: false,
};

function look(rules: Partial<ScanRules> = {}, paths: string[] | null = null): ScanResult {
  return scan({ type: 'scan', root, rules: { ...plain, ...rules }, paths });
}

function write(...paths: string[]): void {
  for (const path of paths) writeBelow(root, path, 'text');
}

function listed(rules: Partial<ScanRules> = {}, paths: string[] | null = null): string[] {
  return look(rules, paths).paths.sort();
}

describe('a whole scan', () => {
  test('lists files with their stats', () => {
    write('a.c', 'deep/b.c');
    const { rootOk, rootError, paths, stats, gone, skipped } = look();
    expect({ rootOk, rootError, gone, skipped }).toEqual({
      rootOk: true,
      rootError: null,
      gone: [],
      skipped: {},
    });
    expect([...paths].sort()).toEqual(['a.c', 'deep/b.c']);
    expect(stats).toHaveLength(8);
    const stat = statSync(join(root, 'deep/b.c'));
    const at = paths.indexOf('deep/b.c') * 4;
    expect([...stats.subarray(at, at + 4)]).toEqual([stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino]);
  });

  test('counts what it leaves out, by reason', () => {
    write('a.c', '.env', 'image.png', 'yarn.lock', 'node_modules/x/index.js', '.ssh/config');
    writeBelow(root, 'empty.c', '');
    writeBelow(root, 'large.c', 'x'.repeat(1001));
    writeBelow(root, 'limit.c', 'x'.repeat(1000));
    symlinkSync('a.c', join(root, 'link.c'));
    symlinkSync('.', join(root, 'loop'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const result = look();
    expect(result.paths.sort()).toEqual(['a.c', 'limit.c']);
    expect(result.skipped).toEqual({
      secret: 2,
      binary: 1,
      'default-skip': 2,
      empty: 1,
      oversized: 1,
      symlink: 2,
      special: 1,
    });
    expect(result.prunedFolders).toEqual([join(root, '.ssh'), join(root, 'node_modules')]);
  });

  test('does not count what a rule ignores', () => {
    write('.gitignore', 'a.o', 'build/x.c', 'build/deep/y.c');
    writeBelow(root, '.gitignore', 'build\n*.o\n');
    const result = look();
    expect(result.skipped).toEqual({});
    expect(result.paths).toEqual(['.gitignore']);
    expect(result.prunedFolders).toEqual([join(root, 'build')]);
  });

  test('says that the root cannot be read', () => {
    const file = join(root, 'file');
    write('file');
    for (const missing of [join(root, 'nothing'), file, `${root}/${'x'.repeat(300)}`]) {
      const result = scan({ type: 'scan', root: missing, rules: plain, paths: null });
      expect(result.rootOk).toBe(false);
      expect(result.rootError).toContain(missing);
      const some = scan({ type: 'scan', root: missing, rules: plain, paths: ['a'] });
      expect(some.rootOk).toBe(false);
    }
  });

  test('goes on past what cannot be read', () => {
    write('a.c', 'closed/b.c', 'z.c');
    chmodSync(join(root, 'closed'), 0);
    tooDeep();
    const result = look();
    chmodSync(join(root, 'closed'), 0o700);
    // Node cannot remove such a path either.
    execFileSync('rm', ['-rf', join(root, 'upper')]);
    expect(result.rootOk).toBe(true);
    expect(result.paths).toEqual(expect.arrayContaining(['a.c', 'z.c']));
    // A path past 4096 bytes cannot be opened by anybody; a closed folder cannot unless by the superuser.
    expect(result.skipped.unreadable).toBe(process.getuid?.() === 0 ? 1 : 2);
  });

  test('does not mind depth', () => {
    const path = Array.from({ length: 900 }, () => 'd').join('/');
    write(`${path}/a.c`);
    expect(listed()).toEqual([`${path}/a.c`]);
  });

  test('leaves out names that are not valid UTF-8, and only those', () => {
    write('good.c', 'replacement-\ufffd.c', 'é.c');
    for (const bytes of [
      [0xff, 0x2e, 0x63],
      [0xe9, 0x2e, 0x63],
    ]) {
      writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes)]), 'text');
    }
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x64, 0xfe])]));
    const result = look();
    expect(result.paths.sort()).toEqual(['good.c', 'replacement-\ufffd.c', 'é.c']);
    expect(result.skipped).toEqual({ 'bad-name': 3 });
  });

  test('takes names with line ends and other signs as they are', () => {
    const names = ['line\nend.c', 'tab\t.c', ' blank .c', '-rf', '$(x).c', '"quoted".c', 'back\\slash.c'];
    write(...names);
    expect(listed()).toEqual(names.sort());
  });
});

/** Makes folders so deep that the whole path is longer than a path may be; only a move can. */
function tooDeep(): void {
  const half = Array.from({ length: 10 }, () => 'x'.repeat(230)).join('/');
  for (const name of ['upper', 'lower']) mkdirSync(join(root, name, half), { recursive: true });
  renameSync(join(root, 'lower'), join(root, 'upper', half, 'lower'));
}

describe('rules of our own', () => {
  test('.lcadignore works in any folder and is stronger than everything else', () => {
    write('a.c', 'a.sql', 'gen/x.c', 'gen/y.c', 'sub/a.sql', 'sub/b.sql', 'tracked.sql');
    writeBelow(root, '.gitignore', 'gen/*\n');
    writeBelow(root, '.lcadignore', '*.sql\n!gen/x.c\n');
    writeBelow(root, 'sub/.lcadignore', '!b.sql\n');
    expect(listed({ trackedIgnored: ['tracked.sql'] })).toEqual([
      '.gitignore',
      '.lcadignore',
      'a.c',
      'gen/x.c',
      'sub/.lcadignore',
      'sub/b.sql',
    ]);
  });

  test("the configuration's patterns are weaker than .lcadignore and stronger than git's", () => {
    write('a.c', 'a.sql', 'b.sql', 'c.o');
    writeBelow(root, '.gitignore', '*.o\n');
    writeBelow(root, '.lcadignore', '!b.sql\n');
    expect(listed({ extraIgnore: ['*.sql', '!*.o', '.*ignore'] })).toEqual(['a.c', 'b.sql', 'c.o']);
  });

  test('a pattern that asks for it lifts a default skip, but never a secret', () => {
    write('node_modules/own/index.js', 'yarn.lock', '.env', '.ssh/config');
    writeBelow(root, '.lcadignore', '!node_modules\n!*.lock\n!.env\n!.ssh\n!.ssh/**\n');
    expect(listed()).toEqual(['.lcadignore', 'node_modules/own/index.js', 'yarn.lock']);
    expect(listed({ includeSecrets: true })).toContain('.env');
    expect(listed({ includeSecrets: true })).toContain('.ssh/config');
  });

  test('virtual environments and caches are known by their marker', () => {
    write('env/pyvenv.cfg', 'env/lib/x.py', 'target/x.rs', 'cache/x.c', 'pyvenv.cfg');
    writeBelow(
      root,
      'target/CACHEDIR.TAG',
      'Signature: 8a477f597d28d172789f06886806bc55\n# made by a tool\n',
    );
    writeBelow(root, 'cache/CACHEDIR.TAG', 'something else\n');
    const result = look();
    expect(result.paths.sort()).toEqual(['cache/CACHEDIR.TAG', 'cache/x.c', 'pyvenv.cfg']);
    expect(result.prunedFolders).toEqual([join(root, 'env'), join(root, 'target')]);
  });

  test('a default-skipped name does not matter for the root', () => {
    write('node_modules/a.js');
    const { paths } = scan({ type: 'scan', root: join(root, 'node_modules'), rules: plain, paths: null });
    expect(paths).toEqual(['a.js']);
  });
});

describe('repositories inside', () => {
  test('a plain folder has the repositories in it, each with its own rules, but no bare ones', () => {
    write('one/a.c', 'one/a.o', 'two/b.c', 'two/b.tmp', 'c.tmp');
    for (const name of ['one', 'two']) runGit(join(root, name), 'init', '-q');
    runGit(root, 'init', '-q', '--bare', 'bare');
    writeBelow(root, '.gitignore', '*.c\n*.tmp\n');
    writeBelow(root, 'one/.gitignore', '*.o\n');
    writeBelow(root, 'two/.git/info/exclude', '*.tmp\n');
    const result = look();
    expect(result.paths.sort()).toEqual(['.gitignore', 'one/.gitignore', 'one/a.c', 'two/b.c']);
    expect(result.prunedFolders).toEqual([join(root, 'bare')]);
  });

  test('a git repository does not have the repositories in it, unless they are its submodules', () => {
    runGit(root, 'init', '-q');
    write('a.c', 'nested/b.c', 'module/c.c');
    runGit(join(root, 'nested'), 'init', '-q');
    runGit(join(root, 'module'), 'init', '-q');
    const result = look({ gitDir: join(root, '.git'), submodules: ['module'] });
    expect(result.paths.sort()).toEqual(['a.c', 'module/c.c']);
    expect(result.skipped).toEqual({ 'nested-repo': 1 });
    expect(result.prunedFolders).toEqual([join(root, 'nested')]);
  });
});

describe('a scan of some paths', () => {
  beforeEach(() => {
    write('a.c', 'src/b.c', 'src/b.o', 'src/deep/c.c', 'src/gen/d.c', 'build/e.c', 'node_modules/f/index.js');
    writeBelow(root, '.gitignore', 'build/\n');
    writeBelow(root, 'src/.gitignore', '*.o\n/gen\n');
    writeBelow(root, '.lcadignore', 'deep/no.c\n');
  });

  test('lists files and walks folders, with the rules above them', () => {
    const result = look({}, [
      'a.c',
      'src/b.c',
      'src/b.o',
      'src/deep',
      'src/gen/d.c',
      'build/e.c',
      'node_modules/f',
    ]);
    expect(result.paths.sort()).toEqual(['a.c', 'src/b.c', 'src/deep/c.c']);
    expect(result.gone).toEqual(['src/b.o', 'src/gen/d.c', 'build/e.c', 'node_modules/f']);
    expect(result.stats).toHaveLength(12);
    expect(result.skipped).toEqual({});
  });

  test('gives each file once, however it was asked for', () => {
    const asked = ['src', 'src/b.c', 'src/deep/', './src/deep/c.c', 'src//b.c', 'src/nothing', 'src/gen'];
    const result = look({}, asked);
    expect(result.paths.sort()).toEqual(['src/.gitignore', 'src/b.c', 'src/deep/c.c']);
    expect(result.gone).toEqual(['src/nothing', 'src/gen']);
  });

  test('agrees with a whole scan when asked for the root', () => {
    expect(listed({}, [''])).toEqual(listed());
    expect(listed({}, ['', 'src/b.c'])).toEqual(listed());
  });

  test('names what is gone: deleted, moved, replaced, emptied', () => {
    renameSync(join(root, 'src/deep'), join(root, 'src/moved'));
    rmSync(join(root, 'a.c'));
    mkdirSync(join(root, 'a.c'));
    symlinkSync('moved', join(root, 'src/link'));
    writeBelow(root, 'src/b.c', '');
    const asked = [
      'src/deep',
      'src/deep/c.c',
      'src/moved',
      'a.c',
      'src/link',
      'src/link/c.c',
      'src/b.c',
      'x/y/z',
      'src/b.o/x',
    ];
    const result = look({}, asked);
    expect(result.paths).toEqual(['src/moved/c.c']);
    expect(result.gone).toEqual(asked.filter((path) => path !== 'src/moved'));
  });

  test('never leaves the root, and never enters .git', () => {
    runGit(root, 'init', '-q');
    const asked = ['..', '../x', 'src/../../x', '.git', '.git/config', '.git/hooks'];
    const result = look({ gitDir: join(root, '.git') }, asked);
    expect(result.paths).toEqual([]);
    expect(result.gone).toEqual(asked);
  });

  test('finds in a tracked folder what a rule ignores there', () => {
    const rules = { trackedIgnored: ['build/deep/kept.c'] };
    write('build/deep/kept.c', 'build/deep/other.c');
    expect(listed(rules, ['build'])).toEqual(['build/deep/kept.c']);
    expect(listed(rules, ['build/deep/kept.c', 'build/deep/other.c'])).toEqual(['build/deep/kept.c']);
  });
});

test('a hostile pattern costs no more than its length', () => {
  const list = parseIgnoreFile(`${'*a'.repeat(60)}b\n/${'**/a/'.repeat(60)}b\n`);
  const path = 'a/'.repeat(1000);
  expect(verdictOf(list, 'a'.repeat(250), `${path}${'a'.repeat(250)}`, false)).toBe(null);
  expect(verdictOf(list, `${'a'.repeat(250)}b`, 'x', false)).toBe('ignored');
});

test('a tree that changes under the scan is no error', async () => {
  const changer = new Worker(
    `const fs = require('node:fs');
     const { workerData: root, parentPort } = require('node:worker_threads');
     for (let round = 0; round < 25; round++) {
       for (let i = 0; i < 10; i++) {
         fs.mkdirSync(root + '/x/' + i + '/y', { recursive: true });
         fs.writeFileSync(root + '/x/' + i + '/y/a.c', 'text');
         fs.writeFileSync(root + '/x/' + i + '/.gitignore', 'b.c');
       }
       fs.rmSync(root + '/x', { recursive: true });
       fs.writeFileSync(root + '/x', 'now a file');
       fs.rmSync(root + '/x');
     }
     parentPort.postMessage('done');`,
    { eval: true, workerData: root },
  );
  write('stays.c');
  let isDone = false;
  changer.once('message', () => {
    isDone = true;
  });
  while (!isDone) {
    for (let i = 0; i < 20; i++) {
      const result = look();
      expect(result).toMatchObject({ rootOk: true, rootError: null });
      expect(result.paths).toContain('stays.c');
      expect(result.skipped.unreadable).toBe(undefined);
      look({}, ['x/1/y/a.c', 'x/2', 'x']);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await changer.terminate();
  expect(look().paths).toEqual(['stays.c']);
});
