import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isTooBroad, resolveFolder } from '../../../src/daemon/repos/resolve-path.js';
import { makeFolder } from '../../support/git-repo.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('gives the canonical path', async () => {
  mkdirSync(join(folder, 'real/inner'), { recursive: true });
  symlinkSync('real', join(folder, 'link'));
  expect(await resolveFolder(join(folder, 'link/inner/../inner/'))).toBe(join(folder, 'real/inner'));
});

test('says what is wrong with a path', async () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('loop', join(folder, 'loop'));
  mkdirSync(join(folder, 'home'));
  symlinkSync('home', join(folder, 'home-link'));
  vi.stubEnv('HOME', join(folder, 'home-link'));
  const kinds: Record<string, string> = {
    [join(folder, 'nothing')]: 'REPO_PATH_NOT_FOUND',
    [join(folder, 'file/inside')]: 'REPO_PATH_NOT_FOUND',
    [join(folder, 'loop')]: 'REPO_PATH_NOT_FOUND',
    [join(folder, 'x'.repeat(300))]: 'REPO_PATH_NOT_FOUND',
    [`${folder}/nul\0`]: 'REPO_PATH_NOT_FOUND',
    [join(folder, 'file')]: 'REPO_NOT_A_FOLDER',
    'relative/path': 'INVALID_PARAMS',
    '': 'INVALID_PARAMS',
    '/': 'REPO_TOO_BROAD',
    [join(folder, 'home')]: 'REPO_TOO_BROAD',
    [join(folder, 'home-link')]: 'REPO_TOO_BROAD',
    [folder]: 'REPO_TOO_BROAD',
    '/proc/self': 'REPO_TOO_BROAD',
  };
  for (const [path, kind] of Object.entries(kinds)) {
    await expect(resolveFolder(path), path).rejects.toMatchObject({ kind });
  }
  await expect(resolveFolder(join(folder, 'file'))).rejects.toMatchObject({
    next: expect.stringContaining(folder),
  });
});

test('a folder that the user may not read', async () => {
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0);
  const resolved = resolveFolder(join(folder, 'closed'));
  // The superuser may read it all the same.
  if (process.getuid?.() === 0) expect(await resolved).toBe(join(folder, 'closed'));
  else await expect(resolved).rejects.toMatchObject({ kind: 'REPO_PERMISSION' });
});

test('broad folders', () => {
  for (const path of ['/', '/usr', '/etc', '/home', '/home/me', '/proc/1', '/dev', '/tmp', '/var']) {
    expect(isTooBroad(path, '/home/me'), path).toBe(true);
  }
  for (const path of [
    '/home/me/project',
    '/usr/src/linux',
    '/srv/site',
    '/home/men',
    '/tmp/x',
    '/procedures',
  ]) {
    expect(isTooBroad(path, '/home/me'), path).toBe(false);
  }
});
