import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Registry, type RepoRecord } from '../../../src/daemon/repos/registry.js';
import { selectRepo } from '../../../src/daemon/repos/select.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-registry-'));
  file = join(folder, 'repos.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (id: string): RepoRecord => ({
  id,
  root: `/code/${id}`,
  kind: 'git',
  family: 'f',
  addedAt: '2026-01-01',
});
const ids = (registry: Registry) => registry.records.map(({ id }) => id);

describe('registry', () => {
  test('keeps what is added, also when additions come at once', async () => {
    const { registry } = await Registry.open(file);
    await Promise.all([registry.add(record('a')), registry.add(record('b')), registry.add(record('c'))]);
    await registry.remove('b');
    const reopened = await Registry.open(file);
    expect(ids(reopened.registry)).toEqual(['a', 'c']);
    expect(reopened.note).toBeNull();
  });

  test.each(['', '{"version":1,"repos":[{"id":', '{"version":9}', 'null'])(
    'a damaged file (%j) is set aside and the backup is used',
    async (damage) => {
      const { registry } = await Registry.open(file);
      await registry.add(record('a'));
      await registry.add(record('b'));
      writeFileSync(file, damage);
      const reopened = await Registry.open(file);
      expect(ids(reopened.registry)).toEqual(['a']);
      expect(reopened.note).toMatch(/backup/);
      expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(damage);
    },
  );

  test('a lost file is read from its backup, and without one the list is empty', async () => {
    expect(ids((await Registry.open(file)).registry)).toEqual([]);
    const { registry } = await Registry.open(file);
    await registry.add(record('a'));
    await registry.add(record('b'));
    rmSync(file);
    expect(ids((await Registry.open(file)).registry)).toEqual(['a']);
  });
});

describe('selecting a repository', () => {
  const repos = [
    { id: 'aaa', name: 'app', root: '/code/app' },
    { id: 'bbb', name: 'lib', root: '/code/app/lib' },
    { id: 'ccc', name: 'lib', root: '/other/lib' },
  ];

  test.each([
    ['aaa', 'aaa'],
    ['app', 'aaa'],
    ['/code/app', 'aaa'],
    ['/code/app/', 'aaa'],
    ['/code/app/src/x.ts', 'aaa'],
    ['/code/app/lib/y.ts', 'bbb'],
    ['/code/app/library', 'aaa'],
  ])('%s names %s', (selector, id) => {
    expect(selectRepo(repos, selector).id).toBe(id);
  });

  test('a name that two have is ambiguous, an unknown one is not registered', () => {
    expect(() => selectRepo(repos, 'lib')).toThrow(expect.objectContaining({ kind: 'REPO_AMBIGUOUS' }));
    expect(() => selectRepo(repos, 'none')).toThrow(expect.objectContaining({ kind: 'REPO_NOT_REGISTERED' }));
    expect(() => selectRepo(repos, '/code')).toThrow(
      expect.objectContaining({ kind: 'REPO_NOT_REGISTERED' }),
    );
  });
});
