import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkoutAround } from '../../../src/client/checkout.js';
import { makeRepo, type TestRepo } from '../../support/git-repo.js';

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo({ 'src/deep/a.txt': 'a\n' });
});
afterEach(() => repo.remove());

test('the innermost checkout is found from anywhere in it', () => {
  expect(checkoutAround(join(repo.root, 'src/deep'))).toEqual({ root: repo.root, submodule: false });
  expect(checkoutAround(repo.root)).toEqual({ root: repo.root, submodule: false });
});

test('a linked worktree is one of its own, a submodule is known as such', () => {
  repo.git('worktree', 'add', '-q', 'tree');
  expect(checkoutAround(join(repo.root, 'tree/src'))).toEqual({
    root: join(repo.root, 'tree'),
    submodule: false,
  });
  repo.git('submodule', '--quiet', 'add', repo.root, 'vendored');
  expect(checkoutAround(join(repo.root, 'vendored'))).toEqual({
    root: join(repo.root, 'vendored'),
    submodule: true,
  });
});

test('outside git there is none', () => {
  const outside = join(repo.root, '..', 'outside');
  mkdirSync(outside);
  expect(checkoutAround(outside)).toBeNull();
  rmSync(outside, { recursive: true });
});
