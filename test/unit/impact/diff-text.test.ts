import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseDiff, unquoted } from '../../../src/daemon/impact/diff-text.js';
import { carriedOver } from '../../../src/daemon/impact/line-map.js';
import { chained, impactScore } from '../../../src/daemon/impact/score.js';
import { makeRepo } from '../../support/git-repo.js';

test('reads what git writes: quoted paths, renames, removals, binary files, lines that look like headers', () => {
  const repo = makeRepo({
    'a b.txt': 'one\ntwo\nthree\n',
    'tab\tü".txt': 'x\n',
    'moved.txt': 'l1\nl2\nl3\nl4\nl5\nl6\n',
    'gone.txt': '-- old\n++ new\n',
    'crlf.txt': 'one\r\ntwo\r\n',
    'bin.dat': Uint8Array.from([0, 1, 2]),
  });
  onTestFinished(() => repo.remove());
  repo.write('a b.txt', 'one\n++ b/fake\n-- a/fake\nthree\n');
  repo.write('tab\tü".txt', 'x\ny');
  repo.git('mv', 'moved.txt', 'new place.txt');
  repo.git('rm', '-q', 'gone.txt');
  repo.write('crlf.txt', 'one\r\nTWO\r\n');
  writeFileSync(join(repo.root, 'bin.dat'), Uint8Array.from([0, 3, 2]));
  const text = repo.git('diff', '-U0', '-M', 'HEAD');
  const files = new Map(parseDiff(text).map((file) => [file.newPath ?? file.oldPath, file]));
  expect([...files.keys()].sort()).toEqual(
    ['a b.txt', 'bin.dat', 'crlf.txt', 'gone.txt', 'new place.txt', 'tab\tü".txt'].sort(),
  );
  expect(files.get('a b.txt')?.hunks).toEqual([{ old: { start: 2, count: 1 }, new: { start: 2, count: 2 } }]);
  expect(files.get('tab\tü".txt')?.hunks).toEqual([
    { old: { start: 1, count: 0 }, new: { start: 2, count: 1 } },
  ]);
  expect(files.get('gone.txt')).toMatchObject({ newPath: null, hunks: [{ old: { start: 1, count: 2 } }] });
  expect(files.get('new place.txt')).toMatchObject({ oldPath: 'moved.txt', renamed: true, hunks: [] });
  expect(files.get('crlf.txt')?.hunks).toHaveLength(1);
  expect(files.get('bin.dat')).toMatchObject({ binary: true, oldPath: 'bin.dat' });
});

test('takes quotes off', () => {
  expect(unquoted('plain')).toBe('plain');
  expect(unquoted('"a\\tb\\"\\303\\274"')).toBe('a\tb"ü');
});

test('carries lines over later changes', () => {
  const later = [
    { old: { start: 2, count: 0 }, new: { start: 3, count: 2 } },
    { old: { start: 5, count: 2 }, new: { start: 6, count: 0 } },
  ];
  expect(carriedOver({ start: 2, count: 1 }, later)).toEqual({ start: 2, count: 1 });
  expect(carriedOver({ start: 3, count: 2 }, later)).toEqual({ start: 5, count: 2 });
  expect(carriedOver({ start: 7, count: 1 }, later)).toEqual({ start: 7, count: 1 });
});

test('near and sure effects come first', () => {
  const base = { distance: 1, sure: chained(1, 'imported'), exported: true, references: 1, changes: 1 };
  expect(impactScore(base)).toBeGreaterThan(impactScore({ ...base, distance: 2 }));
  expect(impactScore(base)).toBeGreaterThan(impactScore({ ...base, sure: chained(1, 'ambiguous') }));
  expect(impactScore(base)).toBeGreaterThan(impactScore({ ...base, exported: false }));
  expect(impactScore(base)).toBeLessThan(impactScore({ ...base, references: 8 }));
  expect(impactScore(base)).toBeLessThan(impactScore({ ...base, changes: 2 }));
});
